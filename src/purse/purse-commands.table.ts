// SPDX-License-Identifier: MIT
/**
 * The purse commands, in INS, P1 order. Source: PBOC part 2, 5.2 and 5.5 (load 5.5.2, unload 5.5.3,
 * purchase 5.5.4, cash withdrawal 5.5.5, limit update 5.5.6), part 9, 7.4 (composite purchase), as the
 * field does it: docs/protocol.md, Purse commands. P2 is 01 for the deposit (ED), 02 for the purse (EP).
 *
 * `after` lists the transaction states in which the command is accepted; elsewhere it is 6901. `checks`
 * are the status words it may give, in the order in which the card checks.
 */
import type { StatusWordName } from '../iso7816/status-words.table.ts';
import {
  BALANCE_REPLY,
  DEBIT,
  DEBIT_REPLY,
  INITIALIZE,
  INITIALIZE_LIMIT,
  INITIALIZE_LIMIT_REPLY,
  INITIALIZE_OFFLINE_REPLY,
  INITIALIZE_ONLINE_REPLY,
  LIMIT_COMMIT,
  MAC3_REPLY,
  ONLINE_COMMIT,
  PROOF,
  PROOF_REPLY,
  TAC_REPLY,
} from './command-layouts.ts';
import type { SuiteName } from './suite.ts';

/** The card's transaction states; every one but `idle` is volatile and holds an INIT context. */
export type CardTransactionState =
  | 'cashInitialized'
  | 'compositeCached'
  | 'compositeInitialized'
  | 'idle'
  | 'limitInitialized'
  | 'loadInitialized'
  | 'purchaseInitialized'
  | 'unloadInitialized';

interface Sized {
  readonly size: number;
  readonly placements: readonly {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
  }[];
}

/** A purse command: its header, its layouts, when it is accepted and what it checks. */
export interface PurseCommandRow {
  readonly cla: number;
  readonly ins: number;
  /** `null`: any value; it names a transaction type or a record. */
  readonly p1: number | null;
  readonly p2: readonly number[] | null;
  readonly command: Readonly<Record<SuiteName, Sized>> | null;
  readonly reply: Readonly<Record<SuiteName, Sized>> | null;
  readonly after: readonly CardTransactionState[] | 'any';
  readonly checks: readonly StatusWordName[];
  readonly title: string;
  readonly source: string;
}

// 6985 here: no purse application is selected.
const HEADER = [
  'WRONG_P1_P2',
  'WRONG_LENGTH',
  'CONDITIONS_NOT_SATISFIED',
  'APPLICATION_LOCKED',
  'FUNCTION_NOT_SUPPORTED',
] as const;

/** The commands by name, in INS, P1 order. */
export const PURSE_COMMANDS = {
  initializeForLoad: {
    cla: 0x80,
    ins: 0x50,
    p1: 0x00,
    p2: [0x01, 0x02],
    command: INITIALIZE,
    reply: INITIALIZE_ONLINE_REPLY,
    after: 'any',
    checks: [
      ...HEADER,
      'SECURITY_STATUS',
      'KEY_INDEX_NOT_SUPPORTED',
      'COUNTER_AT_MAXIMUM',
      'CONDITIONS_NOT_SATISFIED',
    ],
    title: 'INITIALIZE FOR LOAD',
    source: 'PBOC 2, 5.5.2',
  },
  initializeForPurchase: {
    cla: 0x80,
    ins: 0x50,
    p1: 0x01,
    p2: [0x01, 0x02],
    command: INITIALIZE,
    reply: INITIALIZE_OFFLINE_REPLY,
    after: 'any',
    checks: [
      ...HEADER,
      'SECURITY_STATUS',
      'KEY_INDEX_NOT_SUPPORTED',
      'COUNTER_AT_MAXIMUM',
      'AMOUNT_INSUFFICIENT',
    ],
    title: 'INITIALIZE FOR PURCHASE',
    source: 'PBOC 2, 5.5.4',
  },
  initializeForCashWithdraw: {
    cla: 0x80,
    ins: 0x50,
    p1: 0x02,
    p2: [0x01],
    command: INITIALIZE,
    reply: INITIALIZE_OFFLINE_REPLY,
    after: 'any',
    checks: [
      ...HEADER,
      'SECURITY_STATUS',
      'KEY_INDEX_NOT_SUPPORTED',
      'COUNTER_AT_MAXIMUM',
      'AMOUNT_INSUFFICIENT',
    ],
    title: 'INITIALIZE FOR CASH WITHDRAW',
    source: 'PBOC 2, 5.5.5',
  },
  initializeForCompositePurchase: {
    cla: 0x80,
    ins: 0x50,
    p1: 0x03,
    p2: [0x01, 0x02],
    command: INITIALIZE,
    reply: INITIALIZE_OFFLINE_REPLY,
    after: 'any',
    checks: [
      ...HEADER,
      'SECURITY_STATUS',
      'KEY_INDEX_NOT_SUPPORTED',
      'COUNTER_AT_MAXIMUM',
      'AMOUNT_INSUFFICIENT',
    ],
    title: 'INITIALIZE FOR CAPP PURCHASE',
    source: 'PBOC 9, 7.4',
  },
  initializeForLimitUpdate: {
    cla: 0x80,
    ins: 0x50,
    p1: 0x04,
    p2: [0x01],
    command: INITIALIZE_LIMIT,
    reply: INITIALIZE_LIMIT_REPLY,
    after: 'any',
    checks: [...HEADER, 'SECURITY_STATUS', 'KEY_INDEX_NOT_SUPPORTED', 'COUNTER_AT_MAXIMUM'],
    title: 'INITIALIZE FOR UPDATE',
    source: 'PBOC 2, 5.5.6',
  },
  initializeForUnload: {
    cla: 0x80,
    ins: 0x50,
    p1: 0x05,
    p2: [0x01],
    command: INITIALIZE,
    reply: INITIALIZE_ONLINE_REPLY,
    after: 'any',
    checks: [
      ...HEADER,
      'SECURITY_STATUS',
      'KEY_INDEX_NOT_SUPPORTED',
      'COUNTER_AT_MAXIMUM',
      'AMOUNT_INSUFFICIENT',
    ],
    title: 'INITIALIZE FOR UNLOAD',
    source: 'PBOC 2, 5.5.3',
  },
  creditForLoad: {
    cla: 0x80,
    ins: 0x52,
    p1: 0x00,
    p2: [0x00],
    command: ONLINE_COMMIT,
    reply: TAC_REPLY,
    after: ['loadInitialized'],
    checks: [...HEADER, 'COMMAND_NOT_ACCEPTED', 'MAC_INVALID'],
    title: 'CREDIT FOR LOAD',
    source: 'PBOC 2, 5.5.2',
  },
  debitForPurchase: {
    cla: 0x80,
    ins: 0x54,
    p1: 0x01,
    p2: [0x00],
    command: DEBIT,
    reply: DEBIT_REPLY,
    after: ['purchaseInitialized', 'cashInitialized', 'compositeCached'],
    checks: [...HEADER, 'COMMAND_NOT_ACCEPTED', 'MAC_INVALID'],
    title: 'DEBIT FOR PURCHASE',
    source: 'PBOC 2, 5.5.4; PBOC 9, 7.4',
  },
  debitForUnload: {
    cla: 0x80,
    ins: 0x54,
    p1: 0x03,
    p2: [0x00],
    command: ONLINE_COMMIT,
    reply: MAC3_REPLY,
    after: ['unloadInitialized'],
    checks: [...HEADER, 'COMMAND_NOT_ACCEPTED', 'MAC_INVALID'],
    title: 'DEBIT FOR UNLOAD',
    source: 'PBOC 2, 5.5.3',
  },
  updateOverdrawLimit: {
    cla: 0x80,
    ins: 0x58,
    p1: 0x00,
    p2: [0x00],
    command: LIMIT_COMMIT,
    reply: TAC_REPLY,
    after: ['limitInitialized'],
    // 6985 last: the overdraft in use exceeds the new limit, or the balance its maximum.
    checks: [...HEADER, 'COMMAND_NOT_ACCEPTED', 'MAC_INVALID', 'CONDITIONS_NOT_SATISFIED'],
    title: 'UPDATE OVERDRAW LIMIT',
    source: 'PBOC 2, 5.5.6',
  },
  getTransactionProof: {
    cla: 0x80,
    ins: 0x5a,
    p1: 0x00,
    p2: null,
    command: PROOF,
    reply: PROOF_REPLY,
    after: 'any',
    checks: [...HEADER, 'PROOF_NOT_AVAILABLE'],
    title: 'GET TRANSACTION PROVE',
    source: 'PBOC 2, 5.6; P2 is the transaction type',
  },
  getBalance: {
    cla: 0x80,
    ins: 0x5c,
    p1: 0x00,
    p2: [0x01, 0x02],
    command: null,
    reply: BALANCE_REPLY,
    after: 'any',
    checks: [...HEADER, 'SECURITY_STATUS'],
    title: 'GET BALANCE',
    source: 'PBOC 2, 5.2',
  },
  updateCompositeCache: {
    cla: 0x80,
    ins: 0xdc,
    p1: null,
    p2: null,
    command: null,
    reply: null,
    after: ['compositeInitialized', 'compositeCached'],
    checks: [
      'CONDITIONS_NOT_SATISFIED',
      'APPLICATION_LOCKED',
      'FUNCTION_NOT_SUPPORTED',
      'COMMAND_NOT_ACCEPTED',
      'FILE_NOT_FOUND',
      'RECORD_NOT_FOUND',
      'COMPOSITE_RECORD_LOCKED',
      'NOT_ENOUGH_SPACE',
      'WRONG_DATA',
    ],
    title: 'UPDATE CAPP DATA CACHE',
    source: 'PBOC 9, 7.4; P1 record tag (0 in a cyclic file), P2 SFI << 3',
  },
} as const satisfies Record<string, PurseCommandRow>;

/** The name of a purse command. */
export type PurseCommandName = keyof typeof PURSE_COMMANDS;
