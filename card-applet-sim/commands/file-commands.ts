// SPDX-License-Identifier: MIT
/** READ BINARY and UPDATE BINARY. Source: ISO/IEC 7816-4, 11.3; docs/protocol.md, Files. */
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { checkNe } from '../apdu/dispatcher.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type CardApplet, type CardHandler } from '../card/card-applet.ts';
import { regionByShortFileId, type FileRegion } from '../card/card-map.ts';
import { isSecured, openSecured } from './secure-messaging.ts';

/** @throws Refusal 6982: the file is readable after VERIFY or EXTERNAL AUTHENTICATE only. */
export function checkReadable(applet: CardApplet, region: FileRegion): void {
  const { isPinVerified, isExternallyAuthenticated } = applet.session;
  const isFree = region.row.read === 'free';
  if (!isFree && !isPinVerified && !isExternallyAuthenticated) {
    throw new Refusal(SW.SECURITY_STATUS);
  }
}

/**
 * The bytes that an update writes, its MAC verified.
 * @throws Refusal 6982 for a file that the card alone writes, 6987 for a command without a MAC, and what
 * a wrong MAC gives.
 */
export function openUpdate(
  applet: CardApplet,
  region: FileRegion,
  command: CommandApdu,
): Uint8Array {
  if (region.row.update === 'card') throw new Refusal(SW.SECURITY_STATUS);
  if (!isSecured(command)) throw new Refusal(SW.SECURE_MESSAGING_MISSING);
  return openSecured(applet, command, 'maintenance');
}

/**
 * A read carries no data but its MAC, if it is secured.
 * @throws Refusal 6700 on other data, and what a wrong MAC gives.
 */
export function openRead(applet: CardApplet, command: CommandApdu): void {
  const rest = isSecured(command) ? openSecured(applet, command, 'maintenance') : command.data;
  if (rest.length > 0) throw new Refusal(SW.WRONG_LENGTH);
}

/** The file of a short identifier, which becomes the current one, or of 0, the current one. */
export function resolveFile(applet: CardApplet, shortFileId: number): FileRegion {
  const { session } = applet;
  if (shortFileId === 0) {
    if (session.currentFile === null) throw new Refusal(SW.NO_CURRENT_FILE);
    return session.currentFile;
  }
  const region = session.selected === 'purse' ? regionByShortFileId(shortFileId) : undefined;
  if (region === undefined) throw new Refusal(SW.FILE_NOT_FOUND);
  session.currentFile = region;
  return region;
}

interface BinaryPlace {
  readonly region: FileRegion;
  readonly offset: number;
}

/** P1 bit 8: P1 is 80|SFI and P2 the offset; else P1 P2 is the offset in the current file. */
function locateBinary(applet: CardApplet, command: CommandApdu): BinaryPlace {
  const { p1, p2 } = command;
  const isByShortId = (p1 & 0x80) !== 0;
  // Bits 7 and 6 are zero beside a short identifier; identifier 0 is not a file.
  if (isByShortId && ((p1 & 0x60) !== 0 || (p1 & 0x1f) === 0)) throw new Refusal(SW.WRONG_P1_P2);
  const region = resolveFile(applet, isByShortId ? p1 & 0x1f : 0);
  if (region.row.structure !== 'transparent') throw new Refusal(SW.INCOMPATIBLE_FILE);
  return { region, offset: isByShortId ? p2 : (p1 << 8) | p2 };
}

export const readBinary: CardHandler = (applet, command) => {
  const { region, offset } = locateBinary(applet, command);
  checkReadable(applet, region);
  openRead(applet, command);
  if (offset >= region.row.size) throw new Refusal(SW.WRONG_OFFSET);
  const available = region.row.size - offset;
  const { ne } = command;
  // More than there is: 6Cxx says how much; 00 and no Le ask for all of it.
  if (ne > available && ne < NE_SHORT_MAX) throw new Refusal(0x6c00 | available);
  const length = ne === 0 ? available : Math.min(ne, available);
  const start = region.address + offset;
  return applet.data.memory.cells.slice(start, start + length);
};

export const updateBinary: CardHandler = (applet, command) => {
  const { region, offset } = locateBinary(applet, command);
  const bytes = openUpdate(applet, region, command);
  if (offset >= region.row.size) throw new Refusal(SW.WRONG_OFFSET);
  if (offset + bytes.length > region.row.size) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  if (bytes.length === 0) throw new Refusal(SW.WRONG_LENGTH);
  applet.data.memory.commit([{ address: region.address + offset, bytes }]);
  return NO_RESPONSE_DATA;
};

/** @throws Refusal 6Cxx unless the whole record is asked for. */
export function wholeRecord(record: Uint8Array, ne: number): Uint8Array {
  if (ne > record.length && ne < NE_SHORT_MAX) throw new Refusal(0x6c00 | record.length);
  checkNe(ne, record.length);
  return record;
}
