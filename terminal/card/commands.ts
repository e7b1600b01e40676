// SPDX-License-Identifier: MIT
/** The commands that a terminal sends, built from the rows of the tables in src/purse. */
import { concat } from '../../src/bytes/concat.ts';
import { encodeCommand, NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { blockCommandHeader } from '../../src/purse/block-command.ts';
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import { PROOF } from '../../src/purse/command-layouts.ts';
import { FILES, type FileName } from '../../src/purse/files.table.ts';
import { PURSE_COMMANDS } from '../../src/purse/purse-commands.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';

/** P2 of the purse commands: the electronic purse. The deposit (01) is not for terminals of this kind. */
const PURSE = 0x02;

const NO_DATA = new Uint8Array(0);
const BY_FILE_ID = 0x00;
const BY_NAME = 0x04;
const FIRST_WITH_FCI = 0x00;
/** READ RECORD by number, of the file named in P2. ISO/IEC 7816-4, 11.4.3. */
const RECORD_NUMBER = 0x04;
const SHORT_FILE = 0x80;

interface FixedCommand {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
}

/** A command whose CLA, INS and P1 are those of its row. */
function fixed(row: FixedCommand, p2: number, data: Uint8Array, ne: number): Uint8Array {
  return encodeCommand({ cla: row.cla, ins: row.ins, p1: row.p1, p2, data, ne });
}

export function selectByName(name: Uint8Array): Uint8Array {
  const { cla, ins } = CARD_COMMANDS.select;
  return encodeCommand({ cla, ins, p1: BY_NAME, p2: FIRST_WITH_FCI, data: name, ne: NE_SHORT_MAX });
}

/** SELECT by the two bytes of a file identifier. ISO/IEC 7816-4, 11.2.2. */
export function selectByFileId(fileId: Uint8Array): Uint8Array {
  const { cla, ins } = CARD_COMMANDS.select;
  const p2 = FIRST_WITH_FCI;
  return encodeCommand({ cla, ins, p1: BY_FILE_ID, p2, data: fileId, ne: NE_SHORT_MAX });
}

export function readBinary(file: FileName): Uint8Array {
  const { shortFileId, size } = FILES[file];
  return readShortFile(shortFileId, size);
}

/** READ BINARY from the beginning of any transparent file. */
export function readShortFile(shortFileId: number, ne: number): Uint8Array {
  const { cla, ins } = CARD_COMMANDS.readBinary;
  return encodeCommand({ cla, ins, p1: SHORT_FILE | shortFileId, p2: 0, data: NO_DATA, ne });
}

/** Record 1 of a cyclic file is the newest. */
export function readRecord(shortFileId: number, record: number, ne: number): Uint8Array {
  const { cla, ins } = CARD_COMMANDS.readRecord;
  const p2 = (shortFileId << 3) | RECORD_NUMBER;
  return encodeCommand({ cla, ins, p1: record, p2, data: NO_DATA, ne });
}

export function readFileRecord(file: FileName, record: number): Uint8Array {
  const { shortFileId, size } = FILES[file];
  return readRecord(shortFileId, record, size);
}

export const getBalance: Uint8Array = fixed(PURSE_COMMANDS.getBalance, PURSE, NO_DATA, 4);

export function verifyPin(pin: Uint8Array): Uint8Array {
  const { cla, ins, p1, p2 } = CARD_COMMANDS.verify;
  return encodeCommand({ cla, ins, p1, p2, data: pin, ne: 0 });
}

export type PurseTransaction =
  | 'creditForLoad'
  | 'debitForPurchase'
  | 'initializeForCompositePurchase'
  | 'initializeForLoad'
  | 'initializeForPurchase';

/** GET CHALLENGE of `size` bytes. */
export function getChallenge(size: number): Uint8Array {
  const { cla, ins, p1, p2 } = CARD_COMMANDS.getChallenge;
  return encodeCommand({ cla, ins, p1, p2, data: NO_DATA, ne: size });
}

/** APPLICATION BLOCK for the time being, with the MAC of the host. */
export function blockApplication(suite: SuiteName, mac: Uint8Array): Uint8Array {
  return concat(blockCommandHeader(SUITES[suite]), mac);
}

/** A step of a transaction: its data are encoded by the layout of its row. */
export function transactionStep(
  name: PurseTransaction,
  suite: SuiteName,
  data: Uint8Array,
): Uint8Array {
  const row = PURSE_COMMANDS[name];
  return fixed(row, row.p2.length === 1 ? row.p2[0] : PURSE, data, row.reply[suite].size);
}

/** GET TRANSACTION PROVE for the counter after the increment. */
export function getProof(suite: SuiteName, type: number, counterAfter: number): Uint8Array {
  const row = PURSE_COMMANDS.getTransactionProof;
  return fixed(row, type, PROOF[suite].encode({ counterAfter }), row.reply[suite].size);
}

/** UPDATE CAPP DATA CACHE of a cyclic file: P1 is 0, P2 the short file identifier. */
export function cacheRecord(file: FileName, record: Uint8Array): Uint8Array {
  const { cla, ins } = PURSE_COMMANDS.updateCompositeCache;
  const p2 = FILES[file].shortFileId << 3;
  return encodeCommand({ cla, ins, p1: 0, p2, data: record, ne: 0 });
}
