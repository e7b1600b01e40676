// SPDX-License-Identifier: MIT
/** What the routes take and give, as JSON schemas. */
import { RULES } from '../../src/clearing/rules.table.ts';
import {
  array,
  COUNT,
  dictionary,
  FLAG,
  hex,
  INSTANT,
  MERCHANT,
  MONEY,
  nullable,
  object,
  oneOf,
  SERIAL,
  SIGNED_MONEY,
  TERMINAL_ID,
  TEXT,
  uint,
  type JsonSchema,
} from './schema.ts';

const macHex: JsonSchema = { type: 'string', pattern: '^([0-9A-F]{8}|[0-9A-F]{16})$' };
const RULE: JsonSchema = oneOf(Object.keys(RULES));

export const LOAD_REQUEST = object(
  {
    terminalId: TERMINAL_ID,
    serial: SERIAL,
    algorithmId: uint(255),
    keyVersion: uint(255),
    transactionType: uint(255),
    amount: uint(0xffffffff),
    balanceBefore: uint(0xffffffff),
    onlineCounter: uint(0xffff),
    cardRandom: macHex,
    mac1: macHex,
    actionId: hex(16),
  },
  // The refund that the load carries out, where it does.
  ['actionId'],
);

export const LOAD_AUTHORISATION = object({ loadId: hex(16), date: TEXT, time: TEXT, mac2: macHex });

export const SIGNED_ACK = object({ payload: TEXT, signature: hex(64) });

export const HOTLIST = object({
  kind: oneOf(['full']),
  version: COUNT,
  issuedAtMs: INSTANT,
  serials: array(SERIAL),
  digest: hex(32),
});

export const SERIAL_PARAMS = object({ serial: { type: 'string', pattern: '^[0-9]{1,20}$' } });

/** Every error answer. */
export const PROBLEM = object({
  type: TEXT,
  title: TEXT,
  status: COUNT,
  detail: TEXT,
  code: TEXT,
  advice: TEXT,
});

const exceptionLine = object({
  id: TEXT,
  liable: TEXT,
  merchant: nullable(TEXT),
  deadline: nullable(INSTANT),
  ruleNumber: COUNT,
  rule: RULE,
  verdict: TEXT,
  severity: TEXT,
  meaning: TEXT,
  resolution: TEXT,
  subject: TEXT,
  expected: TEXT,
  found: TEXT,
  moneyAtRisk: MONEY,
  evidence: nullable(TEXT),
});

const conservation = object({
  checks: array(
    object({
      name: TEXT,
      ledger: SIGNED_MONEY,
      subLedger: SIGNED_MONEY,
      difference: SIGNED_MONEY,
    }),
  ),
  float: SIGNED_MONEY,
  isHeld: FLAG,
});

export const REPORT = object({
  currency: TEXT,
  batches: COUNT,
  terminals: COUNT,
  records: COUNT,
  merchants: array(object({ merchant: TEXT, payable: SIGNED_MONEY })),
  exceptions: array(exceptionLine),
  exceptionsByRule: dictionary(COUNT),
  moneyAtRisk: MONEY,
  conservation,
});

export const TRIAL_BALANCE = object({
  lines: array(object({ account: TEXT, name: TEXT, debit: SIGNED_MONEY, credit: SIGNED_MONEY })),
  debit: SIGNED_MONEY,
  credit: SIGNED_MONEY,
});

const recordLine = object({
  at: TEXT,
  type: TEXT,
  counter: COUNT,
  amount: MONEY,
  before: MONEY,
  after: MONEY,
  terminal: TERMINAL_ID,
  terminalCounter: COUNT,
  merchant: TEXT,
  place: TEXT,
  isRecovered: FLAG,
  rule: RULE,
});

const gap = object({
  from: COUNT,
  to: nullable(COUNT),
  value: MONEY,
  high: MONEY,
  isClear: FLAG,
  state: oneOf(['open', 'expired', 'refunded']),
});

const finding = object({
  key: TEXT,
  rule: RULE,
  counter: COUNT,
  expected: TEXT,
  found: TEXT,
  atRisk: MONEY,
  recordId: nullable(COUNT),
});

export const CARD_STATEMENT = object({
  serial: SERIAL,
  suite: TEXT,
  keyVersion: COUNT,
  balance: MONEY,
  nextOffline: COUNT,
  nextOnline: COUNT,
  isHotlisted: FLAG,
  records: array(recordLine),
  loads: array(
    object({ id: TEXT, at: TEXT, amount: MONEY, state: oneOf(['inFlight', 'notDone', 'proven']) }),
  ),
  gaps: array(gap),
  findings: array(finding),
});

export const MERCHANT_PARAMS = object({ merchant: MERCHANT });

export const MERCHANT_STATEMENT = object({
  merchant: MERCHANT,
  currency: TEXT,
  payable: SIGNED_MONEY,
  windows: array(
    object({
      window: COUNT,
      state: oneOf(['open', 'closed', 'settled']),
      businessDate: nullable(TEXT),
      lines: array(object({ type: TEXT, count: { type: 'integer' }, gross: SIGNED_MONEY })),
    }),
  ),
});

const ownRecord = {
  serial: SERIAL,
  terminal: TERMINAL_ID,
  terminalSequence: COUNT,
  at: TEXT,
  type: TEXT,
  amount: MONEY,
} as const;

export const MERCHANT_RECORDS = object({
  merchant: MERCHANT,
  records: array(object({ id: COUNT, ...ownRecord, place: TEXT })),
  next: nullable(COUNT),
});

export const MERCHANT_EXCEPTIONS = object({
  merchant: MERCHANT,
  exceptions: array(
    object({
      ruleNumber: COUNT,
      rule: RULE,
      verdict: TEXT,
      severity: TEXT,
      meaning: TEXT,
      moneyAtRisk: MONEY,
      terminal: TERMINAL_ID,
      record: nullable(object(ownRecord)),
      missing: nullable(object({ from: COUNT, to: COUNT })),
    }),
  ),
});

export const HEALTH = object({ status: oneOf(['ok']), currency: TEXT });

export const AUDIT_LOG = object({
  rows: array(
    object({
      id: COUNT,
      at: INSTANT,
      actor: TEXT,
      role: TEXT,
      action: TEXT,
      subject: TEXT,
      outcome: oneOf(['done', 'failed', 'refused']),
      detail: TEXT,
      hash: hex(32),
    }),
  ),
  next: nullable(COUNT),
});
