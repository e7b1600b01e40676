// SPDX-License-Identifier: MIT
/** Takes a file of the bank in, whole or not at all, once. */
import { toHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Actor } from '../access/actor.ts';
import type { BankAccount } from '../settlement/model.ts';
import type { SettlementParts } from '../settlement/parts.ts';
import type { BankStatementRow } from '../store/bank-store.ts';
import {
  LineMatcher,
  bookMatch,
  matchName,
  releaseUnmatched,
  type LineMatch,
  type MatchParts,
} from './match-line.ts';
import type { BankFile, BankFileKind, Statement } from './model.ts';
import { payoutDesk } from './payout-desk.ts';
import { readBankFile } from './read-file.ts';
import { matchWaiting, takeLines, type TakenLines } from './take-lines.ts';
import { takeStatuses, type TakenStatuses } from './take-statuses.ts';

export interface BankImport {
  readonly kind: BankFileKind;
  readonly messageId: string;
  /** False when the same file was taken before: then nothing changed. */
  readonly isNew: boolean;
  readonly lines: TakenLines;
  /** Lines of earlier files that are matched now. */
  readonly matchedLater: number;
  readonly statuses: TakenStatuses;
}

const NO_LINES: TakenLines = { matched: 0, unmatched: 0, known: 0 };
const NO_STATUSES: TakenStatuses = { applied: 0, noted: 0, problems: 0 };

/** Names our account at the bank in `meta`. */
const ACCOUNT = 'bank.account';

/** The account of the float, that payouts are made from; null until it is set. */
export function floatAccount({ store }: Pick<SettlementParts, 'store'>): BankAccount | null {
  const text = store.meta(ACCOUNT);
  // Written by `setFloatAccount`.
  return text === undefined ? null : (JSON.parse(text) as BankAccount);
}

/** @throws USAGE on a number, a holder or a BIC that no bank would take. */
export function setFloatAccount(parts: SettlementParts, given: BankAccount): void {
  const { bic, holder, number } = given;
  const check = (isGood: boolean, name: string, expected: string, got: string): void => {
    if (!isGood) throw new Fault('USAGE', `"${name}" expected ${expected}, got "${got}"`);
  };
  check(/^[A-Za-z0-9]{1,34}$/.test(number), '--number', '1 to 34 letters and digits', number);
  check(/^[^\p{Cc}]{1,140}$/u.test(holder), '--holder', '1 to 140 characters', holder);
  // ISO 9362.
  const isBic = bic === '' || /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic);
  check(isBic, '--bic', '8 or 11 letters and digits', bic);
  parts.store.setMeta(ACCOUNT, JSON.stringify({ number, holder, bic }));
}

/** @throws BANK_FILE_REFUSED unless it is our account's and follows the statement before it. */
function checkChain(
  statement: Statement,
  ours: BankAccount,
  last: BankStatementRow | undefined,
): void {
  const refuse = (what: string, expected: string, got: string): never => {
    throw new Fault(
      'BANK_FILE_REFUSED',
      `"statement ${statement.id}: ${what}" expected ${expected}, got ${got}`,
    );
  };
  if (statement.account !== ours.number) refuse('account', ours.number, statement.account);
  if (statement.balances === null || last === undefined) return;
  const { opening } = statement.balances;
  const { sequence } = statement;
  // Some banks count from 1 again in a new year.
  const isNext = sequence === null || last.sequence === null || sequence === last.sequence + 1;
  if (!isNext && sequence !== 1) {
    refuse('sequence', `${last.sequence + 1}, after ${last.statementId}`, sequence.toString());
  }
  if (opening !== last.closing) {
    refuse(
      'opening balance',
      `${last.closing}, the closing one of ${last.statementId}`,
      opening.toString(),
    );
  }
}

/** Whether a statement was taken before, in another file. @throws BANK_FILE_REFUSED when it says otherwise. */
function isRepeated(known: BankStatementRow | undefined, statement: Statement): boolean {
  if (known === undefined) return false;
  const { balances, id } = statement;
  if (balances?.opening === known.opening && balances.closing === known.closing) return true;
  throw new Fault(
    'BANK_FILE_REFUSED',
    `"statement ${id}" expected the balances ${known.opening} and ${known.closing} that it had before, got ${balances?.opening ?? ''} and ${balances?.closing ?? ''}`,
  );
}

const sum = (left: TakenLines, right: TakenLines): TakenLines => ({
  matched: left.matched + right.matched,
  unmatched: left.unmatched + right.unmatched,
  known: left.known + right.known,
});

function takeStatement(
  parts: MatchParts & { readonly ours: BankAccount },
  statement: Statement,
  digest: string,
  matcher: LineMatcher,
): TakenLines {
  const { store } = parts.settlement;
  const { account, balances, id: statementId, sequence } = statement;
  if (balances !== null) {
    if (isRepeated(store.bankStatement(account, statementId), statement)) {
      return { ...NO_LINES, known: statement.lines.length };
    }
  }
  checkChain(statement, parts.ours, store.lastBankStatement(account));
  if (balances !== null) {
    store.insertBankStatement({ account, statementId, sequence, ...balances, digest });
  }
  return takeLines(parts, statement, digest, matcher);
}

function takeFile(
  parts: MatchParts & { readonly ours: BankAccount },
  file: BankFile,
  digest: string,
): Pick<BankImport, 'lines' | 'matchedLater' | 'statuses'> {
  const matcher = new LineMatcher(parts);
  const statuses = takeStatuses(parts, file, digest, matcher);
  const lines = file.statements
    .map((statement) => takeStatement(parts, statement, digest, matcher))
    .reduce(sum, NO_LINES);
  return { lines, statuses, matchedLater: matchWaiting(parts, matcher) };
}

/**
 * Takes a file in: one transaction.
 * @throws CONFIG_INVALID while our account is not set; BANK_FILE_REFUSED, LIMIT_EXCEEDED; then nothing changed.
 */
export function importBankFile(
  settlement: SettlementParts,
  bytes: Uint8Array,
  actor: Actor,
): BankImport {
  const { store, clock, currency } = settlement;
  const file = readBankFile(bytes, currency);
  const { kind, messageId } = file;
  const digest = toHex(sha256(bytes));
  return store.transaction(() => {
    if (store.bankFile(digest) !== undefined) {
      const nothing = { lines: NO_LINES, matchedLater: 0, statuses: NO_STATUSES };
      return { kind, messageId, isNew: false, ...nothing };
    }
    const ours = floatAccount(settlement);
    if (ours === null) {
      throw new Fault(
        'CONFIG_INVALID',
        '"bank account" expected our account at the bank: openpurse bank account',
      );
    }
    store.insertBankFile({ digest, kind, messageId, importedAt: clock.now(), actor: actor.name });
    const parts = { settlement, desk: payoutDesk(settlement, actor), ours };
    return { kind, messageId, isNew: true, ...takeFile(parts, file, digest) };
  });
}

/** What a person says that a line is. */
export type LineTarget =
  | { readonly kind: 'agent'; readonly agent: string }
  | { readonly kind: 'bankFee' }
  | { readonly kind: 'ownFunds' }
  | { readonly kind: 'payout'; readonly payoutId: string };

/**
 * Matches a line that waits by a person's word.
 * @throws BANK_LINE_NOT_FOUND; USAGE when it cannot be that: another amount, nothing owed, paid already.
 */
export function assignBankLine(
  settlement: SettlementParts,
  id: number,
  target: LineTarget,
  actor: Actor,
): string {
  const { store } = settlement;
  return store.transaction(() => {
    const line = store.bankLine(id);
    if (line?.match !== null) {
      throw new Fault('BANK_LINE_NOT_FOUND', `"line" expected one that waits, got ${id}`);
    }
    const parts = { settlement, desk: payoutDesk(settlement, actor) };
    const match = lineMatch(settlement, target, line.amount > 0);
    if (!new LineMatcher(parts).fits(match, line.amount)) {
      throw new Fault(
        'USAGE',
        `"line ${id}" expected a movement that ${matchName(match)} can be, got ${line.amount}`,
      );
    }
    releaseUnmatched(parts, line);
    const name = matchName(match);
    store.setBankLineMatch(id, name);
    bookMatch(parts, line, match);
    store.insertSettlementEvent({
      at: settlement.clock.now(),
      actor: actor.name,
      action: 'matched',
      subject: `bankLine:${id}`,
      detail: name,
    });
    return name;
  });
}

function lineMatch({ store }: SettlementParts, target: LineTarget, isCredit: boolean): LineMatch {
  if (target.kind !== 'payout') return target;
  const payout = store.payout(target.payoutId);
  if (payout === undefined) {
    throw new Fault(
      'PAYOUT_NOT_FOUND',
      `"payout" expected the id of a payout, got "${target.payoutId}"`,
    );
  }
  return { kind: isCredit ? 'return' : 'payout', payout };
}
