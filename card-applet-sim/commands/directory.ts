// SPDX-License-Identifier: MIT
/**
 * The payment system environments that list the purse, and the FCI of what is selected. Sources: PBOC
 * part 1 and EMV book 1, 12.2 (PSE directory record), EMV contactless book B, 3.3 (PPSE FCI),
 * docs/protocol.md (FCI of the purse).
 */
import { fromHex } from '../../src/bytes/hex.ts';
import { uintBytes } from '../../src/bytes/integer.ts';
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { encodeTlv, type Tlv } from '../../src/iso7816/tlv.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { Refusal } from '../apdu/refusal.ts';
import type { CardData } from '../card/card-data.ts';
import { REGION, type FileRegion } from '../card/card-map.ts';
import type { SelectedFile } from '../card/session.ts';

const TAG = {
  fci: 0x6f,
  dfName: 0x84,
  proprietary: 0xa5,
  shortFileId: 0x88,
  discretionary: 0xbf0c,
  application: 0x61,
  aid: 0x4f,
  label: 0x50,
  record: 0x70,
  version: 0x9f08,
  issuerData: 0x9f0c,
  fileSize: 0x80,
  fileId: 0x83,
} as const;

/** The one elementary file of the PSE: its directory. */
const DIRECTORY_SHORT_FILE_ID = 1;

export const MASTER_FILE_ID = 0x3f00;
/** Identifiers under which terminals of the field select the purse application. */
export const PURSE_FILE_IDS: readonly number[] = [0x3f01, 0x1001];

const NAMES = {
  pse: fromHex(DF_NAMES.pse),
  ppse: fromHex(DF_NAMES.ppse),
  aes: fromHex(DF_NAMES.aesPurse),
  tdes: fromHex(DF_NAMES.tdesPurse),
} as const;

/** The name by which the purse of a suite is selected. */
export function purseName(suite: SuiteName): Uint8Array {
  return NAMES[suite];
}

export const PSE_NAME = NAMES.pse;
export const PPSE_NAME = NAMES.ppse;

const LABEL = Uint8Array.from('openpurse', (character) => character.charCodeAt(0));

function applicationTemplate(data: CardData): Tlv {
  return {
    tag: TAG.application,
    children: [
      { tag: TAG.aid, value: NAMES[data.suite.name] },
      { tag: TAG.label, value: LABEL },
    ],
  };
}

function fci(name: Uint8Array, proprietary: readonly Tlv[]): Uint8Array {
  const children: Tlv[] = [
    { tag: TAG.dfName, value: name },
    { tag: TAG.proprietary, children: proprietary },
  ];
  return encodeTlv({ tag: TAG.fci, children });
}

/** FCI of the purse: 9F08 version, 9F0C a copy of EF15. */
function purseFci(data: CardData): Uint8Array {
  const { address, row } = REGION.ef15;
  const issuerData = data.memory.cells.slice(address, address + row.size);
  const version = issuerData[PUBLIC_DATA.offsetOf('applicationVersion')] ?? 0;
  return fci(NAMES[data.suite.name], [
    { tag: TAG.version, value: Uint8Array.of(version) },
    { tag: TAG.issuerData, value: issuerData },
  ]);
}

/** The FCI of a dedicated file. */
export function dedicatedFileFci(data: CardData, selected: SelectedFile): Uint8Array {
  switch (selected) {
    case 'purse':
      return purseFci(data);
    case 'pse':
      return fci(NAMES.pse, [
        { tag: TAG.shortFileId, value: Uint8Array.of(DIRECTORY_SHORT_FILE_ID) },
      ]);
    case 'ppse':
      return fci(NAMES.ppse, [{ tag: TAG.discretionary, children: [applicationTemplate(data)] }]);
    case 'master':
      return encodeTlv({
        tag: TAG.fci,
        children: [{ tag: TAG.fileId, value: uintBytes(MASTER_FILE_ID, 2) }],
      });
  }
}

/** The FCI of an elementary file: size of the file or of a record, and identifier. */
export function elementaryFileFci({ row }: FileRegion): Uint8Array {
  return encodeTlv({
    tag: TAG.fci,
    children: [
      { tag: TAG.fileSize, value: uintBytes(row.size, 2) },
      { tag: TAG.fileId, value: uintBytes(row.fileId, 2) },
    ],
  });
}

/** READ RECORD in the PSE: record 1 of SFI 1 names the purse. */
export function directoryRecord(data: CardData, command: CommandApdu): Uint8Array {
  if ((command.p2 & 7) !== 4) throw new Refusal(SW.WRONG_P1_P2);
  if (command.p2 >> 3 !== DIRECTORY_SHORT_FILE_ID) throw new Refusal(SW.FILE_NOT_FOUND);
  if (command.p1 !== 1) throw new Refusal(SW.RECORD_NOT_FOUND);
  return encodeTlv({ tag: TAG.record, children: [applicationTemplate(data)] });
}
