// SPDX-License-Identifier: MIT
/** What the routes of the desk and of settlement take and give, as JSON schemas. */
import { RULES } from '../../src/clearing/rules.table.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import {
  array,
  COUNT,
  INSTANT,
  MERCHANT,
  MONEY,
  nullable,
  object,
  oneOf,
  SIGNED_MONEY,
  TERMINAL_ID,
  TEXT,
  type JsonSchema,
} from './schema.ts';

const EXCEPTION_ID: JsonSchema = { type: 'string', pattern: '^E[0-9A-F]{10}$' };
const REQUEST_ID: JsonSchema = { type: 'string', pattern: '^R[0-9A-F]{10}-[0-9]{1,6}$' };
const NOTE: JsonSchema = { type: 'string', maxLength: LIMITS.deskNote.max };
const IDS: JsonSchema = { ...array(EXCEPTION_ID), minItems: 1, maxItems: LIMITS.deskBulk.max };

const matter = {
  id: EXCEPTION_ID,
  rule: oneOf(Object.keys(RULES)),
  subject: TEXT,
  expected: TEXT,
  found: TEXT,
  moneyAtRisk: MONEY,
  liable: TEXT,
  merchant: nullable(MERCHANT),
  terminal: nullable(TERMINAL_ID),
  openedAt: INSTANT,
  deadline: nullable(INSTANT),
  evidence: array(TEXT),
  target: nullable({ type: 'object' }),
};
const item = object({
  ...matter,
  state: oneOf(['acknowledged', 'open', 'proposed']),
  actions: array(TEXT),
  value: MONEY,
});

const request = object({
  id: REQUEST_ID,
  exception: EXCEPTION_ID,
  action: TEXT,
  target: TEXT,
  value: MONEY,
  state: oneOf(['approved', 'proposed', 'refused', 'withdrawn']),
  note: TEXT,
  proposedBy: TEXT,
  proposedAt: INSTANT,
  decidedBy: nullable(TEXT),
  decidedAt: nullable(INSTANT),
});

export const EXCEPTIONS = object({ exceptions: array(item) });
export const EXCEPTION_PARAMS = object({ id: EXCEPTION_ID });
export const EXCEPTION_CASE = object({
  id: EXCEPTION_ID,
  current: nullable(item),
  first: nullable({ type: 'object' }),
  requests: array(request),
  history: array(
    object({ exception: EXCEPTION_ID, at: INSTANT, actor: TEXT, kind: TEXT, note: TEXT }),
  ),
});
export const PROPOSAL = object({ ids: IDS, action: TEXT, note: NOTE });
export const NOTED = object({ ids: IDS, note: NOTE });
export const NOTED_IDS = object({ ids: array(EXCEPTION_ID) });
export const REQUESTS = object({ requests: array(request) });
export const REQUEST_PARAMS = object({ id: REQUEST_ID });
export const DECISION_NOTE = object({ note: NOTE });
export const REQUEST = request;

const WINDOW_STATE = oneOf(['closed', 'open', 'settled']);

export const WINDOWS = object({
  windows: array(
    object({
      id: COUNT,
      state: WINDOW_STATE,
      openedAt: INSTANT,
      closedAt: nullable(INSTANT),
      businessDate: nullable(TEXT),
    }),
  ),
});

export const WINDOW_PARAMS = object({ window: { type: 'string', pattern: '^[0-9]{1,12}$' } });

const share = object({ party: TEXT, name: TEXT, amount: MONEY });
const line = object({
  type: COUNT,
  count: { type: 'integer' },
  gross: SIGNED_MONEY,
  feeVersion: nullable(COUNT),
  fee: MONEY,
  shares: array(share),
  net: SIGNED_MONEY,
});

export const SETTLEMENTS = object({
  settlements: array(
    object({
      window: COUNT,
      merchant: MERCHANT,
      businessDate: TEXT,
      opening: SIGNED_MONEY,
      lines: array(line),
      adjustments: SIGNED_MONEY,
      reserveHeld: MONEY,
      reserveReleased: MONEY,
      clawback: SIGNED_MONEY,
      owed: MONEY,
      payout: MONEY,
      payoutId: nullable(TEXT),
      closing: SIGNED_MONEY,
      holdReason: nullable(TEXT),
    }),
  ),
});

export const CLOSE = object(
  { businessDate: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' } },
  ['businessDate'],
);
export const CLOSED = object({ window: COUNT, isNew: { type: 'boolean' } });

export const PAYOUTS = object({
  payouts: array(
    object({
      id: TEXT,
      window: COUNT,
      merchant: MERCHANT,
      amount: MONEY,
      state: TEXT,
      endToEndId: TEXT,
      createdAt: INSTANT,
      bankReference: nullable(TEXT),
    }),
  ),
});
