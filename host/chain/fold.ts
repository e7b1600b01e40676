// SPDX-License-Identifier: MIT
/**
 * From the evidence of one card to its state: a pure function of the set of its records, so that any
 * order, repetition and re-cutting of batches ends in the same books.
 *
 * 1. Hold records with wrong arithmetic or a reused terminal number; group the rest by counter.
 * 2. Walk the chain (walk.ts): one claim per counter, gaps and overspends between neighbours.
 * 3. Claims that lost their counter are held: the merchant's money in 2075 against 1060, not the float.
 *    A held load moves nothing: nobody is paid by it, and what it brought shows in the balances.
 * 4. Judge uncertain taps and the card's hotlisting by what the chain shows.
 */
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import { account } from '../ledger/accounts.table.ts';
import { claimName, compareClaims, distinctRecords, forkRule, sift } from './forks.ts';
import {
  CHAIN_MODE,
  type CardEvidence,
  type CardJudgement,
  type ChainMode,
  type ChainRecord,
  type Finding,
  type LoadOrder,
  type Movement,
  type OrderState,
} from './model.ts';
import { loadHistory } from './order-events.ts';
import { judgeUncertain } from './uncertain.ts';
import { ChainWalk } from './walk.ts';

/** Groups sound records of one kind by counter, ascending. */
function byCounter(records: readonly ChainRecord[], kind: ChainRecord['kind']): ChainRecord[][] {
  const groups = new Map<number, ChainRecord[]>();
  for (const record of records) {
    if (record.kind !== kind) continue;
    const group = groups.get(record.counter);
    if (group === undefined) groups.set(record.counter, [record]);
    else group.push(record);
  }
  return [...groups].sort(([left], [right]) => left - right).map(([, group]) => group);
}

/** A held debit: the merchant's claim is kept in 2075 against the overspend receivable. */
function holdMovement(record: ChainRecord): Movement {
  return {
    key: `held:${claimName(record)}`,
    debit: account('1060'),
    credit: account('2075'),
    amount: record.amount,
    claim: null,
  };
}

function holdFinding(record: ChainRecord, rule: RuleName, rival: ChainRecord | undefined): Finding {
  const claim = (of: ChainRecord): string =>
    `${of.amount} at ${of.terminalId} number ${of.terminalCounter} on ${of.at}, balance ${of.before} to ${of.after}`;
  return {
    key: `${rule}:${claimName(record)}`,
    rule,
    counter: record.counter,
    expected: rival === undefined ? 'balance before less amount is balance after' : claim(rival),
    found: claim(record),
    atRisk: record.amount,
    recordId: record.id,
  };
}

/** Judges a card by all that is known of it. */
export function judgeCard(evidence: CardEvidence): CardJudgement {
  const records = distinctRecords(evidence.records);
  const { sound, held } = sift(records);
  const rules = new Map<ChainRecord, RuleName>(held);
  const loadClaims = byCounter(sound, 'load').map((claims) => claims.sort(compareClaims));
  const history = loadHistory(
    loadClaims.flatMap(([first]) => first ?? []),
    evidence.orders,
  );
  const walk = new ChainWalk(history);
  walk.run(byCounter(sound, 'purchase'));
  walk.finish();
  for (const claim of loadClaims.flatMap((claims) => claims.slice(1)))
    rules.set(claim, 'cloneFork');
  for (const claim of walk.held) rules.set(claim, forkRule(claim, walk.links));

  const winners = new Map(walk.links.map(({ record }) => [`purchase:${record.counter}`, record]));
  for (const [first] of loadClaims)
    if (first !== undefined) winners.set(`load:${first.counter}`, first);
  const findings = [...walk.findings];
  const states = orderStates(history.states, walk.provenOpenOrder?.id);
  const movements = [...walk.movements, ...orderMovements(evidence.orders, states)];
  for (const [record, rule] of rules) {
    if (record.kind === 'purchase') movements.push(holdMovement(record));
    const rival =
      rule === 'arithmeticWrong' ? undefined : winners.get(`${record.kind}:${record.counter}`);
    findings.push(holdFinding(record, rule, rival));
  }
  const uncertain = judgeUncertain(evidence.uncertain, {
    records: sound,
    chain: walk.links.map(({ record }) => record),
    nextOffline: walk.nextOffline,
    nextOnline: walk.nextOnline,
    gaps: walk.gaps,
  });
  findings.push(...uncertain.findings, ...hotlistFindings(records, evidence));
  const isContested =
    rules.size > 0 || uncertain.awaitsPurchase || evidence.listedAtVersion !== null;
  return {
    nextOffline: walk.nextOffline,
    nextOnline: walk.nextOnline,
    balance: walk.balance,
    movements: movements.filter((movement) => movement.amount > 0),
    gaps: walk.gaps,
    findings,
    orderStates: states,
    ruleOfRecord: ruleOfRecord(rules, findings),
    mode: modeOf(walk, isContested),
  };
}

function modeOf(walk: ChainWalk, isContested: boolean): ChainMode {
  const isProvenByBalance = walk.provenOpenOrder !== null;
  if (isContested || isProvenByBalance || !walk.isTailContinuous) return CHAIN_MODE.contested;
  return walk.endsWithLoad ? CHAIN_MODE.endsWithLoad : CHAIN_MODE.endsWithPurchase;
}

function orderStates(
  states: ReadonlyMap<string, OrderState>,
  provenId: string | undefined,
): ReadonlyMap<string, OrderState> {
  return provenId === undefined ? states : new Map([...states, [provenId, 'proven'] as const]);
}

/** Every order is owed by its agent; one that is known not to have happened is owed back. */
function orderMovements(
  orders: readonly LoadOrder[],
  states: ReadonlyMap<string, OrderState>,
): readonly Movement[] {
  return orders.flatMap((order) => {
    const authorised: Movement = {
      key: `order:${order.id}`,
      debit: account('1030', order.agent),
      credit: account('2015'),
      amount: order.amount,
      claim: null,
    };
    if (states.get(order.id) !== 'notDone') return [authorised];
    const refund: Movement = {
      key: `notDone:${order.id}`,
      debit: account('2015'),
      credit: account('2095'),
      amount: order.amount,
      claim: null,
    };
    return [authorised, refund];
  });
}

const PRECEDENCE: readonly string[] = Object.keys(RULES);

/** Of several findings on one record the rule that comes first in the table; being held comes before all. */
function ruleOfRecord(
  held: ReadonlyMap<ChainRecord, RuleName>,
  findings: readonly Finding[],
): ReadonlyMap<number, RuleName> {
  const rules = new Map<number, RuleName>();
  for (const { recordId, rule } of findings) {
    if (recordId === null) continue;
    const known = rules.get(recordId);
    const isFirst = known === undefined || PRECEDENCE.indexOf(rule) < PRECEDENCE.indexOf(known);
    if (isFirst) rules.set(recordId, rule);
  }
  for (const [record, rule] of held) rules.set(record.id, rule);
  return rules;
}

/** Every debit that a terminal accepted although it held a list with this card on it. */
function hotlistFindings(
  records: readonly ChainRecord[],
  { listedAtVersion, offList }: Pick<CardEvidence, 'listedAtVersion' | 'offList'>,
): readonly Finding[] {
  if (listedAtVersion === null) return [];
  const isListedIn = (version: number): boolean =>
    version >= listedAtVersion &&
    !offList.some(({ from, until }) => version >= from && (until === null || version < until));
  return records
    .filter((record) => record.kind === 'purchase' && isListedIn(record.hotlistVersion))
    .map((record) => ({
      key: `hotlistedCard:${claimName(record)}`,
      rule: 'hotlistedCard',
      counter: record.counter,
      expected: `refusal: hotlist version ${listedAtVersion} lists the card`,
      found: `accepted at ${record.terminalId} holding version ${record.hotlistVersion}`,
      atRisk: record.amount,
      recordId: record.id,
    }));
}
