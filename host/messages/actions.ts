// SPDX-License-Identifier: MIT
/**
 * Actions at the host. A block is one command that does no harm twice; a refund is a load that the host
 * authorises once at a time and books against what is owed; a message is shown once.
 *
 *   open ──▶ authorised   a refund's load is in flight          ──▶ done   the card proved the load
 *        ◀──              the card proved that it was not done
 *        ──▶ done, failed the terminal says so (block, message)
 *        ──▶ cancelled    a person took it back
 */
import type { ActionKind } from '../../src/clearing/actions.table.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { LoadRequest } from '../../src/clearing/messages.ts';
import type { ActionList, ActionResult } from '../../src/clearing/sync-messages.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { add, difference, sum, type Amount } from '../../src/money/amount.ts';
import { formatSerialNumber, serialNumberBytes } from '../../src/purse/serial-number.ts';
import type { Instant } from '../../src/time/instant.ts';
import { merchantLookup } from '../chain/evidence.ts';
import { owedToHolder } from '../issuing/owed.ts';
import { payOwnLoad } from '../issuing/payments.ts';
import type { ActionRow, ActionState } from '../store/message-store.ts';
import type { CardRow, HostStore, LoadRow } from '../store/store.ts';

const TEXT_MAX = 200;
/** Counts every change of the list, so that a terminal can tell whether it has the newest. */
const VERSION_META = 'actionsVersion';

export interface ActionOrder {
  readonly kind: ActionKind;
  readonly serial: string;
  /** Minor units; for a refund. */
  readonly amount: Amount;
  /** For a message. */
  readonly text: string;
  readonly actor: string;
  readonly at: Instant;
}

const usage = (problem: string): Fault => new Fault('USAGE', problem);

/** Whether an order makes sense by itself. */
function checkOrder({ kind, amount: value, text }: ActionOrder): void {
  const isRefund = kind === 'refund';
  if (isRefund !== value > 0) {
    throw usage(`"amount" expected ${isRefund ? 'more than 0' : 'none'} for ${kind}, got ${value}`);
  }
  const isMessage = kind === 'message';
  if (isMessage !== text.length > 0 || text.length > TEXT_MAX || !/^[\x20-\x7e]*$/.test(text)) {
    throw usage(
      `"text" expected ${isMessage ? `1 to ${TEXT_MAX} ASCII characters` : 'none'} for ${kind}, got ${text.length} characters`,
    );
  }
}

/**
 * Adds an action. A refund is taken from what is owed and not yet promised to another.
 * @throws CARD_NOT_FOUND, USAGE, LIMIT_EXCEEDED
 */
export function addAction(store: HostStore, order: ActionOrder): ActionRow {
  checkOrder(order);
  const card = store.card(serialNumberBytes(order.serial));
  if (card === undefined) {
    throw new Fault('CARD_NOT_FOUND', `"serial" expected an issued card, got ${order.serial}`);
  }
  return store.transaction(() => {
    if (store.actions('open').length >= LIMITS.openActions.max) {
      throw new Fault(
        'LIMIT_EXCEEDED',
        `"actions" expected at most ${LIMITS.openActions.max} that are open`,
      );
    }
    if (order.kind === 'refund') checkOwed(store, card, order.amount);
    const serial = formatSerialNumber(card.serial);
    const number = store.actionCount() + 1;
    const { kind, amount: value, text, actor, at } = order;
    const name = `action ${number} ${kind} ${serial} ${value} ${at}`;
    const row: ActionRow = {
      id: toHex(sha256(new TextEncoder().encode(name))).slice(0, 32),
      number,
      kind,
      serial,
      amount: value,
      text,
      state: 'open',
      load: null,
      terminal: null,
      detail: '',
      actor,
      createdAt: at,
      changedAt: at,
    };
    store.insertAction(row);
    touch(store);
    return row;
  });
}

/** What is owed to the holder of this card, less what other actions promise of it. */
function checkOwed(store: HostStore, card: CardRow, wanted: Amount): void {
  const { owed } = owedToHolder({ store, merchantOf: merchantLookup(store) }, card);
  const serial = formatSerialNumber(card.serial);
  const promised = sum(
    store
      .actions('open')
      .filter((row) => row.kind === 'refund' && row.serial === serial)
      .map((row) => row.amount),
  );
  if (add(promised, wanted) > owed) {
    throw usage(
      `"amount" expected at most ${difference(owed, promised)}, what is owed to the holder of ${serial} and not promised yet, got ${wanted}`,
    );
  }
}

function touch(store: HostStore): void {
  store.setMeta(VERSION_META, `${listVersion(store) + 1}`);
}

function listVersion(store: HostStore): number {
  return Number(store.meta(VERSION_META) ?? 0);
}

type ActionChange = Partial<Pick<ActionRow, 'detail' | 'load' | 'terminal'>>;

function move(
  store: HostStore,
  row: ActionRow,
  state: ActionState,
  { at, ...change }: ActionChange & { readonly at: Instant },
): void {
  store.updateAction({ ...row, ...change, state, changedAt: at });
  touch(store);
}

/** Takes an action back that is still open. @throws USAGE */
export function cancelAction(
  store: HostStore,
  id: string,
  { by, at }: { readonly by: string; readonly at: Instant },
): void {
  store.transaction(() => {
    const row = store.action(id);
    if (row?.state !== 'open') {
      throw usage(`"action" expected an open one, got ${row === undefined ? id : row.state}`);
    }
    move(store, row, 'cancelled', { detail: `by ${by}`, at });
  });
}

/** What a terminal is told that holds the list `version`. Refunds whose load is settled are moved on first. */
export function actionsUpdate(store: HostStore, version: number, at: Instant): ActionList | null {
  followLoads(store, at);
  const newest = listVersion(store);
  if (newest === version) return null;
  const open = store.actions('open').map(({ id, kind, serial, amount: value, text }) => ({
    id,
    kind,
    serial,
    amount: value,
    text,
  }));
  return { version: newest, open };
}

/** A refund is done when its load is proven, and open again when it is known not to have happened. */
export function followLoads(store: HostStore, at: Instant): void {
  for (const row of store.actions('authorised')) {
    const loads = store.loads(serialNumberBytes(row.serial));
    const state = loads.find(({ id }) => id === row.load)?.state;
    if (state === 'proven') move(store, row, 'done', { at, detail: 'the card proved the load' });
    if (state === 'notDone') {
      move(store, row, 'open', { at, load: null, detail: 'the load did not happen' });
    }
  }
}

/** Takes what a terminal says it did: each action ends once, whoever says it again. */
export function takeResult(
  store: HostStore,
  terminal: string,
  { actionId, outcome, detail }: ActionResult,
  at: Instant,
): void {
  const row = store.action(actionId);
  // A refund's end is in the books, not in what a terminal says.
  if (row?.state !== 'open' || (row.kind === 'refund' && outcome === 'done')) return;
  move(store, row, outcome, { terminal, detail, at });
}

/** The refund that a load request carries out. @throws LOAD_REFUSED when it is not open for it. */
export function refundOf(store: HostStore, request: LoadRequest, at: Instant): ActionRow | null {
  const { actionId } = request;
  if (actionId === undefined) return null;
  followLoads(store, at);
  const row = store.action(actionId);
  const isTheCard =
    row?.kind === 'refund' &&
    row.serial === formatSerialNumber(serialNumberBytes(request.serial)) &&
    row.amount === request.amount;
  if (!isTheCard) {
    throw new Fault('LOAD_REFUSED', '"actionId" expected a refund of this amount to this card');
  }
  return row;
}

/**
 * Books a refund's load against what is owed to the holder of the card, in the transaction of its order.
 * @throws LOAD_REFUSED when it is not open; REFUND_REFUSED when so much is not owed any more
 */
export function bookRefund(
  store: HostStore,
  refund: ActionRow,
  load: Pick<LoadRow, 'agent' | 'amount' | 'id'>,
  at: Instant,
): void {
  if (refund.state !== 'open') {
    throw new Fault('LOAD_REFUSED', `"actionId" expected an open refund, got ${refund.state}`);
  }
  const parts = { store, merchantOf: merchantLookup(store), now: at };
  const { id, agent, amount } = load;
  payOwnLoad(parts, { id, agent, amount, serial: refund.serial }, { name: refund.actor });
  move(store, refund, 'authorised', { load: id, terminal: agent, at });
}
