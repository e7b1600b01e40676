// SPDX-License-Identifier: MIT
import { toHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Actor } from '../access/actor.ts';
import { logEvent, type SettlementParts } from '../settlement/parts.ts';
import { windowOf } from '../settlement/windows.ts';
import { comparedClaims, type ComparedClaim } from './compare.ts';
import { readClaims } from './read-claims.ts';

export interface ClaimImport {
  /** False when the same file was taken before: then nothing changed. */
  readonly isNew: boolean;
  readonly claims: readonly ComparedClaim[];
}

/**
 * Keeps the claims of a file and compares them. No money moves: what the cards proved is paid. `window`
 * limits them to what was credited in it; null compares with all that was credited.
 * @throws CLAIM_FILE_REFUSED, LIMIT_EXCEEDED, TERMINAL_NOT_FOUND, WINDOW_NOT_FOUND; then nothing changed.
 */
export function importClaims(
  parts: SettlementParts,
  file: { readonly bytes: Uint8Array; readonly window: number | null },
  actor: Actor,
): ClaimImport {
  const { store, clock, currency } = parts;
  const { bytes, window } = file;
  const claims = readClaims(bytes, currency);
  const digest = toHex(sha256(bytes));
  return store.transaction(() => {
    if (window !== null) windowOf(store, window);
    for (const { terminal } of claims) {
      if (store.terminal(terminal) !== undefined) continue;
      throw new Fault('TERMINAL_NOT_FOUND', `"terminal" expected an enrolled one, got ${terminal}`);
    }
    const isNew = !store.hasClaims(digest);
    if (isNew) {
      const openedAt = clock.now();
      for (const claim of claims) store.insertClaim({ ...claim, digest, window, openedAt });
      const subject = `claims:${digest.slice(0, 16)}`;
      logEvent(parts, actor, { action: 'claimed', subject, detail: `${claims.length} rows` });
    }
    const mine = store.claims().filter((claim) => claim.digest === digest);
    return { isNew, claims: comparedClaims(store, mine) };
  });
}
