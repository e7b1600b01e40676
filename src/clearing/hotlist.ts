// SPDX-License-Identifier: MIT
import { toHex } from '../bytes/hex.ts';
import { sha256 } from '../crypto/sha256.ts';
import { Fault } from '../errors/fault.ts';
import { LIMITS } from './limits.table.ts';
import type { Hotlist } from './messages.ts';

/** SHA-256 over `version` and the serials, one a line: tells a damaged or stale list from the real one. */
export function hotlistDigest(version: number, serials: readonly string[]): string {
  return toHex(sha256(new TextEncoder().encode([version, ...serials].join('\n'))));
}

/** Checks a list that came from outside. @throws HOST_REFUSED when it is not whole. */
export function checkHotlist(list: Hotlist): Hotlist {
  if (list.serials.length > LIMITS.hotlistEntries.max) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"hotlist" expected at most ${LIMITS.hotlistEntries.max} cards, got ${list.serials.length}`,
    );
  }
  if (list.digest !== hotlistDigest(list.version, list.serials)) {
    throw new Fault('HOST_REFUSED', '"hotlist.digest" expected the digest of the list');
  }
  return list;
}
