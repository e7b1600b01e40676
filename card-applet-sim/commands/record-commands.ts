// SPDX-License-Identifier: MIT
/** READ RECORD, UPDATE RECORD and APPEND RECORD. Source: ISO/IEC 7816-4, 11.4; docs/protocol.md, Files. */
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type CardApplet, type CardHandler } from '../card/card-applet.ts';
import type { FileRegion } from '../card/card-map.ts';
import { directoryRecord } from './directory.ts';
import { checkReadable, openRead, openUpdate, resolveFile, wholeRecord } from './file-commands.ts';
import {
  cyclicRecord,
  isVariableRecord,
  slotChange,
  slotOfTag,
  slotRecord,
} from './record-files.ts';

/** P2 bits 3 to 1: P1 is a tag (000) or a record number (100). ISO/IEC 7816-4 table 71. */
const BY_TAG = 0;
const BY_NUMBER = 4;

interface RecordPlace {
  readonly region: FileRegion;
  readonly isByTag: boolean;
}

function locateRecord(applet: CardApplet, command: CommandApdu): RecordPlace {
  const mode = command.p2 & 7;
  if (mode !== BY_TAG && mode !== BY_NUMBER) throw new Refusal(SW.WRONG_P1_P2);
  const region = resolveFile(applet, command.p2 >> 3);
  if (region.row.structure === 'transparent') throw new Refusal(SW.INCOMPATIBLE_FILE);
  const isByTag = mode === BY_TAG;
  if (isByTag && region.row.structure === 'cyclic') throw new Refusal(SW.INCOMPATIBLE_FILE);
  return { region, isByTag };
}

function slotOf(applet: CardApplet, place: RecordPlace, p1: number): number {
  const { region, isByTag } = place;
  // Tag 0 marks an empty slot.
  if (p1 === 0) return -1;
  return isByTag ? slotOfTag(applet.data, region, p1) : p1 - 1;
}

export const readRecord: CardHandler = (applet, command) => {
  if (applet.session.selected === 'pse') {
    const record = directoryRecord(applet.data, command);
    openRead(applet, command);
    return wholeRecord(record, command.ne);
  }
  const place = locateRecord(applet, command);
  const { region } = place;
  checkReadable(applet, region);
  openRead(applet, command);
  const record =
    region.row.structure === 'cyclic'
      ? cyclicRecord(applet.data, region, command.p1)
      : slotRecord(applet.data, region, slotOf(applet, place, command.p1));
  if (record === undefined) throw new Refusal(SW.RECORD_NOT_FOUND);
  return wholeRecord(record, command.ne);
};

/** @throws Refusal 6A84 for a record longer than a slot, 6A80 for one that contradicts its length byte. */
function checkRecord(region: FileRegion, record: Uint8Array): void {
  if (record.length > region.row.size) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  if (!isVariableRecord(record)) throw new Refusal(SW.WRONG_DATA);
}

export const updateRecord: CardHandler = (applet, command) => {
  const place = locateRecord(applet, command);
  const { region } = place;
  const record = openUpdate(applet, region, command);
  const slot = slotOf(applet, place, command.p1);
  if (slotRecord(applet.data, region, slot) === undefined) throw new Refusal(SW.RECORD_NOT_FOUND);
  checkRecord(region, record);
  const holder = slotOfTag(applet.data, region, record[0] ?? 0);
  // A tag names one record of the file.
  if (holder >= 0 && holder !== slot) throw new Refusal(SW.WRONG_DATA);
  applet.data.memory.commit([slotChange(region, slot, record)]);
  return NO_RESPONSE_DATA;
};

export const appendRecord: CardHandler = (applet, command) => {
  if ((command.p2 & 7) !== 0) throw new Refusal(SW.WRONG_P1_P2);
  const region = resolveFile(applet, command.p2 >> 3);
  if (region.row.structure === 'transparent') throw new Refusal(SW.INCOMPATIBLE_FILE);
  const record = openUpdate(applet, region, command);
  checkRecord(region, record);
  if (slotOfTag(applet.data, region, record[0] ?? 0) >= 0) throw new Refusal(SW.WRONG_DATA);
  const slot = slotOfTag(applet.data, region, 0);
  if (slot < 0) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  applet.data.memory.commit([slotChange(region, slot, record)]);
  return NO_RESPONSE_DATA;
};
