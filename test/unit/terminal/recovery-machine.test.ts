// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { SW } from '../../../src/iso7816/status-words.table.ts';
import { PROOF_REPLY } from '../../../src/purse/command-layouts.ts';
import { LOG_RECORD } from '../../../src/purse/file-layouts.ts';
import { LOST } from '../../../terminal/card/exchange.ts';
import type { FlowEvent } from '../../../terminal/flow/effects.ts';
import {
  RECOVERY_MACHINE,
  startRecovery,
  type RecoveryOrder,
  type RecoveryState,
} from '../../../terminal/flow/recovery.machine.ts';
import { answered, money, sampleTap, tryEveryCell, type CellCase } from './machine-cells.ts';
import { ef15, offline, online } from './purse-answers.ts';

const TERMINAL = fromHex('001122334455');
const TAP = sampleTap();
const ORDER: RecoveryOrder = { tap: TAP, terminalId: TERMINAL, keyIndex: 1, isSamReady: false };
const WITH_SAM: RecoveryOrder = { ...ORDER, isSamReady: true };
const LOAD: RecoveryOrder = {
  ...ORDER,
  tap: sampleTap({ operation: 'load', transactionType: 2, terminalCounter: 0 }),
};
const WRITTEN: FlowEvent = { kind: 'written', tap: TAP };
const TAC = new Uint8Array(8).fill(3);
const PROOF = { mac: new Uint8Array(8).fill(4), tac: TAC };
const PROVEN = answered(SW.SUCCESS, PROOF_REPLY.aes.encode(PROOF));
const UNPROVEN = answered(SW.PROOF_NOT_AVAILABLE);

/** The record that our tap leaves in EF18; `counterBefore` of the tap is 5. */
const OURS = {
  counterAfter: 6,
  overdraftLimit: 0,
  amount: money(500),
  transactionType: 6,
  terminalId: TERMINAL,
  date: fromHex('20260203'),
  time: fromHex('081530'),
};
const log = (change: Partial<typeof OURS> = {}): FlowEvent =>
  answered(SW.SUCCESS, LOG_RECORD.encode({ ...OURS, ...change }));
const OTHER_PLACE = { terminalId: fromHex('999999999999') };

type In<K extends RecoveryState['kind']> = Extract<RecoveryState, { readonly kind: K }>;

const readingNewest: RecoveryState = { kind: 'readingNewest', order: ORDER };
const proving = (verdict: In<'proving'>['verdict'], order = ORDER): RecoveryState => ({
  kind: 'proving',
  order,
  verdict,
});
const searching = (change: Partial<In<'searching'>> = {}): RecoveryState => ({
  kind: 'searching',
  order: ORDER,
  record: 2,
  proof: null,
  ...change,
});
const readingCounter = (
  verdict: In<'readingCounter'>['verdict'],
  order = ORDER,
): RecoveryState => ({
  kind: 'readingCounter',
  order,
  verdict,
});
const CONCLUSION: In<'confirming'>['conclusion'] = {
  state: { kind: 'settingAside', cause: 'undecidable' },
  effect: { kind: 'setAside', id: 41, state: 'uncertain', tac: TAC },
};
const confirming: RecoveryState = { kind: 'confirming', order: ORDER, conclusion: CONCLUSION };
const verifying: RecoveryState = { kind: 'verifying', order: WITH_SAM, tac: TAC };
const settingAside: RecoveryState = { kind: 'settingAside', cause: 'proofGone' };

const APPROVE = { kind: 'approve', id: 41, evidence: { tac: TAC, isRecovered: true } };
const DECLINE = { kind: 'decline', id: 41 };
const ASIDE = { kind: 'setAside', id: 41, state: 'uncertain' };
const READ_EF15 = { kind: 'card', command: fromHex('00B095001E') };
const PENDING = { kind: 'finish', outcome: { kind: 'uncertain', cause: 'answerLost', tap: TAP } };

const CASES: readonly CellCase<RecoveryState, FlowEvent>[] = [
  {
    name: 'asks for the proof of the next counter, before any INIT',
    state: readingNewest,
    event: log(),
    next: 'proving',
    effect: { kind: 'card', command: fromHex('805A000602000610') },
  },
  { name: 'stays pending', state: readingNewest, event: LOST, next: 'done', effect: PENDING },
  {
    name: 'approves a proof whose log record is ours',
    state: proving('ours'),
    event: PROVEN,
    next: 'approving',
    effect: { ...APPROVE, evidence: { ...APPROVE.evidence, isMac2Verified: false } },
  },
  {
    name: 'has the SAM check the MAC where it can',
    state: proving('ours', WITH_SAM),
    event: PROVEN,
    next: 'verifying',
    effect: { kind: 'sam' },
  },
  {
    name: 'asks no SAM about a load',
    state: proving('ours', { ...LOAD, isSamReady: true }),
    event: PROVEN,
    next: 'approving',
    effect: APPROVE,
  },
  {
    name: 'sets aside what the log shows and nothing proves any more',
    state: proving('ours'),
    event: UNPROVEN,
    next: 'confirming',
    effect: READ_EF15,
  },
  {
    name: 'declines when the counter was consumed elsewhere',
    state: proving('foreign'),
    event: UNPROVEN,
    next: 'declining',
    effect: DECLINE,
  },
  {
    name: 'declines when the proof of the counter is of another debit',
    state: proving('foreign'),
    event: PROVEN,
    next: 'declining',
    effect: DECLINE,
  },
  {
    name: 'searches a log whose newest record says nothing',
    state: proving('silent'),
    event: UNPROVEN,
    next: 'searching',
    effect: { kind: 'card', command: fromHex('00B202C417') },
  },
  {
    name: 'asks the counter itself when the log says that it is unused',
    state: proving('unused'),
    event: UNPROVEN,
    next: 'readingCounter',
    effect: { kind: 'card', command: fromHex('805001020B010000000000112233445513') },
  },
  {
    name: 'asks the online counter of a load',
    state: proving('unused', LOAD),
    event: UNPROVEN,
    next: 'readingCounter',
    effect: { kind: 'card', command: fromHex('805000020B01000001F400112233445518') },
  },
  {
    name: 'leaves a proof that contradicts the log to the host, with its TAC',
    state: proving('unused'),
    event: PROVEN,
    next: 'confirming',
    effect: READ_EF15,
  },
  { name: 'stays pending', state: proving('ours'), event: LOST, next: 'done', effect: PENDING },
  {
    name: 'goes on past records that say nothing',
    state: searching(),
    event: log({ transactionType: 2 }),
    next: 'searching',
    effect: { kind: 'card', command: fromHex('00B203C417') },
  },
  {
    name: 'finds our record further down, its proof overwritten',
    state: searching(),
    event: log(),
    next: 'confirming',
    effect: READ_EF15,
  },
  {
    name: 'finds that the counter was consumed elsewhere',
    state: searching(),
    event: log(OTHER_PLACE),
    next: 'declining',
    effect: DECLINE,
  },
  {
    name: 'asks the counter at the end of the log',
    state: searching(),
    event: answered(SW.RECORD_NOT_FOUND),
    next: 'readingCounter',
    effect: { kind: 'card' },
  },
  {
    name: 'asks the counter after the last record',
    state: searching({ record: 10 }),
    event: log({ transactionType: 2 }),
    next: 'readingCounter',
    effect: { kind: 'card' },
  },
  {
    name: 'approves a proof whose log record is not the newest',
    state: searching({ proof: PROOF }),
    event: log(),
    next: 'approving',
    effect: APPROVE,
  },
  { name: 'stays pending', state: searching(), event: LOST, next: 'done', effect: PENDING },
  {
    name: 'concludes when the purse that spoke is still this one',
    state: confirming,
    event: ef15(TAP.serial),
    next: 'settingAside',
    effect: { ...ASIDE, tac: TAC },
  },
  {
    name: 'stays pending when another program has selected something else',
    state: confirming,
    event: answered(SW.FILE_NOT_FOUND),
    next: 'done',
    effect: PENDING,
  },
  {
    name: 'stays pending when another card answers',
    state: confirming,
    event: ef15('99'),
    next: 'done',
    effect: PENDING,
  },
  { name: 'stays pending', state: confirming, event: LOST, next: 'done', effect: PENDING },
  {
    name: 'declines when the counter is where it was',
    state: readingCounter('silent'),
    event: offline(5),
    next: 'declining',
    effect: DECLINE,
  },
  {
    name: 'sets aside when the counter has gone on',
    state: readingCounter('unused'),
    event: offline(6),
    next: 'confirming',
    effect: READ_EF15,
  },
  {
    name: 'sets aside when the counter has gone back: an old image was restored',
    state: readingCounter('unused'),
    event: offline(4),
    next: 'confirming',
    effect: READ_EF15,
  },
  {
    name: 'declines a load when the online counter is where it was',
    state: readingCounter('silent', LOAD),
    event: online(5),
    next: 'declining',
    effect: DECLINE,
  },
  {
    name: 'takes the word of the log when the PIN is missing',
    state: readingCounter('unused', LOAD),
    event: answered(SW.SECURITY_STATUS),
    next: 'confirming',
    effect: READ_EF15,
  },
  {
    name: 'sets aside when neither log nor counter tells',
    state: readingCounter('silent', LOAD),
    event: answered(SW.SECURITY_STATUS),
    next: 'confirming',
    effect: READ_EF15,
  },
  {
    name: 'sets aside when the log is ambiguous and the counter is not told',
    state: readingCounter('ambiguous'),
    event: answered(SW.COUNTER_AT_MAXIMUM),
    next: 'confirming',
    effect: READ_EF15,
  },
  {
    name: 'sets aside when the counter is cut short',
    state: readingCounter('silent'),
    event: answered(SW.SUCCESS, new Uint8Array(3)),
    next: 'confirming',
    effect: READ_EF15,
  },
  {
    name: 'stays pending',
    state: readingCounter('unused'),
    event: LOST,
    next: 'done',
    effect: PENDING,
  },
  {
    name: 'approves with MAC2 verified',
    state: verifying,
    event: answered(SW.SUCCESS),
    next: 'approving',
    effect: { ...APPROVE, evidence: { ...APPROVE.evidence, isMac2Verified: true } },
  },
  {
    name: 'suspects a card whose proof has a wrong MAC',
    state: verifying,
    event: answered(SW.MAC_INVALID),
    next: 'settingAside',
    effect: { ...ASIDE, state: 'suspicious', tac: TAC },
  },
  {
    name: 'leaves the TAC to the host when the SAM has forgotten the session',
    state: verifying,
    event: answered(SW.COMMAND_NOT_ACCEPTED),
    next: 'approving',
    effect: { ...APPROVE, evidence: { ...APPROVE.evidence, isMac2Verified: false } },
  },
  {
    name: 'leaves the TAC to the host when the SAM is silent',
    state: verifying,
    event: LOST,
    next: 'approving',
    effect: { ...APPROVE, evidence: { ...APPROVE.evidence, isMac2Verified: false } },
  },
  {
    name: 'ends approved',
    state: { kind: 'approving' },
    event: WRITTEN,
    next: 'done',
    effect: { outcome: { kind: 'approved', tap: TAP } },
  },
  {
    name: 'ends declined, with the tap that was settled',
    state: { kind: 'declining' },
    event: WRITTEN,
    next: 'done',
    effect: { outcome: { kind: 'declined', reason: 'notDebited', settled: [TAP] } },
  },
  {
    name: 'ends uncertain',
    state: settingAside,
    event: WRITTEN,
    next: 'done',
    effect: { outcome: { kind: 'uncertain', cause: 'proofGone' } },
  },
];

tryEveryCell(
  RECOVERY_MACHINE,
  {
    states: [
      readingNewest,
      proving('ours'),
      searching(),
      readingCounter('unused'),
      confirming,
      verifying,
      { kind: 'approving' },
      { kind: 'declining' },
      settingAside,
      { kind: 'done' },
    ],
    events: [answered(SW.SUCCESS), LOST, WRITTEN],
  },
  CASES,
);

describe('the newest log record', () => {
  const verdict = (event: FlowEvent, order = ORDER): string => {
    const { state } = RECOVERY_MACHINE.step({ kind: 'readingNewest', order }, event);
    return state.kind === 'proving' ? state.verdict : state.kind;
  };

  it('is read first', () => {
    const { effect } = startRecovery(ORDER);
    expect(effect.kind === 'card' ? toHex(effect.command) : '').toBe('00B201C417');
  });

  it.each([
    ['our record', {}, 'ours'],
    ['another place', OTHER_PLACE, 'foreign'],
    ['another amount', { amount: money(501) }, 'foreign'],
    ['another second', { time: fromHex('081531') }, 'foreign'],
    ['another day', { date: fromHex('20260204') }, 'foreign'],
    ['another type of the same counter', { transactionType: 9 }, 'foreign'],
    ['a load', { transactionType: 2 }, 'silent'],
    ['an unknown type', { transactionType: 0x91 }, 'silent'],
    ['the transaction before', { ...OTHER_PLACE, counterAfter: 5 }, 'unused'],
    ['an alike one before it in the same second', { counterAfter: 5 }, 'ambiguous'],
    ['a later transaction', { ...OTHER_PLACE, counterAfter: 7 }, 'silent'],
  ])('of %s', (_, change, expected) => {
    expect(verdict(log(change))).toBe(expected);
  });

  it('of an empty log says nothing', () => {
    expect(verdict(answered(SW.RECORD_NOT_FOUND))).toBe('silent');
  });

  it('of a load is judged by the online counter', () => {
    const change = { transactionType: 2, counterAfter: 6 };
    expect(verdict(log(change), LOAD)).toBe('ours');
    expect(verdict(log({ counterAfter: 6 }), LOAD)).toBe('silent');
  });
});
