// SPDX-License-Identifier: MIT
/** Checks of the tables outside src/purse: status words, currencies, faults, rules, limits. */
import { expect } from 'vitest';
import { openAck, signAck } from '../../src/clearing/ack.ts';
import { BATCH_HEADER, BATCH_TRAILER, SIGNATURE_SIZE } from '../../src/clearing/batch-layout.ts';
import { BatchReader } from '../../src/clearing/batch-reader.ts';
import { ACTIONS, type ActionKind } from '../../src/clearing/actions.table.ts';
import { openSigned, signValue } from '../../src/clearing/signed.ts';
import { isSyncAnswer, SYNC_ANSWER } from '../../src/clearing/sync-messages.ts';
import { checkHotlist, hotlistDigest } from '../../src/clearing/hotlist.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { AckRange, BatchAck } from '../../src/clearing/messages.ts';
import { RECORD_SIZE } from '../../src/clearing/record.ts';
import { MAY_ERASE, RULES, type RuleName, type Verdict } from '../../src/clearing/rules.table.ts';
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts';
import { FAULTS, type FaultCode } from '../../src/errors/catalogue.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { GTFS_LIMITS } from '../../src/gtfs/limits.table.ts';
import {
  STATUS_WORDS,
  statusWordMeaning,
  SW,
  type StatusWordName,
} from '../../src/iso7816/status-words.table.ts';
import { CURRENCIES, type CurrencyCode } from '../../src/money/currencies.table.ts';
import { currencyCode, formatAmount, parseAmount } from '../../src/money/decimal.ts';
import type { TableCheck } from './table-check.ts';
import type { Vector } from './vector.ts';

/** Runs `act` and gives the code of the fault that it throws. */
function faultCodeOf(act: () => unknown): FaultCode | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    return (error as Fault).code;
  }
}

export const STATUS_WORD_CHECK: TableCheck = {
  rows: Object.keys(STATUS_WORDS),
  good(vector) {
    const name = vector.name as StatusWordName;
    expect(SW[name]).toBe(Number.parseInt(vector.text('sw'), 16));
    expect(statusWordMeaning(SW[name])).toBe(STATUS_WORDS[name].meaning);
  },
  bad(vector) {
    const { meaning } = STATUS_WORDS[vector.name as StatusWordName];
    expect(statusWordMeaning(Number.parseInt(vector.text('sw'), 16))).not.toBe(meaning);
  },
};

export const CURRENCY_CHECK: TableCheck = {
  rows: Object.keys(CURRENCIES),
  good(vector) {
    const code = currencyCode(vector.name);
    expect(CURRENCIES[code].number).toBe(vector.number('number'));
    const value = parseAmount(vector.text('text'), code);
    expect(value).toBe(vector.number('minor'));
    expect(parseAmount(formatAmount(value, code), code)).toBe(value);
  },
  bad(vector) {
    const parse = (): unknown => parseAmount(vector.text('text'), vector.name as CurrencyCode);
    expect(faultCodeOf(parse)).toBe(vector.error.text('code'));
  },
};

export const FAULT_CHECK: TableCheck = {
  rows: Object.keys(FAULTS),
  good(vector) {
    const { row } = new Fault(vector.name as FaultCode, 'a message');
    expect({ httpStatus: row.httpStatus, party: row.party, transient: row.transient }).toEqual({
      httpStatus: vector.number('httpStatus'),
      party: vector.text('party'),
      transient: vector.boolean('transient'),
    });
    // Sentences for people, with a full stop; the advice says what to do.
    expect(row.text).toMatch(/^[A-Z].*\.$/);
    expect(row.advice).toMatch(/^[A-Z].*\.$/);
  },
  bad(vector) {
    const { httpStatus } = new Fault(vector.name as FaultCode, 'a message').row;
    expect(httpStatus).not.toBe(vector.number('httpStatus'));
  },
};

const HOST_SEED = new Uint8Array(32).fill(7);
const HOST_KEY = ed25519PublicKey(HOST_SEED);

function acknowledge(records: readonly AckRange[]): BatchAck {
  const ack: BatchAck = {
    terminalId: '001122334455',
    batchNumber: 1,
    digest: '00'.repeat(32),
    result: 'accepted',
    records,
    missing: [],
  };
  return openAck(signAck(ack, HOST_SEED), HOST_KEY);
}

/** A range as the vector has it, whether or not there is such a rule or verdict. */
function rangeOf(vector: Vector, rule: string): AckRange {
  return { from: 1, to: 9, verdict: vector.text('verdict') as Verdict, rule: rule as RuleName };
}

/** An answer of the host with one open action of the kind, whether or not there is such a kind. */
function answerWith(kind: string): unknown {
  return {
    terminalId: '001122334455',
    number: 1,
    hostTimeMs: 0,
    standing: 'active',
    hotlist: { kind: 'current' },
    parameters: null,
    actions: {
      version: 1,
      open: [{ id: '00'.repeat(16), kind, serial: '0'.repeat(20), amount: 0, text: '' }],
    },
    resend: [],
    taken: [],
  };
}

function openAnswer(kind: string): unknown {
  const signed = signValue(SYNC_ANSWER, answerWith(kind), HOST_SEED);
  return openSigned(SYNC_ANSWER, signed, HOST_KEY, isSyncAnswer);
}

export const ACTION_CHECK: TableCheck = {
  rows: Object.keys(ACTIONS),
  good(vector) {
    expect(openAnswer(vector.name)).toEqual(answerWith(vector.name));
    const { needsHost } = ACTIONS[vector.name as ActionKind];
    expect(needsHost).toBe(vector.boolean('needsHost'));
  },
  bad(vector) {
    const opened = (): unknown => openAnswer(vector.text('kind'));
    expect(faultCodeOf(opened)).toBe(vector.error.text('code'));
  },
};

export const RULE_CHECK: TableCheck = {
  rows: Object.keys(RULES),
  good(vector) {
    const range = rangeOf(vector, vector.name);
    expect(acknowledge([range]).records).toEqual([range]);
    expect(RULES[vector.name as RuleName]).toMatchObject({
      number: vector.number('number'),
      verdict: vector.text('verdict'),
      severity: vector.text('severity'),
    });
    expect(MAY_ERASE[range.verdict]).toBe(vector.boolean('mayErase'));
  },
  bad(vector) {
    const opened = (): unknown => acknowledge([rangeOf(vector, vector.text('rule'))]);
    expect(faultCodeOf(opened)).toBe(vector.error.text('code'));
  },
};

/** What takes a unit of the given size, for the limits that src itself enforces. */
const TAKERS: Partial<Record<keyof typeof LIMITS, (size: number) => unknown>> = {
  batchRecords(size) {
    const header = BATCH_HEADER.encode({
      terminalId: new Uint8Array(6),
      samSerial: new Uint8Array(10),
      batchNumber: 1,
      signingKeyId: new Uint8Array(8),
      hotlistVersion: 0,
      configVersion: 0,
      closedAtMs: 0,
      utcOffsetBiased: 1440,
      currencyNumber: 356,
      recordCount: size,
    });
    new BatchReader().push(header);
    return header;
  },
  batchBytes(size) {
    const frame = BATCH_HEADER.size + BATCH_TRAILER.size + SIGNATURE_SIZE;
    const largest = frame + LIMITS.batchRecords.max * RECORD_SIZE;
    // The largest batch that may be written fits the limit, one more record does not.
    expect(largest).toBeLessThanOrEqual(LIMITS.batchBytes.max);
    expect(largest + RECORD_SIZE).toBeGreaterThan(LIMITS.batchBytes.max);
    if (size > LIMITS.batchBytes.max) throw new Fault('LIMIT_EXCEEDED', 'by the table');
    return undefined;
  },
  hotlistEntries(size) {
    const serials = new Array<string>(size).fill('0');
    const digest = size > LIMITS.hotlistEntries.max ? '' : hotlistDigest(1, serials);
    return checkHotlist({ version: 1, serials, digest });
  },
  ackRanges(size) {
    const range: AckRange = { from: 1, to: 1, verdict: 'post', rule: 'accepted' };
    try {
      return acknowledge(new Array<AckRange>(size).fill(range));
    } catch (error) {
      // An acknowledgement over its limit is refused as not the host's.
      expect((error as Fault).code).toBe('HOST_REFUSED');
      throw new Fault('LIMIT_EXCEEDED', 'as expected', { cause: error });
    }
  },
};

const LIMIT_ROWS: Readonly<Record<string, { readonly max: number }>> = LIMITS;
const TAKER_ROWS: Readonly<Record<string, ((size: number) => unknown) | undefined>> = TAKERS;

export const LIMIT_CHECK: TableCheck = {
  rows: Object.keys(LIMITS),
  good(vector) {
    expect(LIMIT_ROWS[vector.name]!.max).toBe(vector.number('max'));
    const take = TAKER_ROWS[vector.name];
    if (take !== undefined) expect(faultCodeOf(() => take(vector.number('max')))).toBeUndefined();
  },
  bad(vector) {
    expect(LIMIT_ROWS[vector.name]!.max).toBeLessThan(vector.number('max'));
    const take = TAKER_ROWS[vector.name];
    if (take === undefined) return;
    expect(faultCodeOf(() => take(vector.number('max')))).toBe(vector.error.text('code'));
  },
};

const GTFS_ROWS: Readonly<Record<string, { readonly max: number }>> = GTFS_LIMITS;

export const GTFS_LIMIT_CHECK: TableCheck = {
  rows: Object.keys(GTFS_LIMITS),
  good: (vector) => expect(GTFS_ROWS[vector.name]!.max).toBe(vector.number('max')),
  bad: (vector) => expect(GTFS_ROWS[vector.name]!.max).toBeLessThan(vector.number('max')),
};
