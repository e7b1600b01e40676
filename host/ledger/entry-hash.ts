// SPDX-License-Identifier: MIT
/**
 * The chain over the journal: each entry's hash covers the entry and the hash before it, so that a changed,
 * removed or inserted entry breaks every hash after it.
 *
 * SHA-256 over the hash before (32 bytes, zeros for the first entry) and this text in UTF-8, a line each:
 * id, source, kind, time in ms, window; then account and amount of every leg, in the order of the accounts.
 */
import { sha256 } from '../../src/crypto/sha256.ts';
import { concat } from '../../src/bytes/concat.ts';
import type { PostedEntry } from '../store/store.ts';

/** What stands before the first entry. */
export const GENESIS_HASH = new Uint8Array(32);

const utf8 = new TextEncoder();

/** The hash of an entry that follows one with hash `before`. Legs must be in the order of their accounts. */
export function entryHash(before: Uint8Array, entry: Omit<PostedEntry, 'hash'>): Uint8Array {
  const lines = [
    `${entry.id} ${entry.source} ${entry.kind} ${entry.postedAt} ${entry.window}`,
    ...entry.postings.map(({ account, amount }) => `${account} ${amount}`),
  ];
  return sha256(concat(before, utf8.encode(lines.join('\n'))));
}
