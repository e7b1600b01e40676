// SPDX-License-Identifier: MIT
/**
 * Answers the signed messages of terminals (src/clearing/sync-messages.ts). Everything that a request tells
 * is kept in one transaction with the number of the request, which is never taken again.
 */
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { ActionMac } from '../../src/clearing/messages.ts';
import {
  openSigned,
  signValue,
  unverifiedPayload,
  type Signed,
  type SignedKind,
} from '../../src/clearing/signed.ts';
import {
  ACTION_MAC_REQUEST,
  CLOCK_ADJUST_MAX_MS,
  isActionMacRequest,
  isSyncRequest,
  SYNC_ANSWER,
  SYNC_REQUEST,
  type SyncAnswer,
  type SyncRequest,
} from '../../src/clearing/sync-messages.ts';
import { Fault } from '../../src/errors/fault.ts';
import { amount } from '../../src/money/amount.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { blockCommandHeader } from '../../src/purse/block-command.ts';
import { deriveCardKeys } from '../../src/purse/card-keys.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import type { Instant } from '../../src/time/instant.ts';
import { without } from '../intake/sequence-ranges.ts';
import type { IssuerKeys } from '../keys/key-store.ts';
import type { HostStore, SequenceRange } from '../store/store.ts';
import { actionsUpdate, takeResult } from './actions.ts';
import { hotlistUpdate } from './hotlist.ts';
import { parametersUpdate } from './parameters.ts';
import { standingOf } from './terminals.ts';

export interface MessageParts {
  readonly store: HostStore;
  readonly keys: IssuerKeys;
  readonly clock: Clock;
}

function refuse(problem: string): never {
  throw new Fault('MESSAGE_REFUSED', problem);
}

/** Opens a message with the key of the terminal that it says it is from, and checks that it is no old one. */
function openFrom<T extends { readonly terminalId: string; readonly number: number }>(
  store: HostStore,
  kind: SignedKind,
  signed: Signed,
  isForm: (value: unknown) => value is T,
): T {
  const { terminalId } = unverifiedPayload(signed);
  const terminal = typeof terminalId === 'string' ? store.terminal(terminalId) : undefined;
  // The name is not repeated: nobody has proved yet that it is one.
  if (terminal === undefined) refuse(`"${kind.name}" expected one of an enrolled terminal`);
  const message = openSigned(kind, signed, terminal.publicKey, isForm);
  const last = store.contact(terminal.id)?.number ?? 0;
  if (message.number <= last) {
    refuse(`"${kind.name}.number" expected more than ${last}, got ${message.number}`);
  }
  return message;
}

/** Answers a signed request for everything that is new. @throws MESSAGE_REFUSED; then nothing has changed. */
export function answerSync({ store, keys, clock }: MessageParts, signed: Signed): Signed {
  const answer = store.transaction(() => {
    const request = openFrom(store, SYNC_REQUEST, signed, isSyncRequest);
    const now = clock.now();
    for (const result of request.results) takeResult(store, request.terminalId, result, now);
    takeGone(store, request, now);
    watchClock(store, request, now);
    const { terminalId: terminal, number, hotlist, lastSequence, unsentRecords } = request;
    store.saveContact({
      terminal,
      number,
      at: now,
      hotlistVersion: hotlist.version,
      hotlistDigest: hotlist.digest,
      parameters: request.parameters,
      actions: request.actions,
      lastSequence,
      unsentRecords,
      clockOffset: now - request.sentAtMs,
    });
    return answerTo(store, request, now);
  });
  return signValue(SYNC_ANSWER, answer, keys.hostSeed);
}

function answerTo(store: HostStore, request: SyncRequest, now: Instant): SyncAnswer {
  const { terminalId, number } = request;
  const standing = standingOf(store, terminalId);
  const common = {
    terminalId,
    number,
    hostTimeMs: now,
    standing,
    resend: wanted(store, terminalId),
    taken: request.results.map(({ actionId }) => actionId),
  };
  // Whoever holds a terminal that is not in use learns that, and to send what it has.
  if (standing !== 'active') {
    return { ...common, hotlist: { kind: 'current' }, parameters: null, actions: null };
  }
  return {
    ...common,
    hotlist: hotlistUpdate(store, request.hotlist),
    parameters: parametersUpdate(store, terminalId, request.parameters),
    actions: actionsUpdate(store, request.actions, now),
  };
}

/** Sequences that the host wants: never received and not known to be gone, or of a batch out of balance. */
function wanted(store: HostStore, terminal: string): readonly SequenceRange[] {
  const missing = without(store.terminalGaps(terminal), store.goneRanges(terminal));
  const unbalanced = store
    .alerts(terminal)
    .filter(({ rule, settledAt }) => rule === 'batchOutOfBalance' && settledAt === null)
    .flatMap(({ range }) => range ?? []);
  return [...missing, ...unbalanced]
    .map(({ from, to }) => ({ from, to }))
    .sort((left, right) => left.from - right.from)
    .slice(0, LIMITS.syncItems.max);
}

/** Only what is missing can be gone. */
function takeGone(store: HostStore, { terminalId, gone }: SyncRequest, now: Instant): void {
  if (gone.length === 0) return;
  const sorted = [...gone].sort((left, right) => left.from - right.from);
  const known = store.goneRanges(terminalId);
  for (const gap of store.terminalGaps(terminalId)) {
    const kept = without([gap], sorted);
    for (const range of without(without([gap], kept), known)) {
      store.insertGone(terminalId, range, now);
    }
  }
}

/** A clock that the terminal may not adjust by itself is an alert until it is right again. */
function watchClock(store: HostStore, request: SyncRequest, now: Instant): void {
  const { terminalId: terminal, number, sentAtMs } = request;
  const offset = now - sentAtMs;
  const open = store
    .alerts(terminal)
    .filter((alert) => alert.rule === 'clockSkew' && alert.shade === 'clock')
    .filter(({ settledAt }) => settledAt === null);
  if (Math.abs(offset) <= CLOCK_ADJUST_MAX_MS) {
    for (const { id } of open) store.settleAlert(id, now);
    return;
  }
  if (open.length > 0) return;
  store.insertAlert({
    id: `clockSkew:${terminal}:${number}`,
    rule: 'clockSkew',
    terminal,
    batch: null,
    shade: 'clock',
    expected: `a clock within ${CLOCK_ADJUST_MAX_MS / 60_000} minutes of the host's`,
    found: `${Math.round(Math.abs(offset) / 1000)} seconds ${offset > 0 ? 'behind' : 'ahead'}`,
    amount: amount(0),
    range: null,
    at: now,
    settledAt: null,
  });
}

/**
 * The MAC by which the card in front of a terminal blocks its purse.
 * @throws MESSAGE_REFUSED unless the action is open and the terminal in use.
 */
export function answerActionMac({ store, keys }: MessageParts, signed: Signed): ActionMac {
  return store.transaction(() => {
    const request = openFrom(store, ACTION_MAC_REQUEST, signed, isActionMacRequest);
    const contact = store.contact(request.terminalId);
    if (contact === undefined || standingOf(store, request.terminalId) !== 'active') {
      refuse('"terminalId" expected a terminal in use that has synchronised');
    }
    const action = store.action(request.actionId);
    if (action?.state !== 'open' || action.kind !== 'block') {
      refuse('"actionId" expected an open block');
    }
    const card = store.card(serialNumberBytes(action.serial));
    if (card === undefined) refuse('"actionId" expected the action of an issued card');
    const suite = SUITES[card.suite];
    const challenge = fromHex(request.challenge, 'challenge');
    if (challenge.length !== suite.cardRandomSize) {
      refuse(`"challenge" expected ${suite.cardRandomSize} bytes, got ${challenge.length}`);
    }
    store.saveContact({ ...contact, number: request.number });
    const masters = keys.masters(card.keyVersion, card.suite);
    const key = deriveCardKeys(card.suite, masters, card.serial).applicationBlock;
    return { mac: toHex(suite.secureMessagingMac(key, challenge, blockCommandHeader(suite))) };
  });
}
