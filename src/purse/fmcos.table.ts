// SPDX-License-Identifier: MIT
/**
 * What a blank FMCOS-style test card (Fudan FM1208 and its like) understands beyond ISO/IEC 7816-4, and
 * where it keeps the keys of a purse. Sources: P, the command descriptions of the Proxmark3 project
 * (doc/fmcos.md and doc/fmcos_example.md); S, personalisation sequences in public source code, which agree
 * with each other where several were compared; D, decided here: no public source was found. Nobody has
 * tried this on a card of plastic for this project: docs/personalise.md lists what is uncertain.
 */
import type { KeyPurpose } from './key-purposes.table.ts';

/** The commands of the card's maker, in INS order. */
export const FMCOS_COMMANDS = {
  eraseDf: {
    cla: 0x80,
    ins: 0x0e,
    p1: 0x00,
    p2: 0x00,
    title: 'ERASE DF',
    source: 'S: everything below the selected directory; P: its key file stays',
  },
  writeKey: {
    cla: 0x80,
    ins: 0xd4,
    p1: 0x01,
    p2: null,
    title: 'WRITE KEY',
    source: 'P, S: P1 01 adds a key, P2 is its identifier',
  },
  createFile: {
    cla: 0x80,
    ins: 0xe0,
    p1: null,
    p2: null,
    title: 'CREATE FILE',
    source: 'S: P1 P2 is the file identifier',
  },
} as const satisfies Record<string, FmcosCommandRow>;

/** A command of the maker; `null`: any value. */
export interface FmcosCommandRow {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number | null;
  readonly p2: number | null;
  readonly title: string;
  readonly source: string;
}

/** First byte of CREATE FILE, in numeric order. */
export const FMCOS_FILE_TYPES = {
  transparent: { code: 0x28, meaning: 'transparent file', source: 'P, S' },
  variable: { code: 0x2c, meaning: 'file of variable records', source: 'P, S' },
  cyclic: { code: 0x2e, meaning: 'cyclic file: number of records, bytes of a record', source: 'S' },
  purse: { code: 0x2f, meaning: 'purse or deposit, linked to its cyclic log file', source: 'P, S' },
  dedicated: { code: 0x38, meaning: 'directory, with its name', source: 'S' },
  key: { code: 0x3f, meaning: 'key file, the first file of its directory', source: 'P, S' },
  transparentWithMac: {
    code: 0xa8,
    meaning: 'transparent file that is written with a MAC',
    source: 'P: bit 8; S',
  },
  variableWithMac: {
    code: 0xac,
    meaning: 'file of variable records that are written with a MAC',
    source: 'P: bit 8',
  },
} as const satisfies Record<string, { code: number; meaning: string; source: string }>;

/**
 * Which key identifier each purpose has beside its type byte (`fmcos` of key-purposes.table.ts);
 * `keyIndex` is the key index of the purse, which INITIALIZE names. `form` says what bytes 4 and 5 of
 * WRITE KEY are: version and algorithm, or FF and tries, or the next security state and tries.
 */
export const FMCOS_KEY_SLOTS = {
  purchase: { id: 'keyIndex', form: 'version', source: 'P, S' },
  load: { id: 'keyIndex', form: 'version', source: 'P, S' },
  tac: { id: 0, form: 'version', source: 'P, S' },
  unload: { id: 'keyIndex', form: 'version', source: 'P, S' },
  limit: { id: 'keyIndex', form: 'version', source: 'P, S' },
  maintenance: { id: 0, form: 'tries', source: 'P, S' },
  externalAuthentication: { id: 0, form: 'state', source: 'P, S' },
  internalAuthentication: { id: 1, form: 'version', source: 'D: the TAC key has identifier 00' },
  pinUnblock: { id: 0, form: 'tries', source: 'P, S' },
  pinReload: { id: 0, form: 'tries', source: 'P, S' },
  applicationBlock: { id: 0, form: 'version', source: 'D: P blocks with the maintenance key' },
  applicationUnblock: { id: 1, form: 'version', source: 'D: P unblocks with the maintenance key' },
} as const satisfies Record<
  KeyPurpose,
  { id: number | 'keyIndex'; form: 'state' | 'tries' | 'version'; source: string }
>;
