// SPDX-License-Identifier: MIT
/**
 * Every command of a card that is not yet a purse. Files are written with the commands of the purse, by
 * the same code; what is not there yet is not found (6A82). Status words are those of ISO/IEC 7816-4;
 * which of them a real FMCOS card gives is not documented everywhere: docs/personalise.md.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { desEcbEncrypt } from '../../src/crypto/des.ts';
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { SW, swTriesLeft } from '../../src/iso7816/status-words.table.ts';
import { CARD_COMMANDS, type CardCommandName } from '../../src/purse/card-commands.table.ts';
import {
  PURSE_DIRECTORY,
  TRANSPORT_CHALLENGE_SIZE,
  TRANSPORT_KEY,
  WRITE_KEY_HEADER,
} from '../../src/purse/fmcos-layouts.ts';
import { FMCOS_COMMANDS, type FmcosCommandRow } from '../../src/purse/fmcos.table.ts';
import { CommandIndex } from '../apdu/command-index.ts';
import { Dispatcher, type AppletCommand } from '../apdu/dispatcher.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type CardHandler } from '../card/card-applet.ts';
import { KEY_SIZE, regionByShortFileId } from '../card/card-map.ts';
import { getChallenge } from '../commands/authentication.ts';
import { dedicatedFileFci, MASTER_FILE_ID, purseName } from '../commands/directory.ts';
import { openUpdate, readBinary, resolveFile, updateBinary } from '../commands/file-commands.ts';
import { isVariableRecord, slotChange, slotOfTag } from '../commands/record-files.ts';
import type { BlankApplet, BlankHandler } from './blank-applet.ts';
import { hasFile, hasKey } from './blank-map.ts';
import { createFile, eraseDf } from './create-file.ts';
import { writeKey } from './write-key.ts';

const BY_FILE_ID = 0x00;
const BY_NAME = 0x04;
/** Tries of the transport key. A real card's are not documented; few enough to notice a wrong key. */
const TRANSPORT_TRIES = 15;
const select: BlankHandler = (applet, { p1, data }) => {
  const { session } = applet;
  const isMaster =
    p1 === BY_FILE_ID &&
    (data.length === 0 || (data.length === 2 && readUint(data, 0, 2) === MASTER_FILE_ID));
  if (isMaster) {
    session.enter('master');
    applet.isAuthenticated = false;
    return dedicatedFileFci(applet.asPurse.data, 'master');
  }
  if (p1 !== BY_FILE_ID && p1 !== BY_NAME) throw new Refusal(SW.WRONG_P1_P2);
  if (!hasFile(applet.contents, 'directory')) throw new Refusal(SW.FILE_NOT_FOUND);
  const { data: card } = applet.asPurse;
  const isPurse =
    p1 === BY_NAME
      ? equalBytes(data, purseName(card.suite.name))
      : data.length === 2 && readUint(data, 0, 2) === PURSE_DIRECTORY.fileId;
  if (!isPurse) throw new Refusal(SW.FILE_NOT_FOUND);
  session.enter('purse');
  return dedicatedFileFci(card, 'purse');
};

/** In the master file, with the transport key: the challenge enciphered with single DES. */
const externalAuthenticate: BlankHandler = (applet, { p2, data }) => {
  const { contents, session } = applet;
  if (session.selected !== 'master' || p2 !== 0) throw new Refusal(SW.REFERENCE_NOT_FOUND);
  const { wrongAuthentications } = contents;
  if (wrongAuthentications >= TRANSPORT_TRIES) throw new Refusal(SW.AUTHENTICATION_LOCKED);
  const { challenge } = session;
  if (challenge?.length !== TRANSPORT_CHALLENGE_SIZE) throw new Refusal(SW.REFERENCE_DATA_INVALID);
  session.challenge = null;
  applet.isAuthenticated = equalBytes(desEcbEncrypt(TRANSPORT_KEY, challenge), data);
  if (!applet.isAuthenticated) {
    const wrong = wrongAuthentications + 1;
    applet.commit({ ...contents, wrongAuthentications: wrong });
    throw new Refusal(swTriesLeft(TRANSPORT_TRIES - wrong), { isCounted: true });
  }
  if (wrongAuthentications > 0) applet.commit({ ...contents, wrongAuthentications: 0 });
  return NO_RESPONSE_DATA;
};

/** @throws Refusal 6A82 unless the file was created, 6985 before the key that its MAC needs. */
function checkFile(applet: BlankApplet, shortFileId: number): void {
  const region = regionByShortFileId(shortFileId);
  if (region === undefined || !hasFile(applet.contents, region.name)) {
    throw new Refusal(SW.FILE_NOT_FOUND);
  }
  if (!hasKey(applet.contents, 'maintenance')) throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
}

/** READ and UPDATE BINARY name the file in P1. */
function onBinary(handler: CardHandler): BlankHandler {
  return (applet, command) => {
    checkFile(applet, command.p1 & 0x1f);
    return handler(applet.asPurse, command);
  };
}

/** By number (100 in P2, as FMCOS sequences have it) or plain (000, ISO/IEC 7816-4): both append. */
const APPEND_MODES: readonly number[] = [0, 4];

const append: BlankHandler = (applet, command) => {
  const shortFileId = command.p2 >> 3;
  if (!APPEND_MODES.includes(command.p2 & 7)) throw new Refusal(SW.WRONG_P1_P2);
  checkFile(applet, shortFileId);
  const purse = applet.asPurse;
  const region = resolveFile(purse, shortFileId);
  if (region.row.structure === 'transparent') throw new Refusal(SW.INCOMPATIBLE_FILE);
  const record = openUpdate(purse, region, command);
  if (record.length > region.row.size) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  const isNew = isVariableRecord(record) && slotOfTag(purse.data, region, record[0] ?? 0) < 0;
  if (!isNew) throw new Refusal(SW.WRONG_DATA);
  const slot = slotOfTag(purse.data, region, 0);
  if (slot < 0) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  applet.memory.commit([slotChange(region, slot, record)]);
  return NO_RESPONSE_DATA;
};

interface BlankCommand extends AppletCommand<BlankApplet> {
  readonly run: BlankHandler;
}

function isoCommand(
  name: CardCommandName,
  lc: readonly [number, number],
  run: BlankHandler,
): BlankCommand {
  const { cla, claSecured, ins, p1, p2 } = CARD_COMMANDS[name];
  return {
    cla: [cla, claSecured].filter((value) => value !== null),
    ins,
    p1,
    p2: p2 === null ? null : [p2],
    lc,
    replySize: null,
    run,
  };
}

function makerCommand(
  row: FmcosCommandRow,
  lc: readonly [number, number],
  run: BlankHandler,
): BlankCommand {
  const { cla, ins, p2 } = row;
  // Any P1: WRITE KEY answers for itself that it does not change keys.
  return { cla: [cla], ins, p1: null, p2: p2 === null ? null : [p2], lc, replySize: null, run };
}

const challenge: BlankHandler = (applet, command: CommandApdu) =>
  getChallenge(applet.asPurse, command);

const COMMANDS: readonly BlankCommand[] = [
  isoCommand('select', [0, 16], select),
  isoCommand('getChallenge', [0, 0], challenge),
  isoCommand(
    'externalAuthenticate',
    [TRANSPORT_CHALLENGE_SIZE, TRANSPORT_CHALLENGE_SIZE],
    externalAuthenticate,
  ),
  isoCommand('readBinary', [0, 0xff], onBinary(readBinary)),
  isoCommand('updateBinary', [0, 0xff], onBinary(updateBinary)),
  isoCommand('appendRecord', [0, 0xff], append),
  makerCommand(FMCOS_COMMANDS.eraseDf, [0, 0], eraseDf),
  makerCommand(
    FMCOS_COMMANDS.writeKey,
    [WRITE_KEY_HEADER.size + 1, WRITE_KEY_HEADER.size + KEY_SIZE],
    writeKey,
  ),
  makerCommand(FMCOS_COMMANDS.createFile, [7, 24], createFile),
];

export const BLANK_DISPATCHER = new Dispatcher<BlankApplet, BlankCommand>(
  new CommandIndex(COMMANDS),
  // Every command judges for itself, and a blank card has no transaction to settle.
  { gate: () => undefined, settle: () => undefined },
);
