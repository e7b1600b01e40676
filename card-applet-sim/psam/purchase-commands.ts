// SPDX-License-Identifier: MIT
/**
 * INIT_SAM_FOR_PURCHASE and CREDIT_SAM_FOR_PURCHASE. Source: docs/protocol.md, PSAM commands.
 *
 * The terminal counter grows, and is committed, with each INIT that is answered: a counter value is never
 * given twice, whatever happens to the answer. A wrong MAC2 ends the purchase and is counted; a right one
 * sets the count back, for it is runs of wrong ones that tell of guessing.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { invariant } from '../../src/errors/invariant.ts';
import type { LayoutValue } from '../../src/codec/struct.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { subtract, type Amount } from '../../src/money/amount.ts';
import { SAM_INITIALIZE, SAM_INITIALIZE_REPLY } from '../../src/purse/command-layouts.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import {
  NO_RESPONSE_DATA,
  type PendingPurchase,
  type PsamApplet,
  type PsamHandler,
} from './psam-applet.ts';

export const TERMINAL_COUNTER_MAX = 0xffffffff;
const LEVEL_SIZE = 8;
const LEVELS_MAX = 3;

/** The fields that both suites send, and what each adds. */
type CommonRequest = LayoutValue<typeof SAM_INITIALIZE.tdes>;
interface PurchaseRequest {
  readonly fields: CommonRequest;
  readonly suite: SuiteName;
  readonly levels: readonly Uint8Array[];
  /** Needed by the AES suite's MAC2. */
  readonly balanceBefore: Amount | null;
}

/** 8 bytes a level, or undefined when that is not what the bytes are. */
export function splitLevels(bytes: Readonly<Uint8Array>): readonly Uint8Array[] | undefined {
  const count = bytes.length / LEVEL_SIZE;
  if (!Number.isInteger(count) || count < 1 || count > LEVELS_MAX) return undefined;
  return Array.from({ length: count }, (_, level) =>
    bytes.slice(level * LEVEL_SIZE, (level + 1) * LEVEL_SIZE),
  );
}

/** The length tells the suite: 1Ch, 24h or 2Ch for 3DES, 26h for AES. */
function decodeRequest(data: Uint8Array): PurchaseRequest {
  if (data.length === SAM_INITIALIZE.aes.size) {
    const request = SAM_INITIALIZE.aes.decode(data);
    const { applicationSerialNumber, balanceBefore } = request;
    return { fields: request, suite: 'aes', levels: [applicationSerialNumber], balanceBefore };
  }
  const { size } = SAM_INITIALIZE.tdes;
  const levels = splitLevels(data.slice(size));
  if (levels === undefined) throw new Refusal(SW.WRONG_LENGTH);
  const fields = SAM_INITIALIZE.tdes.decodeAt(data, 0);
  return { fields, suite: 'tdes', levels, balanceBefore: null };
}

function checkNotLocked({ data }: PsamApplet): void {
  if (data.mac2Errors >= data.mac2ErrorMax) throw new Refusal(SW.AUTHENTICATION_LOCKED);
}

/** @throws Refusal 9403 for a key that is not held or an algorithm that the length contradicts. */
function purchaseKey({ data }: PsamApplet, request: PurchaseRequest): Uint8Array {
  const { suite, levels } = request;
  const { algorithmId, keyVersion: version } = request.fields;
  const isOfSuite = algorithmId === SUITES[suite].algorithmId;
  const key = isOfSuite ? data.cardKey({ suite, usage: 'purchase', version }, levels) : undefined;
  if (key === undefined) throw new Refusal(SW.KEY_INDEX_NOT_SUPPORTED);
  return key;
}

/** @throws Refusal 9401 when the balance does not cover the amount: then there is no MAC2 to expect. */
function balanceAfter(request: PurchaseRequest): Amount {
  const { balanceBefore } = request;
  const { amount } = request.fields;
  // The 3DES suite's MAC2 is over the amount alone.
  if (balanceBefore === null) return amount;
  if (amount > balanceBefore) throw new Refusal(SW.AMOUNT_INSUFFICIENT);
  return subtract(balanceBefore, amount);
}

export const initializeForPurchase: PsamHandler = (applet, command) => {
  const { data, session } = applet;
  session.purchase = null;
  const request = decodeRequest(command.data);
  checkNotLocked(applet);
  const key = purchaseKey(applet, request);
  const expectedBalance = balanceAfter(request);
  if (data.terminalCounter === TERMINAL_COUNTER_MAX) throw new Refusal(SW.COUNTER_AT_MAXIMUM);
  const terminalCounter = data.terminalCounter + 1;
  data.memory.commit([data.counterChange(terminalCounter)]);
  invariant(data.terminalCounter === terminalCounter, '"terminalCounter" expected one more');
  const { suite, fields } = request;
  const { amount, transactionType, date, time } = fields;
  const sessionKey = SUITES[suite].sessionMasterKey(key).sessionKey({
    session: 'purchase',
    cardRandom: fields.cardRandom,
    counter: fields.offlineCounter,
    terminalCounter,
  });
  const { terminalId } = data;
  const mac1 = sessionKey.mac(
    MAC_INPUTS.purchaseMac1[suite].encode({ amount, transactionType, terminalId, date, time }),
  );
  const mac2 = sessionKey.mac(
    MAC_INPUTS.purchaseMac2[suite].encode({
      amount,
      balanceAfter: expectedBalance,
      // A card at FFFF refuses to initialize; a terminal that asks all the same gets a MAC2 that no
      // card will ever make.
      offlineCounterAfter: (fields.offlineCounter + 1) & 0xffff,
    }),
  );
  session.purchase = { mac2 };
  return SAM_INITIALIZE_REPLY[suite].encode({ terminalCounter, mac1 });
};

/** The purchase that CREDIT ends, one way or the other. */
function takePurchase({ session }: PsamApplet): PendingPurchase {
  const { purchase } = session;
  if (purchase === null) throw new Refusal(SW.COMMAND_NOT_ACCEPTED);
  return purchase;
}

export const creditForPurchase: PsamHandler = (applet, command) => {
  const { data, session } = applet;
  checkNotLocked(applet);
  const { mac2 } = takePurchase(applet);
  if (command.data.length !== mac2.length) throw new Refusal(SW.WRONG_LENGTH);
  session.purchase = null;
  if (!equalBytes(mac2, command.data)) {
    data.memory.commit([data.errorsChange(data.mac2Errors + 1)]);
    throw new Refusal(SW.MAC_INVALID, { isCounted: true });
  }
  if (data.mac2Errors > 0) data.memory.commit([data.errorsChange(0)]);
  return NO_RESPONSE_DATA;
};
