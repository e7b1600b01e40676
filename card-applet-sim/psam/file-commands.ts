// SPDX-License-Identifier: MIT
/** SELECT and READ BINARY of the SAM. Source: docs/protocol.md, PSAM commands; ISO/IEC 7816-4. */
import { equalBytes } from '../../src/bytes/compare.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { encodeTlv } from '../../src/iso7816/tlv.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { MASTER_FILE_ID, PURSE_FILE_IDS } from '../commands/directory.ts';
import { NO_RESPONSE_DATA, type PsamApplet, type PsamHandler } from './psam-applet.ts';
import { PSAM_FILES, type PsamFile } from './psam-map.ts';

const NAME = fromHex(DF_NAMES.psam);
const FCI = encodeTlv({ tag: 0x6f, children: [{ tag: 0x84, value: NAME }] });

/** The application's commands work whatever is selected: terminals differ in what they select first. */
function selectById(applet: PsamApplet, data: Uint8Array): void {
  if (data.length !== 2) throw new Refusal(SW.WRONG_LENGTH);
  const fileId = readUint(data, 0, 2);
  const isDirectory = fileId === MASTER_FILE_ID || PURSE_FILE_IDS.includes(fileId);
  const file = PSAM_FILES.find((candidate) => candidate.fileId === fileId);
  if (!isDirectory && file === undefined) throw new Refusal(SW.FILE_NOT_FOUND);
  applet.session.currentFile = file ?? null;
}

export const selectPsam: PsamHandler = (applet, { p1, p2, data }) => {
  const isKnownP2 = p2 === 0x00 || p2 === 0x0c;
  if ((p1 !== 0x00 && p1 !== 0x04) || !isKnownP2) throw new Refusal(SW.WRONG_P1_P2);
  if (p1 === 0x00) selectById(applet, data);
  else if (!equalBytes(data, NAME)) throw new Refusal(SW.FILE_NOT_FOUND);
  else applet.session.currentFile = null;
  // Whoever selects begins anew.
  applet.session.purchase = null;
  return p2 === 0x0c ? NO_RESPONSE_DATA : FCI.slice();
};

/** P1 bit 8: P1 is 80|SFI, which becomes the current file. */
function resolveFile({ session }: PsamApplet, p1: number): PsamFile {
  if ((p1 & 0x80) === 0) {
    if (session.currentFile === null) throw new Refusal(SW.NO_CURRENT_FILE);
    return session.currentFile;
  }
  const file = PSAM_FILES.find(({ shortFileId }) => shortFileId === (p1 & 0x1f));
  if (file === undefined) throw new Refusal(SW.FILE_NOT_FOUND);
  session.currentFile = file;
  return file;
}

export const readPsamBinary: PsamHandler = (applet, { p1, p2, ne }) => {
  const file = resolveFile(applet, p1);
  const offset = (p1 & 0x80) === 0 ? (p1 << 8) | p2 : p2;
  if (offset >= file.size) throw new Refusal(SW.WRONG_OFFSET);
  const available = file.size - offset;
  if (ne > available && ne < NE_SHORT_MAX) throw new Refusal(0x6c00 | available);
  const start = file.address + offset;
  const length = ne === 0 ? available : Math.min(ne, available);
  return applet.data.memory.cells.slice(start, start + length);
};
