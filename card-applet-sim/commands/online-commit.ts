// SPDX-License-Identifier: MIT
/**
 * CREDIT FOR LOAD, DEBIT FOR UNLOAD and UPDATE OVERDRAW LIMIT: the host's MAC2 is verified under the
 * session key that INITIALIZE made. Source: PBOC part 2, 5.5.2, 5.5.3, 5.5.6.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { add, amount as amountOf, subtract, type Amount } from '../../src/money/amount.ts';
import {
  LIMIT_COMMIT,
  MAC3_REPLY,
  ONLINE_COMMIT,
  TAC_REPLY,
} from '../../src/purse/command-layouts.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';
import {
  TRANSACTION_TYPES,
  type TransactionTypeCode,
} from '../../src/purse/transaction-types.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import type { CardApplet, CardHandler } from '../card/card-applet.ts';
import { completeTransaction, NO_RECORDS } from './complete-transaction.ts';

/** What a load and a limit update leave in the MAC half of the proof, an unload in the TAC half. */
function absent(applet: CardApplet): Uint8Array {
  return new Uint8Array(applet.suite.macSize);
}

interface TacFields {
  readonly transactionType: TransactionTypeCode;
  readonly amount: Amount;
  readonly balanceAfter: Amount;
  readonly terminalId: Uint8Array;
  readonly date: Uint8Array;
  readonly time: Uint8Array;
}

/** The fields that a TAC may have besides those of the command; online TACs carry no terminal counter. */
function tacInput<T extends TacFields>(
  applet: CardApplet,
  fields: T,
): T & { applicationSerialNumber: Uint8Array; counterBefore: number; terminalCounter: number } {
  return {
    ...fields,
    applicationSerialNumber: applet.data.applicationSerialNumber,
    counterBefore: applet.data.counter('online'),
    terminalCounter: 0,
  };
}

export const creditForLoad: CardHandler = (applet, command) => {
  const { data, keys, suite } = applet;
  const { transaction } = applet.session;
  invariant(
    transaction.kind === 'loadInitialized',
    `"transaction" expected a load, got ${transaction.kind}`,
  );
  const { account, amount, terminalId, type: transactionType, sessionKey } = transaction;
  const { date, time, mac2 } = ONLINE_COMMIT[suite.name].decode(command.data);
  const request = { amount, transactionType, terminalId, date, time };
  const expected = sessionKey.mac(MAC_INPUTS.loadMac2[suite.name].encode(request));
  if (!equalBytes(expected, mac2)) throw new Refusal(SW.MAC_INVALID);
  const balanceAfter = add(data.balance(account), amount);
  const input = tacInput(applet, { ...request, balanceAfter });
  const tac = keys.tac.mac(MAC_INPUTS.loadTac[suite.name].encode(input));
  completeTransaction(applet, {
    ...{ account, amount, balanceAfter, terminalId, date, time, tac, cache: NO_RECORDS },
    overdraftLimit: data.overdraftLimit(account),
    type: transactionType,
    counterKind: 'online',
    mac: absent(applet),
  });
  return TAC_REPLY[suite.name].encode({ tac });
};

export const debitForUnload: CardHandler = (applet, command) => {
  const { data, suite } = applet;
  const { transaction } = applet.session;
  invariant(
    transaction.kind === 'unloadInitialized',
    `"transaction" expected an unload, got ${transaction.kind}`,
  );
  const { account, amount, terminalId, type: transactionType, sessionKey } = transaction;
  const { date, time, mac2 } = ONLINE_COMMIT[suite.name].decode(command.data);
  const request = { amount, transactionType, terminalId, date, time };
  const expected = sessionKey.mac(MAC_INPUTS.unloadMac2[suite.name].encode(request));
  if (!equalBytes(expected, mac2)) throw new Refusal(SW.MAC_INVALID);
  const balanceAfter = subtract(data.balance(account), amount);
  const mac3 = sessionKey.mac(
    MAC_INPUTS.unloadMac3[suite.name].encode({
      ...request,
      balanceAfter,
      counterBefore: data.counter('online'),
    }),
  );
  completeTransaction(applet, {
    ...{ account, amount, balanceAfter, terminalId, date, time, cache: NO_RECORDS },
    overdraftLimit: data.overdraftLimit(account),
    type: transactionType,
    counterKind: 'online',
    mac: mac3,
    tac: absent(applet),
  });
  return MAC3_REPLY[suite.name].encode({ mac3 });
};

/**
 * The deposit's balance includes the limit, so it moves with it.
 * @throws Refusal 6985 when the overdraft in use would exceed the new limit, or the balance its maximum.
 */
function balanceUnderLimit(applet: CardApplet, newLimit: number): Amount {
  const { data } = applet;
  const own = data.balance('deposit') - data.overdraftLimit('deposit');
  const after = own + newLimit;
  if (after < 0 || after > data.maximumBalance) throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  return amountOf(after);
}

export const updateOverdrawLimit: CardHandler = (applet, command) => {
  const { keys, suite } = applet;
  const { transaction } = applet.session;
  invariant(
    transaction.kind === 'limitInitialized',
    `"transaction" expected a limit update, got ${transaction.kind}`,
  );
  const { terminalId, sessionKey } = transaction;
  const { newLimit, date, time, mac2 } = LIMIT_COMMIT[suite.name].decode(command.data);
  const transactionType = TRANSACTION_TYPES.limitUpdate.code;
  const request = { newLimit, transactionType, terminalId, date, time };
  const expected = sessionKey.mac(MAC_INPUTS.limitMac2[suite.name].encode(request));
  if (!equalBytes(expected, mac2)) throw new Refusal(SW.MAC_INVALID);
  const balanceAfter = balanceUnderLimit(applet, newLimit);
  const amount = amountOf(newLimit);
  const input = tacInput(applet, { ...request, amount, balanceAfter });
  const tac = keys.tac.mac(MAC_INPUTS.limitTac[suite.name].encode(input));
  completeTransaction(applet, {
    ...{ amount, balanceAfter, terminalId, date, time, tac, cache: NO_RECORDS },
    account: 'deposit',
    type: transactionType,
    counterKind: 'online',
    overdraftLimit: newLimit,
    mac: absent(applet),
  });
  return TAC_REPLY[suite.name].encode({ tac });
};
