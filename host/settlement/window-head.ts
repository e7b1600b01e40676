// SPDX-License-Identifier: MIT
/**
 * The head of a closed window as text, for the host to sign: whoever keeps the signature can prove later
 * which journal stood behind that settlement.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { invariant } from '../../src/errors/invariant.ts';
import type { WindowRow } from '../store/settlement-store.ts';

/** What is signed begins with this, so that no other signed message can pass for a window. */
const DOMAIN = 'openpurse window 1';

/**
 * Domain, window, closing time in ms, business date, last record, last journal entry and its hash in
 * hexadecimal, a line each. @throws Defect while the window is open.
 */
function windowHeadText(window: Omit<WindowRow, 'signature'>): string {
  const { id, closedAt, businessDate, lastRecord, lastJournal, headHash } = window;
  invariant(headHash !== null, `window ${id} is closed`);
  const lines = [DOMAIN, id, closedAt, businessDate, lastRecord, lastJournal, toHex(headHash)];
  return lines.join('\n');
}

/** The window with the host's signature over its head. */
export function signWindow(
  window: Omit<WindowRow, 'signature'>,
  sign: (message: Uint8Array) => Uint8Array,
): WindowRow {
  return { ...window, signature: sign(new TextEncoder().encode(windowHeadText(window))) };
}
