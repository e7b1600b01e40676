// SPDX-License-Identifier: MIT
/**
 * Takes the movements of a statement or notification in, each once. A bank tells of a movement by a
 * notification (camt.054) and again in the statement of the day (camt.053).
 *
 * Balances prove that a statement has only movements that no statement before it had. So a line of a
 * statement can only be known from a notification, and that one then is in a statement. A notification
 * proves nothing: of alike lines, it brings only those beyond the ones that are known.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import type { BankLineRow } from '../store/bank-store.ts';
import type { Statement, StatementLine } from './model.ts';
import {
  bookMatch,
  bookUnmatched,
  matchName,
  releaseUnmatched,
  type LineMatcher,
  type MatchParts,
} from './match-line.ts';

export interface TakenLines {
  readonly matched: number;
  readonly unmatched: number;
  /** Told before. */
  readonly known: number;
}

/** The same for a movement in whichever file it stands. */
function keyOf(account: string, line: StatementLine): string {
  const { amount, bookedOn, endToEndId, reference } = line;
  const which = reference === '' ? ['day', bookedOn] : ['reference', reference];
  const text = JSON.stringify([account, ...which, amount, endToEndId]);
  return toHex(sha256(new TextEncoder().encode(text)));
}

/** What comes in before what goes out, and returns last: a payout must have left to come back. */
function inBookingOrder(lines: readonly StatementLine[], matcher: LineMatcher): StatementLine[] {
  const rank = ({ amount, endToEndId }: StatementLine): number => {
    if (amount < 0) return 1;
    return matcher.payoutOf(endToEndId) === undefined ? 0 : 2;
  };
  return [...lines].sort((left, right) => rank(left) - rank(right));
}

/** Takes the lines of one statement; inside the caller's transaction. */
export function takeLines(
  parts: MatchParts,
  statement: Statement,
  digest: string,
  matcher: LineMatcher,
): TakenLines {
  const { store, clock } = parts.settlement;
  const isStatement = statement.balances !== null;
  /** Lines of each key that were there before this file and have not been met in it. */
  const left = new Map<string, BankLineRow[]>();
  const count = { matched: 0, unmatched: 0, known: 0 };
  for (const line of inBookingOrder(statement.lines, matcher)) {
    const key = keyOf(statement.account, line);
    const before =
      left.get(key) ??
      store.bankLinesOfKey(key).filter((row) => !isStatement || row.statement === null);
    left.set(key, before);
    const known = before.shift();
    if (known !== undefined) {
      if (isStatement) store.setBankLineStatement(known.id, statement.id);
      count.known++;
      continue;
    }
    const match = matcher.find(line);
    const row = {
      ...line,
      key,
      digest,
      statement: isStatement ? statement.id : null,
      match: match === undefined ? null : matchName(match),
      openedAt: clock.now(),
    };
    const id = store.insertBankLine(row);
    // The list is of lines before this file: an alike line in the same file is another movement.
    if (match === undefined) bookUnmatched(parts, { ...line, id });
    else bookMatch(parts, { ...line, id }, match);
    count[match === undefined ? 'unmatched' : 'matched']++;
  }
  return count;
}

/** Tries lines again that were not matched: what they are may be known by now. Returns how many are. */
export function matchWaiting(parts: MatchParts, matcher: LineMatcher): number {
  const { store } = parts.settlement;
  let matched = 0;
  // What went out first: a payout must have left to come back.
  const waiting = [...store.unmatchedBankLines()].sort(
    (a, b) => Math.sign(a.amount) - Math.sign(b.amount),
  );
  for (const line of waiting) {
    const match = matcher.find(line);
    if (match === undefined) continue;
    releaseUnmatched(parts, line);
    store.setBankLineMatch(line.id, matchName(match));
    bookMatch(parts, line, match);
    matched++;
  }
  return matched;
}
