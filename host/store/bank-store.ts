// SPDX-License-Identifier: MIT
import type { SignedAmount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { BankFileKind } from '../bank/model.ts';
import type { AccountBalance } from '../ledger/model.ts';

/** A file of the bank that was taken in. */
export interface BankFileRow {
  /** SHA-256, hexadecimal: the same file is taken once. */
  readonly digest: string;
  readonly kind: BankFileKind;
  readonly messageId: string;
  readonly importedAt: Instant;
  readonly actor: string;
}

/** A statement with its place in the chain of its account. Balances: positive is ours. */
export interface BankStatementRow {
  readonly account: string;
  readonly statementId: string;
  readonly sequence: number | null;
  readonly opening: SignedAmount;
  readonly closing: SignedAmount;
  /** Of the file. */
  readonly digest: string;
}

/** One movement on our account at the bank. */
export interface BankLineRow {
  readonly id: number;
  /** Account, reference, amount: lines with one key may be one movement in two files (bank/take-lines.ts). */
  readonly key: string;
  /** Of the file that brought it. */
  readonly digest: string;
  /** The statement that has it; null while only a notification has told of it. */
  readonly statement: string | null;
  /** Positive: came in. Minor units, never zero. */
  readonly amount: SignedAmount;
  /** YYYY-MM-DD */
  readonly bookedOn: string;
  readonly endToEndId: string;
  readonly reference: string;
  readonly counterparty: string;
  readonly remittance: string;
  /** `payout:1-SHOP`, `return:1-SHOP`, `agent:…`; null while its money is in 1070 or 2062. */
  readonly match: string | null;
  readonly openedAt: Instant;
}

/** What the bank said of a payment, that moved nothing: nobody knows the payment, or the books disagree. */
export interface BankAdviceRow {
  readonly id: number;
  readonly digest: string;
  readonly endToEndId: string;
  readonly status: string;
  readonly reason: string;
  /** Why it had no effect. */
  readonly problem: string;
  readonly openedAt: Instant;
}

/** A file of a window, as it was written first. */
export interface WindowFileRow {
  readonly window: number;
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

/** What a merchant claims of one terminal, day and type; or, with `counter`, of one transaction. */
export interface ClaimRow {
  readonly id: number;
  /** Of the claim file. */
  readonly digest: string;
  readonly terminal: string;
  /** YYYY-MM-DD */
  readonly date: string;
  /** Transaction type code. */
  readonly type: number;
  /** Terminal counter; null for a total of the day. */
  readonly counter: number | null;
  /** The window it is about; null for all. */
  readonly window: number | null;
  readonly count: number;
  readonly gross: SignedAmount;
  readonly openedAt: Instant;
}

/** Files out, bank and claims. Rows are kept for good; of a line only its match changes. */
export interface BankStore {
  bankFile(digest: string): BankFileRow | undefined;
  insertBankFile(file: BankFileRow): void;
  bankStatement(account: string, statementId: string): BankStatementRow | undefined;
  /** The newest one of an account. */
  lastBankStatement(account: string): BankStatementRow | undefined;
  insertBankStatement(statement: BankStatementRow): void;

  bankLine(id: number): BankLineRow | undefined;
  /** Lines with this key, oldest first. */
  bankLinesOfKey(key: string): readonly BankLineRow[];
  /** Returns the id of the line. */
  insertBankLine(line: Omit<BankLineRow, 'id'>): number;
  setBankLineStatement(id: number, statement: string): void;
  setBankLineMatch(id: number, match: string | null): void;
  /** Whether a line is matched so. */
  hasBankMatch(match: string): boolean;
  /** The newest `limit` lines, newest first. */
  bankLines(limit: number): readonly BankLineRow[];
  /** Every line without a match, oldest first. */
  unmatchedBankLines(): readonly BankLineRow[];
  insertBankAdvice(advice: Omit<BankAdviceRow, 'id'>): void;
  bankAdvices(): readonly BankAdviceRow[];

  windowFiles(window: number): readonly WindowFileRow[];
  insertWindowFile(file: WindowFileRow): void;

  hasClaims(digest: string): boolean;
  insertClaim(claim: Omit<ClaimRow, 'id'>): void;
  claims(): readonly ClaimRow[];

  /** The balance of every account after the entry `journal`, by account. */
  balancesAt(journal: number): readonly AccountBalance[];
}
