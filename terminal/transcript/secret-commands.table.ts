// SPDX-License-Identifier: MIT
/**
 * Commands that carry keys, in clear or under a key that is public for test cards. What they say is
 * masked in transcripts, as PINs are. Rows in INS order.
 */
import { FMCOS_COMMANDS } from '../../src/purse/fmcos.table.ts';

export interface SecretCommandRow {
  readonly ins: number;
  readonly title: string;
  readonly source: string;
}

/** All of class 8x. */
export const SECRET_COMMANDS = {
  writeKey: {
    ins: FMCOS_COMMANDS.writeKey.ins,
    title: 'WRITE KEY',
    source: 'src/purse/fmcos.table.ts',
  },
  putKey: { ins: 0xd8, title: 'PUT KEY', source: 'GlobalPlatform Card Specification 2.3, 11.8' },
  storeData: {
    ins: 0xe2,
    title: 'STORE DATA',
    source: 'GlobalPlatform Card Specification 2.3, 11.11',
  },
} as const satisfies Readonly<Record<string, SecretCommandRow>>;
