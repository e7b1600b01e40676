// SPDX-License-Identifier: MIT
/**
 * What a blank card keeps until it is a purse. Keys, PIN and files go where the purse will look for them
 * (card/card-map.ts), and the place of the purse state, which a card without a purse has no use for, holds
 * the list of what is there. So a card that is complete becomes the purse in one commit.
 */
import { uint16, uint8 } from '../../src/codec/field.ts';
import { struct, type LayoutValue } from '../../src/codec/struct.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { AMOUNT_MAX } from '../../src/money/amount.ts';
import { PURSE_FILES } from '../../src/purse/fmcos-layouts.ts';
import { FILES } from '../../src/purse/files.table.ts';
import { KEY_PURPOSE_NAMES } from '../../src/purse/key-purposes.table.ts';
import { UNBLOCK_TRIES } from '../commands/life-cycle-commands.ts';
import {
  ACCESS_ADDRESS,
  CARD_ACCESS,
  CARD_CONSTANTS,
  CARD_MEMORY_SIZE,
  CARD_STATE,
  CONSTANTS_ADDRESS,
  LIFE_CYCLE,
  STATE_ADDRESS,
} from '../card/card-map.ts';
import { NonVolatileMemory, type MemoryChange } from '../memory/non-volatile-memory.ts';

/** Files that CREATE FILE can make, one bit each; the directory of the purse and its key file first. */
const FILE_BITS: readonly string[] = [
  'directory',
  'keyFile',
  ...Object.keys(PURSE_FILES),
  ...Object.keys(FILES),
];
/** Keys that WRITE KEY can add, one bit each. */
const KEY_BITS: readonly string[] = [...KEY_PURPOSE_NAMES, 'pin'];

/** One bit per file and key that is there, and the wrong cryptograms since the last right one. */
export const BLANK_CONTENTS = struct('blankContents', {
  files: uint16,
  keys: uint16,
  wrongAuthentications: uint8,
});

export type BlankContents = LayoutValue<typeof BLANK_CONTENTS>;

/** What an erased or new card holds. */
const NOTHING: BlankContents = { files: 0, keys: 0, wrongAuthentications: 0 };

export function contentsOf(cells: Readonly<Uint8Array>): BlankContents {
  return BLANK_CONTENTS.decodeAt(cells, STATE_ADDRESS);
}

function bit(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  invariant(index >= 0, `"name" expected one of ${names.join(', ')}, got ${name}`);
  return 1 << index;
}

export function hasFile({ files }: BlankContents, name: string): boolean {
  return (files & bit(FILE_BITS, name)) !== 0;
}

export function hasKey({ keys }: BlankContents, name: string): boolean {
  return (keys & bit(KEY_BITS, name)) !== 0;
}

export function withFile(contents: BlankContents, name: string): BlankContents {
  return { ...contents, files: contents.files | bit(FILE_BITS, name) };
}

export function withKey(contents: BlankContents, name: string): BlankContents {
  return { ...contents, keys: contents.keys | bit(KEY_BITS, name) };
}

/** Whether there is any elementary file besides the key file. */
export function hasElementaryFile({ files }: BlankContents): boolean {
  return files >> 2 !== 0;
}

function isComplete({ files, keys }: BlankContents): boolean {
  return files === 2 ** FILE_BITS.length - 1 && keys === 2 ** KEY_BITS.length - 1;
}

/** The constants of the purse that are not keys. */
const CONSTANTS_HEAD = CARD_CONSTANTS.offsetOf('keys');

/**
 * The change that notes new contents; when nothing is missing any more, the changes that make the card
 * the purse. `cells` are the memory as it is but for this change.
 */
export function contentsChanges(
  cells: Readonly<Uint8Array>,
  contents: BlankContents,
): readonly MemoryChange[] {
  if (!isComplete(contents)) {
    return [{ address: STATE_ADDRESS, bytes: BLANK_CONTENTS.encode(contents) }];
  }
  // FMCOS has no field for these two: the purse has the values of every card of this project.
  const constants = CARD_CONSTANTS.encode({
    ...CARD_CONSTANTS.decodeAt(cells, CONSTANTS_ADDRESS),
    loadNeedsPin: 1,
    maximumBalance: AMOUNT_MAX,
  });
  return [
    // Without the keys, which lie there already: the journal of the memory has room for 640 bytes.
    { address: CONSTANTS_ADDRESS, bytes: constants.slice(0, CONSTANTS_HEAD) },
    {
      address: ACCESS_ADDRESS,
      bytes: CARD_ACCESS.encode({
        ...CARD_ACCESS.decodeAt(cells, ACCESS_ADDRESS),
        lifeCycle: LIFE_CYCLE.active,
        unblockTriesLeft: UNBLOCK_TRIES,
      }),
    },
    { address: STATE_ADDRESS, bytes: new Uint8Array(CARD_STATE.size) },
  ];
}

/** The changes of ERASE DF. What files held stays in cells that nothing reads; keys and PIN go. */
export function erasure(): readonly MemoryChange[] {
  const access = new Uint8Array(CARD_ACCESS.size);
  access[CARD_ACCESS.offsetOf('lifeCycle')] = LIFE_CYCLE.blank;
  return [
    { address: CONSTANTS_ADDRESS, bytes: new Uint8Array(CARD_CONSTANTS.size) },
    { address: ACCESS_ADDRESS, bytes: access },
    { address: STATE_ADDRESS, bytes: BLANK_CONTENTS.encode(NOTHING) },
  ];
}

/** The memory of a card as it leaves the factory: the transport key, and no files but the master file. */
export function blankCardMemory(): NonVolatileMemory {
  const cells = new Uint8Array(CARD_MEMORY_SIZE);
  for (const { address, bytes } of erasure()) cells.set(bytes, address);
  return new NonVolatileMemory('card', cells, CONSTANTS_ADDRESS);
}
