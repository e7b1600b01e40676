// SPDX-License-Identifier: MIT
/**
 * A terminal and its host bring each other up to date: signed requests that say what is held, answers that
 * bring what is newer, until an answer brings nothing. The request after a change is its acknowledgement.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { applyDelta, checkHotlist, hotlistDigest } from '../../src/clearing/hotlist.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { MessageLink, SequenceRange } from '../../src/clearing/messages.ts';
import { openSigned, signValue, type Signed, type SignedKind } from '../../src/clearing/signed.ts';
import {
  ACTION_MAC_REQUEST,
  CLOCK_ADJUST_MAX_MS,
  CLOCK_NOISE_MS,
  isSyncAnswer,
  SYNC_ANSWER,
  SYNC_REQUEST,
  type ActionResult,
  type CardAction,
  type SyncAnswer,
  type SyncRequest,
  type TerminalStanding,
} from '../../src/clearing/sync-messages.ts';
import type { Secret } from '../../src/crypto/secret.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { HotlistState, Journal } from '../journal/journal.ts';
import { without } from '../journal/sequence-runs.ts';
import type { AdjustedClock } from './adjusted-clock.ts';
import type { SyncMemory } from './sync-state.ts';

export interface SyncParts {
  readonly journal: Journal;
  readonly memory: SyncMemory;
  readonly clock: AdjustedClock;
  readonly terminalId: Uint8Array;
  readonly samSerial: Uint8Array;
  readonly signingSeed: Secret;
  readonly hostPublicKey: Uint8Array;
}

/** What a synchronisation came to. */
export interface SyncOutcome {
  readonly standing: TerminalStanding;
  readonly hotlist: HotlistState;
  /** How the list came: whole, as differences, or not at all. */
  readonly hotlistBy: 'current' | 'delta' | 'full';
  /** Version of the host's parameters; 0 where the terminal's own are in force. */
  readonly parameters: number;
  readonly openActions: number;
  /** Host time less the terminal's before it was adjusted, milliseconds. */
  readonly clockOffsetMs: number;
  /** False where the clock is off by more than a terminal adjusts: somebody must set it. */
  readonly isClockRight: boolean;
  /** Sequences that the host wants again: those that are here, and those that are not. */
  readonly wanted: readonly SequenceRange[];
  readonly gone: readonly SequenceRange[];
}

/** Two differences and their acknowledgement are the longest talk that is needed. */
const ROUNDS_MAX = 5;

interface Round {
  readonly answer: SyncAnswer;
  readonly offsetMs: number;
  readonly receivedAt: Instant;
}

interface Progress {
  hotlistBy: SyncOutcome['hotlistBy'];
  clockOffsetMs: number;
  isClockRight: boolean;
  wanted: readonly SequenceRange[];
  gone: readonly SequenceRange[];
}

export class Synchroniser {
  readonly #parts: SyncParts;

  constructor(parts: SyncParts) {
    this.#parts = parts;
  }

  /** @throws HOST_UNREACHABLE; HOST_REFUSED when an answer is not the host's, or not to this request. */
  async run(link: MessageLink): Promise<SyncOutcome> {
    const progress: Progress = {
      hotlistBy: 'current',
      clockOffsetMs: 0,
      isClockRight: true,
      wanted: [],
      gone: [],
    };
    let isDeltaRefused = false;
    for (let round = 1, isNews = true; isNews && round <= ROUNDS_MAX; round++) {
      const heard = await this.#ask(link, isDeltaRefused);
      if (round === 1) this.#adjustClock(heard, progress);
      const hotlist = this.#takeHotlist(heard, progress);
      isDeltaRefused = hotlist === 'refused';
      isNews = this.#take(heard.answer, progress) || hotlist !== 'current';
    }
    const { memory, journal } = this.#parts;
    return {
      ...progress,
      standing: memory.state.standing,
      hotlist: journal.hotlist(),
      parameters: memory.state.parameters?.version ?? 0,
      openActions: this.openActions().length,
    };
  }

  /** Asks the host for the MAC of an action's command. @throws HOST_UNREACHABLE, HOST_REFUSED */
  async actionMac(link: MessageLink, actionId: string, challenge: Uint8Array): Promise<string> {
    const message = {
      terminalId: toHex(this.#parts.terminalId),
      number: this.#nextNumber(),
      actionId,
      challenge: toHex(challenge),
    };
    return (await link.actionMac(this.#sign(ACTION_MAC_REQUEST, message))).mac;
  }

  /** Actions that wait here: not done by this terminal yet. */
  openActions(serial?: string): readonly CardAction[] {
    const { state, actions } = this.#parts.memory;
    const done = new Set(state.results.map(({ actionId }) => actionId));
    return actions.open.filter(
      (action) => !done.has(action.id) && (serial === undefined || action.serial === serial),
    );
  }

  /** Keeps what became of an action until the host has it. @throws LIMIT_EXCEEDED */
  keepResult(result: ActionResult): void {
    this.checkRoom();
    const { memory } = this.#parts;
    memory.change({ results: [...memory.state.results, result] });
  }

  /** Results that can still be kept before the host must be told. */
  get roomForResults(): number {
    return LIMITS.syncItems.max - this.#parts.memory.state.results.length;
  }

  /** Asserts that one more result can be kept. @throws LIMIT_EXCEEDED */
  checkRoom(): void {
    if (this.roomForResults > 0) return;
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"results" expected at most ${LIMITS.syncItems.max} that the host does not know: synchronise first`,
    );
  }

  /** A number is used up before it is sent: the host takes none twice. */
  #nextNumber(): number {
    const { memory } = this.#parts;
    const number = memory.state.number + 1;
    memory.change({ number });
    return number;
  }

  #sign(kind: SignedKind, value: unknown): Signed {
    return signValue(kind, value, this.#parts.signingSeed.reveal());
  }

  async #ask(link: MessageLink, wantsFull: boolean): Promise<Round> {
    const { clock, hostPublicKey, terminalId } = this.#parts;
    const number = this.#nextNumber();
    const sentAt = clock.now();
    const request = this.#request(number, sentAt, wantsFull);
    const signed = await link.sync(this.#sign(SYNC_REQUEST, request));
    const receivedAt = clock.now();
    const answer = openSigned(SYNC_ANSWER, signed, hostPublicKey, isSyncAnswer);
    if (answer.terminalId !== toHex(terminalId) || answer.number !== number) {
      throw new Fault(
        'HOST_REFUSED',
        `"sync answer" expected one to request ${number}, got one to ${answer.number} of ${answer.terminalId}`,
      );
    }
    return {
      answer,
      receivedAt,
      offsetMs: Math.round(answer.hostTimeMs - (sentAt + receivedAt) / 2),
    };
  }

  #request(number: number, sentAtMs: number, wantsFull: boolean): SyncRequest {
    const { journal, memory, terminalId, samSerial } = this.#parts;
    const { version, receivedAt } = journal.hotlist();
    const { nextSequence, unsentRecords } = journal.summary();
    // A list that never came, or that a difference did not fit, has no digest: the host sends it whole.
    const hasList = receivedAt !== undefined && !wantsFull;
    return {
      terminalId: toHex(terminalId),
      samSerial: toHex(samSerial),
      number,
      sentAtMs,
      hotlist: { version, digest: hasList ? hotlistDigest(version, journal.hotlistSerials()) : '' },
      parameters: memory.state.parameters?.version ?? 0,
      actions: memory.actions.version,
      lastSequence: nextSequence - 1,
      unsentRecords,
      results: memory.state.results,
      gone: memory.state.gone,
    };
  }

  /** Within its bound the clock is put right; jumps above it are left to people. */
  #adjustClock({ offsetMs }: Round, progress: Progress): void {
    const { clock, memory } = this.#parts;
    progress.clockOffsetMs = offsetMs;
    if (Math.abs(offsetMs) < CLOCK_NOISE_MS) return;
    const total = clock.offsetMs + offsetMs;
    progress.isClockRight = Math.abs(total) <= CLOCK_ADJUST_MAX_MS;
    if (!progress.isClockRight) return;
    memory.change({ clockOffsetMs: total });
    clock.offsetMs = total;
  }

  #takeHotlist({ answer }: Round, progress: Progress): 'current' | 'refused' | 'taken' {
    const { journal, clock } = this.#parts;
    const { hotlist } = answer;
    const at = clock.now();
    switch (hotlist.kind) {
      case 'current':
        if (answer.standing === 'active') this.#renew(at);
        return 'current';
      case 'full':
        refuseOlder(journal.hotlist().version, hotlist.version);
        journal.replaceHotlist(checkHotlist(hotlist), at);
        progress.hotlistBy = 'full';
        return 'taken';
      case 'delta':
        try {
          applyDelta(
            { version: journal.hotlist().version, serials: journal.hotlistSerials() },
            hotlist,
          );
        } catch (error) {
          if (error instanceof Fault && error.code === 'HOST_REFUSED') return 'refused';
          throw error;
        }
        journal.changeHotlist(hotlist, at);
        progress.hotlistBy = 'delta';
        return 'taken';
    }
  }

  /** The host said that the list is the newest: its age counts from now. */
  #renew(at: Instant): void {
    const { journal } = this.#parts;
    const { version } = journal.hotlist();
    const nothing = { kind: 'delta', from: version, version, issuedAtMs: at, digest: '' } as const;
    journal.changeHotlist({ ...nothing, added: [], removed: [] }, at);
  }

  /** Takes everything but the hotlist. True where there is something to tell the host. */
  #take(answer: SyncAnswer, progress: Progress): boolean {
    const { memory, journal } = this.#parts;
    const { state } = memory;
    const { parameters, actions, standing } = answer;
    const taken = new Set(answer.taken);
    const results = state.results.filter(({ actionId }) => !taken.has(actionId));
    const held = answer.resend.map((range) => ({ range, runs: journal.recordsIn(range) }));
    progress.wanted = held.flatMap(({ runs }) => runs);
    const gone = held
      .flatMap(({ range, runs }) => without(range, runs))
      .slice(0, LIMITS.syncItems.max);
    // Once it is told, the host asks no more.
    if (gone.length > 0) progress.gone = gone;
    const isNewGone = gone.length > 0 && JSON.stringify(gone) !== JSON.stringify(state.gone);
    if (actions !== null) memory.replaceActions(actions);
    memory.change({
      standing,
      results,
      gone,
      ...(parameters === null ? {} : { parameters }),
    });
    const isNews = parameters !== null || actions !== null || isNewGone;
    return isNews || results.length !== state.results.length;
  }
}

function refuseOlder(held: number, got: number): void {
  if (got >= held) return;
  throw new Fault('HOST_REFUSED', `"hotlist.version" expected ${held} or more, got ${got}`);
}
