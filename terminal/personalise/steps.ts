// SPDX-License-Identifier: MIT
/**
 * The commands that make a purse of a blank FMCOS-style card, in their order: directory, key file, keys,
 * files, their contents, and at last the purse itself, so that a card that was left half written has no
 * purse. Sources: src/purse/fmcos.table.ts.
 */
import { concat } from '../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { uintBytes } from '../../src/bytes/integer.ts';
import { desEcbEncrypt } from '../../src/crypto/des.ts';
import { encodeCommand, formatSw, NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import type { KeySet } from '../../src/purse/card-keys.ts';
import { PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import {
  DF_NAMES,
  FILES,
  VARIABLE_RECORD,
  type FileName,
  type FileRow,
} from '../../src/purse/files.table.ts';
import {
  CREATE_DIRECTORY,
  CREATE_ELEMENTARY,
  CREATE_KEY_FILE,
  FMCOS_PIN_TYPE,
  FMCOS_RIGHT,
  LINE_KEY_ZERO,
  PURSE_DIRECTORY,
  PURSE_FILES,
  STATE_AFTER_AUTHENTICATION,
  STATE_AFTER_PIN,
  THREE_TRIES,
  TRANSPORT_CHALLENGE_SIZE,
  WRITE_KEY_HEADER,
} from '../../src/purse/fmcos-layouts.ts';
import { FMCOS_COMMANDS, FMCOS_FILE_TYPES, FMCOS_KEY_SLOTS } from '../../src/purse/fmcos.table.ts';
import {
  KEY_PURPOSE_NAMES,
  KEY_PURPOSES,
  type KeyPurpose,
} from '../../src/purse/key-purposes.table.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import { getBalance, readBinary, selectByName } from '../card/commands.ts';
import type { Step } from './step.ts';

/** What the card will be. */
export interface PersonalisationOptions {
  readonly suite: SuiteName;
  /** 1 to 20 digits. */
  readonly serial: string;
  /** The diversified keys of this card. */
  readonly keys: KeySet;
  readonly keyVersion: number;
  readonly keyIndex: number;
  /** 8 bytes. */
  readonly issuerId: Readonly<Uint8Array>;
  /** YYYYMMDD. */
  readonly startDate: string;
  readonly expiryDate: string;
  /** 2 to 6 bytes, two digits each. */
  readonly pin: Uint8Array;
  /** The factory's key of the master file, 8 or 16 bytes; undefined for a card whose master file has none. */
  readonly transportKey: Readonly<Uint8Array> | undefined;
  /** Whether to erase what an earlier attempt left. */
  readonly isErasing: boolean;
}

const NO_DATA = new Uint8Array(0);
const MASTER_FILE_ID = 0x3f00;
const SHORT_FILE = 0x80;
/** APPEND RECORD: the sequences of the field have mode 100 beside the short identifier. */
const BY_NUMBER = 0x04;
/** Bytes that the directory and its key file reserve; as the sequences of the field have them, and room. */
const DIRECTORY_SPACE = 0x1500;
const KEY_FILE_SPACE = 0x0400;
const LINE_UNUSED = 0xff;

interface Header {
  readonly cla: number;
  readonly ins: number;
}

function command({ cla, ins }: Header, p1: number, p2: number, data: Uint8Array): Uint8Array {
  return encodeCommand({ cla, ins, p1, p2, data, ne: 0 });
}

/** A step whose command is known before. */
function fixed(
  title: string,
  kind: Step['kind'],
  bytes: Uint8Array,
  more: Pick<Step, 'challengeSize' | 'expected' | 'secretBytes'> = {},
): Step {
  return { title, kind, command: () => bytes, ...more };
}

/** SELECT of the master file, which every card has. */
export const SELECT_MASTER: Step = fixed(
  'SELECT master file (3F00)',
  'read',
  command(CARD_COMMANDS.select, 0, 0, uintBytes(MASTER_FILE_ID, 2)),
);

function getChallenge(size: number): Step {
  const { cla, ins, p1, p2 } = CARD_COMMANDS.getChallenge;
  const bytes = encodeCommand({ cla, ins, p1, p2, data: NO_DATA, ne: size });
  return fixed('GET CHALLENGE', 'read', bytes, { challengeSize: size });
}

function authenticate(transportKey: Readonly<Uint8Array>): readonly Step[] {
  return [
    getChallenge(TRANSPORT_CHALLENGE_SIZE),
    {
      title: 'EXTERNAL AUTHENTICATE with the transport key',
      kind: 'authenticate',
      challengeBytes: TRANSPORT_CHALLENGE_SIZE,
      command: (challenge) =>
        command(CARD_COMMANDS.externalAuthenticate, 0, 0, desEcbEncrypt(transportKey, challenge)),
    },
  ];
}

function createFile(title: string, fileId: number, data: Uint8Array): Step {
  const bytes = command(FMCOS_COMMANDS.createFile, fileId >> 8, fileId & 0xff, data);
  return fixed(`CREATE FILE ${title}`, 'write', bytes);
}

function dfName(suite: SuiteName): Uint8Array {
  return fromHex(suite === 'aes' ? DF_NAMES.aesPurse : DF_NAMES.tdesPurse);
}

function directory(suite: SuiteName): readonly Step[] {
  const { fileId, shortFileId } = PURSE_DIRECTORY;
  const head = CREATE_DIRECTORY.encode({
    fileType: FMCOS_FILE_TYPES.dedicated.code,
    space: DIRECTORY_SPACE,
    createRight: FMCOS_RIGHT.open,
    eraseRight: FMCOS_RIGHT.open,
    shortFileId,
  });
  const keyFile = CREATE_KEY_FILE.encode({
    fileType: FMCOS_FILE_TYPES.key.code,
    space: KEY_FILE_SPACE,
    directoryShortFileId: shortFileId,
    addRight: FMCOS_RIGHT.open,
  });
  const name = dfName(suite);
  return [
    createFile(`directory of the purse (${formatSw(fileId)})`, fileId, concat(head, name)),
    fixed('SELECT the directory of the purse', 'read', selectByName(name)),
    createFile('key file (0000)', 0, keyFile),
  ];
}

function writeKey(
  title: string,
  id: number,
  header: Parameters<typeof WRITE_KEY_HEADER.encode>[0],
  secret: Uint8Array,
): Step {
  const { p1 } = FMCOS_COMMANDS.writeKey;
  const data = concat(WRITE_KEY_HEADER.encode(header), secret);
  const bytes = command(FMCOS_COMMANDS.writeKey, p1, id, data);
  return fixed(`WRITE KEY ${title}`, 'write', bytes, { secretBytes: secret.length });
}

function keyStep(purpose: KeyPurpose, options: PersonalisationOptions): Step {
  const { id, form } = FMCOS_KEY_SLOTS[purpose];
  const { fmcos, name, meaning } = KEY_PURPOSES[purpose];
  const parameters = {
    version: [options.keyVersion, SUITES[options.suite].algorithmId],
    tries: [LINE_UNUSED, THREE_TRIES],
    state: [STATE_AFTER_AUTHENTICATION, THREE_TRIES],
  } as const;
  const [versionOrState, algorithmOrTries] = parameters[form];
  return writeKey(
    `${name} (${meaning})`,
    id === 'keyIndex' ? options.keyIndex : id,
    {
      keyType: fmcos,
      useRight: FMCOS_RIGHT.open,
      changeRight: FMCOS_RIGHT.changeKey,
      versionOrState,
      algorithmOrTries,
    },
    options.keys[purpose],
  );
}

function keys(options: PersonalisationOptions): readonly Step[] {
  const header = {
    keyType: FMCOS_PIN_TYPE,
    useRight: FMCOS_RIGHT.open,
    changeRight: FMCOS_RIGHT.never,
    versionOrState: STATE_AFTER_PIN,
    algorithmOrTries: THREE_TRIES,
  };
  return [
    ...KEY_PURPOSE_NAMES.map((purpose) => keyStep(purpose, options)),
    writeKey('PIN', 0, header, options.pin),
  ];
}

function createElementary(name: FileName): Step {
  const row: FileRow = FILES[name];
  const { cyclic, transparentWithMac, variableWithMac } = FMCOS_FILE_TYPES;
  const isCyclic = row.structure === 'cyclic';
  const type = { cyclic, transparent: transparentWithMac, variable: variableWithMac };
  const data = CREATE_ELEMENTARY.encode({
    fileType: type[row.structure].code,
    size: isCyclic ? (row.records << 8) | row.size : row.size * row.records,
    readRight: row.read === 'pin' ? FMCOS_RIGHT.afterPin : FMCOS_RIGHT.open,
    updateRight: isCyclic ? FMCOS_RIGHT.never : FMCOS_RIGHT.open,
    link: LINE_KEY_ZERO,
  });
  return createFile(`${name.toUpperCase()} (${row.meaning})`, row.fileId, data);
}

function createPurse(name: keyof typeof PURSE_FILES): Step {
  const { fileId, size, useRight, meaning } = PURSE_FILES[name];
  const data = CREATE_ELEMENTARY.encode({
    fileType: FMCOS_FILE_TYPES.purse.code,
    size,
    readRight: useRight,
    updateRight: 0,
    link: FILES.ef18.shortFileId,
  });
  return createFile(`${name.toUpperCase()} (${meaning})`, fileId, data);
}

/** A write with a MAC of the maintenance key over header, Lc and data. docs/protocol.md, Secure messaging. */
function secured(
  title: string,
  header: { readonly ins: number; readonly claSecured: number },
  place: { readonly p1: number; readonly p2: number; readonly data: Uint8Array },
  { suite, keys: { maintenance } }: PersonalisationOptions,
): readonly Step[] {
  const purseSuite = SUITES[suite];
  const { macSize, cardRandomSize } = purseSuite;
  const { p1, p2, data } = place;
  const head = Uint8Array.of(header.claSecured, header.ins, p1, p2, data.length + macSize);
  return [
    getChallenge(cardRandomSize),
    {
      title,
      kind: 'write',
      challengeBytes: macSize,
      command: (challenge) =>
        concat(
          head,
          data,
          purseSuite.secureMessagingMac(maintenance, challenge, concat(head, data)),
        ),
    },
  ];
}

function updateBinary(
  name: FileName,
  data: Uint8Array,
  options: PersonalisationOptions,
): readonly Step[] {
  const place = { p1: SHORT_FILE | FILES[name].shortFileId, p2: 0, data };
  const title = `UPDATE BINARY ${name.toUpperCase()} (${FILES[name].meaning})`;
  return secured(title, CARD_COMMANDS.updateBinary, place, options);
}

/** A record with an open lock and zeros: what a composite purchase can update from the first day. */
function appendBlank(
  name: FileName,
  tag: number,
  size: number,
  options: PersonalisationOptions,
): readonly Step[] {
  const data = new Uint8Array(size);
  data[VARIABLE_RECORD.tagOffset] = tag;
  data[VARIABLE_RECORD.lengthOffset] = size - VARIABLE_RECORD.lockOffset;
  data[VARIABLE_RECORD.lockOffset] = VARIABLE_RECORD.lockOpen;
  const place = { p1: 0, p2: (FILES[name].shortFileId << 3) | BY_NUMBER, data };
  const title = `APPEND RECORD ${name.toUpperCase()} (tag ${toHex(Uint8Array.of(tag))})`;
  return secured(title, CARD_COMMANDS.appendRecord, place, options);
}

/** EF15 as it will be. */
function publicData(options: PersonalisationOptions): Uint8Array {
  return PUBLIC_DATA.encode({
    issuerId: options.issuerId.slice(),
    applicationType: 2,
    applicationVersion: 1,
    applicationSerialNumber: serialNumberBytes(options.serial),
    startDate: options.startDate,
    expiryDate: options.expiryDate,
    issuerFci: new Uint8Array(2),
  });
}

function contents(options: PersonalisationOptions): readonly Step[] {
  return [
    ...updateBinary('ef15', publicData(options), options),
    ...updateBinary('ef16', new Uint8Array(FILES.ef16.size), options),
    ...updateBinary('ef17', new Uint8Array(FILES.ef17.size), options),
    ...appendBlank('ef19', 0x01, 32, options),
    ...appendBlank('ef19', 0x02, 32, options),
    ...appendBlank('ef1a', 0x27, FILES.ef1a.size, options),
  ];
}

/** What was written is read again through the commands of a till. */
function proof(options: PersonalisationOptions): readonly Step[] {
  return [
    fixed('SELECT the purse', 'read', selectByName(dfName(options.suite))),
    fixed('READ BINARY EF15', 'read', readBinary('ef15'), { expected: publicData(options) }),
    fixed('GET BALANCE', 'read', getBalance, { expected: new Uint8Array(4) }),
  ];
}

/** Every step after the card was found to be blank. */
export function personalisationSteps(options: PersonalisationOptions): readonly Step[] {
  const { cla, ins, p1, p2 } = FMCOS_COMMANDS.eraseDf;
  const erase = encodeCommand({ cla, ins, p1, p2, data: NO_DATA, ne: NE_SHORT_MAX });
  // Object.keys loses the literal keys; they are the table's.
  const names = Object.keys(FILES) as FileName[];
  return [
    SELECT_MASTER,
    ...(options.transportKey === undefined ? [] : authenticate(options.transportKey)),
    ...(options.isErasing ? [fixed('ERASE DF of the master file', 'write', erase)] : []),
    ...directory(options.suite),
    ...keys(options),
    ...names.map(createElementary),
    ...contents(options),
    createPurse('ef01'),
    createPurse('ef02'),
    ...proof(options),
  ];
}

/** SELECT by identifier or name that a blank card answers with 6A82. */
export function selectStep(what: string, by: number | string): Step {
  const bytes =
    typeof by === 'number'
      ? command(CARD_COMMANDS.select, 0, 0, uintBytes(by, 2))
      : selectByName(fromHex(by));
  return fixed(`SELECT ${what}`, 'read', bytes);
}

/** Whether a status word says that there is no such file. */
export function isAbsent(sw: number): boolean {
  return sw === SW.FILE_NOT_FOUND;
}
