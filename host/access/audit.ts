// SPDX-License-Identifier: MIT
/**
 * The audit log: who did or tried what, on what, when, and what came of it. Each row's hash is the SHA-256
 * over the hash of the row before it (32 bytes, zeros for the first) and the row as a JSON array in UTF-8,
 * so that a changed, removed or inserted row breaks every hash after it.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { concat } from '../../src/bytes/concat.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { AuditRow } from '../store/access-store.ts';
import type { HostStore } from '../store/store.ts';

/** What is to be logged. Nothing in it may be a secret. */
export type AuditEvent = Pick<
  AuditRow,
  'action' | 'actor' | 'detail' | 'outcome' | 'role' | 'subject'
>;

/** Characters of a subject or a detail: both may come from outside. */
const TEXT_MAX = 300;
const PAGE = 1000;
const GENESIS = new Uint8Array(32);
const utf8 = new TextEncoder();

/** Appends to the log, inside the caller's transaction where there is one. */
export function audit(store: HostStore, event: AuditEvent, at: Instant): void {
  store.transaction(() => {
    const last = store.lastAuditRow();
    const row = {
      ...event,
      subject: event.subject.slice(0, TEXT_MAX),
      detail: event.detail.slice(0, TEXT_MAX),
      id: (last?.id ?? 0) + 1,
      at,
    };
    store.insertAuditRow({ ...row, hash: auditHash(last?.hash ?? GENESIS, row) });
  });
}

/** The hash of a row that follows one with hash `before`. */
function auditHash(before: Uint8Array, row: Omit<AuditRow, 'hash'>): Uint8Array {
  const { id, at, actor, role, action, subject, outcome, detail } = row;
  const text = JSON.stringify([id, at, actor, role, action, subject, outcome, detail]);
  return sha256(concat(before, utf8.encode(text)));
}

export interface AuditCheck {
  readonly rows: number;
  /** The first row that does not follow from the one before it; null when all do. */
  readonly brokenAt: number | null;
}

/** Checks the chain from its first row; a log that was cut at its end is whole. */
export function checkAuditLog(store: HostStore): AuditCheck {
  let rows = 0;
  let before: Uint8Array = GENESIS;
  for (;;) {
    const page = store.auditRows(rows, PAGE);
    for (const row of page) {
      rows++;
      const isNext = row.id === rows && equalBytes(row.hash, auditHash(before, row));
      if (!isNext) return { rows, brokenAt: row.id };
      before = row.hash;
    }
    if (page.length < PAGE) return { rows, brokenAt: null };
  }
}
