// SPDX-License-Identifier: MIT
/**
 * Purse cards by kind: the name that selects them, and where they keep number and dates. One row a kind;
 * of rows with the same name the first whose mark fits is taken. `isSure: false` says that only one public
 * source has it, or that sources differ. No row comes from an official text.
 *
 * Sources: PBOC part 2, annex C for EF15; T-Union as its readers describe it; the cities as the public
 * reader programs NFCard, Metrodroid and NFSee agree on them, or not.
 */
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import { DF_NAMES, FILES } from '../../src/purse/files.table.ts';

/** A value in a transparent file. */
export interface FilePiece {
  readonly shortFileId: number;
  readonly offset: number;
  readonly size: number;
  /** `digits`: as the nibbles stand; else a binary number, said in decimal. */
  readonly order: 'bigEndian' | 'digits' | 'littleEndian';
  readonly isSure: boolean;
}

export interface PurseKindRow {
  readonly title: string;
  /** Name for SELECT, hexadecimal. */
  readonly aid: string;
  /** Bytes of EF15 that only cards of this kind have there. */
  readonly mark?: { readonly offset: number; readonly hex: string };
  /** Whether name and mark leave no other kind. */
  readonly isSure: boolean;
  /** Transparent files to read, each so many bytes from its beginning, in this order. */
  readonly files: readonly { readonly shortFileId: number; readonly size: number }[];
  readonly serial: FilePiece;
  /** Another number on the same bytes, for cards whose issuer decides which one is meant. */
  readonly otherSerial?: FilePiece;
  readonly startDate: FilePiece;
  readonly expiryDate: FilePiece;
  /** City code, digits. */
  readonly city?: FilePiece;
  readonly hasTrips: boolean;
  /** Whether EF17 says where the card is valid, and whether more than one source has its layout. */
  readonly validity?: { readonly isSure: boolean };
  /** Undefined: the currency of the system that issued it. */
  readonly currency: CurrencyCode | undefined;
  /** Whether balance and log are where PBOC has them. */
  readonly isBalanceSure: boolean;
  readonly source: string;
}

const EF04 = 0x04;
const EF05 = 0x05;
const EF0A = 0x0a;
const EF15 = FILES.ef15.shortFileId;
const SURE = true;

const inFile15 = (
  field: 'applicationSerialNumber' | 'expiryDate' | 'startDate',
  isSure: boolean,
): FilePiece => ({
  shortFileId: EF15,
  offset: PUBLIC_DATA.offsetOf(field),
  size: field === 'applicationSerialNumber' ? 10 : 4,
  order: 'digits',
  isSure,
});

const standardFile15 = (
  isSure: boolean,
): Pick<PurseKindRow, 'expiryDate' | 'files' | 'serial' | 'startDate'> => ({
  files: [{ shortFileId: EF15, size: FILES.ef15.size }],
  serial: inFile15('applicationSerialNumber', isSure),
  startDate: inFile15('startDate', isSure),
  expiryDate: inFile15('expiryDate', isSure),
});

/** The last four bytes of the serial number field, which the cities take for a binary number. */
const cityNumber = (order: FilePiece['order'], isSure: boolean): FilePiece => ({
  shortFileId: EF15,
  offset: 16,
  size: 4,
  order,
  isSure,
});

const CITY: FilePiece = { shortFileId: EF15, offset: 2, size: 2, order: 'digits', isSure: SURE };

/** Issuer identifier of this project's cards begins with `OP`. */
const OWN_ISSUER = { offset: PUBLIC_DATA.offsetOf('issuerId'), hex: '4F50' } as const;

/** The kinds by name, in the order in which they are looked for. */
export const PURSE_KINDS = {
  aesPurse: {
    title: 'openpurse AES purse',
    aid: DF_NAMES.aesPurse,
    isSure: SURE,
    ...standardFile15(SURE),
    hasTrips: true,
    currency: undefined,
    isBalanceSure: SURE,
    source: 'docs/protocol.md',
  },
  tdesPurse: {
    title: 'openpurse 3DES purse',
    aid: DF_NAMES.tdesPurse,
    mark: OWN_ISSUER,
    isSure: SURE,
    ...standardFile15(SURE),
    hasTrips: true,
    currency: undefined,
    isBalanceSure: SURE,
    source: 'docs/protocol.md',
  },
  shanghai: {
    title: 'City Union, Shanghai',
    aid: DF_NAMES.tdesPurse,
    mark: { offset: CITY.offset, hex: '2000' },
    isSure: SURE,
    ...standardFile15(SURE),
    serial: cityNumber('bigEndian', SURE),
    city: CITY,
    hasTrips: false,
    currency: 'CNY',
    isBalanceSure: SURE,
    source: 'NFCard, Metrodroid',
  },
  chongqing: {
    title: 'City Union, Chongqing',
    aid: DF_NAMES.tdesPurse,
    mark: { offset: CITY.offset, hex: '4000' },
    isSure: SURE,
    ...standardFile15(SURE),
    serial: cityNumber('littleEndian', false),
    startDate: { shortFileId: EF15, offset: 4, size: 4, order: 'digits', isSure: false },
    expiryDate: { shortFileId: EF15, offset: 8, size: 4, order: 'digits', isSure: false },
    city: CITY,
    hasTrips: false,
    currency: 'CNY',
    isBalanceSure: SURE,
    source: 'Metrodroid; dates as in a recording of NFSee, where the common places hold zeros',
  },
  pboc: {
    title: 'PBOC/CJ purse, City Union or another issuer',
    aid: DF_NAMES.tdesPurse,
    isSure: false,
    ...standardFile15(SURE),
    otherSerial: cityNumber('littleEndian', false),
    city: { ...CITY, isSure: false },
    hasTrips: false,
    currency: 'CNY',
    isBalanceSure: SURE,
    source: 'PBOC 2, annex C; the number of a City Union card: NFCard, Metrodroid',
  },
  tUnion: {
    title: 'T-Union',
    aid: DF_NAMES.tUnion,
    isSure: SURE,
    ...standardFile15(SURE),
    hasTrips: true,
    validity: { isSure: SURE },
    currency: 'CNY',
    isBalanceSure: SURE,
    source: 'T-Union readers',
  },
  tUnionCash: {
    title: 'T-Union, electronic cash',
    aid: 'A000000632010106',
    isSure: SURE,
    ...standardFile15(false),
    hasTrips: true,
    validity: { isSure: false },
    currency: 'CNY',
    isBalanceSure: false,
    source: 'T-Union readers name it; what it holds is taken to be as in the purse',
  },
  shenzhen: {
    title: 'Shenzhen Tong',
    aid: '5041592E535A54',
    isSure: SURE,
    files: [{ shortFileId: EF15, size: 28 }],
    serial: cityNumber('littleEndian', SURE),
    startDate: inFile15('startDate', SURE),
    expiryDate: inFile15('expiryDate', SURE),
    hasTrips: false,
    currency: 'CNY',
    isBalanceSure: SURE,
    source: 'NFCard, Metrodroid; "PAY.SZT"',
  },
  wuhan: {
    title: 'Wuhan Tong',
    aid: '4150312E5748435443',
    isSure: SURE,
    files: [
      { shortFileId: EF0A, size: 5 },
      { shortFileId: EF05, size: 24 },
    ],
    serial: { shortFileId: EF0A, offset: 0, size: 5, order: 'digits', isSure: false },
    startDate: { shortFileId: EF05, offset: 20, size: 4, order: 'digits', isSure: false },
    expiryDate: { shortFileId: EF05, offset: 16, size: 4, order: 'digits', isSure: false },
    hasTrips: false,
    currency: 'CNY',
    isBalanceSure: SURE,
    source: 'Metrodroid; NFSee reads EF15 instead; "AP1.WHCTC"',
  },
  beijing: {
    title: 'Beijing municipal card',
    aid: '4F43',
    isSure: false,
    files: [{ shortFileId: EF04, size: 32 }],
    serial: { shortFileId: EF04, offset: 0, size: 8, order: 'digits', isSure: SURE },
    startDate: { shortFileId: EF04, offset: 24, size: 4, order: 'digits', isSure: SURE },
    expiryDate: { shortFileId: EF04, offset: 28, size: 4, order: 'digits', isSure: SURE },
    hasTrips: false,
    currency: 'CNY',
    isBalanceSure: SURE,
    source: 'NFCard, Metrodroid; "OC"',
  },
  beijingPboc: {
    title: 'Beijing municipal card',
    aid: '50424F43',
    isSure: false,
    files: [{ shortFileId: EF04, size: 32 }],
    serial: { shortFileId: EF04, offset: 0, size: 8, order: 'digits', isSure: SURE },
    startDate: { shortFileId: EF04, offset: 24, size: 4, order: 'digits', isSure: SURE },
    expiryDate: { shortFileId: EF04, offset: 28, size: 4, order: 'digits', isSure: SURE },
    hasTrips: false,
    currency: 'CNY',
    isBalanceSure: SURE,
    source: 'NFCard, Metrodroid; "PBOC"',
  },
} as const satisfies Record<string, PurseKindRow>;

/** The name of a kind of purse card. */
export type PurseKindName = keyof typeof PURSE_KINDS;
