// SPDX-License-Identifier: MIT
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { SW } from '../../../src/iso7816/status-words.table.ts';
import {
  BALANCE_REPLY,
  DEBIT_REPLY,
  INITIALIZE_OFFLINE_REPLY,
  SAM_INITIALIZE_REPLY,
} from '../../../src/purse/command-layouts.ts';
import { describe, expect, it } from 'vitest';
import { CARD_REFUSALS } from '../../../terminal/flow/card-refusals.table.ts';
import { STATUS_WORDS } from '../../../src/iso7816/status-words.table.ts';
import { LOST } from '../../../terminal/card/exchange.ts';
import type { FlowEvent } from '../../../terminal/flow/effects.ts';
import {
  PURCHASE_MACHINE,
  startPurchase,
  type DebitOrder,
  type PurchaseState,
} from '../../../terminal/flow/purchase.machine.ts';
import {
  answered,
  money,
  sampleCard,
  sampleTap,
  STAMP,
  tryEveryCell,
  type CellCase,
} from './machine-cells.ts';

const ORDER: DebitOrder = {
  operation: 'sale',
  card: sampleCard('aes'),
  amount: money(500),
  minimumBalance: money(500),
  trip: undefined,
  place: 'till 1',
  stamp: STAMP,
  terminalId: fromHex('001122334455'),
  keyIndex: 1,
  levels: ['serial'],
  hotlistVersion: 3,
};
const COMPOSITE: DebitOrder = { ...ORDER, operation: 'gateExit', trip: new Uint8Array(48) };

const INIT = {
  balance: money(10_000),
  offlineCounter: 5,
  overdraftLimit: 0,
  keyVersion: 1,
  algorithmId: 0x88,
  cardRandom: new Uint8Array(8).fill(1),
};
const initReply = (change: Partial<typeof INIT> = {}): Uint8Array =>
  INITIALIZE_OFFLINE_REPLY.aes.encode({ ...INIT, ...change });
const SAM = { terminalCounter: 17, mac1: new Uint8Array(8).fill(2) };
const SAM_REPLY = SAM_INITIALIZE_REPLY.aes.encode(SAM);
const TAC = new Uint8Array(8).fill(3);
const DEBITED = DEBIT_REPLY.aes.encode({ tac: TAC, mac2: new Uint8Array(8).fill(4) });
const TAP = sampleTap();
const WRITTEN: FlowEvent = { kind: 'written', tap: TAP };

const initializing: PurchaseState = { kind: 'initializing', order: ORDER };
const readingBalance: PurchaseState = { kind: 'readingBalance', order: ORDER };
const authorising: PurchaseState = { kind: 'authorising', order: ORDER, init: INIT };
const caching: PurchaseState = {
  kind: 'caching',
  order: COMPOSITE,
  init: INIT,
  sam: SAM,
  trip: new Uint8Array(48).fill(6),
};
const recording: PurchaseState = { kind: 'recording', order: ORDER, init: INIT, sam: SAM };
const debiting: PurchaseState = { kind: 'debiting', order: ORDER, init: INIT, sam: SAM, tap: TAP };
const verifying: PurchaseState = { ...debiting, kind: 'verifying', tac: TAC };
const declining: PurchaseState = {
  kind: 'declining',
  reason: 'macRefused',
  details: { sw: 0x9302 },
};

const outcome = (part: object): object => ({ kind: 'finish', outcome: part });
const refused = (reason: string): object => outcome({ kind: 'declined', reason });

const CASES: readonly CellCase<PurchaseState, FlowEvent>[] = [
  {
    name: 'asks the SAM when the card has initialized',
    state: initializing,
    event: answered(SW.SUCCESS, initReply()),
    next: 'authorising',
    effect: { kind: 'sam' },
  },
  {
    name: 'reads the balance when it does not suffice',
    state: initializing,
    event: answered(SW.AMOUNT_INSUFFICIENT),
    next: 'readingBalance',
    effect: { kind: 'card' },
  },
  {
    name: 'declines what the card refuses',
    state: initializing,
    event: answered(SW.COUNTER_AT_MAXIMUM),
    next: 'done',
    effect: refused('counterExhausted'),
  },
  {
    name: 'declines a card that answers too little',
    state: initializing,
    event: answered(SW.SUCCESS, initReply().slice(1)),
    next: 'done',
    effect: refused('cardUnusable'),
  },
  {
    name: 'declines a card that speaks of another suite',
    state: initializing,
    event: answered(SW.SUCCESS, initReply({ algorithmId: 0 })),
    next: 'done',
    effect: refused('cardUnusable'),
  },
  {
    name: 'declines a balance below what the gate asks for',
    state: { kind: 'initializing', order: { ...ORDER, minimumBalance: money(10_001) } },
    event: answered(SW.SUCCESS, initReply()),
    next: 'done',
    effect: outcome({ reason: 'insufficientBalance', balance: 10_000, needed: 10_001 }),
  },
  {
    name: 'declines a card that initialized more than it holds',
    state: initializing,
    event: answered(SW.SUCCESS, initReply({ balance: money(499) })),
    next: 'done',
    effect: outcome({ reason: 'insufficientBalance', balance: 499, needed: 500 }),
  },
  {
    name: 'forgets a card that left',
    state: initializing,
    event: LOST,
    next: 'done',
    effect: outcome({ kind: 'notPresented' }),
  },
  {
    name: 'tells the balance',
    state: readingBalance,
    event: answered(SW.SUCCESS, BALANCE_REPLY.aes.encode({ balance: money(3) })),
    next: 'done',
    effect: outcome({ reason: 'insufficientBalance', balance: 3, needed: 500 }),
  },
  {
    name: 'declines without the balance when the card left',
    state: readingBalance,
    event: LOST,
    next: 'done',
    effect: refused('insufficientBalance'),
  },
  {
    name: 'records a purchase',
    state: authorising,
    event: answered(SW.SUCCESS, SAM_REPLY),
    next: 'recording',
    effect: {
      kind: 'begin',
      tap: { counterBefore: 5, balanceAfter: 9_500, terminalCounter: 17, transactionType: 6 },
    },
  },
  {
    name: 'caches the trip record of a composite purchase, with its balance',
    state: { kind: 'authorising', order: COMPOSITE, init: INIT },
    event: answered(SW.SUCCESS, SAM_REPLY),
    next: 'caching',
    effect: { kind: 'card' },
  },
  {
    name: 'declines a key version that the SAM does not hold',
    state: authorising,
    event: answered(SW.KEY_INDEX_NOT_SUPPORTED),
    next: 'done',
    effect: refused('keyNotSupported'),
  },
  {
    name: 'fails when the SAM is locked',
    state: authorising,
    event: answered(SW.AUTHENTICATION_LOCKED),
    next: 'done',
    effect: { kind: 'fail', code: 'SAM_UNUSABLE' },
  },
  {
    name: 'fails when the SAM is silent',
    state: authorising,
    event: LOST,
    next: 'done',
    effect: { kind: 'fail', code: 'SAM_UNUSABLE' },
  },
  {
    name: 'records a composite purchase with its trip',
    state: caching,
    event: answered(SW.SUCCESS),
    next: 'recording',
    effect: { kind: 'begin', tap: { transactionType: 9, trip: new Uint8Array(48).fill(6) } },
  },
  {
    name: 'declines a trip record that the card does not take',
    state: caching,
    event: answered(SW.COMPOSITE_RECORD_LOCKED),
    next: 'done',
    effect: refused('purseLocked'),
  },
  {
    name: 'forgets a card that left before the debit',
    state: caching,
    event: LOST,
    next: 'done',
    effect: outcome({ kind: 'notPresented' }),
  },
  {
    name: 'debits when the row is durable, and not before',
    state: recording,
    event: WRITTEN,
    next: 'debiting',
    effect: { kind: 'card' },
  },
  {
    name: 'has the SAM check MAC2',
    state: debiting,
    event: answered(SW.SUCCESS, DEBITED),
    next: 'verifying',
    effect: { kind: 'sam' },
  },
  {
    name: 'declines what the card proves it refused',
    state: debiting,
    event: answered(SW.MAC_INVALID),
    next: 'declining',
    effect: { kind: 'decline', id: 41 },
  },
  {
    name: 'is uncertain when a refusal came after GET RESPONSE or another Le',
    state: debiting,
    event: { ...answered(SW.COMMAND_NOT_ACCEPTED), isDirect: false },
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'answerUnclear' }),
  },
  {
    name: 'is uncertain after half an answer',
    state: debiting,
    event: answered(SW.SUCCESS, DEBITED.slice(0, 8)),
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'answerUnclear', tap: TAP }),
  },
  {
    name: 'is uncertain when the card left',
    state: debiting,
    event: LOST,
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'answerLost', tap: TAP }),
  },
  {
    name: 'approves when MAC2 is right',
    state: verifying,
    event: answered(SW.SUCCESS),
    next: 'approving',
    effect: { kind: 'approve', id: 41, evidence: { tac: TAC, isMac2Verified: true } },
  },
  {
    name: 'suspects a card whose MAC2 is wrong',
    state: verifying,
    event: answered(SW.MAC_INVALID),
    next: 'suspecting',
    effect: { kind: 'setAside', id: 41, state: 'suspicious', tac: TAC },
  },
  {
    name: 'is uncertain when the SAM cannot check',
    state: verifying,
    event: answered(SW.COMMAND_NOT_ACCEPTED),
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'samFailed' }),
  },
  {
    name: 'is uncertain when the SAM is silent',
    state: verifying,
    event: LOST,
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'samFailed' }),
  },
  {
    name: 'ends approved',
    state: { kind: 'approving' },
    event: WRITTEN,
    next: 'done',
    effect: outcome({ kind: 'approved', tap: TAP }),
  },
  {
    name: 'ends declined',
    state: declining,
    event: WRITTEN,
    next: 'done',
    effect: outcome({ kind: 'declined', reason: 'macRefused', sw: 0x9302 }),
  },
  {
    name: 'ends uncertain for the host to decide',
    state: { kind: 'suspecting' },
    event: WRITTEN,
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'macInvalid' }),
  },
];

tryEveryCell(
  PURCHASE_MACHINE,
  {
    states: [
      initializing,
      readingBalance,
      authorising,
      caching,
      recording,
      debiting,
      verifying,
      { kind: 'approving' },
      declining,
      { kind: 'suspecting' },
      { kind: 'done' },
    ],
    events: [answered(SW.SUCCESS), LOST, WRITTEN],
  },
  CASES,
);

describe('the first step of a debit', () => {
  const command = (order: DebitOrder): string => {
    const { effect } = startPurchase(order);
    return effect.kind === 'card' ? toHex(effect.command) : effect.kind;
  };

  it('initializes a purchase', () => {
    expect(command(ORDER)).toBe('805001020B01000001F400112233445513');
  });

  it('initializes a composite purchase of the 3DES suite', () => {
    expect(command({ ...COMPOSITE, card: sampleCard('tdes') })).toBe(
      '805003020B01000001F40011223344550F',
    );
  });
});

/** Every status word but success, and words that no table has. */
const WORDS = [
  ...Object.entries(STATUS_WORDS).map(([name, { sw }]) => ({ name, sw })),
  { name: 'unknown', sw: 0x9999 },
  { name: 'no diagnosis of anything', sw: 0x0000 },
].filter(({ sw }) => sw !== SW.SUCCESS);

describe('a debit that is answered with', () => {
  it.each(WORDS)('$name is declined only where the table says that it proves', ({ name, sw }) => {
    const { state } = PURCHASE_MACHINE.step(debiting, answered(sw));
    expect(state.kind).toBe(Object.hasOwn(CARD_REFUSALS, name) ? 'declining' : 'done');
  });

  it.each(['EXECUTION_ERROR', 'MEMORY_FAILURE', 'NO_DIAGNOSIS', 'DATA_MAY_BE_CORRUPT'] as const)(
    '%s stays uncertain',
    (name) => {
      const { effect } = PURCHASE_MACHINE.step(debiting, answered(SW[name]));
      expect(effect).toMatchObject({ outcome: { kind: 'uncertain' } });
    },
  );
});
