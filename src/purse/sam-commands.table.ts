// SPDX-License-Identifier: MIT
/**
 * The commands of the purchase secure application module (PSAM), in INS order. Source: the drivers and
 * data sheets compared in docs/protocol.md, PSAM commands.
 */
export interface SamCommandRow {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number | null;
  readonly p2: number | null;
  readonly title: string;
  readonly source: string;
}

/** The commands by name, in INS order. */
export const SAM_COMMANDS = {
  deliveryKey: {
    cla: 0x80,
    ins: 0x1a,
    p1: null,
    p2: null,
    title: 'DELIVERY KEY',
    source: 'P1 usage | levels << 5, P2 key version; data 8 × levels',
  },
  initializeForPurchase: {
    cla: 0x80,
    ins: 0x70,
    p1: 0x00,
    p2: 0x00,
    title: 'INIT_SAM_FOR_PURCHASE',
    source: 'Lc 14h + 8 × levels (3DES)',
  },
  creditForPurchase: {
    cla: 0x80,
    ins: 0x72,
    p1: 0x00,
    p2: 0x00,
    title: 'CREDIT_SAM_FOR_PURCHASE',
    source: 'MAC2 of the card',
  },
  select: {
    cla: 0x00,
    ins: 0xa4,
    p1: null,
    p2: null,
    title: 'SELECT',
    source: 'ISO/IEC 7816-4, 11.2.2',
  },
  readBinary: {
    cla: 0x00,
    ins: 0xb0,
    p1: null,
    p2: null,
    title: 'READ BINARY',
    source: 'EF15 serial, EF16 terminal id, EF17 public data',
  },
  cipherData: {
    cla: 0x80,
    ins: 0xfa,
    p1: null,
    p2: 0x00,
    title: 'CIPHER DATA',
    source: 'P1 bit 0 MAC, bit 1 more follows, bit 2 initial value present',
  },
} as const satisfies Record<string, SamCommandRow>;

/** The name of a command of the secure module. */
export type SamCommandName = keyof typeof SAM_COMMANDS;

/** Key usages of DELIVERY KEY. Source: docs/protocol.md, PSAM commands (`80 1A 45`, `80 1A 44 00 10`). */
export const SAM_KEY_USAGE = { tac: 0x04, mac: 0x05 } as const;
