// SPDX-License-Identifier: MIT
/**
 * The exceptions desk. What moves money needs two people: an operator proposes, an approver who is somebody
 * else approves, and only then it is carried out. What moves none (an acknowledgement, a note) one person
 * does. An acknowledged exception is quiet until it changes: other values are another state of the matter.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { RULES } from '../../src/clearing/rules.table.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { Fault } from '../../src/errors/fault.ts';
import { ZERO, type Amount } from '../../src/money/amount.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import { seesMerchant, type Actor } from '../access/actor.ts';
import { decidable, type DecidableTarget } from '../chain/decidable.ts';
import type { DecisionAction } from '../chain/decisions.table.ts';
import { evidenceOf, merchantLookup } from '../chain/evidence.ts';
import { judgeCard } from '../chain/fold.ts';
import type { ClearingHost } from '../host.ts';
import type { DeskEvent, DeskEventKind, DeskRequest, RequestState } from '../store/desk-store.ts';
import { listExceptions } from './list.ts';
import type { Exception } from './model.ts';

export type DeskState = 'acknowledged' | 'open' | 'proposed';

/** An exception with what people have done about it. */
export interface DeskItem extends Exception {
  readonly state: DeskState;
  /** What may be proposed; empty where nothing moves money. */
  readonly actions: readonly string[];
  readonly value: Amount;
}

/** An exception, its requests and its history; `current` is null when it is settled and gone. */
export interface DeskCase {
  readonly id: string;
  readonly current: DeskItem | null;
  /** As it was when somebody first touched it; null when nobody has. */
  readonly first: Exception | null;
  readonly requests: readonly DeskRequest[];
  readonly history: readonly DeskEvent[];
}

export class ExceptionDesk {
  readonly #host: ClearingHost;

  constructor(host: ClearingHost) {
    this.#host = host;
  }

  /** Every exception that there is now; a merchant sees its own. */
  list(actor: Actor): readonly DeskItem[] {
    return this.#items(actor);
  }

  /** The exceptions that an actor may see, or those of them that are wanted: no others are judged. */
  #items(actor: Actor, wanted?: ReadonlySet<string>): readonly DeskItem[] {
    const { store, clock } = this.#host;
    const last = store.lastDeskEvents();
    const proposed = new Set(
      store
        .deskRequests()
        .flatMap(({ exception, state }) => (state === 'proposed' ? [exception] : [])),
    );
    const quiet = (exception: Exception): boolean => {
      const event = last.get(exception.id);
      return event?.kind === 'acknowledged' && event.note.startsWith(fingerprint(exception));
    };
    const choices = this.#choices();
    return listExceptions(store, clock.now())
      .filter(({ id, merchant }) => seesMerchant(actor, merchant) && (wanted?.has(id) ?? true))
      .map((exception) => (actor.role === 'merchant' ? withoutOthers(exception) : exception))
      .map((exception) => ({
        ...exception,
        ...choices(exception),
        state: proposed.has(exception.id) ? 'proposed' : quiet(exception) ? 'acknowledged' : 'open',
      }));
  }

  /** @throws EXCEPTION_NOT_FOUND when there is none of that id that the actor may see. */
  show(id: string, actor: Actor): DeskCase {
    const { store } = this.#host;
    const [current = null] = this.#items(actor, new Set([id]));
    const snapshot = store.deskSnapshot(id);
    // The text was written by `#touch`.
    const first = snapshot === undefined ? null : (JSON.parse(snapshot) as Exception);
    const mayRead = first !== null && seesMerchant(actor, first.merchant);
    if (current === null && !mayRead) throw notFound(id);
    // What staff say to each other is not for the merchant, nor what belongs to others.
    if (actor.role === 'merchant') {
      const own = first === null ? null : withoutOthers(first);
      return { id, current, first: own, requests: [], history: [] };
    }
    return {
      id,
      current,
      first,
      requests: store.deskRequests(id),
      history: store.deskEvents(id),
    };
  }

  /**
   * Asks for an action on exceptions, all or none. The same again while it is open gives the same requests.
   * @throws EXCEPTION_NOT_FOUND, DECISION_REFUSED, LIMIT_EXCEEDED
   */
  propose(
    ids: readonly string[],
    action: string,
    note: string,
    actor: Actor,
  ): readonly DeskRequest[] {
    requireStaff(actor);
    checkBulk(ids, note);
    const items = new Map(this.#items(actor, new Set(ids)).map((item) => [item.id, item]));
    return this.#host.store.transaction(() =>
      ids.map((id) => {
        const item = items.get(id);
        if (item === undefined) throw notFound(id);
        if (!item.actions.includes(action)) {
          throw new Fault(
            'DECISION_REFUSED',
            `"action" on ${id} expected ${item.actions.join(' or ') || 'nothing: it can only be acknowledged'}, got ${action}`,
          );
        }
        return this.#propose(item, action, note, actor);
      }),
    );
  }

  #propose(item: DeskItem, action: string, note: string, actor: Actor): DeskRequest {
    const { store, clock } = this.#host;
    const open = store
      .deskRequests(item.id)
      .find((request) => request.state === 'proposed' && request.action === action);
    if (open !== undefined) return open;
    const number = store.deskRequests(item.id).length + 1;
    const request: DeskRequest = {
      id: `R${item.id.slice(1)}-${number}`,
      exception: item.id,
      action,
      target: JSON.stringify(item.target),
      value: item.value,
      state: 'proposed',
      note,
      proposedBy: actor.name,
      proposedAt: clock.now(),
      decidedBy: null,
      decidedAt: null,
    };
    this.#touch(item);
    store.putDeskRequest(request);
    this.#event(item.id, 'proposed', `${action}: ${note}`, actor);
    return request;
  }

  /**
   * Carries a request out, by somebody other than who proposed it. Again it changes nothing.
   * @throws REQUEST_NOT_FOUND, DECISION_REFUSED, NOT_ALLOWED
   */
  async approve(id: string, note: string, actor: Actor): Promise<DeskRequest> {
    const request = this.#request(id);
    if (request.state === 'approved') return request;
    requireState(request, 'proposed');
    if (actor.role !== 'approver') {
      throw new Fault('NOT_ALLOWED', `"role" expected approver, got ${actor.role}`);
    }
    if (actor.name === request.proposedBy) {
      throw new Fault(
        'NOT_ALLOWED',
        `"approver" expected somebody other than ${request.proposedBy}, who proposed ${id}`,
      );
    }
    await this.#carryOut(request);
    return this.#decided(request, 'approved', note, actor);
  }

  /** Money moves first: when this fails, the request stays as it was; done twice it has no effect. */
  async #carryOut({ id, target, action }: DeskRequest): Promise<void> {
    // The text was written by `#propose`.
    const matter = JSON.parse(target) as Exception['target'];
    if (matter === null) return;
    if (matter.kind === 'held') {
      await this.#host.release(matter.digest, id);
      return;
    }
    // What may be proposed was taken from `decidable`, so it is an action of the table.
    const decided = action as DecisionAction;
    this.#host.decide({ serial: matter.serial, target: matter.key, action: decided, request: id });
  }

  /** @throws REQUEST_NOT_FOUND, DECISION_REFUSED, NOT_ALLOWED */
  refuse(id: string, note: string, actor: Actor): DeskRequest {
    requireStaff(actor);
    const request = this.#request(id);
    requireState(request, 'proposed');
    const state = actor.name === request.proposedBy ? 'withdrawn' : 'refused';
    if (state === 'refused' && actor.role !== 'approver') {
      throw new Fault('NOT_ALLOWED', `"role" expected approver, got ${actor.role}`);
    }
    return this.#decided(request, state, note, actor);
  }

  #decided(request: DeskRequest, state: RequestState, note: string, actor: Actor): DeskRequest {
    const { store, clock } = this.#host;
    const decided = { ...request, state, decidedBy: actor.name, decidedAt: clock.now() };
    store.transaction(() => {
      store.putDeskRequest(decided);
      if (state !== 'proposed') {
        this.#event(request.exception, state, `${request.action}: ${note}`, actor);
      }
    });
    return decided;
  }

  /** Quiets exceptions until they change. @throws EXCEPTION_NOT_FOUND, LIMIT_EXCEEDED */
  acknowledge(ids: readonly string[], note: string, actor: Actor): void {
    this.#note(ids, note, actor, (item) => ['acknowledged', `${fingerprint(item)} ${note}`]);
  }

  /** Writes a note into their history. @throws EXCEPTION_NOT_FOUND, LIMIT_EXCEEDED */
  note(ids: readonly string[], note: string, actor: Actor): void {
    this.#note(ids, note, actor, () => ['noted', note]);
  }

  #note(
    ids: readonly string[],
    note: string,
    actor: Actor,
    eventOf: (item: DeskItem) => readonly [DeskEventKind, string],
  ): void {
    requireStaff(actor);
    checkBulk(ids, note);
    const items = new Map(this.#items(actor, new Set(ids)).map((item) => [item.id, item]));
    this.#host.store.transaction(() => {
      for (const id of ids) {
        const item = items.get(id);
        if (item === undefined) throw notFound(id);
        this.#touch(item);
        this.#event(id, ...eventOf(item), actor);
      }
    });
  }

  /** What may be proposed of each exception; a card with many of them is judged once. */
  #choices(): (exception: Exception) => Pick<DeskItem, 'actions' | 'value'> {
    const { store } = this.#host;
    const merchantOf = merchantLookup(store);
    const known = new Map<string, readonly DecidableTarget[]>();
    const open = (serial: string): readonly DecidableTarget[] => {
      const judged = known.get(serial);
      const card = store.card(serialNumberBytes(serial));
      if (judged !== undefined || card === undefined) return judged ?? [];
      const evidence = evidenceOf(store, card, merchantOf);
      const targets = decidable(evidence, judgeCard(evidence));
      known.set(serial, targets);
      return targets;
    };
    return ({ target, moneyAtRisk }) => {
      if (target === null) return { actions: [], value: ZERO };
      if (target.kind === 'held') return { actions: ['release'], value: moneyAtRisk };
      const matter = open(target.serial).find((each) => each.target === target.key);
      return { actions: matter?.actions ?? [], value: matter?.value ?? ZERO };
    };
  }

  #request(id: string): DeskRequest {
    const request = this.#host.store.deskRequest(id);
    if (request === undefined) {
      throw new Fault('REQUEST_NOT_FOUND', `"request" expected one of the desk, got ${id}`);
    }
    return request;
  }

  #touch(item: DeskItem): void {
    this.#host.store.insertDeskSnapshot(item.id, JSON.stringify(item));
  }

  #event(exception: string, kind: DeskEventKind, note: string, actor: Actor): void {
    const { store, clock } = this.#host;
    store.insertDeskEvent({ exception, at: clock.now(), actor: actor.name, kind, note });
  }
}

/** As a merchant may see it: the other value, and other evidence than the first, may be somebody else's. */
function withoutOthers(exception: Exception): Exception {
  const { rule, evidence } = exception;
  return {
    ...exception,
    expected: RULES[rule].meaning,
    evidence: evidence.slice(0, 1),
    target: null,
  };
}

/** Names the state of a matter: an acknowledgement holds for this state alone. */
function fingerprint({ expected, found, moneyAtRisk }: Exception): string {
  const text = `${expected}\n${found}\n${moneyAtRisk}`;
  return toHex(sha256(new TextEncoder().encode(text))).slice(0, 8);
}

function notFound(id: string): Fault {
  return new Fault('EXCEPTION_NOT_FOUND', `"exception" expected an open one, got ${id}`);
}

function requireStaff(actor: Actor): void {
  if (actor.role !== 'operator' && actor.role !== 'approver') {
    throw new Fault('NOT_ALLOWED', `"role" expected operator or approver, got ${actor.role}`);
  }
}

function requireState({ id, state, decidedBy }: DeskRequest, expected: RequestState): void {
  if (state === expected) return;
  throw new Fault(
    'DECISION_REFUSED',
    `"request" ${id} expected to be ${expected}, it was ${state} by ${decidedBy ?? 'nobody'}`,
  );
}

function checkBulk(ids: readonly string[], note: string): void {
  if (ids.length > LIMITS.deskBulk.max) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"exceptions" expected at most ${LIMITS.deskBulk.max} at once, got ${ids.length}`,
    );
  }
  if (note.length > LIMITS.deskNote.max) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"note" expected at most ${LIMITS.deskNote.max} characters, got ${note.length}`,
    );
  }
}
