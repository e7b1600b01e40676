// SPDX-License-Identifier: MIT
/**
 * What became of a pending tap, asked of the card that made it. Source: docs/protocol.md, Tear and
 * recovery, decisions 1 to 3. The proof is asked for before any new INIT, which on some cards destroys it.
 *
 *   readingNewest   READ RECORD EF18, 1      → proving
 *   proving         GET TRANSACTION PROVE, counterBefore + 1
 *                     proof, and the newest log record is ours → verifying or approving
 *                     the counter was consumed by another      → declining
 *                     the log is ours, the proof is gone       → settingAside: proofGone
 *                     otherwise                                → searching
 *   searching       READ RECORD EF18, 2 … 10: until our record, the counter's next value, or an older one
 *   readingCounter  INIT                     counter unused → declining; used → settingAside: undecidable;
 *                                            refused → what the log said
 *   confirming      READ BINARY EF15          still this card's purse → what was concluded; else pending:
 *                                            another program selected something else, and refusals of
 *                                            that are no evidence
 *   verifying       CREDIT_SAM_FOR_PURCHASE, where the SAM still has the session key of the tap
 *   approving, declining, settingAside       journal → done
 *
 * The balance decides nothing: a gate entry of amount 0 leaves it as it was. A lost answer leaves the tap
 * pending: the next tap asks again. Only the card's own evidence leads to `declining`.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { toHex } from '../../src/bytes/hex.ts';
import type { LayoutValue } from '../../src/codec/struct.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { ZERO } from '../../src/money/amount.ts';
import {
  INITIALIZE,
  INITIALIZE_OFFLINE_REPLY,
  INITIALIZE_ONLINE_REPLY,
  PROOF_REPLY,
} from '../../src/purse/command-layouts.ts';
import { LOG_RECORD, PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import { FILES } from '../../src/purse/files.table.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { TRANSACTION_TYPES, transactionTypeName } from '../../src/purse/transaction-types.table.ts';
import { getProof, readBinary, readFileRecord, transactionStep } from '../card/commands.ts';
import type { Answered } from '../card/exchange.ts';
import type { Tap } from '../journal/tap.ts';
import { isMacRefused, samCredit } from '../sam/purchase-sam.ts';
import type { FlowEffect, FlowEvent } from './effects.ts';
import { defineMachine, type Finish, type Step } from './machine.ts';
import { approved, declined, uncertain, type TapOutcome, type UncertainCause } from './outcome.ts';

/** A pending tap, and what the terminal still has of it. */
export interface RecoveryOrder {
  readonly tap: Tap;
  readonly terminalId: Uint8Array;
  readonly keyIndex: number;
  /** Whether the SAM's last INIT was for this tap, so that it can check MAC2. */
  readonly isSamReady: boolean;
}

type LogRecord = LayoutValue<typeof LOG_RECORD>;

/**
 * What the log says so far. `unused`: its newest record of this counter is older than the tap; the card's
 * own counter is the stronger word.
 */
type LogVerdict = 'ambiguous' | 'foreign' | 'ours' | 'silent' | 'unused';

interface Asked {
  readonly order: RecoveryOrder;
}
interface Proof {
  readonly mac: Uint8Array;
  readonly tac: Uint8Array;
}

export type RecoveryState =
  | (Asked & { readonly kind: 'confirming'; readonly conclusion: Next })
  | (Asked & { readonly kind: 'proving'; readonly verdict: LogVerdict })
  | (Asked & { readonly kind: 'readingCounter'; readonly verdict: LogVerdict })
  | (Asked & { readonly kind: 'readingNewest' })
  | (Asked & { readonly kind: 'searching'; readonly record: number; readonly proof: Proof | null })
  | (Asked & { readonly kind: 'verifying'; readonly tac: Uint8Array })
  | { readonly kind: 'approving' }
  | { readonly kind: 'declining' }
  | { readonly kind: 'done' }
  | { readonly kind: 'settingAside'; readonly cause: UncertainCause };

type Effect = Finish<TapOutcome> | FlowEffect;
type Next = Step<RecoveryState, Effect>;
type In<K extends RecoveryState['kind']> = Extract<RecoveryState, { readonly kind: K }>;

const DONE: RecoveryState = Object.freeze({ kind: 'done' });

function finish(outcome: TapOutcome): Next {
  return { state: DONE, effect: { kind: 'finish', outcome } };
}

const stillPending = ({ order }: Asked): Next => finish(uncertain('answerLost', order.tap));

/** The first step of a recovery. */
export function startRecovery(order: RecoveryOrder): Next {
  return {
    state: { kind: 'readingNewest', order },
    effect: { kind: 'card', command: readFileRecord('ef18', 1) },
  };
}

function logRecord(answer: Answered): LogRecord | undefined {
  const isRecord = answer.sw === SW.SUCCESS && answer.data.length === LOG_RECORD.size;
  return isRecord ? LOG_RECORD.decode(answer.data) : undefined;
}

/**
 * Ours has our place, time, amount and type, and the counter's next value. A record that is alike but for
 * the counter is the tap before it in the same second, or that of a card whose log has the value before
 * the increment (docs/protocol.md, Disagreements, 2): there the log is not enough.
 */
function judge({ tap, terminalId }: RecoveryOrder, record: LogRecord | undefined): LogVerdict {
  if (record === undefined) return 'silent';
  if (counterOf(record.transactionType) !== counterOf(tap.transactionType)) return 'silent';
  const isAlike =
    record.transactionType === tap.transactionType &&
    record.amount === tap.amount &&
    equalBytes(record.terminalId, terminalId) &&
    toHex(record.date) === tap.date &&
    toHex(record.time) === tap.time;
  if (record.counterAfter === tap.counterBefore + 1) return isAlike ? 'ours' : 'foreign';
  if (record.counterAfter > tap.counterBefore) return 'silent';
  return isAlike ? 'ambiguous' : 'unused';
}

function counterOf(transactionType: number): 'offline' | 'online' | undefined {
  const name = transactionTypeName(transactionType);
  return name === undefined ? undefined : TRANSACTION_TYPES[name].counter;
}

function newestRead({ order }: In<'readingNewest'>, answer: Answered): Next {
  const { suite, transactionType, counterBefore } = order.tap;
  return {
    state: { kind: 'proving', order, verdict: judge(order, logRecord(answer)) },
    effect: { kind: 'card', command: getProof(suite, transactionType, counterBefore + 1) },
  };
}

function proven({ order, verdict }: In<'proving'>, answer: Answered): Next {
  const layout = PROOF_REPLY[order.tap.suite];
  const isProof = answer.sw === SW.SUCCESS && answer.data.length === layout.size;
  const proof = isProof ? layout.decode(answer.data) : null;
  return conclude({ order, record: 1, proof }, verdict);
}

function searched(state: In<'searching'>, answer: Answered): Next {
  const record = logRecord(answer);
  if (record !== undefined) return conclude(state, judge(state.order, record));
  // The end of the log: the card has made fewer transactions than it keeps, and this is not among them.
  return conclude(state, answer.sw === SW.RECORD_NOT_FOUND ? 'unused' : 'ambiguous');
}

/** The next step after log record `record` was judged. */
function conclude(search: Omit<In<'searching'>, 'kind'>, verdict: LogVerdict): Next {
  const { order, record, proof } = search;
  if (verdict === 'ours') {
    return proof === null ? confirm(order, setAside(order, 'proofGone')) : useProof(order, proof);
  }
  if (verdict === 'foreign') return decline(order);
  if (verdict === 'silent' && record < FILES.ef18.records) {
    return {
      state: { kind: 'searching', order, record: record + 1, proof },
      effect: { kind: 'card', command: readFileRecord('ef18', record + 1) },
    };
  }
  // A proof that the log knows nothing of: the TAC goes with the tap for the host to look at.
  if (proof !== null) return confirm(order, setAside(order, 'undecidable', proof.tac));
  return readCounter(order, verdict);
}

function readCounter(order: RecoveryOrder, verdict: LogVerdict): Next {
  const { tap, keyIndex, terminalId } = order;
  const isLoad = tap.operation === 'load';
  const command = transactionStep(
    isLoad ? 'initializeForLoad' : 'initializeForPurchase',
    tap.suite,
    INITIALIZE[tap.suite].encode({ keyIndex, amount: isLoad ? tap.amount : ZERO, terminalId }),
  );
  return {
    state: { kind: 'readingCounter', order, verdict },
    effect: { kind: 'card', command },
  };
}

function counterRead({ order, verdict }: In<'readingCounter'>, answer: Answered): Next {
  const counter = counterIn(order.tap, answer);
  if (counter === order.tap.counterBefore) return decline(order);
  // INIT FOR LOAD wants the PIN: without it the log alone speaks.
  const isUnused = counter === undefined && verdict === 'unused';
  return confirm(order, isUnused ? decline(order) : setAside(order, 'undecidable'));
}

/** A conclusion from what the card did not say holds only if it is still this card's purse that speaks. */
function confirm(order: RecoveryOrder, conclusion: Next): Next {
  return {
    state: { kind: 'confirming', order, conclusion },
    effect: { kind: 'card', command: readBinary('ef15') },
  };
}

function confirmed(state: In<'confirming'>, { sw, data }: Answered): Next {
  const isRead = sw === SW.SUCCESS && data.length === PUBLIC_DATA.size;
  const { serial } = state.order.tap;
  const isOurs =
    isRead && formatSerialNumber(PUBLIC_DATA.decode(data).applicationSerialNumber) === serial;
  return isOurs ? state.conclusion : stillPending(state);
}

function counterIn(tap: Tap, { sw, data }: Answered): number | undefined {
  if (sw !== SW.SUCCESS) return undefined;
  if (tap.operation === 'load') {
    const layout = INITIALIZE_ONLINE_REPLY[tap.suite];
    return data.length === layout.size ? layout.decode(data).onlineCounter : undefined;
  }
  const layout = INITIALIZE_OFFLINE_REPLY[tap.suite];
  return data.length === layout.size ? layout.decode(data).offlineCounter : undefined;
}

function useProof(order: RecoveryOrder, { mac, tac }: Proof): Next {
  if (!order.isSamReady || order.tap.operation === 'load') return approve(order, tac, false);
  return {
    state: { kind: 'verifying', order, tac },
    effect: { kind: 'sam', command: samCredit(order.tap.suite, mac) },
  };
}

function verified({ order, tac }: In<'verifying'>, answer: Answered): Next {
  if (isMacRefused(answer.sw)) return setAside(order, 'macInvalid', tac);
  return approve(order, tac, answer.sw === SW.SUCCESS);
}

function approve({ tap }: RecoveryOrder, tac: Uint8Array, isMac2Verified: boolean): Next {
  const evidence = { tac, isRecovered: true, isMac2Verified };
  return { state: { kind: 'approving' }, effect: { kind: 'approve', id: tap.id, evidence } };
}

function decline({ tap }: RecoveryOrder): Next {
  return { state: { kind: 'declining' }, effect: { kind: 'decline', id: tap.id } };
}

function setAside({ tap }: RecoveryOrder, cause: UncertainCause, tac?: Uint8Array): Next {
  const state = cause === 'macInvalid' ? 'suspicious' : 'uncertain';
  return {
    state: { kind: 'settingAside', cause },
    effect: { kind: 'setAside', id: tap.id, state, tac },
  };
}

/** The machine of recovery. Every cell is tried in test/unit/terminal/recovery-machine.test.ts. */
export const RECOVERY_MACHINE = defineMachine<RecoveryState, FlowEvent, Effect>('recovery', {
  readingNewest: { answered: newestRead, lost: stillPending, written: null },
  proving: { answered: proven, lost: stillPending, written: null },
  searching: { answered: searched, lost: stillPending, written: null },
  readingCounter: { answered: counterRead, lost: stillPending, written: null },
  confirming: { answered: confirmed, lost: stillPending, written: null },
  verifying: {
    answered: verified,
    // The SAM is silent, the card is not: its TAC goes to the host.
    lost: ({ order, tac }) => approve(order, tac, false),
    written: null,
  },
  approving: { answered: null, lost: null, written: (_, { tap }) => finish(approved(tap)) },
  declining: {
    answered: null,
    lost: null,
    written: (_, { tap }) =>
      finish({ ...declined('notDebited', { serial: tap.serial }), settled: [tap] }),
  },
  settingAside: {
    answered: null,
    lost: null,
    written: ({ cause }, { tap }) => finish(uncertain(cause, tap)),
  },
  done: { answered: null, lost: null, written: null },
});
