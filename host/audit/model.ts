// SPDX-License-Identifier: MIT
/** What the auditor reads, and what it says. Read this first, then `run-audit.ts`. */
import type { Database } from 'better-sqlite3';
import type { ReadBatch } from '../../src/clearing/batch-reader.ts';
import type { FindingBook, FindingSink, InvariantResult } from './findings.ts';

/** How far the history has been audited. */
export interface AuditProgress {
  readonly journal: number;
  readonly record: number;
  readonly item: number;
  readonly batch: number;
  /** The last window that is settled. */
  readonly window: number;
}

export interface AuditReport {
  /** Whether every invariant holds. */
  readonly holds: boolean;
  readonly isFull: boolean;
  readonly from: AuditProgress;
  readonly to: AuditProgress;
  readonly invariants: readonly InvariantResult[];
}

export interface AuditedLeg {
  readonly account: string;
  readonly amount: number;
  readonly balanceAfter: number;
}

/** A journal entry as its rows say. */
export interface AuditedEntry {
  readonly id: number;
  readonly source: string;
  readonly kind: string;
  readonly postedAt: number;
  readonly window: number;
  readonly hash: Uint8Array;
  /** In the order of their accounts. */
  readonly legs: readonly AuditedLeg[];
}

/** A row of `records`. */
export interface AuditedRecord {
  readonly id: number;
  readonly isJudged: number;
  readonly bytes: Uint8Array;
}

/** A row of `merchant_items`. */
export interface AuditedItem {
  readonly id: number;
  readonly window: number;
  readonly merchant: string;
  readonly type: number;
  readonly record: number;
  readonly amount: number;
  readonly cause: string;
}

/** A row of `batches`. */
export interface BatchFields {
  readonly id: number;
  readonly terminal: string;
  readonly number: number;
  readonly digest: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly recordCount: number;
  readonly rawFile: string;
  readonly ack: string;
}

/** A batch with its raw file. */
export interface AuditedBatch {
  readonly row: BatchFields;
  /** The encoded records; none where the file is missing or damaged. */
  readonly records: Uint8Array;
  /** The batch as it reads; undefined where the file is missing or damaged. */
  readonly read: ReadBatch | undefined;
  /** Why it cannot be read. */
  readonly problem: string;
}

/** A row of `cards` with what hangs on the card. */
export interface AuditedCard {
  readonly serial: Uint8Array;
  readonly balance: number;
  readonly lastRecord: number;
  readonly nextOffline: number;
  readonly nextOnline: number;
  readonly mode: number;
  readonly listed: number | null;
  readonly orders: number;
  readonly proven: number;
  readonly gaps: number;
  readonly overspend: number;
  /** Purchases that the card paid and whose merchants are not paid. */
  readonly withheld: number;
  readonly taps: number;
  readonly decisions: number;
}

/** What every check gets. */
export interface AuditParts {
  /** The host's database: one snapshot, read-only. */
  readonly ledger: Database;
  /** The auditor's own. */
  readonly memory: Database;
  /** Directory of the host's data. */
  readonly directory: string;
  readonly isFull: boolean;
  readonly from: AuditProgress;
  readonly findings: FindingBook;
}

/** A check of one invariant. What is there of history is shown to it once; `card` and `finish` see the state. */
export interface AuditCheck {
  readonly sink: FindingSink;
  entry?(entry: AuditedEntry): void;
  record?(record: AuditedRecord): void;
  item?(item: AuditedItem): void;
  batch?(batch: AuditedBatch): void;
  /** After the new part of the history: writes down what the next run goes on from. */
  keep?(): void;
  card?(card: AuditedCard): void;
  finish?(): void;
}
