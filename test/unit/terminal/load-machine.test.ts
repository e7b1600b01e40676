// SPDX-License-Identifier: MIT
import { fromHex } from '../../../src/bytes/hex.ts';
import { SW } from '../../../src/iso7816/status-words.table.ts';
import { INITIALIZE_ONLINE_REPLY, TAC_REPLY } from '../../../src/purse/command-layouts.ts';
import { LOST } from '../../../terminal/card/exchange.ts';
import {
  LOAD_MACHINE,
  type LoadEvent,
  type LoadOrder,
  type LoadState,
} from '../../../terminal/flow/load.machine.ts';
import {
  answered,
  money,
  sampleCard,
  sampleTap,
  tryEveryCell,
  type CellCase,
} from './machine-cells.ts';

const ORDER: LoadOrder = {
  card: sampleCard('aes'),
  amount: money(2_000),
  place: 'till 1',
  terminalId: fromHex('001122334455'),
  keyIndex: 1,
  hotlistVersion: 3,
};
const INIT = {
  balance: money(10_000),
  onlineCounter: 4,
  keyVersion: 1,
  algorithmId: 0x88,
  cardRandom: new Uint8Array(8).fill(1),
  mac1: new Uint8Array(8).fill(2),
};
const initReply = (change: Partial<typeof INIT> = {}): Uint8Array =>
  INITIALIZE_ONLINE_REPLY.aes.encode({ ...INIT, ...change });
const AUTHORISATION = { loadId: 'l1', date: '20260203', time: '081531', mac2: '0102030405060708' };
const TAC = new Uint8Array(8).fill(3);
const TAP = sampleTap({ operation: 'load', transactionType: 2 });

const WRITTEN: LoadEvent = { kind: 'written', tap: TAP };
const authorised = (change: Partial<typeof AUTHORISATION> = {}): LoadEvent => ({
  kind: 'authorised',
  authorisation: { ...AUTHORISATION, ...change },
});
const HOST_FAILED: LoadEvent = {
  kind: 'hostFailed',
  reason: 'hostUnreachable',
  message: 'no host',
};

const initializing: LoadState = { kind: 'initializing', order: ORDER };
const authorising: LoadState = { kind: 'authorising', order: ORDER, init: INIT };
const recording: LoadState = {
  kind: 'recording',
  order: ORDER,
  init: INIT,
  proof: { ...AUTHORISATION, mac2: fromHex(AUTHORISATION.mac2) },
};
const crediting: LoadState = { kind: 'crediting', tap: TAP };
const declining: LoadState = { kind: 'declining', reason: 'macRefused', details: { sw: 0x9302 } };

const outcome = (part: object): object => ({ kind: 'finish', outcome: part });
const refused = (reason: string): object => outcome({ kind: 'declined', reason });

const CASES: readonly CellCase<LoadState, LoadEvent>[] = [
  {
    name: 'asks the host when the card has initialized',
    state: initializing,
    event: answered(SW.SUCCESS, initReply()),
    next: 'authorising',
    effect: {
      kind: 'askHost',
      request: {
        terminalId: '001122334455',
        serial: '00000000000000000001',
        algorithmId: 0x88,
        keyVersion: 1,
        transactionType: 2,
        amount: 2_000,
        balanceBefore: 10_000,
        onlineCounter: 4,
        cardRandom: '0101010101010101',
        mac1: '0202020202020202',
      },
    },
  },
  {
    name: 'declines without the PIN',
    state: initializing,
    event: answered(SW.SECURITY_STATUS),
    next: 'done',
    effect: refused('pinRequired'),
  },
  {
    name: 'declines a balance above what the card may hold',
    state: initializing,
    event: answered(SW.CONDITIONS_NOT_SATISFIED),
    next: 'done',
    effect: refused('balanceTooHigh'),
  },
  {
    name: 'declines a balance above four bytes, whatever the card says',
    state: initializing,
    event: answered(SW.SUCCESS, initReply({ balance: money(0xffffffff) })),
    next: 'done',
    effect: refused('balanceTooHigh'),
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
    event: answered(SW.SUCCESS, initReply({ algorithmId: 4 })),
    next: 'done',
    effect: refused('cardUnusable'),
  },
  {
    name: 'forgets a card that left',
    state: initializing,
    event: LOST,
    next: 'done',
    effect: outcome({ kind: 'notPresented' }),
  },
  {
    name: 'records what the host authorised',
    state: authorising,
    event: authorised(),
    next: 'recording',
    effect: {
      kind: 'begin',
      tap: { counterBefore: 4, balanceAfter: 12_000, loadId: 'l1', time: '081531' },
    },
  },
  {
    name: 'declines when the host is not there',
    state: authorising,
    event: HOST_FAILED,
    next: 'done',
    effect: outcome({ reason: 'hostUnreachable', message: 'no host' }),
  },
  ...(
    [
      ['a date that does not exist', { date: '20260230' }],
      ['a time that does not exist', { time: '246000' }],
      ['a MAC2 of the other suite', { mac2: '01020304' }],
      ['a MAC2 that is no hexadecimal', { mac2: 'zz02030405060708' }],
    ] as const
  ).map(([what, change]) => ({
    name: `declines ${what}`,
    state: authorising,
    event: authorised(change),
    next: 'done',
    effect: refused('hostRefused'),
  })),
  {
    name: 'credits when the row is durable, and not before',
    state: recording,
    event: WRITTEN,
    next: 'crediting',
    effect: {
      kind: 'card',
      command: fromHex('805200000F 20260203 081531 0102030405060708 08'),
    },
  },
  {
    name: 'approves with the TAC',
    state: crediting,
    event: answered(SW.SUCCESS, TAC_REPLY.aes.encode({ tac: TAC })),
    next: 'approving',
    effect: { kind: 'approve', id: 41, evidence: { tac: TAC, isRecovered: false } },
  },
  {
    name: 'declines what the card proves it refused',
    state: crediting,
    event: answered(SW.MAC_INVALID),
    next: 'declining',
    effect: { kind: 'decline', id: 41 },
  },
  {
    name: 'is uncertain after a word that proves nothing',
    state: crediting,
    event: answered(SW.MEMORY_FAILURE),
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'answerUnclear' }),
  },
  {
    name: 'is uncertain when a refusal came after another Le',
    state: crediting,
    event: { ...answered(SW.MAC_INVALID), isDirect: false },
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'answerUnclear' }),
  },
  {
    name: 'is uncertain after half an answer',
    state: crediting,
    event: answered(SW.SUCCESS, TAC.slice(1)),
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'answerUnclear' }),
  },
  {
    name: 'is uncertain when the card left',
    state: crediting,
    event: LOST,
    next: 'done',
    effect: outcome({ kind: 'uncertain', cause: 'answerLost' }),
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
    effect: outcome({ kind: 'declined', reason: 'macRefused' }),
  },
];

tryEveryCell(
  LOAD_MACHINE,
  {
    states: [
      initializing,
      authorising,
      recording,
      crediting,
      { kind: 'approving' },
      declining,
      { kind: 'done' },
    ],
    events: [answered(SW.SUCCESS), LOST, WRITTEN, authorised(), HOST_FAILED],
  },
  CASES,
);
