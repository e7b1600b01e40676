// SPDX-License-Identifier: MIT
/**
 * Elementary files of the purse application, in SFI order. Sources: EF15, EF16, EF18 PBOC part 2, annex
 * C; EF17, EF1A, EF1E the T-Union card as its readers describe it; EF19 PBOC part 9, annex C
 * (docs/protocol.md, Files). `read` and `update` are the access conditions; `card` means that only the
 * card itself writes, inside a transaction; `composite` that UPDATE CAPP DATA CACHE may write too.
 */
export interface FileRow {
  readonly fileId: number;
  readonly shortFileId: number;
  readonly structure: 'cyclic' | 'transparent' | 'variable';
  /** Bytes of a transparent file, of one record in a cyclic file, at most of one in a variable file. */
  readonly size: number;
  /** Records that the file keeps; 1 for a transparent file. */
  readonly records: number;
  readonly read: 'free' | 'pin';
  readonly update: 'card' | 'secured';
  readonly isComposite: boolean;
  readonly meaning: string;
  readonly source: string;
}

/** The files by name, in SFI order. */
export const FILES = {
  ef15: {
    fileId: 0x0015,
    shortFileId: 0x15,
    structure: 'transparent',
    size: 30,
    records: 1,
    read: 'free',
    update: 'secured',
    isComposite: false,
    meaning: 'public application data',
    source: 'PBOC 2, annex C',
  },
  ef16: {
    fileId: 0x0016,
    shortFileId: 0x16,
    structure: 'transparent',
    size: 55,
    records: 1,
    read: 'pin',
    update: 'secured',
    isComposite: false,
    meaning: 'cardholder data',
    source: 'PBOC 2, annex C',
  },
  ef17: {
    fileId: 0x0017,
    shortFileId: 0x17,
    structure: 'transparent',
    size: 60,
    records: 1,
    read: 'free',
    update: 'secured',
    isComposite: false,
    meaning: 'country, province, city, interoperability',
    source: 'T-Union',
  },
  ef18: {
    fileId: 0x0018,
    shortFileId: 0x18,
    structure: 'cyclic',
    size: 23,
    records: 10,
    read: 'free',
    update: 'card',
    isComposite: false,
    meaning: 'transaction log, newest first',
    source: 'PBOC 2, annex C',
  },
  ef19: {
    fileId: 0x0019,
    shortFileId: 0x19,
    structure: 'variable',
    size: 64,
    records: 8,
    read: 'free',
    update: 'secured',
    isComposite: true,
    meaning: 'composite application records by tag',
    source: 'PBOC 9, annex C',
  },
  ef1a: {
    fileId: 0x001a,
    shortFileId: 0x1a,
    structure: 'variable',
    size: 128,
    records: 2,
    read: 'free',
    update: 'secured',
    isComposite: true,
    meaning: 'bus trip state',
    source: 'T-Union',
  },
  ef1e: {
    fileId: 0x001e,
    shortFileId: 0x1e,
    structure: 'cyclic',
    size: 48,
    records: 30,
    read: 'free',
    update: 'card',
    isComposite: true,
    meaning: 'trip log, newest first',
    source: 'T-Union',
  },
} as const satisfies Record<string, FileRow>;

/** The name of a file of the purse application. */
export type FileName = keyof typeof FILES;

/** Application identifiers and directory names. Source: docs/protocol.md, Files; decision 6. */
export const DF_NAMES = {
  pse: '315041592E5359532E4444463031',
  ppse: '325041592E5359532E4444463031',
  tdesPurse: 'A00000000386980701',
  aesPurse: 'F04F5055525345',
  tUnion: 'A000000632010105',
  psam: 'F04F5053414D',
} as const;

/** A variable record: tag, length of what follows, then the application-lock byte and the data. */
export const VARIABLE_RECORD = {
  tagOffset: 0,
  lengthOffset: 1,
  lockOffset: 2,
  lockOpen: 0x00,
} as const;
