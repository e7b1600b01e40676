// SPDX-License-Identifier: MIT
/**
 * One debit: a purchase, or a composite purchase when there is a trip record to write with it. Sources:
 * PBOC part 2, 5.5.4; part 9, 7.4; docs/protocol.md, Purse commands (order seen in the field).
 *
 *   initializing    INIT FOR PURCHASE        9000 → authorising; 9401 → readingBalance; else declined
 *   readingBalance  GET BALANCE              → declined: insufficientBalance
 *   authorising     INIT_SAM_FOR_PURCHASE    9000 → caching or recording; 9403 → declined; else the
 *                                            fault SAM_UNUSABLE
 *   caching         UPDATE CAPP DATA CACHE   9000 → recording; else declined
 *   recording       journal: pending         written → debiting
 *   debiting        DEBIT FOR PURCHASE       9000 → verifying; a refusal that proves that nothing was
 *                                            done → declining; anything else → uncertain
 *   verifying       CREDIT_SAM_FOR_PURCHASE  9000 → approving; 9302 → suspecting; else uncertain
 *   approving, declining, suspecting         journal: approved, declined, suspicious → done
 *
 * Until `recording` a lost answer means that nothing happened: INIT and CACHE change nothing durable.
 * From `debiting` on a lost answer is uncertain, and the pending row in the journal says so already.
 */
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';
import {
  BALANCE_REPLY,
  DEBIT,
  DEBIT_REPLY,
  INITIALIZE,
  INITIALIZE_OFFLINE_REPLY,
  SAM_INITIALIZE_REPLY,
} from '../../src/purse/command-layouts.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { LayoutValue } from '../../src/codec/struct.ts';
import { subtract, type Amount } from '../../src/money/amount.ts';
import { amount4 } from '../../src/codec/field.ts';
import { TRIP_RECORD } from '../../src/purse/file-layouts.ts';
import { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';
import { cacheRecord, getBalance, transactionStep } from '../card/commands.ts';
import { describeAnswer, LOST, type Answered } from '../card/exchange.ts';
import type { PresentedCard } from '../card/identify.ts';
import type { NewTap, Operation, Tap } from '../journal/tap.ts';
import {
  isMacRefused,
  samCredit,
  samInitialize,
  type DiversificationLevel,
} from '../sam/purchase-sam.ts';
import { cardRefusal } from './card-refusals.table.ts';
import type { DeclineReason } from './decline-reasons.table.ts';
import type { FlowEffect, FlowEvent } from './effects.ts';
import { defineMachine, type Finish, type Step } from './machine.ts';
import {
  approved,
  declined,
  NOT_PRESENTED,
  uncertain,
  type DeclineDetails,
  type TapOutcome,
} from './outcome.ts';
import type { Stamp } from './stamp.ts';

/** What is to be debited, and all that the machine needs to do it. */
export interface DebitOrder {
  readonly operation: Exclude<Operation, 'load'>;
  readonly card: PresentedCard;
  readonly amount: Amount;
  /** A gate asks for more than it takes: the fare that may become due. */
  readonly minimumBalance: Amount;
  /** The EF1E record to write with the debit; its balance is filled in here. */
  readonly trip: Uint8Array | undefined;
  readonly place: string;
  readonly stamp: Stamp;
  readonly terminalId: Uint8Array;
  readonly keyIndex: number;
  readonly levels: readonly DiversificationLevel[];
  readonly hotlistVersion: number;
}

type InitReply = LayoutValue<(typeof INITIALIZE_OFFLINE_REPLY)['aes']>;
type SamReply = LayoutValue<(typeof SAM_INITIALIZE_REPLY)['aes']>;

interface Ordered {
  readonly order: DebitOrder;
}
interface Initialized extends Ordered {
  readonly init: InitReply;
}
interface AuthorisedDebit extends Initialized {
  readonly sam: SamReply;
}
interface Recorded extends AuthorisedDebit {
  readonly tap: Tap;
}

export type PurchaseState =
  | (AuthorisedDebit & { readonly kind: 'caching'; readonly trip: Uint8Array })
  | (AuthorisedDebit & { readonly kind: 'recording' })
  | (Initialized & { readonly kind: 'authorising' })
  | (Ordered & { readonly kind: 'initializing' })
  | (Ordered & { readonly kind: 'readingBalance' })
  | (Recorded & { readonly kind: 'debiting' })
  | (Recorded & { readonly kind: 'verifying'; readonly tac: Uint8Array })
  | { readonly kind: 'approving' }
  | { readonly kind: 'declining'; readonly reason: DeclineReason; readonly details: DeclineDetails }
  | { readonly kind: 'done' }
  | { readonly kind: 'suspecting' };

type Effect = Finish<TapOutcome> | FlowEffect;
type Next = Step<PurchaseState, Effect>;
type In<K extends PurchaseState['kind']> = Extract<PurchaseState, { readonly kind: K }>;

const DONE: PurchaseState = Object.freeze({ kind: 'done' });

function finish(outcome: TapOutcome): Next {
  return { state: DONE, effect: { kind: 'finish', outcome } };
}

const notPresented = (): Next => finish(NOT_PRESENTED);

function refuse({ order }: Ordered, sw: number, reason: DeclineReason): Next {
  return finish(declined(reason, { serial: order.card.serial, sw }));
}

/** The first step of a debit. */
export function startPurchase(order: DebitOrder): Next {
  const { card, amount, keyIndex, terminalId } = order;
  const command = transactionStep(
    order.trip === undefined ? 'initializeForPurchase' : 'initializeForCompositePurchase',
    card.suite,
    INITIALIZE[card.suite].encode({ keyIndex, amount, terminalId }),
  );
  return { state: { kind: 'initializing', order }, effect: { kind: 'card', command } };
}

function initialized(state: In<'initializing'>, answer: Answered): Next {
  const { order } = state;
  const { suite } = order.card;
  if (answer.sw === SW.AMOUNT_INSUFFICIENT || answer.sw === SW.FUNDS_INSUFFICIENT) {
    return {
      state: { kind: 'readingBalance', order },
      effect: { kind: 'card', command: getBalance },
    };
  }
  if (answer.sw !== SW.SUCCESS) return refuse(state, answer.sw, cardRefusal(answer.sw).reason);
  const layout = INITIALIZE_OFFLINE_REPLY[suite];
  if (answer.data.length !== layout.size) return refuse(state, answer.sw, 'cardUnusable');
  const init = layout.decode(answer.data);
  if (suiteByAlgorithm(init.algorithmId)?.name !== suite) {
    return refuse(state, answer.sw, 'cardUnusable');
  }
  if (init.balance < order.minimumBalance || init.balance < order.amount) {
    return insufficient(order, init.balance);
  }
  return { state: { kind: 'authorising', order, init }, effect: askSam(order, init) };
}

function insufficient(order: DebitOrder, balance: Amount | undefined): Next {
  const { minimumBalance, amount, card } = order;
  const needed = minimumBalance > amount ? minimumBalance : amount;
  const known = balance === undefined ? {} : { balance };
  return finish(declined('insufficientBalance', { serial: card.serial, needed, ...known }));
}

function balanceRead({ order }: In<'readingBalance'>, answer: Answered): Next {
  const layout = BALANCE_REPLY[order.card.suite];
  const isRead = answer.sw === SW.SUCCESS && answer.data.length === layout.size;
  return insufficient(order, isRead ? layout.decode(answer.data).balance : undefined);
}

function askSam(order: DebitOrder, init: InitReply): Effect {
  const { card, amount, stamp, levels } = order;
  const command = samInitialize({
    card,
    levels,
    amount,
    cardRandom: init.cardRandom,
    offlineCounter: init.offlineCounter,
    transactionType: typeOf(order),
    date: stamp.dateBytes,
    time: stamp.timeBytes,
    keyVersion: init.keyVersion,
    algorithmId: init.algorithmId,
    balanceBefore: init.balance,
    applicationSerialNumber: card.publicData.applicationSerialNumber,
  });
  return { kind: 'sam', command };
}

function typeOf({ trip }: DebitOrder): 6 | 9 {
  return trip === undefined
    ? TRANSACTION_TYPES.pursePurchase.code
    : TRANSACTION_TYPES.compositePurchase.code;
}

function samBroke(got: string): Next {
  const message = `"sam" expected MAC1 of the purchase, got ${got}`;
  return { state: DONE, effect: { kind: 'fail', code: 'SAM_UNUSABLE', message } };
}

function authorised({ order, init }: In<'authorising'>, answer: Answered): Next {
  const layout = SAM_INITIALIZE_REPLY[order.card.suite];
  // The SAM does not hold the key version of this card: that is the card's matter, not a broken SAM.
  if (answer.sw === SW.KEY_INDEX_NOT_SUPPORTED) {
    return refuse({ order }, answer.sw, 'keyNotSupported');
  }
  if (answer.sw !== SW.SUCCESS || answer.data.length !== layout.size) {
    return samBroke(describeAnswer(answer));
  }
  const sam = layout.decode(answer.data);
  if (order.trip === undefined) return record({ order, init, sam });
  const trip = order.trip.slice();
  const balanceAfter = subtract(init.balance, order.amount);
  amount4.write(trip, TRIP_RECORD.offsetOf('balance'), balanceAfter, 'tripRecord.balance');
  return {
    state: { kind: 'caching', order, init, sam, trip },
    effect: { kind: 'card', command: cacheRecord('ef1e', trip) },
  };
}

function cached(state: In<'caching'>, answer: Answered): Next {
  if (answer.sw !== SW.SUCCESS) return refuse(state, answer.sw, cardRefusal(answer.sw).reason);
  return record(state, state.trip);
}

/** The row is durable before DEBIT is sent: from then on the card may have paid. */
function record({ order, init, sam }: AuthorisedDebit, trip?: Uint8Array): Next {
  const tap: NewTap = {
    operation: order.operation,
    serial: order.card.serial,
    suite: order.card.suite,
    keyVersion: init.keyVersion,
    transactionType: typeOf(order),
    counterBefore: init.offlineCounter,
    amount: order.amount,
    balanceBefore: init.balance,
    balanceAfter: subtract(init.balance, order.amount),
    terminalCounter: sam.terminalCounter,
    date: order.stamp.date,
    time: order.stamp.time,
    place: order.place,
    hotlistVersion: order.hotlistVersion,
    trip,
    loadId: undefined,
  };
  return { state: { kind: 'recording', order, init, sam }, effect: { kind: 'begin', tap } };
}

function debit(state: In<'recording'>, tap: Tap): Next {
  const { order, init, sam } = state;
  const { suite } = order.card;
  const data = DEBIT[suite].encode({
    terminalCounter: sam.terminalCounter,
    date: order.stamp.dateBytes,
    time: order.stamp.timeBytes,
    mac1: sam.mac1,
  });
  return {
    state: { kind: 'debiting', order, init, sam, tap },
    effect: { kind: 'card', command: transactionStep('debitForPurchase', suite, data) },
  };
}

function debited({ order, init, sam, tap }: In<'debiting'>, answer: Answered): Next {
  const { suite, serial } = order.card;
  if (answer.sw !== SW.SUCCESS) {
    const { reason, isProof } = cardRefusal(answer.sw);
    if (!isProof || !answer.isDirect) return finish(uncertain('answerUnclear', tap));
    return {
      state: { kind: 'declining', reason, details: { serial, sw: answer.sw } },
      effect: { kind: 'decline', id: tap.id },
    };
  }
  const layout = DEBIT_REPLY[suite];
  // Half an answer is no answer: the card has said 9000 and not what.
  if (answer.data.length !== layout.size) return finish(uncertain('answerUnclear', tap));
  const { tac, mac2 } = layout.decode(answer.data);
  return {
    state: { kind: 'verifying', order, init, sam, tap, tac },
    effect: { kind: 'sam', command: samCredit(suite, mac2) },
  };
}

function verified({ tap, tac }: In<'verifying'>, answer: Answered): Next {
  if (answer.sw === SW.SUCCESS) {
    const evidence = { tac, isRecovered: false, isMac2Verified: true };
    return { state: { kind: 'approving' }, effect: { kind: 'approve', id: tap.id, evidence } };
  }
  if (!isMacRefused(answer.sw)) return finish(uncertain('samFailed', tap));
  return {
    state: { kind: 'suspecting' },
    effect: { kind: 'setAside', id: tap.id, state: 'suspicious', tac },
  };
}

/** The machine of one debit. Every cell is tried in test/unit/terminal/purchase-machine.test.ts. */
export const PURCHASE_MACHINE = defineMachine<PurchaseState, FlowEvent, Effect>('purchase', {
  initializing: { answered: initialized, lost: notPresented, written: null },
  readingBalance: {
    answered: balanceRead,
    lost: ({ order }) => insufficient(order, undefined),
    written: null,
  },
  authorising: {
    answered: authorised,
    lost: () => samBroke(describeAnswer(LOST)),
    written: null,
  },
  caching: { answered: cached, lost: notPresented, written: null },
  recording: { answered: null, lost: null, written: (state, { tap }) => debit(state, tap) },
  debiting: {
    answered: debited,
    lost: ({ tap }) => finish(uncertain('answerLost', tap)),
    written: null,
  },
  verifying: {
    answered: verified,
    lost: ({ tap }) => finish(uncertain('samFailed', tap)),
    written: null,
  },
  approving: { answered: null, lost: null, written: (_, { tap }) => finish(approved(tap)) },
  declining: {
    answered: null,
    lost: null,
    written: ({ reason, details }) => finish(declined(reason, details)),
  },
  suspecting: {
    answered: null,
    lost: null,
    written: (_, { tap }) => finish(uncertain('macInvalid', tap)),
  },
  done: { answered: null, lost: null, written: null },
});
