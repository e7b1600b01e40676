// SPDX-License-Identifier: MIT
/**
 * Commands that carry a PIN or a key, in clear or under a key that is public for test cards. Wherever
 * commands are shown, written or kept, what these say is masked. Who sends one with a wrong length still
 * sends a secret, so only CLA and INS are asked. Rows in INS order.
 */
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import { FMCOS_COMMANDS } from '../../src/purse/fmcos.table.ts';

export interface SecretCommandRow {
  readonly ins: number;
  readonly secret: 'key' | 'pin';
  /** `plain`: CLA without secure messaging; `proprietary`: CLA 8x and above. */
  readonly classes: 'any' | 'plain' | 'proprietary';
  readonly title: string;
  readonly source: string;
}

export const SECRET_COMMANDS: readonly SecretCommandRow[] = [
  {
    ins: CARD_COMMANDS.verify.ins,
    secret: 'pin',
    classes: 'any',
    title: 'VERIFY',
    source: 'src/purse/card-commands.table.ts',
  },
  {
    ins: 0x24,
    secret: 'pin',
    classes: 'plain',
    title: 'CHANGE REFERENCE DATA',
    source: 'ISO/IEC 7816-4, 11.6.7',
  },
  {
    ins: 0x2c,
    secret: 'pin',
    classes: 'plain',
    title: 'RESET RETRY COUNTER',
    source: 'ISO/IEC 7816-4, 11.6.10',
  },
  {
    ins: CARD_COMMANDS.changePin.ins,
    secret: 'pin',
    classes: 'any',
    title: 'CHANGE PIN, RELOAD PIN',
    source: 'src/purse/card-commands.table.ts',
  },
  {
    ins: FMCOS_COMMANDS.writeKey.ins,
    secret: 'key',
    classes: 'proprietary',
    title: 'WRITE KEY',
    source: 'src/purse/fmcos.table.ts',
  },
  {
    ins: 0xd8,
    secret: 'key',
    classes: 'proprietary',
    title: 'PUT KEY',
    source: 'GlobalPlatform Card Specification 2.3, 11.8',
  },
  {
    ins: 0xe2,
    secret: 'key',
    classes: 'proprietary',
    title: 'STORE DATA',
    source: 'GlobalPlatform Card Specification 2.3, 11.11',
  },
];
