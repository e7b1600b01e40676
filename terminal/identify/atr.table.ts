// SPDX-License-Identifier: MIT
/**
 * Codes inside an answer to reset. Sources: compact-TLV tags ISO/IEC 7816-4:2020, 12.1.1; standards and
 * card names of contactless storage cards PC/SC part 3, supplemental document, tables 2 and 3, as reader
 * manuals print them; frame sizes ISO/IEC 14443-4, 5.2.3.
 */

/** Names of the compact-TLV objects of historical bytes, by tag. */
export const COMPACT_TAGS: Readonly<Record<number, string>> = {
  0x1: 'country code',
  0x2: 'issuer identification number',
  0x3: 'card service data',
  0x4: 'initial access data',
  0x5: "card issuer's data",
  0x6: 'pre-issuing data',
  0x7: 'card capabilities',
  0x8: 'status',
  0xf: 'application identifier',
};

/** RID of the PC/SC Workgroup: what follows in the ATR of a storage card is from the tables below. */
export const PCSC_RID = 'A000000306';

/** Standard byte SS. */
export const STORAGE_STANDARDS: Readonly<Record<number, string>> = {
  0x01: 'ISO/IEC 14443 A, part 1',
  0x02: 'ISO/IEC 14443 A, part 2',
  0x03: 'ISO/IEC 14443 A, part 3',
  0x05: 'ISO/IEC 14443 B, part 1',
  0x06: 'ISO/IEC 14443 B, part 2',
  0x07: 'ISO/IEC 14443 B, part 3',
  0x09: 'ISO/IEC 15693, part 1',
  0x0a: 'ISO/IEC 15693, part 2',
  0x0b: 'ISO/IEC 15693, part 3',
  0x0c: 'ISO/IEC 15693, part 4',
  0x11: 'FeliCa',
};

/** Card name NN NN, in the order of the codes; F0xx are those of ACS readers. */
export const STORAGE_CARDS: Readonly<Record<number, string>> = {
  0x0001: 'MIFARE Classic 1K',
  0x0002: 'MIFARE Classic 4K',
  0x0003: 'MIFARE Ultralight',
  0x0026: 'MIFARE Mini',
  0x0036: 'MIFARE Plus 2K, security level 1',
  0x0037: 'MIFARE Plus 4K, security level 1',
  0x0038: 'MIFARE Plus 2K, security level 2',
  0x0039: 'MIFARE Plus 4K, security level 2',
  0x003a: 'MIFARE Ultralight C',
  0x003b: 'FeliCa',
  0xf004: 'Topaz or Jewel',
  0xf011: 'FeliCa, 212 kbit/s',
  0xf012: 'FeliCa, 424 kbit/s',
};

/** Bytes of the largest frame that a card takes, by FSCI. */
export const FRAME_SIZES: readonly number[] = [
  16, 24, 32, 40, 48, 64, 96, 128, 256, 512, 1024, 2048, 4096,
];
