// SPDX-License-Identifier: MIT
/**
 * Session keys. Sources: the 3DES suite after PBOC part 2, 5.2 and annex B (SESLK, SESPK, SESULK,
 * SESUK); the AES suite is this project's (docs/protocol.md, Two crypto suites).
 *
 * 3DES: one block encrypted under the card key: cardRandom 4 ‖ counter 2 ‖ tail 2, where the tail is the
 *       low half of the terminal counter (`terminal`) or 8000 (`padding`).
 * AES:  SP 800-108 counter mode, r = 8, CMAC: 01 ‖ label ‖ 00 ‖ cardRandom 8 ‖ counter 2 ‖ terminalCounter 4
 *       ‖ 0080; the terminal counter is zero where the tail is `padding`.
 */
import type { KeyPurpose } from './key-purposes.table.ts';

/** The session keys by the transaction that they serve. */
export const SESSION_KEYS = {
  purchase: {
    name: 'SESPK',
    key: 'purchase',
    counter: 'offline',
    tail: 'terminal',
    label: 'PURCHASE',
  },
  load: { name: 'SESLK', key: 'load', counter: 'online', tail: 'padding', label: 'LOAD' },
  unload: { name: 'SESULK', key: 'unload', counter: 'online', tail: 'padding', label: 'UNLOAD' },
  limit: { name: 'SESUK', key: 'limit', counter: 'online', tail: 'padding', label: 'LIMIT' },
} as const satisfies Record<
  string,
  {
    name: string;
    key: KeyPurpose;
    counter: 'offline' | 'online';
    tail: 'padding' | 'terminal';
    label: string;
  }
>;

/** The transaction that a session key serves. */
export type SessionName = keyof typeof SESSION_KEYS;
