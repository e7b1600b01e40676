// SPDX-License-Identifier: MIT
/**
 * DEBIT FOR PURCHASE, which ends a purchase, a cash withdrawal and a composite purchase alike.
 * Source: PBOC part 2, 5.5.4 and 5.5.5; part 9, 7.4.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { subtract } from '../../src/money/amount.ts';
import { DEBIT, DEBIT_REPLY } from '../../src/purse/command-layouts.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import type { CardHandler } from '../card/card-applet.ts';
import type { CachedTransaction, OfflineTransaction, Transaction } from '../card/session.ts';
import { completeTransaction, NO_RECORDS } from './complete-transaction.ts';

function isOffline(
  transaction: Transaction,
): transaction is CachedTransaction | OfflineTransaction {
  return 'cardRandom' in transaction;
}

export const debitForPurchase: CardHandler = (applet, command) => {
  const { data, keys, suite } = applet;
  const { transaction } = applet.session;
  invariant(isOffline(transaction), `"transaction" expected a debit, got ${transaction.kind}`);
  const { account, amount, terminalId, type: transactionType, cardRandom } = transaction;
  const { terminalCounter, date, time, mac1 } = DEBIT[suite.name].decode(command.data);
  const counterBefore = data.counter('offline');
  const sessionKey = keys.sessionKey({
    session: 'purchase',
    cardRandom,
    counter: counterBefore,
    terminalCounter,
  });
  const balanceAfter = subtract(data.balance(account), amount);
  const offlineCounterAfter = counterBefore + 1;
  // Every field that one of the three inputs may have; each layout takes its own.
  const fields = {
    amount,
    transactionType,
    terminalId,
    date,
    time,
    terminalCounter,
    counterBefore,
    balanceAfter,
    offlineCounterAfter,
    applicationSerialNumber: data.applicationSerialNumber,
  };
  const expected = sessionKey.mac(MAC_INPUTS.purchaseMac1[suite.name].encode(fields));
  if (!equalBytes(expected, mac1)) throw new Refusal(SW.MAC_INVALID);
  const mac2 = sessionKey.mac(MAC_INPUTS.purchaseMac2[suite.name].encode(fields));
  const tac = keys.tac.mac(MAC_INPUTS.purchaseTac[suite.name].encode(fields));
  completeTransaction(applet, {
    account,
    type: transactionType,
    counterKind: 'offline',
    balanceAfter,
    amount,
    overdraftLimit: data.overdraftLimit(account),
    terminalId,
    date,
    time,
    mac: mac2,
    tac,
    cache: 'cache' in transaction ? transaction.cache : NO_RECORDS,
  });
  return DEBIT_REPLY[suite.name].encode({ tac, mac2 });
};
