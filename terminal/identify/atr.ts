// SPDX-License-Identifier: MIT
/**
 * The answer to reset, taken apart. Source: ISO/IEC 7816-3:2006, 8.2 (TS, T0, interface bytes, historical
 * bytes, TCK).
 *
 * A contactless card has no ATR: the reader makes one, 3B 8n 80 01 … TCK, of what the card has. A storage
 * card is named by numbers of the PC/SC Workgroup; another card's historical bytes come from its ATS (type
 * A) or its ATQB (type B). Source: PC/SC part 3, 3.1.3.2.3.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { FRAME_SIZES, PCSC_RID, STORAGE_CARDS, STORAGE_STANDARDS } from './atr.table.ts';
import { opaqueBytes, readHistoricalBytes, type HistoricalBytes } from './historical-bytes.ts';

/** TA1, TD2 and so on. */
export interface InterfaceByte {
  readonly name: string;
  readonly value: number;
}

/** A card that has memory and no commands of ISO/IEC 7816-4: it is never asked to select. */
export interface StorageCard {
  /** Undefined where the tables have no such code, or the reader gave none. */
  readonly standard: string | undefined;
  readonly name: string | undefined;
  /** SS NN NN, hexadecimal. */
  readonly code: string;
}

/**
 * The answer of a type A card, where the reader gave all of it as historical bytes: seen by its length byte
 * alone, so it may be a coincidence.
 */
export interface Ats {
  /** Bytes of the largest frame that the card takes; undefined for a code that is not given out. */
  readonly frameSizeMax: number | undefined;
  readonly interfaceBytes: readonly InterfaceByte[];
  readonly historicalBytes: HistoricalBytes;
}

export interface Atr {
  readonly hex: string;
  /** Undefined when TS is neither 3B nor 3F. */
  readonly convention: 'direct' | 'inverse' | undefined;
  readonly interfaceBytes: readonly InterfaceByte[];
  /** T=0, T=1 …, in the order in which the card offers them. */
  readonly protocols: readonly number[];
  /** Of a storage card only the hexadecimal: BER-TLV, not compact-TLV. */
  readonly historicalBytes: HistoricalBytes;
  /** Whether the check byte fits; undefined where there is none, as with T=0 alone. */
  readonly isCheckRight: boolean | undefined;
  /**
   * Undefined for every card that is not a storage card. The other form of a contactless card's ATR is no
   * proof of one: contact cards have it as well.
   */
  readonly storageCard: StorageCard | undefined;
  readonly ats: Ats | undefined;
  /** What is wrong with the ATR as a whole. */
  readonly problem: string | undefined;
}

const CONVENTIONS: ReadonlyMap<number, Atr['convention']> = new Map([
  [0x3b, 'direct'],
  [0x3f, 'inverse'],
]);
const LETTERS = ['A', 'B', 'C', 'D'] as const;
/** T=15 is no protocol: it marks global interface bytes. ISO/IEC 7816-3, 8.2.3. */
const GLOBAL = 15;
/** TS and TCK count, too: an ATR has at most 33 bytes. */
const SIZE_MAX = 33;

/** Reads an ATR; never throws: `problem` says what is wrong. */
export function readAtr(bytes: Readonly<Uint8Array>): Atr {
  const format = bytes[1] ?? 0;
  const { interfaceBytes, protocols, end } = readInterfaceBytes(bytes);
  const count = format & 15;
  const historical = bytes.slice(end, end + count);
  // TCK is there unless T=0 is all that the card speaks. ISO/IEC 7816-3, 8.2.5.
  const checkSize = protocols.some((protocol) => protocol !== 0) ? 1 : 0;
  const expected = end + count + checkSize;
  const isCheckRight =
    checkSize === 0 || bytes.length < expected
      ? undefined
      : bytes.subarray(1, expected).reduce((sum, byte) => sum ^ byte, 0) === 0;
  const isReaderMade = hasReaderForm(interfaceBytes);
  const storageCard = isReaderMade ? readStorageCard(historical) : undefined;
  return {
    hex: toHex(bytes),
    convention: CONVENTIONS.get(bytes[0] ?? 0),
    interfaceBytes,
    protocols: [...new Set(protocols.filter((protocol) => protocol !== GLOBAL))],
    historicalBytes:
      storageCard === undefined ? readHistoricalBytes(historical) : opaqueBytes(historical),
    isCheckRight,
    storageCard,
    ats: isReaderMade && storageCard === undefined ? readAts(historical) : undefined,
    problem: problemOf(bytes, expected),
  };
}

function problemOf(bytes: Readonly<Uint8Array>, expected: number): string | undefined {
  const [ts] = bytes;
  if (ts === undefined) return '"atr" expected bytes, got none';
  if (!CONVENTIONS.has(ts)) {
    return `"atr" expected to begin with 3B or 3F, got ${toHex(Uint8Array.of(ts))}`;
  }
  if (expected > SIZE_MAX) return `"atr" expected at most ${SIZE_MAX} bytes, announces ${expected}`;
  if (bytes.length === expected) return undefined;
  return `"atr" expected ${expected} bytes, got ${bytes.length}`;
}

function readInterfaceBytes(bytes: Readonly<Uint8Array>): {
  readonly interfaceBytes: readonly InterfaceByte[];
  readonly protocols: readonly number[];
  readonly end: number;
} {
  const interfaceBytes: InterfaceByte[] = [];
  const protocols: number[] = [];
  let end = 2;
  let announced: number | undefined = bytes[1];
  for (let round = 1; announced !== undefined; round++) {
    let next: number | undefined;
    for (const [bit, letter] of LETTERS.entries()) {
      const value = bytes[end];
      if ((announced & (0x10 << bit)) === 0 || value === undefined) continue;
      interfaceBytes.push({ name: `T${letter}${round}`, value });
      if (letter === 'D') {
        next = value;
        protocols.push(value & 15);
      }
      end++;
    }
    announced = next;
  }
  // Without TD1 the card speaks T=0. ISO/IEC 7816-3, 8.2.3.
  return { interfaceBytes, protocols: protocols.length === 0 ? [0] : protocols, end };
}

/** 3B 8n 80 01: TD1 says T=0, TD2 says T=1. */
function hasReaderForm(interfaceBytes: readonly InterfaceByte[]): boolean {
  const shape = interfaceBytes.map(({ name, value }) => `${name}=${value}`).join(' ');
  return shape === 'TD1=128 TD2=1';
}

/** Category 80, then a BER-TLV 4F: the one place where historical bytes are not compact-TLV. */
function readStorageCard(historical: Readonly<Uint8Array>): StorageCard | undefined {
  const isStorageCard =
    toHex(historical.subarray(0, 2)) === '804F' && toHex(historical.subarray(3, 8)) === PCSC_RID;
  if (!isStorageCard) return undefined;
  return {
    standard: STORAGE_STANDARDS[historical[8] ?? 0],
    name: STORAGE_CARDS[readUint(historical, 9, 2)],
    code: toHex(historical.subarray(8, 11)),
  };
}

/** ISO/IEC 14443-4, 5.2: TL (which counts itself), T0, TA(1), TB(1), TC(1), historical bytes. */
function readAts(bytes: Readonly<Uint8Array>): Ats | undefined {
  const [length, format] = bytes;
  if (format === undefined || length !== bytes.length || format >= 0x80) return undefined;
  const interfaceBytes: InterfaceByte[] = [];
  let offset = 2;
  for (const [bit, letter] of ['A', 'B', 'C'].entries()) {
    const value = bytes[offset];
    if ((format & (0x10 << bit)) === 0 || value === undefined) continue;
    interfaceBytes.push({ name: `T${letter}(1)`, value });
    offset++;
  }
  const historicalBytes = readHistoricalBytes(bytes.slice(offset));
  return { frameSizeMax: FRAME_SIZES[format & 15], interfaceBytes, historicalBytes };
}
