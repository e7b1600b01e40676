// SPDX-License-Identifier: MIT
/** The tables of docs/protocol.md, out of src/purse and src/iso7816. */
import { formatSw } from '../../src/iso7816/apdu.ts';
import { STATUS_WORDS, SW } from '../../src/iso7816/status-words.table.ts';
import { CARD_COMMANDS, type CardCommandRow } from '../../src/purse/card-commands.table.ts';
import {
  SAM_CREDIT,
  SAM_INITIALIZE,
  SAM_INITIALIZE_REPLY,
} from '../../src/purse/command-layouts.ts';
import * as fileLayouts from '../../src/purse/file-layouts.ts';
import { DF_NAMES, FILES } from '../../src/purse/files.table.ts';
import { KEY_PURPOSES } from '../../src/purse/key-purposes.table.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';
import { PURSE_COMMANDS, type PurseCommandRow } from '../../src/purse/purse-commands.table.ts';
import { SAM_COMMANDS, type SamCommandRow } from '../../src/purse/sam-commands.table.ts';
import { SESSION_KEYS } from '../../src/purse/session-keys.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';
import { code, hex, markdownTable } from './markdown.ts';
import { workedExamples } from './worked-examples.ts';

interface Fielded {
  readonly size: number;
  readonly placements: readonly {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
  }[];
}
type BySuite = Readonly<Record<SuiteName, Fielded>>;

/** `amount 4 ‖ type 1`. */
function fields(layout: Fielded): string {
  return layout.placements.map(({ name, size }) => `${name.replace(/^_/, '')} ${size}`).join(' ‖ ');
}

/** The same for both suites, `4/8` where a field is wider in the AES suite. */
function fieldsBySuite({ tdes, aes }: BySuite): string {
  return tdes.placements
    .map(({ name, size }, index) => {
      const wide = aes.placements[index]?.size ?? size;
      return `${name} ${size === wide ? size : `${size}/${wide}`}`;
    })
    .join(' ‖ ');
}

function sizes(layouts: BySuite | null): string {
  if (layouts === null) return '';
  const [narrow, wide] = [hex(layouts.tdes.size), hex(layouts.aes.size)];
  return narrow === wide ? narrow : `${narrow} / ${wide}`;
}

const byte = (value: number | null): string => (value === null ? '··' : hex(value));

function purseRows(): readonly PurseCommandRow[] {
  return Object.values(PURSE_COMMANDS);
}

function purseCommands(): string {
  return markdownTable(
    ['Command', 'CLA INS P1 P2', 'Lc', 'Le', 'Accepted after', 'Source'],
    purseRows().map((row) => [
      row.title,
      code(
        [
          hex(row.cla),
          hex(row.ins),
          byte(row.p1),
          row.p2?.map((p2) => hex(p2)).join(',') ?? '··',
        ].join(' '),
      ),
      sizes(row.command),
      sizes(row.reply),
      row.after === 'any' ? 'any state' : row.after.map(code).join(', '),
      row.source,
    ]),
  );
}

function purseLayouts(): string {
  const cell = (layouts: BySuite | null): string =>
    layouts === null ? '' : fieldsBySuite(layouts);
  return markdownTable(
    ['Command', 'Command data', 'Reply data'],
    purseRows()
      .filter((row) => row.command !== null || row.reply !== null)
      .map((row) => [row.title, cell(row.command), cell(row.reply)]),
  );
}

function purseChecks(): string {
  return markdownTable(
    ['Command', 'Status words, in the order of the checks'],
    purseRows().map((row) => [row.title, row.checks.map((name) => formatSw(SW[name])).join(' ')]),
  );
}

function cardCommands(): string {
  const rows: readonly CardCommandRow[] = Object.values(CARD_COMMANDS);
  return markdownTable(
    ['Command', 'CLA plain', 'CLA with MAC', 'INS P1 P2', 'Source'],
    rows.map((row) => [
      row.title,
      row.cla === null ? '' : code(hex(row.cla)),
      row.claSecured === null ? '' : code(hex(row.claSecured)),
      code([hex(row.ins), byte(row.p1), byte(row.p2)].join(' ')),
      row.source,
    ]),
  );
}

function samCommands(): string {
  const rows: readonly SamCommandRow[] = Object.values(SAM_COMMANDS);
  return markdownTable(
    ['Command', 'CLA INS P1 P2', 'Data'],
    rows.map((row) => [
      row.title,
      code([hex(row.cla), hex(row.ins), byte(row.p1), byte(row.p2)].join(' ')),
      row.source,
    ]),
  );
}

function samLayouts(): string {
  return markdownTable(
    ['Unit', '3DES suite', 'AES suite'],
    [
      [
        'INIT_SAM_FOR_PURCHASE, data',
        `${fields(SAM_INITIALIZE.tdes)} ‖ diversification 8 × levels`,
        fields(SAM_INITIALIZE.aes),
      ],
      [
        'INIT_SAM_FOR_PURCHASE, reply',
        fields(SAM_INITIALIZE_REPLY.tdes),
        fields(SAM_INITIALIZE_REPLY.aes),
      ],
      ['CREDIT_SAM_FOR_PURCHASE, data', fields(SAM_CREDIT.tdes), fields(SAM_CREDIT.aes)],
    ],
  );
}

function macInputs(): string {
  return markdownTable(
    ['Item', 'Key of', 'Made by', '3DES suite', 'AES suite'],
    Object.entries(MAC_INPUTS).map(([name, { key, by, tdes, aes }]) => [
      code(name),
      key,
      by,
      fields(tdes),
      fields(tdes) === fields(aes) ? 'the same' : fields(aes),
    ]),
  );
}

function sessionKeys(): string {
  return markdownTable(
    ['Session', 'PBOC name', 'Card key', 'Counter', '3DES tail', 'AES label'],
    Object.entries(SESSION_KEYS).map(([name, row]) => [
      name,
      row.name,
      KEY_PURPOSES[row.key].name,
      row.counter,
      row.tail === 'terminal' ? 'low half of the terminal counter' : '8000',
      code(row.label),
    ]),
  );
}

function keyPurposes(): string {
  return markdownTable(
    ['Key', 'PBOC name', 'AES purpose byte', 'FMCOS key type', 'For'],
    Object.entries(KEY_PURPOSES).map(([name, row]) => [
      code(name),
      row.name,
      hex(row.aes),
      hex(row.fmcos),
      row.meaning,
    ]),
  );
}

function suites(): string {
  return markdownTable(
    ['Suite', 'Algorithm id', 'MAC and TAC', 'Card random', 'Block'],
    Object.values(SUITES).map((suite) => [
      code(suite.name),
      hex(suite.algorithmId),
      `${suite.macSize} bytes`,
      `${suite.cardRandomSize} bytes`,
      `${suite.blockSize} bytes`,
    ]),
  );
}

function files(): string {
  return markdownTable(
    ['File', 'SFI', 'Structure', 'Size', 'Read', 'Update', 'Composite', 'Holds', 'Source'],
    Object.entries(FILES).map(([name, row]) => [
      name.toUpperCase(),
      hex(row.shortFileId),
      row.structure,
      row.records === 1 ? `${row.size}` : `${row.records} × ${row.size}`,
      row.read,
      row.update,
      row.isComposite ? 'yes' : 'no',
      row.meaning,
      row.source,
    ]),
  );
}

function fileContents(): string {
  const rows: readonly (readonly [string, Fielded])[] = [
    ['EF15', fileLayouts.PUBLIC_DATA],
    ['EF16', fileLayouts.CARDHOLDER_DATA],
    ['EF17', fileLayouts.INTEROPERABILITY_DATA],
    ['EF18, a record', fileLayouts.LOG_RECORD],
    ['EF1E, a record', fileLayouts.TRIP_RECORD],
    ['PSAM EF17', fileLayouts.SAM_PUBLIC_DATA],
  ];
  return markdownTable(
    ['File', 'Fields'],
    rows.map(([name, layout]) => [name, fields(layout)]),
  );
}

function dfNames(): string {
  const printable = (name: string): string => {
    const text = (name.match(/../g) ?? [])
      .map((pair) => String.fromCharCode(Number.parseInt(pair, 16)))
      .join('');
    return /^[\x20-\x7e]*$/.test(text) ? text : '';
  };
  return markdownTable(
    ['Name', 'Bytes', 'ASCII'],
    Object.entries(DF_NAMES).map(([name, bytes]) => [
      code(name),
      code(bytes),
      code(printable(bytes)),
    ]),
  );
}

function statusWords(): string {
  return markdownTable(
    ['SW', 'Name', 'Meaning'],
    Object.entries(STATUS_WORDS).map(([name, row]) => [formatSw(row.sw), code(name), row.meaning]),
  );
}

function transactionTypes(): string {
  return markdownTable(
    ['Code', 'Name', 'Counter', 'Effect', 'Meaning'],
    Object.entries(TRANSACTION_TYPES).map(([name, row]) => [
      hex(row.code),
      code(name),
      row.counter,
      row.effect,
      row.meaning,
    ]),
  );
}

export const PROTOCOL_TABLES = {
  'card-commands': cardCommands,
  'df-names': dfNames,
  'file-contents': fileContents,
  files,
  'key-purposes': keyPurposes,
  'mac-inputs': macInputs,
  'purse-checks': purseChecks,
  'purse-commands': purseCommands,
  'purse-layouts': purseLayouts,
  'sam-commands': samCommands,
  'sam-layouts': samLayouts,
  'session-keys': sessionKeys,
  'status-words': statusWords,
  suites,
  'transaction-types': transactionTypes,
  'worked-examples': workedExamples,
} as const;
