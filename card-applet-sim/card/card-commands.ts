// SPDX-License-Identifier: MIT
/**
 * Every command of the card: the rows of src/purse/card-commands.table.ts and purse-commands.table.ts
 * joined with their handlers, and the gate between header and handler: card blocked (9303; SELECT 6A81),
 * purse selected (6985), application blocked (9303 for ever, 6A81 for the time being), transaction state
 * (6901).
 */
import { SW } from '../../src/iso7816/status-words.table.ts';
import { CARD_COMMANDS, type CardCommandName } from '../../src/purse/card-commands.table.ts';
import {
  PURSE_COMMANDS,
  type CardTransactionState,
  type PurseCommandName,
  type PurseCommandRow,
} from '../../src/purse/purse-commands.table.ts';
import type { PurseSuite, SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import { CommandIndex } from '../apdu/command-index.ts';
import { Dispatcher, isWrongLe, type AppletCommand } from '../apdu/dispatcher.ts';
import { Refusal } from '../apdu/refusal.ts';
import {
  externalAuthenticate,
  getChallenge,
  getResponse,
  internalAuthenticate,
} from '../commands/authentication.ts';
import { updateCompositeCache } from '../commands/composite-cache.ts';
import { debitForPurchase } from '../commands/debit-for-purchase.ts';
import { readBinary, updateBinary } from '../commands/file-commands.ts';
import {
  initializeForCashWithdraw,
  initializeForCompositePurchase,
  initializeForLimitUpdate,
  initializeForLoad,
  initializeForPurchase,
  initializeForUnload,
} from '../commands/initialize.ts';
import {
  applicationBlock,
  applicationUnblock,
  cardBlock,
} from '../commands/life-cycle-commands.ts';
import { creditForLoad, debitForUnload, updateOverdrawLimit } from '../commands/online-commit.ts';
import {
  changePin,
  PIN_SIZE_MIN,
  pinUnblock,
  reloadPin,
  verify,
} from '../commands/pin-commands.ts';
import { getBalance, getTransactionProof } from '../commands/purse-queries.ts';
import { appendRecord, readRecord, updateRecord } from '../commands/record-commands.ts';
import { select } from '../commands/select.ts';
import type { CardApplet, CardHandler } from './card-applet.ts';
import { LIFE_CYCLE, PIN_SIZE_MAX } from './card-map.ts';
import { IDLE } from './session.ts';

type CommandName = CardCommandName | PurseCommandName;

interface CardCommand extends AppletCommand<CardApplet> {
  readonly name: CommandName;
  /** The transaction states in which it is accepted. */
  readonly after: readonly CardTransactionState[] | 'any';
}

const LC_ANY = [0, 0xffff] as const;
const LC_NONE = [0, 0] as const;
/** An elementary file of this card is never longer than a short APDU's data. */
const LC_SHORT = [0, 0xff] as const;

/** Least and greatest Lc of the commands whose layout is not in the purse table, per suite. */
const CARD_LC: Readonly<Record<CardCommandName, (suite: PurseSuite) => readonly [number, number]>> =
  {
    cardBlock: ({ macSize }) => [macSize, macSize],
    applicationUnblock: ({ macSize }) => [macSize, macSize],
    applicationBlock: ({ macSize }) => [macSize, macSize],
    verify: () => [PIN_SIZE_MIN, PIN_SIZE_MAX],
    pinUnblock: ({ macSize, blockSize }) => [blockSize + macSize, blockSize + macSize],
    changePin: () => [2 * PIN_SIZE_MIN + 1, 2 * PIN_SIZE_MAX + 1],
    reloadPin: ({ macSize }) => [PIN_SIZE_MIN + macSize, PIN_SIZE_MAX + macSize],
    externalAuthenticate: ({ blockSize }) => [blockSize, blockSize],
    getChallenge: () => LC_NONE,
    internalAuthenticate: ({ blockSize }) => [blockSize, blockSize],
    // A DF name has at most 16 bytes. ISO/IEC 7816-4, 7.3.1.
    select: () => [0, 16],
    readBinary: ({ macSize }) => [0, macSize],
    readRecord: ({ macSize }) => [0, macSize],
    getResponse: () => LC_NONE,
    updateBinary: () => LC_SHORT,
    updateRecord: () => LC_SHORT,
    appendRecord: () => LC_SHORT,
  };

/** P2 where the table leaves it to the command but only these values exist. */
const CARD_P2: Readonly<Partial<Record<CardCommandName, readonly number[]>>> = {
  applicationBlock: [0x00, 0x01],
  pinUnblock: [0x00, 0x01],
};

const CARD_HANDLERS: Readonly<Record<CardCommandName, CardHandler>> = {
  cardBlock,
  applicationUnblock,
  applicationBlock,
  verify,
  pinUnblock,
  changePin,
  reloadPin,
  externalAuthenticate,
  getChallenge,
  internalAuthenticate,
  select,
  readBinary,
  readRecord,
  getResponse,
  updateBinary,
  updateRecord,
  appendRecord,
};

const PURSE_HANDLERS: Readonly<Record<PurseCommandName, CardHandler>> = {
  initializeForLoad,
  initializeForPurchase,
  initializeForCashWithdraw,
  initializeForCompositePurchase,
  initializeForLimitUpdate,
  initializeForUnload,
  creditForLoad,
  debitForPurchase,
  debitForUnload,
  updateOverdrawLimit,
  getTransactionProof,
  getBalance,
  updateCompositeCache,
};

/** These leave a pending transaction as it is, whatever they answer. */
const PURE_READS: ReadonlySet<CommandName> = new Set<CommandName>([
  'getChallenge',
  'readBinary',
  'readRecord',
  'getResponse',
  'getBalance',
  'getTransactionProof',
]);

/** Done, these begin or carry on a transaction; refused, they end it like everything else. */
const INITIALIZERS: ReadonlySet<CommandName> = new Set<CommandName>([
  'initializeForLoad',
  'initializeForPurchase',
  'initializeForCashWithdraw',
  'initializeForCompositePurchase',
  'initializeForLimitUpdate',
  'initializeForUnload',
  'updateCompositeCache',
]);

/** These need no purse selected. */
const ANYWHERE: ReadonlySet<CommandName> = new Set<CommandName>([
  'select',
  'getChallenge',
  'getResponse',
  'readBinary',
  'readRecord',
]);

/** These are answered while the application is blocked for the time being. */
const WHILE_BLOCKED: ReadonlySet<CommandName> = new Set<CommandName>([
  'select',
  'getChallenge',
  'getResponse',
  'applicationUnblock',
  'applicationBlock',
  'cardBlock',
]);

function cardCommands(suite: PurseSuite): readonly CardCommand[] {
  // Object.entries loses the literal keys; they are the table's.
  const names = Object.keys(CARD_COMMANDS) as CardCommandName[];
  return names.map((name) => {
    const { cla, claSecured, ins, p1, p2 } = CARD_COMMANDS[name];
    return {
      name,
      cla: [cla, claSecured].filter((value) => value !== null),
      ins,
      p1,
      p2: p2 === null ? (CARD_P2[name] ?? null) : [p2],
      lc: CARD_LC[name](suite),
      replySize: null,
      run: CARD_HANDLERS[name],
      after: 'any',
    };
  });
}

function purseCommands(suite: SuiteName): readonly CardCommand[] {
  // As above; the row type widens the literals, which differ per row.
  const rows = Object.entries(PURSE_COMMANDS) as [PurseCommandName, PurseCommandRow][];
  return rows.map(([name, row]) => {
    const size = row.command?.[suite].size ?? 0;
    return {
      name,
      cla: [row.cla],
      ins: row.ins,
      p1: row.p1,
      p2: row.p2,
      lc: name === 'updateCompositeCache' ? LC_ANY : [size, size],
      replySize: row.reply?.[suite].size ?? null,
      run: PURSE_HANDLERS[name],
      after: row.after,
    };
  });
}

function checkLifeCycle(applet: CardApplet, name: CommandName): void {
  const { lifeCycle } = applet.data;
  const isSelected = applet.session.selected === 'purse';
  if (lifeCycle === LIFE_CYCLE.cardBlocked) {
    throw new Refusal(name === 'select' ? SW.FUNCTION_NOT_SUPPORTED : SW.APPLICATION_LOCKED);
  }
  if (!isSelected && !ANYWHERE.has(name)) throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  if (!isSelected || lifeCycle === LIFE_CYCLE.active || name === 'select') return;
  if (lifeCycle === LIFE_CYCLE.blockedPermanently) throw new Refusal(SW.APPLICATION_LOCKED);
  if (!WHILE_BLOCKED.has(name)) throw new Refusal(SW.FUNCTION_NOT_SUPPORTED);
}

function gate(applet: CardApplet, { name, after }: CardCommand): void {
  checkLifeCycle(applet, name);
  if (after !== 'any' && !after.includes(applet.session.transaction.kind)) {
    throw new Refusal(SW.COMMAND_NOT_ACCEPTED);
  }
}

/** Discards the INIT context: see session.ts for the rule. */
function settle(applet: CardApplet, command: CardCommand | undefined, sw: number): void {
  if (isWrongLe(sw)) return;
  const isKept =
    command !== undefined &&
    (PURE_READS.has(command.name) || (INITIALIZERS.has(command.name) && sw === SW.SUCCESS));
  if (!isKept) applet.session.transaction = IDLE;
}

function cardDispatcher(suite: SuiteName): Dispatcher<CardApplet, CardCommand> {
  const commands = [...cardCommands(SUITES[suite]), ...purseCommands(suite)];
  return new Dispatcher(new CommandIndex(commands), { gate, settle });
}

/** One dispatcher per suite: their lengths differ. */
export const CARD_DISPATCHERS: Readonly<Record<SuiteName, Dispatcher<CardApplet, CardCommand>>> = {
  tdes: cardDispatcher('tdes'),
  aes: cardDispatcher('aes'),
};
