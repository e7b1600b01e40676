// SPDX-License-Identifier: MIT
/**
 * CREATE FILE and ERASE DF. A real card has room for any file; this one for the files of the purse, each
 * of its own type and size (6A84 otherwise). It notes rights and does not judge them: a test card gets
 * open ones. Source: src/purse/fmcos.table.ts.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { readUint } from '../../src/bytes/integer.ts';
import type { Layout } from '../../src/codec/struct.ts';
import { DecodeError } from '../../src/errors/fault.ts';
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import {
  CREATE_DIRECTORY,
  CREATE_ELEMENTARY,
  CREATE_KEY_FILE,
  PURSE_DIRECTORY,
  PURSE_FILES,
} from '../../src/purse/fmcos-layouts.ts';
import { FMCOS_FILE_TYPES } from '../../src/purse/fmcos.table.ts';
import { FILES, type FileName, type FileRow } from '../../src/purse/files.table.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA } from '../card/card-applet.ts';
import { CONSTANTS_ADDRESS, REGION } from '../card/card-map.ts';
import { purseName } from '../commands/directory.ts';
import type { MemoryChange } from '../memory/non-volatile-memory.ts';
import type { BlankApplet, BlankHandler } from './blank-applet.ts';
import { erasure, hasElementaryFile, hasFile, withFile } from './blank-map.ts';

const KEY_FILE_ID = 0x0000;

/** What CREATE FILE must say of an elementary file. */
interface Expected {
  readonly name: string;
  readonly types: readonly number[];
  readonly size: number;
  /** The short identifier of the log of a purse file. */
  readonly link: number | undefined;
  /** What makes a new file empty; nothing for a cyclic file, whose records are counted. */
  readonly emptying: readonly MemoryChange[];
}

const { transparent, transparentWithMac, variable, variableWithMac, cyclic, purse } =
  FMCOS_FILE_TYPES;
const TYPES: Readonly<Record<FileRow['structure'], readonly number[]>> = {
  transparent: [transparent.code, transparentWithMac.code],
  variable: [variable.code, variableWithMac.code],
  cyclic: [cyclic.code],
};

function expectedFile(name: FileName): Expected {
  const row: FileRow = FILES[name];
  const total = row.size * row.records;
  const isCyclic = row.structure === 'cyclic';
  return {
    name,
    types: TYPES[row.structure],
    size: isCyclic ? (row.records << 8) | row.size : total,
    link: undefined,
    emptying: isCyclic ? [] : [{ address: REGION[name].address, bytes: new Uint8Array(total) }],
  };
}

const EXPECTED: ReadonlyMap<number, Expected> = new Map<number, Expected>([
  // Object.keys loses the literal keys; they are the table's.
  ...(Object.keys(FILES) as FileName[]).map(
    (name) => [FILES[name].fileId, expectedFile(name)] as const,
  ),
  ...Object.entries(PURSE_FILES).map(([name, { fileId, size }]) => {
    const types = [purse.code];
    const link = FILES.ef18.shortFileId;
    return [fileId, { name, types, size, link, emptying: [] }] as const;
  }),
]);

/** The data of CREATE FILE. @throws Refusal 6A80 where they do not fit the layout. */
function decoded<T>(layout: Layout<T>, data: Uint8Array): Readonly<T> {
  try {
    return layout.decode(data);
  } catch (error) {
    if (error instanceof DecodeError) throw new Refusal(SW.WRONG_DATA);
    throw error;
  }
}

function createDirectory(applet: BlankApplet, fileId: number, data: Uint8Array): void {
  const { contents, session } = applet;
  if (session.selected !== 'master') throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  if (!applet.isAuthenticated) throw new Refusal(SW.SECURITY_STATUS);
  decoded(CREATE_DIRECTORY, data.slice(0, CREATE_DIRECTORY.size));
  if (hasFile(contents, 'directory')) throw new Refusal(SW.WRONG_DATA);
  if (fileId !== PURSE_DIRECTORY.fileId) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  const name = data.slice(CREATE_DIRECTORY.size);
  const suite = Object.values(SUITES).find((known) => equalBytes(name, purseName(known.name)));
  // The card keeps no name: it has that of the purse of a suite.
  if (suite === undefined) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  applet.commit(withFile(contents, 'directory'), [
    { address: CONSTANTS_ADDRESS, bytes: Uint8Array.of(suite.algorithmId) },
  ]);
}

/** @throws Refusal 6985 unless the directory of the purse is selected. */
function checkInDirectory({ session }: BlankApplet): void {
  if (session.selected !== 'purse') throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
}

function createKeyFile(applet: BlankApplet, fileId: number, data: Uint8Array): void {
  checkInDirectory(applet);
  const { contents } = applet;
  const { directoryShortFileId } = decoded(CREATE_KEY_FILE, data);
  if (fileId !== KEY_FILE_ID || hasFile(contents, 'keyFile')) throw new Refusal(SW.WRONG_DATA);
  if (directoryShortFileId !== PURSE_DIRECTORY.shortFileId) throw new Refusal(SW.WRONG_DATA);
  // The key file is the first file of its directory.
  if (hasElementaryFile(contents)) throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  applet.commit(withFile(contents, 'keyFile'));
}

function createElementary(applet: BlankApplet, fileId: number, data: Uint8Array): void {
  checkInDirectory(applet);
  const { contents } = applet;
  const { fileType, size, link } = decoded(CREATE_ELEMENTARY, data);
  if (!hasFile(contents, 'keyFile')) throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  const expected = EXPECTED.get(fileId);
  if (expected === undefined) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  if (hasFile(contents, expected.name)) throw new Refusal(SW.WRONG_DATA);
  if (!expected.types.includes(fileType)) throw new Refusal(SW.WRONG_DATA);
  if (size !== expected.size) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  if (expected.link !== undefined) {
    if (link !== expected.link) throw new Refusal(SW.WRONG_DATA);
    if (!hasFile(contents, 'ef18')) throw new Refusal(SW.FILE_NOT_FOUND);
  }
  applet.commit(withFile(contents, expected.name), expected.emptying);
}

export const createFile: BlankHandler = (applet, { p1, p2, data }: CommandApdu) => {
  const fileId = readUint(Uint8Array.of(p1, p2), 0, 2);
  const [type] = data;
  if (type === FMCOS_FILE_TYPES.dedicated.code) createDirectory(applet, fileId, data);
  else if (type === FMCOS_FILE_TYPES.key.code) createKeyFile(applet, fileId, data);
  else createElementary(applet, fileId, data);
  return NO_RESPONSE_DATA;
};

/** Of the master file: everything goes but the transport key. */
export const eraseDf: BlankHandler = (applet) => {
  if (applet.session.selected !== 'master') throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  if (!applet.isAuthenticated) throw new Refusal(SW.SECURITY_STATUS);
  applet.memory.commit(erasure());
  return NO_RESPONSE_DATA;
};
