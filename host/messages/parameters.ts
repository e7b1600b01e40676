// SPDX-License-Identifier: MIT
/** Parameters that the host sets at terminals. */
import {
  checkParameterLimits,
  type ParameterLimits,
  type Parameters,
} from '../../src/clearing/parameters.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { ParameterRow } from '../store/message-store.ts';
import type { HostStore } from '../store/store.ts';
import { enrolled } from './terminals.ts';

/** A terminal is made with configuration version 1; what the host sets comes after it. */
const FIRST_VERSION = 2;

/**
 * Sets the limits of one terminal, or (`terminal` empty) of all that have none of their own.
 * @throws USAGE naming the member; TERMINAL_NOT_FOUND
 */
export function setParameters(
  store: HostStore,
  order: {
    readonly terminal: string;
    readonly limits: ParameterLimits;
    readonly actor: string;
    readonly at: Instant;
  },
): ParameterRow {
  if (order.terminal !== '') enrolled(store, order.terminal);
  const limits = checkParameterLimits(order.limits);
  return store.transaction(() => {
    const version = FIRST_VERSION + store.parametersCount();
    const { terminal, actor, at } = order;
    const row: ParameterRow = { version, terminal, limits, actor, issuedAt: at };
    store.insertParameters(row);
    return row;
  });
}

/** What a terminal is told that holds parameters of `version`. */
export function parametersUpdate(
  store: HostStore,
  terminal: string,
  version: number,
): Parameters | null {
  const newest = store.parametersFor(terminal);
  if (newest === undefined || newest.version === version) return null;
  return { version: newest.version, limits: newest.limits };
}
