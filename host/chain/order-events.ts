// SPDX-License-Identifier: MIT
/**
 * Which authorised loads happened. The online counter grows by one with each completed load and MAC1
 * proves it, so every counter below the highest one seen is a completed load, and of several orders for
 * one counter at most one was completed: the one with the load record's amount, else the last.
 */
import type { ChainRecord, LoadOrder, OrderState } from './model.ts';

/** A completed load in the order of the online counter; `order` null when nobody authorised it. */
export interface LoadEvent {
  readonly counter: number;
  readonly record: ChainRecord | null;
  readonly order: LoadOrder | null;
}

export interface LoadHistory {
  readonly completed: readonly LoadEvent[];
  /** The order that may or may not have been completed: its counter is the next one. */
  readonly open: LoadOrder | null;
  readonly states: ReadonlyMap<string, OrderState>;
}

function latest(orders: readonly LoadOrder[]): LoadOrder | null {
  return orders.reduce<LoadOrder | null>(
    (best, order) => (best === null || order.number > best.number ? order : best),
    null,
  );
}

/** The order that a load record completes: of the same amount and balance before, the last such. */
function orderOf(record: ChainRecord, orders: readonly LoadOrder[]): LoadOrder | null {
  return latest(
    orders.filter((order) => order.amount === record.amount && order.before === record.before),
  );
}

/** Sorts orders and load records (one per counter, forks already taken out) into a history. */
export function loadHistory(
  records: readonly ChainRecord[],
  orders: readonly LoadOrder[],
): LoadHistory {
  const recordAt = new Map(records.map((record) => [record.counter, record]));
  const floor = Math.max(
    0,
    ...orders.map((order) => order.counter),
    ...records.map((record) => record.counter + 1),
  );
  const states = new Map<string, OrderState>(orders.map((order) => [order.id, 'notDone']));
  const completed: LoadEvent[] = [];
  const counters = new Set([...orders, ...records].map((event) => event.counter));
  for (const counter of [...counters].sort((left, right) => left - right)) {
    if (counter >= floor) break;
    const candidates = orders.filter((order) => order.counter === counter);
    const record = recordAt.get(counter) ?? null;
    const order = record === null ? latest(candidates) : orderOf(record, candidates);
    if (order !== null) states.set(order.id, 'proven');
    if (record !== null || order !== null) completed.push({ counter, record, order });
  }
  const open = latest(orders.filter((order) => order.counter === floor));
  if (open !== null) states.set(open.id, 'inFlight');
  return { completed, open, states };
}
