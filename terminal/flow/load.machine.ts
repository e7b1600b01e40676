// SPDX-License-Identifier: MIT
/**
 * An online load: the host computes MAC2. Sources: PBOC part 2, 5.5.2; docs/protocol.md, Purse commands.
 * The PIN is verified before.
 *
 *   initializing   INIT FOR LOAD      9000 → authorising; else declined
 *   authorising    host: MAC1 → MAC2  authorised → recording; else declined: nothing happened on the card
 *   recording      journal: pending   written → crediting
 *   crediting      CREDIT FOR LOAD    9000 → approving; a refusal that proves that nothing was done →
 *                                     declining; anything else → uncertain
 *   approving, declining              journal → done
 */
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import type { LoadAuthorisation } from '../../src/clearing/messages.ts';
import type { LayoutValue } from '../../src/codec/struct.ts';
import { Fault } from '../../src/errors/fault.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { add, AMOUNT_MAX, type Amount } from '../../src/money/amount.ts';
import {
  INITIALIZE,
  INITIALIZE_ONLINE_REPLY,
  ONLINE_COMMIT,
  TAC_REPLY,
} from '../../src/purse/command-layouts.ts';
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';
import { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';
import { isCalendarDate, isTimeOfDay } from '../../src/time/civil.ts';
import { transactionStep } from '../card/commands.ts';
import type { Answered } from '../card/exchange.ts';
import type { PresentedCard } from '../card/identify.ts';
import type { NewTap, Tap } from '../journal/tap.ts';
import { cardRefusal } from './card-refusals.table.ts';
import type { DeclineReason } from './decline-reasons.table.ts';
import type { AskHost, Authorised, FlowEffect, FlowEvent, HostFailed } from './effects.ts';
import { defineMachine, type Finish, type Step } from './machine.ts';
import {
  approved,
  declined,
  NOT_PRESENTED,
  uncertain,
  type DeclineDetails,
  type TapOutcome,
} from './outcome.ts';

export interface LoadOrder {
  readonly card: PresentedCard;
  readonly amount: Amount;
  readonly place: string;
  readonly terminalId: Uint8Array;
  readonly keyIndex: number;
  readonly hotlistVersion: number;
}

type InitReply = LayoutValue<(typeof INITIALIZE_ONLINE_REPLY)['aes']>;

interface Ordered {
  readonly order: LoadOrder;
}
interface Initialized extends Ordered {
  readonly init: InitReply;
}

/** The host's MAC2 and time, checked for their form. */
interface HostProof {
  readonly loadId: string;
  readonly date: string;
  readonly time: string;
  readonly mac2: Uint8Array;
}

export type LoadState =
  | (Initialized & { readonly kind: 'authorising' })
  | (Initialized & { readonly kind: 'recording'; readonly proof: HostProof })
  | (Ordered & { readonly kind: 'initializing' })
  | { readonly kind: 'approving' }
  | { readonly kind: 'crediting'; readonly tap: Tap }
  | { readonly kind: 'declining'; readonly reason: DeclineReason; readonly details: DeclineDetails }
  | { readonly kind: 'done' };

export type LoadEvent = Authorised | FlowEvent | HostFailed;

type Effect = AskHost | Finish<TapOutcome> | FlowEffect;
type Next = Step<LoadState, Effect>;
type In<K extends LoadState['kind']> = Extract<LoadState, { readonly kind: K }>;

const DONE: LoadState = Object.freeze({ kind: 'done' });
const TYPE = TRANSACTION_TYPES.purseLoad.code;

function finish(outcome: TapOutcome): Next {
  return { state: DONE, effect: { kind: 'finish', outcome } };
}

const notPresented = (): Next => finish(NOT_PRESENTED);

function refuse({ order }: Ordered, reason: DeclineReason, details: DeclineDetails): Next {
  return finish(declined(reason, { serial: order.card.serial, ...details }));
}

/** The first step of a load. */
export function startLoad(order: LoadOrder): Next {
  const { card, amount, keyIndex, terminalId } = order;
  const data = INITIALIZE[card.suite].encode({ keyIndex, amount, terminalId });
  return {
    state: { kind: 'initializing', order },
    effect: { kind: 'card', command: transactionStep('initializeForLoad', card.suite, data) },
  };
}

function initialized(state: In<'initializing'>, answer: Answered): Next {
  const { order } = state;
  const { sw } = answer;
  // At INIT FOR LOAD this word is the balance that would be too high. Source: docs/protocol.md.
  if (sw === SW.CONDITIONS_NOT_SATISFIED) return refuse(state, 'balanceTooHigh', { sw });
  if (sw !== SW.SUCCESS) return refuse(state, cardRefusal(sw).reason, { sw });
  const layout = INITIALIZE_ONLINE_REPLY[order.card.suite];
  if (answer.data.length !== layout.size) return refuse(state, 'cardUnusable', { sw });
  const init = layout.decode(answer.data);
  if (suiteByAlgorithm(init.algorithmId)?.name !== order.card.suite) {
    return refuse(state, 'cardUnusable', { sw });
  }
  if (init.balance + order.amount > AMOUNT_MAX) {
    return refuse(state, 'balanceTooHigh', { balance: init.balance });
  }
  const request = {
    terminalId: toHex(order.terminalId),
    serial: order.card.serial,
    algorithmId: init.algorithmId,
    keyVersion: init.keyVersion,
    transactionType: TYPE,
    amount: order.amount,
    balanceBefore: init.balance,
    onlineCounter: init.onlineCounter,
    cardRandom: toHex(init.cardRandom),
    mac1: toHex(init.mac1),
  };
  return { state: { kind: 'authorising', order, init }, effect: { kind: 'askHost', request } };
}

function authorised(state: In<'authorising'>, authorisation: LoadAuthorisation): Next {
  const { order, init } = state;
  const { suite, serial } = order.card;
  const proof = checkAuthorisation(authorisation, ONLINE_COMMIT[suite].size - DATE_TIME_SIZE);
  if (proof === undefined) {
    const message = '"authorisation" expected date, time and MAC2 of the suite';
    return refuse(state, 'hostRefused', { message });
  }
  const tap: NewTap = {
    operation: 'load',
    serial,
    suite,
    keyVersion: init.keyVersion,
    transactionType: TYPE,
    counterBefore: init.onlineCounter,
    amount: order.amount,
    balanceBefore: init.balance,
    balanceAfter: add(init.balance, order.amount),
    terminalCounter: 0,
    date: proof.date,
    time: proof.time,
    place: order.place,
    hotlistVersion: order.hotlistVersion,
    trip: undefined,
    loadId: proof.loadId,
  };
  return { state: { kind: 'recording', order, init, proof }, effect: { kind: 'begin', tap } };
}

const DATE_TIME_SIZE = 7;

function checkAuthorisation(got: LoadAuthorisation, macSize: number): HostProof | undefined {
  if (!isCalendarDate(got.date) || !isTimeOfDay(got.time)) return undefined;
  try {
    const mac2 = fromHex(got.mac2, 'mac2');
    return mac2.length === macSize ? { ...got, mac2 } : undefined;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function credit({ order, proof }: In<'recording'>, tap: Tap): Next {
  const { suite } = order.card;
  const date = fromHex(proof.date);
  const time = fromHex(proof.time);
  const data = ONLINE_COMMIT[suite].encode({ date, time, mac2: proof.mac2 });
  return {
    state: { kind: 'crediting', tap },
    effect: { kind: 'card', command: transactionStep('creditForLoad', suite, data) },
  };
}

function credited({ tap }: In<'crediting'>, answer: Answered): Next {
  const layout = TAC_REPLY[tap.suite];
  const { sw } = answer;
  if (sw === SW.SUCCESS && answer.data.length === layout.size) {
    const { tac } = layout.decode(answer.data);
    const evidence = { tac, isRecovered: false, isMac2Verified: false };
    return { state: { kind: 'approving' }, effect: { kind: 'approve', id: tap.id, evidence } };
  }
  const { reason, isProof } = cardRefusal(sw);
  if (sw === SW.SUCCESS || !isProof || !answer.isDirect) {
    return finish(uncertain('answerUnclear', tap));
  }
  return {
    state: { kind: 'declining', reason, details: { serial: tap.serial, sw } },
    effect: { kind: 'decline', id: tap.id },
  };
}

/** The machine of a load. Every cell is tried in test/unit/terminal/load-machine.test.ts. */
export const LOAD_MACHINE = defineMachine<LoadState, LoadEvent, Effect>('load', {
  initializing: {
    answered: initialized,
    lost: notPresented,
    written: null,
    authorised: null,
    hostFailed: null,
  },
  authorising: {
    answered: null,
    lost: null,
    written: null,
    authorised: (state, { authorisation }) => authorised(state, authorisation),
    hostFailed: (state, { reason, message }) => refuse(state, reason, { message }),
  },
  recording: {
    answered: null,
    lost: null,
    written: (state, { tap }) => credit(state, tap),
    authorised: null,
    hostFailed: null,
  },
  crediting: {
    answered: credited,
    lost: ({ tap }) => finish(uncertain('answerLost', tap)),
    written: null,
    authorised: null,
    hostFailed: null,
  },
  approving: {
    answered: null,
    lost: null,
    written: (_, { tap }) => finish(approved(tap)),
    authorised: null,
    hostFailed: null,
  },
  declining: {
    answered: null,
    lost: null,
    written: ({ reason, details }) => finish(declined(reason, details)),
    authorised: null,
    hostFailed: null,
  },
  done: { answered: null, lost: null, written: null, authorised: null, hostFailed: null },
});
