// SPDX-License-Identifier: MIT
/**
 * Taking out what cannot be part of a card's chain, and choosing between records that claim the same
 * counter. All choices look only at the records themselves, so that they come out the same whatever
 * order the records arrived in.
 */
import type { RuleName } from '../../src/clearing/rules.table.ts';
import { add, type Amount } from '../../src/money/amount.ts';
import type { ChainRecord } from './model.ts';

const CLAIM_KEYS = [
  'at',
  'terminalId',
  'terminalCounter',
  'tac',
  'counter',
  'amount',
  'before',
  'transactionType',
  'after',
] as const satisfies readonly (keyof ChainRecord)[];

/** The order in which the records themselves decide: time, terminal, terminal counter, TAC. */
export function compareClaims(left: ChainRecord, right: ChainRecord): number {
  for (const key of CLAIM_KEYS) {
    if (left[key] !== right[key]) return left[key] < right[key] ? -1 : 1;
  }
  return 0;
}

/** A name that no two different records of one card share: what each of them says, in full. */
export function claimName(record: ChainRecord): string {
  const { kind, counter, terminalId, terminalCounter, at, tac } = record;
  const values = [record.transactionType, record.amount, record.before, record.after];
  return [kind, counter, terminalId, terminalCounter, at, tac, ...values].join(':');
}

/**
 * The different records of a card by counter, then as `compareClaims` orders them. The same evidence in
 * two envelopes is one record, with the higher of the hotlist versions that they claim.
 */
export function distinctRecords(records: readonly ChainRecord[]): readonly ChainRecord[] {
  return [...records]
    .sort(
      (left, right) =>
        left.counter - right.counter ||
        compareClaims(left, right) ||
        right.hotlistVersion - left.hotlistVersion,
    )
    .filter((record, index, sorted) => {
      const previous = sorted[index - 1];
      return previous === undefined || compareClaims(previous, record) !== 0;
    });
}

/** Whether the balances of a record agree with its amount. */
function hasSoundArithmetic(record: ChainRecord): boolean {
  return record.kind === 'purchase'
    ? record.before === add(record.after, record.amount)
    : record.after === add(record.before, record.amount);
}

/** Records that are held, each with its rule, and those that may form the chain. */
export interface Sifted {
  readonly sound: readonly ChainRecord[];
  readonly held: ReadonlyMap<ChainRecord, RuleName>;
}

/**
 * Of `distinctRecords`, holds those whose arithmetic is wrong, and those that give a terminal's number to
 * a second counter.
 */
export function sift(records: readonly ChainRecord[]): Sifted {
  const held = new Map<ChainRecord, RuleName>();
  const sound: ChainRecord[] = [];
  const claimed = new Map<string, number>();
  for (const record of records) {
    const number = `${record.terminalId}:${record.terminalCounter}`;
    const isReused =
      record.kind === 'purchase' && (claimed.get(number) ?? record.counter) !== record.counter;
    if (!hasSoundArithmetic(record)) held.set(record, 'arithmeticWrong');
    else if (isReused) held.set(record, 'terminalCounterReused');
    else {
      if (record.kind === 'purchase') claimed.set(number, record.counter);
      sound.push(record);
    }
  }
  return { sound, held };
}

/** Of the records that claim one counter: the one that continues from `balance`, else the first. */
export function chooseClaim(
  claims: readonly ChainRecord[],
  balance: Amount,
): ChainRecord | undefined {
  const fitting = claims.filter((claim) => claim.before === balance);
  return [...(fitting.length > 0 ? fitting : claims)].sort(compareClaims)[0];
}

/** A purchase of the chain and whether it continued from the balance that the chain stood at. */
export interface ChainLink {
  readonly record: ChainRecord;
  readonly isContinuous: boolean;
}

/**
 * A held claim is a rollback when the branch that was chosen at its counter had gone on and ended
 * before the claim was made. Else the card has been cloned; where the second branch goes on as well, two
 * chains are interleaved.
 */
export function forkRule(
  held: ChainRecord,
  chain: readonly ChainLink[],
  allHeld: readonly ChainRecord[],
): 'cloneFork' | 'interleavedChains' | 'rollback' {
  let branchEnd: ChainRecord | undefined;
  for (const { record, isContinuous } of chain) {
    if (record.counter < held.counter) continue;
    if (branchEnd !== undefined && !isContinuous) break;
    branchEnd = record;
  }
  const isRollback =
    branchEnd !== undefined && branchEnd.counter !== held.counter && held.at > branchEnd.at;
  if (isRollback) return 'rollback';
  const goesOn = allHeld.some(
    (other) =>
      (other.counter === held.counter + 1 && other.before === held.after) ||
      (other.counter === held.counter - 1 && other.after === held.before),
  );
  return goesOn ? 'interleavedChains' : 'cloneFork';
}
