// SPDX-License-Identifier: MIT
/**
 * Where everything lies in the memory of a purchase secure application module. A change here needs a new
 * format version of the card image. Files: docs/protocol.md, PSAM commands.
 */
import { bytes, uint32, uint8 } from '../../src/codec/field.ts';
import { struct } from '../../src/codec/struct.ts';
import { SAM_PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import { SAM_KEY_USAGE } from '../../src/purse/sam-commands.table.ts';
import { journalSize } from '../memory/non-volatile-memory.ts';

/** A terminal counter and an error counter are all that a SAM commits. */
const JOURNAL_BODY_SIZE = 32;

export const KEY_SLOTS = 16;

/** What a key of the SAM is for; `purchase` never leaves as a MAC of the terminal's choosing. */
export const PSAM_KEY_USAGE = { purchase: 0x02, ...SAM_KEY_USAGE } as const;
export type PsamKeyUsage = keyof typeof PSAM_KEY_USAGE;

/** In which order a terminal lists the levels of diversification. SAM vendors disagree. */
export const DIVERSIFICATION_ORDER = { innermostFirst: 0, outermostFirst: 1 } as const;
export type DiversificationOrder = keyof typeof DIVERSIFICATION_ORDER;

export const PSAM_CONSTANTS = struct('psamConstants', {
  mac2ErrorMax: uint8,
  diversificationOrder: uint8,
});

export const PSAM_KEY = struct('psamKey', {
  algorithmId: uint8,
  usage: uint8,
  version: uint8,
  key: bytes(16),
});

/** The terminal counter is that of the last INIT_SAM_FOR_PURCHASE. */
export const PSAM_STATE = struct('psamState', {
  terminalCounter: uint32,
  mac2Errors: uint8,
});

/** The data of the memory begin here, after the journal. */
export const PSAM_CONSTANTS_ADDRESS = journalSize(JOURNAL_BODY_SIZE);
export const PSAM_KEYS_ADDRESS = PSAM_CONSTANTS_ADDRESS + PSAM_CONSTANTS.size;
export const PSAM_STATE_ADDRESS = PSAM_KEYS_ADDRESS + KEY_SLOTS * PSAM_KEY.size;
const FILES_ADDRESS = PSAM_STATE_ADDRESS + PSAM_STATE.size;

export const TERMINAL_ID_SIZE = 6;
const SAM_SERIAL_SIZE = 10;

export interface PsamFile {
  readonly name: 'ef15' | 'ef16' | 'ef17';
  readonly fileId: number;
  readonly shortFileId: number;
  readonly address: number;
  readonly size: number;
}

/** EF15 serial number, EF16 terminal identifier, EF17 public data of the purchase application. */
export const PSAM_FILES: readonly PsamFile[] = [
  {
    name: 'ef15',
    fileId: 0x0015,
    shortFileId: 0x15,
    address: FILES_ADDRESS,
    size: SAM_SERIAL_SIZE,
  },
  {
    name: 'ef16',
    fileId: 0x0016,
    shortFileId: 0x16,
    address: FILES_ADDRESS + SAM_SERIAL_SIZE,
    size: TERMINAL_ID_SIZE,
  },
  {
    name: 'ef17',
    fileId: 0x0017,
    shortFileId: 0x17,
    address: FILES_ADDRESS + SAM_SERIAL_SIZE + TERMINAL_ID_SIZE,
    size: SAM_PUBLIC_DATA.size,
  },
];

export const TERMINAL_ID_ADDRESS = FILES_ADDRESS + SAM_SERIAL_SIZE;
export const PSAM_MEMORY_SIZE =
  FILES_ADDRESS + SAM_SERIAL_SIZE + TERMINAL_ID_SIZE + SAM_PUBLIC_DATA.size;
