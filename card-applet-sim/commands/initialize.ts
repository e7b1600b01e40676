// SPDX-License-Identifier: MIT
/**
 * The six INITIALIZE commands: they check, draw the card's random number and leave a context behind.
 * Nothing durable changes. Checks in the order of the rows in src/purse/purse-commands.table.ts.
 * Source: PBOC part 2, 5.5.2 to 5.5.6; part 9, 7.4.
 */
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { Amount } from '../../src/money/amount.ts';
import {
  INITIALIZE,
  INITIALIZE_LIMIT,
  INITIALIZE_LIMIT_REPLY,
  INITIALIZE_OFFLINE_REPLY,
  INITIALIZE_ONLINE_REPLY,
} from '../../src/purse/command-layouts.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';
import {
  TRANSACTION_TYPES,
  type TransactionTypeCode,
} from '../../src/purse/transaction-types.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import type { CardApplet, CardHandler } from '../card/card-applet.ts';
import type { CounterKind, PurseAccount } from '../card/card-data.ts';
import type { OfflineTransaction } from '../card/session.ts';

/** P2 of a purse command. */
const DEPOSIT = 0x01;
const COUNTER_MAX = 0xffff;

export function accountOf(p2: number): PurseAccount {
  return p2 === DEPOSIT ? 'deposit' : 'purse';
}

const TYPE_OF = {
  load: { deposit: TRANSACTION_TYPES.depositLoad.code, purse: TRANSACTION_TYPES.purseLoad.code },
  purchase: {
    deposit: TRANSACTION_TYPES.depositPurchase.code,
    purse: TRANSACTION_TYPES.pursePurchase.code,
  },
} as const;

interface Requirements {
  readonly needsPin: boolean;
  readonly keyIndex: number;
  readonly counterKind: CounterKind;
}

/** @throws Refusal 6982, 9403, 9402, in this order. */
function checkRequirements(applet: CardApplet, required: Requirements): void {
  const { data, session } = applet;
  if (required.needsPin && !session.isPinVerified) throw new Refusal(SW.SECURITY_STATUS);
  if (required.keyIndex !== data.keyIndex) throw new Refusal(SW.KEY_INDEX_NOT_SUPPORTED);
  if (data.counter(required.counterKind) >= COUNTER_MAX) throw new Refusal(SW.COUNTER_AT_MAXIMUM);
}

/** INITIALIZE FOR PURCHASE, CASH WITHDRAW and COMPOSITE PURCHASE differ in type and next state alone. */
function initializeOffline(
  kind: OfflineTransaction['kind'],
  typeOf: (account: PurseAccount) => TransactionTypeCode,
): CardHandler {
  return (applet, command) => {
    const { data, session, suite } = applet;
    const account = accountOf(command.p2);
    const { keyIndex, amount, terminalId } = INITIALIZE[suite.name].decode(command.data);
    const needsPin = account === 'deposit';
    checkRequirements(applet, { needsPin, keyIndex, counterKind: 'offline' });
    const balance = data.balance(account);
    if (amount > balance) throw new Refusal(SW.AMOUNT_INSUFFICIENT);
    const cardRandom = applet.random.bytes(suite.cardRandomSize);
    session.transaction = {
      kind,
      account,
      type: typeOf(account),
      amount,
      terminalId,
      cardRandom,
    };
    return INITIALIZE_OFFLINE_REPLY[suite.name].encode({
      balance,
      offlineCounter: data.counter('offline'),
      overdraftLimit: data.overdraftLimit(account),
      keyVersion: data.keyVersion,
      algorithmId: suite.algorithmId,
      cardRandom,
    });
  };
}

export const initializeForPurchase = initializeOffline(
  'purchaseInitialized',
  (account) => TYPE_OF.purchase[account],
);

export const initializeForCashWithdraw = initializeOffline(
  'cashInitialized',
  () => TRANSACTION_TYPES.cashWithdraw.code,
);

export const initializeForCompositePurchase = initializeOffline(
  'compositeInitialized',
  () => TRANSACTION_TYPES.compositePurchase.code,
);

interface OnlineRequest {
  readonly kind: 'loadInitialized' | 'unloadInitialized';
  readonly session: 'load' | 'unload';
  readonly account: PurseAccount;
  readonly type: TransactionTypeCode;
  readonly amount: Amount;
  readonly terminalId: Uint8Array;
}

/** The checked end of INITIALIZE FOR LOAD and FOR UNLOAD: session key, MAC1, context, reply. */
function initializeOnline(applet: CardApplet, request: OnlineRequest): Uint8Array {
  const { data, suite } = applet;
  const { kind, account, type, amount, terminalId } = request;
  const balance = data.balance(account);
  const onlineCounter = data.counter('online');
  const cardRandom = applet.random.bytes(suite.cardRandomSize);
  const sessionKey = applet.keys.sessionKey({
    session: request.session,
    cardRandom,
    counter: onlineCounter,
    terminalCounter: 0,
  });
  const input = MAC_INPUTS[`${request.session}Mac1`][suite.name].encode({
    balanceBefore: balance,
    amount,
    transactionType: type,
    terminalId,
  });
  applet.session.transaction = { kind, account, type, amount, terminalId, sessionKey };
  return INITIALIZE_ONLINE_REPLY[suite.name].encode({
    balance,
    onlineCounter,
    keyVersion: data.keyVersion,
    algorithmId: suite.algorithmId,
    cardRandom,
    mac1: sessionKey.mac(input),
  });
}

export const initializeForLoad: CardHandler = (applet, command) => {
  const { data, suite } = applet;
  const account = accountOf(command.p2);
  const { keyIndex, amount, terminalId } = INITIALIZE[suite.name].decode(command.data);
  checkRequirements(applet, { needsPin: data.loadNeedsPin, keyIndex, counterKind: 'online' });
  // The maximum is at most FFFFFFFF, so that this covers the four bytes of a balance too.
  if (data.balance(account) + amount > data.maximumBalance) {
    throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  }
  const type = TYPE_OF.load[account];
  return initializeOnline(applet, {
    kind: 'loadInitialized',
    session: 'load',
    account,
    type,
    amount,
    terminalId,
  });
};

/** Unload takes from the deposit; what the overdraft limit lends cannot be unloaded. */
export const initializeForUnload: CardHandler = (applet, command) => {
  const { data, suite } = applet;
  const account = 'deposit';
  const { keyIndex, amount, terminalId } = INITIALIZE[suite.name].decode(command.data);
  checkRequirements(applet, { needsPin: true, keyIndex, counterKind: 'online' });
  if (amount > data.balance(account) - data.overdraftLimit(account)) {
    throw new Refusal(SW.AMOUNT_INSUFFICIENT);
  }
  return initializeOnline(applet, {
    kind: 'unloadInitialized',
    session: 'unload',
    account,
    type: TRANSACTION_TYPES.unload.code,
    amount,
    terminalId,
  });
};

export const initializeForLimitUpdate: CardHandler = (applet, command) => {
  const { data, suite } = applet;
  const { keyIndex, terminalId } = INITIALIZE_LIMIT[suite.name].decode(command.data);
  checkRequirements(applet, { needsPin: true, keyIndex, counterKind: 'online' });
  const balance = data.balance('deposit');
  const onlineCounter = data.counter('online');
  const oldLimit = data.overdraftLimit('deposit');
  const cardRandom = applet.random.bytes(suite.cardRandomSize);
  const sessionKey = applet.keys.sessionKey({
    session: 'limit',
    cardRandom,
    counter: onlineCounter,
    terminalCounter: 0,
  });
  const input = MAC_INPUTS.limitMac1[suite.name].encode({
    balanceBefore: balance,
    oldLimit,
    transactionType: TRANSACTION_TYPES.limitUpdate.code,
    terminalId,
  });
  applet.session.transaction = { kind: 'limitInitialized', terminalId, sessionKey };
  return INITIALIZE_LIMIT_REPLY[suite.name].encode({
    balance,
    onlineCounter,
    oldLimit,
    keyVersion: data.keyVersion,
    algorithmId: suite.algorithmId,
    cardRandom,
    mac1: sessionKey.mac(input),
  });
};
