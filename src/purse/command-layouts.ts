// SPDX-License-Identifier: MIT
/**
 * Data and response layouts of the purse commands, per suite: the AES suite has the same fields with
 * wider randoms and MACs. Source: docs/protocol.md, Purse commands; sizes in bytes.
 */
import { amount4, bytes, uint16, uint24, uint32, uint8, type Field } from '../codec/field.ts';
import { struct, type Layout } from '../codec/struct.ts';
import type { SuiteName } from './suite.ts';

/** One layout per suite. */
export type BySuite<T> = Readonly<Record<SuiteName, Layout<T>>>;

interface SuiteFields {
  readonly cardRandom: Field<Uint8Array>;
  readonly mac: Field<Uint8Array>;
}

const WIDTHS: Readonly<Record<SuiteName, SuiteFields>> = {
  tdes: { cardRandom: bytes(4), mac: bytes(4) },
  aes: { cardRandom: bytes(8), mac: bytes(8) },
};

function bySuite<T>(declare: (fields: SuiteFields) => Layout<T>): BySuite<T> {
  return { tdes: declare(WIDTHS.tdes), aes: declare(WIDTHS.aes) };
}

const DATE_TIME = { date: bytes(4), time: bytes(3) } as const;

/** GET BALANCE. */
export const BALANCE_REPLY = bySuite(() => struct('balanceReply', { balance: amount4 }));

/** INITIALIZE FOR LOAD, UNLOAD, PURCHASE, CASH WITHDRAW, COMPOSITE PURCHASE: 0Bh bytes. */
export const INITIALIZE = bySuite(() =>
  struct('initialize', { keyIndex: uint8, amount: amount4, terminalId: bytes(6) }),
);

/** Reply to INITIALIZE FOR LOAD and UNLOAD: 10h (3DES) or 18h (AES) bytes. */
export const INITIALIZE_ONLINE_REPLY = bySuite(({ cardRandom, mac }) =>
  struct('initializeOnlineReply', {
    balance: amount4,
    onlineCounter: uint16,
    keyVersion: uint8,
    algorithmId: uint8,
    cardRandom,
    mac1: mac,
  }),
);

/** Reply to INITIALIZE FOR PURCHASE and its kin: 0Fh (3DES) or 13h (AES) bytes. */
export const INITIALIZE_OFFLINE_REPLY = bySuite(({ cardRandom }) =>
  struct('initializeOfflineReply', {
    balance: amount4,
    offlineCounter: uint16,
    overdraftLimit: uint24,
    keyVersion: uint8,
    algorithmId: uint8,
    cardRandom,
  }),
);

/** CREDIT FOR LOAD and DEBIT FOR UNLOAD: 0Bh (3DES) or 0Fh (AES) bytes. */
export const ONLINE_COMMIT = bySuite(({ mac }) =>
  struct('onlineCommit', { ...DATE_TIME, mac2: mac }),
);

/** Reply to CREDIT FOR LOAD and UPDATE OVERDRAW LIMIT. */
export const TAC_REPLY = bySuite(({ mac }) => struct('tacReply', { tac: mac }));

/** Reply to DEBIT FOR UNLOAD. */
export const MAC3_REPLY = bySuite(({ mac }) => struct('mac3Reply', { mac3: mac }));

/** DEBIT FOR PURCHASE, CASH WITHDRAW, COMPOSITE PURCHASE: 0Fh (3DES) or 13h (AES) bytes. */
export const DEBIT = bySuite(({ mac }) =>
  struct('debit', { terminalCounter: uint32, ...DATE_TIME, mac1: mac }),
);

/** Reply to DEBIT: the TAC first. */
export const DEBIT_REPLY = bySuite(({ mac }) => struct('debitReply', { tac: mac, mac2: mac }));

/** INITIALIZE FOR UPDATE: 07h bytes. */
export const INITIALIZE_LIMIT = bySuite(() =>
  struct('initializeLimit', { keyIndex: uint8, terminalId: bytes(6) }),
);

/** Reply to INITIALIZE FOR UPDATE: 13h (3DES) or 1Bh (AES) bytes. */
export const INITIALIZE_LIMIT_REPLY = bySuite(({ cardRandom, mac }) =>
  struct('initializeLimitReply', {
    balance: amount4,
    onlineCounter: uint16,
    oldLimit: uint24,
    keyVersion: uint8,
    algorithmId: uint8,
    cardRandom,
    mac1: mac,
  }),
);

/** UPDATE OVERDRAW LIMIT: 0Eh (3DES) or 12h (AES) bytes. */
export const LIMIT_COMMIT = bySuite(({ mac }) =>
  struct('limitCommit', { newLimit: uint24, ...DATE_TIME, mac2: mac }),
);

/** GET TRANSACTION PROVE: the counter after the increment. */
export const PROOF = bySuite(() => struct('proof', { counterAfter: uint16 }));

/** Reply to GET TRANSACTION PROVE: the MAC first, the reverse of DEBIT's order. */
export const PROOF_REPLY = bySuite(({ mac }) => struct('proofReply', { mac, tac: mac }));

/**
 * INIT_SAM_FOR_PURCHASE without the diversification data that follow in the 3DES suite (1 to 3 × 8 bytes,
 * innermost level first unless the SAM is configured otherwise). The AES suite adds the balance before,
 * which its MAC2 needs, and takes the serial number of 10 bytes.
 */
export const SAM_INITIALIZE = {
  tdes: struct('samInitialize', {
    cardRandom: bytes(4),
    offlineCounter: uint16,
    amount: amount4,
    transactionType: uint8,
    ...DATE_TIME,
    keyVersion: uint8,
    algorithmId: uint8,
  }),
  aes: struct('samInitialize', {
    cardRandom: bytes(8),
    offlineCounter: uint16,
    amount: amount4,
    transactionType: uint8,
    ...DATE_TIME,
    keyVersion: uint8,
    algorithmId: uint8,
    balanceBefore: amount4,
    applicationSerialNumber: bytes(10),
  }),
} as const;

/** Reply to INIT_SAM_FOR_PURCHASE. */
export const SAM_INITIALIZE_REPLY = bySuite(({ mac }) =>
  struct('samInitializeReply', { terminalCounter: uint32, mac1: mac }),
);

/** CREDIT_SAM_FOR_PURCHASE. */
export const SAM_CREDIT = bySuite(({ mac }) => struct('samCredit', { mac2: mac }));
