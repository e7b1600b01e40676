// SPDX-License-Identifier: MIT
/**
 * The commands of the shell. What goes to the card is built by the terminal's own command builders and
 * from the tables of src/purse (sources there).
 */
import { fromHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { encodeCommand, NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { AMOUNT_MAX } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import { INITIALIZE } from '../../src/purse/command-layouts.ts';
import { DF_NAMES, FILES, type FileName, type FileRow } from '../../src/purse/files.table.ts';
import { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';
import {
  getBalance,
  getProof,
  readBinary,
  readFileRecord,
  readRecord,
  readShortFile,
  selectByFileId,
  selectByName,
  transactionStep,
  verifyPin,
} from '../../terminal/card/commands.ts';
import { secretIn } from '../../terminal/card/secrets.ts';
import { amountToMove, pinSecret } from '../commands/taps.ts';
import { apduArgument, numberArgument, shortFileIdArgument } from './arguments.ts';
import type { CardPlan, Plan, Step } from './plan.ts';

export interface ShellArgument {
  readonly name: string;
  readonly isOptional?: boolean;
  /** What completion offers. */
  readonly choices?: readonly string[];
}

export interface ShellCommandRow {
  readonly arguments: readonly ShellArgument[];
  readonly help: string;
  /** `words` are as many as `arguments` allows. @throws USAGE */
  readonly plan: (words: readonly string[], currency: CurrencyCode) => Plan;
}

const NO_DATA = new Uint8Array(0);

/** Names of applications and directories that `select` knows. */
const SELECTABLE: Readonly<Record<string, string>> = {
  aes: DF_NAMES.aesPurse,
  '3des': DF_NAMES.tdesPurse,
  't-union': DF_NAMES.tUnion,
  pse: DF_NAMES.pse,
  ppse: DF_NAMES.ppse,
};
const FILE_NAMES = Object.keys(FILES);
const SHORT_FILE_IDS = FILE_NAMES.map((name) => name.slice(2).toUpperCase());

/** An INITIALIZE by the shell comes from no terminal, and with the first key. */
const NO_TERMINAL = { keyIndex: 1, terminalId: new Uint8Array(6) } as const;
const INIT_NOTE =
  'nothing is durable: without the command that completes it, the card forgets this';

/** Bytes that GET CHALLENGE asks for: what both suites use at most. */
const CHALLENGE_SIZE = 8;

/** A counter has two bytes. */
const COUNTER_MAX = 0xffff;

function card(name: string, steps: readonly Step[], isSecret = false): CardPlan {
  return { kind: 'card', name, steps, isSecret };
}

function selectStep(word: string): Step {
  const known = SELECTABLE[word.toLowerCase()];
  if (known !== undefined) return { command: selectByName(fromHex(known)) };
  const file = FILE_NAMES.find((name) => name === word.toLowerCase());
  // One of the table's keys by the line above.
  const fileId = file === undefined ? undefined : FILES[file as FileName].fileId;
  const bytes =
    fileId !== undefined
      ? Uint8Array.of(fileId >> 8, fileId & 0xff)
      : /^([0-9a-f]{2})+$/i.test(word)
        ? fromHex(word)
        : NO_DATA;
  if (bytes.length === 2) return { command: selectByFileId(bytes) };
  if (bytes.length >= 5 && bytes.length <= 16) return { command: selectByName(bytes) };
  const names = Object.keys(SELECTABLE).join(', ');
  throw new Fault(
    'USAGE',
    `"NAME" expected ${names}, a file such as EF15, an AID of 5 to 16 bytes or a FID of 2`,
  );
}

/** The newest records of a cyclic file; it may hold fewer. */
function newestRecords(file: 'ef18' | 'ef1e', count: string | undefined): readonly Step[] {
  const kept = FILES[file].records;
  const length = count === undefined ? kept : numberArgument('N', count, kept);
  return Array.from({ length }, (_, index) => ({
    command: readFileRecord(file, index + 1),
    mayEndWith: SW.RECORD_NOT_FOUND,
  }));
}

function fileOf(shortFileId: number): readonly [FileName, FileRow] | undefined {
  // Object.entries loses the literal keys; they are the table's.
  const rows = Object.entries(FILES) as readonly (readonly [FileName, FileRow])[];
  return rows.find(([, row]) => row.shortFileId === shortFileId);
}

function readStep(word: string): Step {
  const shortFileId = shortFileIdArgument(word);
  const file = fileOf(shortFileId);
  return { command: readShortFile(shortFileId, file?.[1].size ?? NE_SHORT_MAX) };
}

function recordStep(word: string, number: string): Step {
  const shortFileId = shortFileIdArgument(word);
  const record = numberArgument('N', number, 255);
  const row = fileOf(shortFileId)?.[1];
  const ne = row?.structure === 'cyclic' ? row.size : NE_SHORT_MAX;
  return { command: readRecord(shortFileId, record, ne) };
}

function initStep(
  name: 'initializeForLoad' | 'initializeForPurchase',
  text: string,
  currency: CurrencyCode,
): Step {
  const amount = amountToMove(text, currency);
  if (amount > AMOUNT_MAX) {
    throw new Fault('USAGE', '"AMOUNT" expected what four bytes hold, got more');
  }
  const data = { ...NO_TERMINAL, amount };
  return {
    command: {
      aes: transactionStep(name, 'aes', INITIALIZE.aes.encode(data)),
      tdes: transactionStep(name, 'tdes', INITIALIZE.tdes.encode(data)),
    },
  };
}

function proofStep(type: string, counterText: string): Step {
  const found = Object.entries(TRANSACTION_TYPES).find(([name]) => name === type)?.[1];
  if (found === undefined) {
    const names = Object.keys(TRANSACTION_TYPES).join(', ');
    throw new Fault('USAGE', `"TYPE" expected one of ${names}`);
  }
  const counter = numberArgument('COUNTER', counterText, COUNTER_MAX);
  return {
    command: {
      aes: getProof('aes', found.code, counter),
      tdes: getProof('tdes', found.code, counter),
    },
  };
}

const SFI: ShellArgument = { name: 'SFI', choices: SHORT_FILE_IDS };
const COUNT: ShellArgument = { name: 'N', isOptional: true };
const AMOUNT: ShellArgument = { name: 'AMOUNT' };

/** The commands by name, in the order of the help. */
export const SHELL_COMMANDS: Readonly<Record<string, ShellCommandRow>> = {
  select: {
    arguments: [{ name: 'NAME', choices: [...Object.keys(SELECTABLE), ...FILE_NAMES] }],
    help: `select an application or a file: ${Object.keys(SELECTABLE).join(', ')}, an AID, EF15, a FID`,
    plan: ([name = '']) => card('select', [selectStep(name)]),
  },
  balance: {
    arguments: [],
    help: 'balance of the purse',
    plan: () => card('balance', [{ command: getBalance }]),
  },
  log: {
    arguments: [COUNT],
    help: 'the newest N entries of the transaction log, EF18; all without N',
    plan: ([count]) => card('log', newestRecords('ef18', count)),
  },
  trips: {
    arguments: [COUNT],
    help: 'the newest N trips, EF1E; all without N',
    plan: ([count]) => card('trips', newestRecords('ef1e', count)),
  },
  info: {
    arguments: [],
    help: 'public data EF15, EF17 and, once the PIN is verified, EF16',
    plan: () =>
      card('info', [
        { command: readBinary('ef15') },
        { command: readBinary('ef17') },
        { command: readBinary('ef16'), mayEndWith: SW.SECURITY_STATUS },
      ]),
  },
  read: {
    arguments: [SFI],
    help: 'a transparent file by its short identifier, two hexadecimal digits',
    plan: ([sfi = '']) => card('read', [readStep(sfi)]),
  },
  record: {
    arguments: [SFI, { name: 'N' }],
    help: 'record N of a file; 1 is the newest of a log',
    plan: ([sfi = '', number = '']) => card('record', [recordStep(sfi, number)]),
  },
  challenge: {
    arguments: [],
    help: 'a random number of the card',
    plan: () => {
      const { cla, ins, p1, p2 } = CARD_COMMANDS.getChallenge;
      const command = encodeCommand({ cla, ins, p1, p2, data: NO_DATA, ne: CHALLENGE_SIZE });
      return card('challenge', [{ command }]);
    },
  },
  verify: {
    arguments: [{ name: 'PIN', isOptional: true }],
    help: 'verify the PIN; without PIN it is asked for and not shown',
    plan: ([pin]) => {
      if (pin === undefined) return { kind: 'askPin' };
      return card('verify', [{ command: verifyPin(pinSecret(pin, 'PIN').reveal()) }], true);
    },
  },
  prove: {
    arguments: [{ name: 'TYPE', choices: Object.keys(TRANSACTION_TYPES) }, { name: 'COUNTER' }],
    help: 'the proof of a transaction: its type, and its counter after the increment',
    plan: ([type = '', counter = '']) => card('prove', [proofStep(type, counter)]),
  },
  'init-load': {
    arguments: [AMOUNT],
    help: 'INITIALIZE FOR LOAD only: nothing is loaded',
    plan: ([text = ''], currency) => ({
      ...card('init-load', [initStep('initializeForLoad', text, currency)]),
      note: INIT_NOTE,
    }),
  },
  'init-purchase': {
    arguments: [AMOUNT],
    help: 'INITIALIZE FOR PURCHASE only: nothing is paid',
    plan: ([text = ''], currency) => ({
      ...card('init-purchase', [initStep('initializeForPurchase', text, currency)]),
      note: INIT_NOTE,
    }),
  },
  raw: {
    arguments: [{ name: 'HEX' }],
    help: 'any command APDU',
    plan: ([hex = '']) => {
      const command = apduArgument('HEX', hex);
      return card('raw', [{ command }], secretIn(command) !== undefined);
    },
  },
  reset: {
    arguments: [],
    help: 'reset the card: what was selected and verified is gone',
    plan: () => ({ kind: 'reset' }),
  },
  trace: {
    arguments: [{ name: 'on|off', choices: ['on', 'off'] }],
    help: 'show the commands too, and all bytes',
    plan: ([word]) => {
      if (word === 'on' || word === 'off') return { kind: 'trace', isOn: word === 'on' };
      throw new Fault('USAGE', '"trace" expected on or off');
    },
  },
  help: { arguments: [], help: 'this list', plan: () => ({ kind: 'help' }) },
  exit: {
    arguments: [],
    help: 'leave; so does the end of the input',
    plan: () => ({ kind: 'exit' }),
  },
};
