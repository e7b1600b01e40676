// SPDX-License-Identifier: MIT
/**
 * From the evidence of one card to its state: a pure function of the set of its records, so that any
 * order, repetition and re-cutting of batches ends in the same books.
 *
 * 1. Hold records with wrong arithmetic or a reused terminal number; group the rest by counter.
 * 2. Walk the chain (walk.ts): one claim per counter, gaps and overspends between neighbours.
 * 3. Claims that lost their counter, or fit no neighbour, are held: the merchant's money in 2075 against
 *    1060, not the float. A held load moves nothing: nobody is paid by it, and what it brought shows in the
 *    balances.
 * 4. Withhold purchases that somebody else answers for (withheld.ts): a SAM number that another card has
 *    too, listed and expired cards.
 * 5. Judge uncertain taps by what the chain shows; apply what people decided (decisions.ts).
 */
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import { amount, type Amount, ZERO } from '../../src/money/amount.ts';
import { account } from '../ledger/accounts.table.ts';
import {
  CardDecisions,
  claimActions,
  balanceMovements,
  gapMovements,
  heldMovement,
  overspent,
  withheldMovement,
  writtenOff,
} from './decisions.ts';
import { claimName, compareClaims, distinctRecords, forkRule, sift } from './forks.ts';
import {
  CHAIN_MODE,
  type CardEvidence,
  type CardJudgement,
  type ChainMode,
  type ChainRecord,
  type ChainStart,
  type CounterGap,
  type Finding,
  type GivenToHolder,
  type LoadOrder,
  type Movement,
  type OrderState,
} from './model.ts';
import { loadHistory } from './order-events.ts';
import { overpaidMovements } from './overpaid.ts';
import { judgeUncertain } from './uncertain.ts';
import { ChainWalk, gapOf } from './walk.ts';
import { withhold } from './withheld.ts';

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

const EXPECTED: Partial<Readonly<Record<RuleName, string>>> = {
  arithmeticWrong: 'balance before less amount is balance after',
  lateMisfit: 'balances between those of its neighbours',
};

function holdFinding(record: ChainRecord, rule: RuleName, rival: ChainRecord | undefined): Finding {
  const claim = (of: ChainRecord): string =>
    `${of.amount} at ${of.terminalId} number ${of.terminalCounter} on ${of.at}, balance ${of.before} to ${of.after}`;
  return {
    key: `${rule}:${claimName(record)}`,
    rule,
    counter: record.counter,
    expected: rival === undefined ? (EXPECTED[rule] ?? 'no other record') : claim(rival),
    found: claim(record),
    atRisk: record.amount,
    recordId: record.id,
  };
}

/** Judges a card by all that is known of it, or by what came after a settled point of it (settled.ts). */
export function judgeCard(evidence: CardEvidence, start: ChainStart | null = null): CardJudgement {
  const records = distinctRecords(evidence.records);
  const decisions = new CardDecisions(evidence.decisions);
  const { sound, held } = sift(records);
  const loadClaims = byCounter(sound, 'load').map((claims) => claims.sort(compareClaims));
  const history = loadHistory(
    loadClaims.flatMap(([first]) => first ?? []),
    evidence.orders,
  );
  const walk = new ChainWalk(history, start);
  walk.run(byCounter(sound, 'purchase'));
  walk.finish();
  const rules = new Map<ChainRecord, RuleName>(held);
  for (const claim of loadClaims.flatMap((claims) => claims.slice(1)))
    rules.set(claim, 'cloneFork');
  for (const claim of walk.misfits) rules.set(claim, 'lateMisfit');
  for (const claim of walk.held) rules.set(claim, forkRule(claim, walk.links, walk.held));

  const withheld = withhold(records, evidence);
  const states = orderStates(history.states, walk.provenOpenOrder?.id);
  const gaps = walk.gaps.map((gap) => decided(gap, decisions));
  const movements = allMovements(walk, {
    withheld: withheld.withheld,
    held: [...rules.keys()],
    ordered: orderMovements(evidence.orders, states),
    gaps,
    decisions,
    given: evidence.given,
  });
  const uncertain = judgeUncertain(evidence.uncertain, {
    records: sound,
    chain: walk.links.map(({ record }) => record),
    nextOffline: walk.nextOffline,
    nextOnline: walk.nextOnline,
    gaps: walk.gaps,
  });
  const found = [
    ...walk.findings,
    ...heldFindings(rules, winnersOf(walk, loadClaims)),
    ...uncertain.findings,
    ...withheld.findings.filter(({ recordId }) => !isHeld(rules, recordId)),
    ...overspendFindings(overspent(movements)),
  ];
  const isContested =
    rules.size + evidence.listings.length + evidence.sharedNumbers.length > 0 ||
    uncertain.awaitsPurchase ||
    !decisions.isEmpty ||
    walk.endsWithRise;
  return {
    nextOffline: walk.nextOffline,
    nextOnline: walk.nextOnline,
    // What was given back to the holder is no longer on the card.
    balance: decisions.of('balance') === undefined ? walk.balance : ZERO,
    movements: movements.filter((movement) => movement.amount > 0),
    gaps,
    findings: found.filter((finding) => !isDecided(finding, gaps, decisions)),
    orderStates: states,
    ruleOfRecord: ruleOfRecord(rules, found),
    mode: modeOf(walk, isContested),
  };
}

/** A gap as people decided it. */
function decided(gap: CounterGap, decisions: CardDecisions): CounterGap {
  const { from, to, value, high, isClear } = gap;
  return { from, to, value, high, isClear, state: decisions.stateOf(gap) };
}

interface MovementParts {
  readonly withheld: ReadonlySet<ChainRecord>;
  readonly held: readonly ChainRecord[];
  readonly ordered: readonly Movement[];
  readonly gaps: readonly CounterGap[];
  readonly decisions: CardDecisions;
  readonly given: GivenToHolder | undefined;
}

/** What the walk moved, as far as nobody decided otherwise, and what is held and decided besides. */
function allMovements(walk: ChainWalk, parts: MovementParts): readonly Movement[] {
  const { withheld, held, ordered, gaps, decisions, given } = parts;
  const walked = walk.movements.map((movement) =>
    movement.claim !== null && withheld.has(movement.claim)
      ? withheldMovement(movement, decisions)
      : movement,
  );
  const claims = held
    .filter((record) => record.kind === 'purchase')
    .flatMap((record) => heldMovement(record, decisions) ?? []);
  const refunded = balanceMovements(walk.balance, decisions);
  const caused = [...walked, ...gapMovements(gaps), ...ordered, ...claims, ...refunded];
  const movements = [...caused, ...overpaidMovements(caused, given)];
  return [...movements, ...writtenOff(movements, decisions)];
}

/** The record that has each counter. */
function winnersOf(
  walk: ChainWalk,
  loadClaims: readonly (readonly ChainRecord[])[],
): ReadonlyMap<string, ChainRecord> {
  const winners = new Map(walk.links.map(({ record }) => [`purchase:${record.counter}`, record]));
  for (const [first] of loadClaims)
    if (first !== undefined) winners.set(`load:${first.counter}`, first);
  return winners;
}

function heldFindings(
  rules: ReadonlyMap<ChainRecord, RuleName>,
  winners: ReadonlyMap<string, ChainRecord>,
): readonly Finding[] {
  return [...rules].map(([record, rule]) => {
    const hasRival = rule !== 'arithmeticWrong' && rule !== 'lateMisfit';
    const rival = hasRival ? winners.get(`${record.kind}:${record.counter}`) : undefined;
    return holdFinding(record, rule, rival);
  });
}

const isHeld = (rules: ReadonlyMap<ChainRecord, RuleName>, id: number | null): boolean =>
  [...rules.keys()].some((record) => record.id === id);

/** Above this a card has spent more beyond its loads than is tolerated, in minor units. */
const OVERSPEND_TOLERATED = amount(2000);

function overspendFindings(value: Amount): readonly Finding[] {
  if (value <= OVERSPEND_TOLERATED) return [];
  return [
    {
      key: 'overspendLimit',
      rule: 'overspendLimit',
      counter: 0,
      expected: `at most ${OVERSPEND_TOLERATED} beyond what was loaded`,
      found: `${value} beyond what was loaded`,
      atRisk: value,
      recordId: null,
    },
  ];
}

/** Whether a person has decided what the finding asks. */
function isDecided(
  finding: Finding,
  gaps: readonly CounterGap[],
  decisions: CardDecisions,
): boolean {
  if (decisions.isEmpty) return false;
  const claim = finding.key.slice(finding.rule.length + 1);
  const action = decisions.of(`held:${claim}`);
  if (action !== undefined && claimActions(finding.rule).includes(action)) return true;
  if (finding.rule === 'overspendLimit' || finding.rule === 'balanceBreakAbove') {
    return decisions.of('overspend') !== undefined;
  }
  const gap = gapOf(finding, gaps);
  return gap !== undefined && gap.state !== 'open';
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
