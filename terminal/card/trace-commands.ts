// SPDX-License-Identifier: MIT
/** Which command an APDU is, what its parameters say, and the layouts of its data and of its answer. */
import { toHex } from '../../src/bytes/hex.ts';
import { bytes } from '../../src/codec/field.ts';
import { struct, type Placement } from '../../src/codec/struct.ts';
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { CARD_COMMANDS, type CardCommandRow } from '../../src/purse/card-commands.table.ts';
import {
  SAM_CREDIT,
  SAM_INITIALIZE,
  SAM_INITIALIZE_REPLY,
} from '../../src/purse/command-layouts.ts';
import {
  CARDHOLDER_DATA,
  INTEROPERABILITY_DATA,
  LOG_RECORD,
  PUBLIC_DATA,
  SAM_PUBLIC_DATA,
  TRIP_RECORD,
} from '../../src/purse/file-layouts.ts';
import {
  FMCOS_COMMANDS,
  FMCOS_FILE_TYPES,
  type FmcosCommandRow,
} from '../../src/purse/fmcos.table.ts';
import { PURSE_COMMANDS, type PurseCommandRow } from '../../src/purse/purse-commands.table.ts';
import { SAM_COMMANDS, type SamCommandRow } from '../../src/purse/sam-commands.table.ts';
import { TRANSACTION_TYPES, transactionTypeName } from '../../src/purse/transaction-types.table.ts';

interface Layout {
  readonly size: number;
  readonly placements: readonly Placement[];
}

export interface CommandDescription {
  readonly title: string;
  readonly parameters: string | undefined;
  readonly command: readonly Layout[];
  /** What data without a layout are. */
  readonly dataName?: string;
  readonly reply: readonly Layout[] | 'tlv';
}

const CARD_FILES: Readonly<Record<number, Layout>> = {
  0x15: PUBLIC_DATA,
  0x16: CARDHOLDER_DATA,
  0x17: INTEROPERABILITY_DATA,
  0x18: LOG_RECORD,
  0x1e: TRIP_RECORD,
};
const SAM_FILES: Readonly<Record<number, Layout>> = {
  0x15: struct('samSerial', { serial: bytes(10) }),
  0x16: struct('samTerminal', { terminalId: bytes(6) }),
  0x17: SAM_PUBLIC_DATA,
};

/** PC/SC part 3, 3.2.2.1.3: what the reader answers itself. */
const READER_CLASS = 0xff;
const GET_DATA_INS = 0xca;

const INS = {
  select: CARD_COMMANDS.select.ins,
  readBinary: CARD_COMMANDS.readBinary.ins,
  readRecord: CARD_COMMANDS.readRecord.ins,
  getResponse: CARD_COMMANDS.getResponse.ins,
  proof: PURSE_COMMANDS.getTransactionProof.ins,
  cache: PURSE_COMMANDS.updateCompositeCache.ins,
} as const;

/** Describes a command to a card or a SAM; `last` is the command before it. */
export function describeCommand(
  role: 'card' | 'sam',
  apdu: CommandApdu,
  last: CommandDescription | undefined,
): CommandDescription {
  if (apdu.ins === INS.getResponse && last !== undefined) {
    return { ...last, title: `GET RESPONSE of ${last.title}`, parameters: undefined, command: [] };
  }
  const found = role === 'sam' ? samCommand(apdu) : (purseCommand(apdu) ?? cardCommand(apdu));
  const files = role === 'sam' ? SAM_FILES : CARD_FILES;
  return found ?? fileCommand(apdu, files) ?? makerCommand(apdu) ?? unknown(apdu);
}

/** Of the maker of a test card, and of the reader itself. */
function makerCommand(apdu: CommandApdu): CommandDescription | undefined {
  const base = { parameters: undefined, command: [], reply: [] } as const;
  const { cla, ins, p1, p2 } = apdu;
  if (cla === READER_CLASS && ins === GET_DATA_INS) {
    return { ...base, title: 'GET DATA of the reader', parameters: p1 === 0 ? 'UID' : undefined };
  }
  const rows: readonly FmcosCommandRow[] = Object.values(FMCOS_COMMANDS);
  const row = rows.find(
    (candidate) => candidate.cla === cla && candidate.ins === ins && (candidate.p1 ?? p1) === p1,
  );
  if (row === undefined) return undefined;
  if (row !== FMCOS_COMMANDS.createFile) return { ...base, title: row.title };
  const type = Object.values(FMCOS_FILE_TYPES).find(({ code }) => code === apdu.data[0]);
  const fileId = toHex(Uint8Array.of(p1, p2));
  const parameters = type === undefined ? fileId : `${fileId}, ${type.meaning}`;
  return { ...base, title: row.title, parameters };
}

function unknown({ cla, ins }: CommandApdu): CommandDescription {
  const title = `unknown command ${toHex(Uint8Array.of(cla, ins))}`;
  return { title, parameters: undefined, command: [], reply: [] };
}

function isRow(row: PurseCommandRow | SamCommandRow, { cla, ins, p1 }: CommandApdu): boolean {
  return row.cla === cla && row.ins === ins && (row.p1 === null || row.p1 === p1);
}

function layoutsOf(bySuite: PurseCommandRow['command']): readonly Layout[] {
  return bySuite === null ? [] : [bySuite.aes, bySuite.tdes];
}

function purseCommand(apdu: CommandApdu): CommandDescription | undefined {
  const rows: readonly PurseCommandRow[] = Object.values(PURSE_COMMANDS);
  const row = rows.find((candidate) => isRow(candidate, apdu));
  if (row === undefined) return undefined;
  const isCache = row.ins === INS.cache;
  return {
    title: row.title,
    parameters: purseParameters(apdu),
    command: isCache ? fileLayout(apdu.p2 >> 3, CARD_FILES) : layoutsOf(row.command),
    reply: layoutsOf(row.reply),
  };
}

function purseParameters({ ins, p2 }: CommandApdu): string | undefined {
  if (ins === INS.cache) return `EF${fileName(p2 >> 3)}`;
  if (ins === INS.proof) {
    const name = transactionTypeName(p2);
    return name === undefined ? undefined : TRANSACTION_TYPES[name].meaning;
  }
  if (p2 === 1) return 'deposit';
  return p2 === 2 ? 'purse' : undefined;
}

/** SELECT, READ BINARY and READ RECORD, of a card and of a SAM alike. */
function fileCommand(
  apdu: CommandApdu,
  files: Readonly<Record<number, Layout>>,
): CommandDescription | undefined {
  const { ins, p1, p2 } = apdu;
  const base = { command: [] } as const;
  switch (ins) {
    case INS.select: {
      const isByName = p1 === 4;
      const parameters = isByName ? 'by name' : 'by file identifier';
      const dataName = isByName ? 'DF name' : 'file identifier';
      return { ...base, title: CARD_COMMANDS.select.title, parameters, dataName, reply: 'tlv' };
    }
    case INS.readBinary: {
      const { title } = CARD_COMMANDS.readBinary;
      if ((p1 & 0x80) === 0) return { ...base, title, parameters: 'current file', reply: [] };
      const parameters = `EF${fileName(p1 & 0x1f)} from byte ${p2}`;
      return { ...base, title, parameters, reply: p2 === 0 ? fileLayout(p1 & 0x1f, files) : [] };
    }
    case INS.readRecord: {
      const parameters = `record ${p1} of EF${fileName(p2 >> 3)}`;
      const layouts = fileLayout(p2 >> 3, files);
      const reply = layouts.length === 0 ? 'tlv' : layouts;
      return { ...base, title: CARD_COMMANDS.readRecord.title, parameters, reply };
    }
    default:
      return undefined;
  }
}

function fileName(shortFileId: number): string {
  return toHex(Uint8Array.of(shortFileId));
}

function fileLayout(
  shortFileId: number,
  files: Readonly<Record<number, Layout>>,
): readonly Layout[] {
  const layout = files[shortFileId];
  return layout === undefined ? [] : [layout];
}

function cardCommand(apdu: CommandApdu): CommandDescription | undefined {
  const file = fileCommand(apdu, CARD_FILES);
  if (file !== undefined) return file;
  const rows: readonly CardCommandRow[] = Object.values(CARD_COMMANDS);
  const row = rows.find(
    ({ cla, claSecured, ins, p1 }) =>
      ins === apdu.ins &&
      (cla === apdu.cla || claSecured === apdu.cla) &&
      (p1 ?? apdu.p1) === apdu.p1,
  );
  if (row === undefined) return undefined;
  const parameters = row.claSecured === apdu.cla ? 'with MAC' : undefined;
  return { title: row.title, parameters, command: [], reply: [] };
}

function samCommand(apdu: CommandApdu): CommandDescription | undefined {
  const rows: readonly SamCommandRow[] = Object.values(SAM_COMMANDS);
  const row = rows.find((candidate) => isRow(candidate, apdu));
  const base = { parameters: undefined, command: [], reply: [] } as const;
  if (row === SAM_COMMANDS.initializeForPurchase) {
    return {
      ...base,
      title: row.title,
      command: [SAM_INITIALIZE.aes, SAM_INITIALIZE.tdes],
      reply: [SAM_INITIALIZE_REPLY.aes, SAM_INITIALIZE_REPLY.tdes],
    };
  }
  if (row === SAM_COMMANDS.creditForPurchase) {
    return { ...base, title: row.title, command: [SAM_CREDIT.aes, SAM_CREDIT.tdes] };
  }
  return (
    fileCommand(apdu, SAM_FILES) ?? (row === undefined ? undefined : { ...base, title: row.title })
  );
}
