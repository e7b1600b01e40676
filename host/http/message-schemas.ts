// SPDX-License-Identifier: MIT
/** What the routes of terminals' messages take and give, as JSON schemas. */
import { ACTIONS } from '../../src/clearing/actions.table.ts';
import { RULES } from '../../src/clearing/rules.table.ts';
import {
  array,
  COUNT,
  FLAG,
  hex,
  INSTANT,
  MERCHANT,
  MONEY,
  nullable,
  object,
  oneOf,
  SERIAL,
  TERMINAL_ID,
  TEXT,
} from './schema.ts';

/** A signed text: what is in it is checked with its signature. */
export const SIGNED = object({ payload: TEXT, signature: hex(64) });

export const ACTION_MAC = object({ mac: TEXT });

const STANDING = oneOf(['active', 'lost', 'retired']);
const RANGE = { from: COUNT, to: COUNT };

const alert = object({
  id: TEXT,
  rule: oneOf(Object.keys(RULES)),
  terminal: TERMINAL_ID,
  batch: nullable(TEXT),
  shade: TEXT,
  expected: TEXT,
  found: TEXT,
  amount: MONEY,
  range: nullable(object(RANGE)),
  at: INSTANT,
  settledAt: nullable(INSTANT),
});

const contact = object({
  terminal: TERMINAL_ID,
  number: COUNT,
  at: INSTANT,
  hotlistVersion: COUNT,
  hotlistDigest: TEXT,
  parameters: COUNT,
  actions: COUNT,
  lastSequence: COUNT,
  unsentRecords: COUNT,
  clockOffset: nullable({ type: 'integer' }),
});

export const TERMINALS = object({
  terminals: array(
    object({
      id: TERMINAL_ID,
      merchant: MERCHANT,
      standing: STANDING,
      notices: array(
        object({
          terminal: TERMINAL_ID,
          standing: STANDING,
          reason: TEXT,
          actor: TEXT,
          at: INSTANT,
        }),
      ),
      headSequence: COUNT,
      missing: array(object({ ...RANGE, since: INSTANT })),
      gone: array(object(RANGE)),
      unsentRecords: COUNT,
      contact: nullable(contact),
      alerts: array(alert),
      isSuspect: FLAG,
    }),
  ),
});

export const CARD_ACTIONS = object({
  actions: array(
    object({
      id: TEXT,
      number: COUNT,
      kind: oneOf(Object.keys(ACTIONS)),
      serial: SERIAL,
      amount: MONEY,
      text: TEXT,
      state: oneOf(['authorised', 'cancelled', 'done', 'failed', 'open']),
      load: nullable(TEXT),
      terminal: nullable(TERMINAL_ID),
      detail: TEXT,
      actor: TEXT,
      createdAt: INSTANT,
      changedAt: INSTANT,
    }),
  ),
});
