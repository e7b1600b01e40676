// SPDX-License-Identifier: MIT
/** SELECT. Source: ISO/IEC 7816-4, 11.2.2; docs/protocol.md, File and security commands. */
import { equalBytes } from '../../src/bytes/compare.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type CardApplet, type CardHandler } from '../card/card-applet.ts';
import { LIFE_CYCLE, regionByFileId, type FileRegion } from '../card/card-map.ts';
import { IDLE, type SelectedFile } from '../card/session.ts';
import {
  dedicatedFileFci,
  elementaryFileFci,
  MASTER_FILE_ID,
  PPSE_NAME,
  PSE_NAME,
  PURSE_FILE_IDS,
  purseName,
} from './directory.ts';

/** P1: by file identifier, or by DF name. */
const BY_FILE_ID = 0x00;
const BY_NAME = 0x04;
/** P2: first or only occurrence with FCI, next occurrence, no response data. */
const FIRST = 0x00;
const NEXT = 0x02;
const NO_FCI = 0x0c;

function fileById(applet: CardApplet, data: Uint8Array): FileRegion | SelectedFile {
  // No identifier selects the master file.
  if (data.length === 0) return 'master';
  if (data.length !== 2) throw new Refusal(SW.WRONG_LENGTH);
  const fileId = readUint(data, 0, 2);
  if (fileId === MASTER_FILE_ID) return 'master';
  if (PURSE_FILE_IDS.includes(fileId)) return 'purse';
  const region = applet.session.selected === 'purse' ? regionByFileId(fileId) : undefined;
  if (region === undefined) throw new Refusal(SW.FILE_NOT_FOUND);
  return region;
}

/** A name must match in full: a card that answers to the start of a foreign name is misidentified. */
function fileByName(applet: CardApplet, name: Uint8Array): SelectedFile {
  if (equalBytes(name, purseName(applet.suite.name))) return 'purse';
  if (equalBytes(name, PSE_NAME)) return 'pse';
  if (equalBytes(name, PPSE_NAME)) return 'ppse';
  throw new Refusal(SW.FILE_NOT_FOUND);
}

function selectDedicated(applet: CardApplet, file: SelectedFile, withFci: boolean): Uint8Array {
  const { data, session } = applet;
  const isPurse = file === 'purse';
  if (isPurse && data.lifeCycle === LIFE_CYCLE.blockedPermanently) {
    throw new Refusal(SW.APPLICATION_LOCKED);
  }
  session.enter(file);
  const response = withFci ? dedicatedFileFci(data, file) : NO_RESPONSE_DATA;
  // A blocked application is selected all the same, so that it can be unblocked.
  if (isPurse && data.lifeCycle === LIFE_CYCLE.blockedTemporarily) {
    throw new Refusal(SW.FUNCTION_NOT_SUPPORTED, { data: response });
  }
  return response;
}

export const select: CardHandler = (applet, command) => {
  const { p1, p2, data } = command;
  if (p1 !== BY_FILE_ID && p1 !== BY_NAME) throw new Refusal(SW.WRONG_P1_P2);
  const isKnownP2 = p2 === FIRST || p2 === NO_FCI || (p2 === NEXT && p1 === BY_NAME);
  if (!isKnownP2) throw new Refusal(SW.WRONG_P1_P2);
  const file = p1 === BY_NAME ? fileByName(applet, data) : fileById(applet, data);
  // Every name occurs once.
  if (p2 === NEXT) throw new Refusal(SW.FILE_NOT_FOUND);
  if (typeof file === 'string') return selectDedicated(applet, file, p2 !== NO_FCI);
  applet.session.currentFile = file;
  applet.session.transaction = IDLE;
  return p2 === NO_FCI ? NO_RESPONSE_DATA : elementaryFileFci(file);
};
