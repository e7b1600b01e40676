// SPDX-License-Identifier: MIT
/**
 * Where everything lies in a card's memory: journal, constants of personalisation, access state, purse
 * state, then the elementary files of src/purse/files.table.ts in its order. A change here needs a new
 * format version of the card image.
 */
import { bytes, uint16, uint24, uint32, uint8 } from '../../src/codec/field.ts';
import { struct } from '../../src/codec/struct.ts';
import { FILES, type FileName, type FileRow } from '../../src/purse/files.table.ts';
import { KEY_PURPOSE_NAMES } from '../../src/purse/key-purposes.table.ts';
import { journalSize } from '../memory/non-volatile-memory.ts';

export const KEY_SIZE = 16;
export const PIN_SIZE_MAX = 6;
/** Room for the cached records of one composite purchase beside balance, counter, proof and log. */
const JOURNAL_BODY_SIZE = 640;

/** Written once, by personalisation. */
export const CARD_CONSTANTS = struct('cardConstants', {
  algorithmId: uint8,
  keyIndex: uint8,
  keyVersion: uint8,
  loadNeedsPin: uint8,
  pinTriesMax: uint8,
  maximumBalance: uint32,
  keys: bytes(KEY_SIZE * KEY_PURPOSE_NAMES.length),
});

/** Who may do what: the life cycle, the PIN and the tries that are left. */
export const CARD_ACCESS = struct('cardAccess', {
  lifeCycle: uint8,
  unblockTriesLeft: uint8,
  pinTriesLeft: uint8,
  pinLength: uint8,
  pin: bytes(PIN_SIZE_MAX),
});

/**
 * The money and what proves it, in one piece so that a transaction is one journal entry and its log
 * record. A deposit balance includes the overdraft limit. `logNext` and `tripNext` are the slots that
 * the next record of the two cyclic files takes.
 */
export const CARD_STATE = struct('cardState', {
  purseBalance: uint32,
  depositBalance: uint32,
  overdraftLimit: uint24,
  onlineCounter: uint16,
  offlineCounter: uint16,
  proofType: uint8,
  proofCounter: uint16,
  proofMac: bytes(8),
  proofTac: bytes(8),
  logNext: uint8,
  logCount: uint8,
  tripNext: uint8,
  tripCount: uint8,
});

/** Life cycle of the application and, at last, of the card. */
export const LIFE_CYCLE = {
  active: 0,
  blockedTemporarily: 1,
  blockedPermanently: 2,
  cardBlocked: 3,
  /** Not yet a purse: fmcos/blank-map.ts says what the purse state holds until then. */
  blank: 0xb1,
} as const;

/** The data of the memory begin here, after the journal. */
export const CONSTANTS_ADDRESS = journalSize(JOURNAL_BODY_SIZE);
export const ACCESS_ADDRESS = CONSTANTS_ADDRESS + CARD_CONSTANTS.size;
export const STATE_ADDRESS = ACCESS_ADDRESS + CARD_ACCESS.size;
const FILES_ADDRESS = STATE_ADDRESS + CARD_STATE.size;

/** An elementary file and the place of its first record. */
export interface FileRegion {
  readonly name: FileName;
  readonly row: FileRow;
  readonly address: number;
}

function placeFiles(): { readonly regions: readonly FileRegion[]; readonly end: number } {
  let address = FILES_ADDRESS;
  const regions: FileRegion[] = [];
  // Object.entries loses the literal keys; they are the table's.
  for (const [name, row] of Object.entries(FILES) as [FileName, FileRow][]) {
    regions.push({ name, row, address });
    address += row.size * row.records;
  }
  return { regions, end: address };
}

const PLACED = placeFiles();
export const FILE_REGIONS = PLACED.regions;
export const CARD_MEMORY_SIZE = PLACED.end;

/** The region of a file of the table. */
export const REGION = Object.fromEntries(
  FILE_REGIONS.map((region) => [region.name, region]),
  // One entry per row of the table, so every name is there.
) as Readonly<Record<FileName, FileRegion>>;

const BY_SHORT_ID: ReadonlyMap<number, FileRegion> = new Map(
  FILE_REGIONS.map((region) => [region.row.shortFileId, region]),
);
const BY_FILE_ID: ReadonlyMap<number, FileRegion> = new Map(
  FILE_REGIONS.map((region) => [region.row.fileId, region]),
);

export function regionByShortFileId(shortFileId: number): FileRegion | undefined {
  return BY_SHORT_ID.get(shortFileId);
}

export function regionByFileId(fileId: number): FileRegion | undefined {
  return BY_FILE_ID.get(fileId);
}
