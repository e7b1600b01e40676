// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NO_LIMITS,
  checkParameterLimits,
  isParameterLimits,
} from '../../../src/clearing/parameters.ts';
import { openSigned, signValue } from '../../../src/clearing/signed.ts';
import {
  isActionMacRequest,
  isSyncAnswer,
  isSyncRequest,
  SYNC_ANSWER,
  SYNC_REQUEST,
} from '../../../src/clearing/sync-messages.ts';
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { faultOf } from '../errors/thrown.ts';

const SEED = new Uint8Array(32).fill(3);
const KEY = ed25519PublicKey(SEED);
const ACTION = '0123456789ABCDEF0123456789ABCDEF';

const REQUEST = {
  terminalId: '001122334455',
  samSerial: '00000000000000000077',
  number: 1,
  sentAtMs: 1_770_000_000_000,
  hotlist: { version: 0, digest: '' },
  parameters: 0,
  actions: 0,
  lastSequence: 0,
  unsentRecords: 0,
  results: [{ actionId: ACTION, outcome: 'done', detail: 'loaded', atMs: 1 }],
  gone: [{ from: 1, to: 2 }],
};
const ANSWER = {
  terminalId: '001122334455',
  number: 1,
  hostTimeMs: 1_770_000_000_000,
  standing: 'active',
  hotlist: { kind: 'current' },
  parameters: { version: 2, limits: NO_LIMITS },
  actions: {
    version: 3,
    open: [{ id: ACTION, kind: 'block', serial: '0'.repeat(20), amount: 0, text: '' }],
  },
  resend: [{ from: 1, to: 2 }],
  taken: [ACTION],
};

describe('messages of terminal and host', () => {
  it('have the form that is declared', () => {
    expect([isSyncRequest(REQUEST), isSyncAnswer(ANSWER)]).toEqual([true, true]);
    expect(isSyncAnswer({ ...ANSWER, parameters: null, actions: null })).toBe(true);
    const mac = { terminalId: '001122334455', number: 1, actionId: ACTION, challenge: '00112233' };
    expect(isActionMacRequest(mac)).toBe(true);
    expect(isActionMacRequest({ ...mac, challenge: '0011' })).toBe(false);
  });

  it.each([
    ['terminalId', 'x'],
    ['number', -1],
    ['sentAtMs', 0.5],
    ['hotlist', null],
    ['hotlist', { version: 2 ** 32, digest: '' }],
    ['results', [{}]],
    ['results', Array(501).fill(REQUEST.results[0])],
    ['gone', [{ from: 2, to: 1 }]],
    ['unsentRecords', '1'],
  ])('are no request with %s %j', (name, value) => {
    expect(isSyncRequest({ ...REQUEST, [name]: value })).toBe(false);
  });

  it.each([
    ['standing', 'stolen'],
    ['hotlist', { kind: 'full' }],
    ['parameters', { version: 2, limits: { ...NO_LIMITS, perTap: -1 } }],
    ['parameters', { version: 2, limits: {} }],
    ['actions', { version: 1, open: [{ ...ANSWER.actions.open[0], kind: 'toString' }] }],
    ['resend', {}],
    ['taken', ['1']],
  ])('are no answer with %s %j', (name, value) => {
    expect(isSyncAnswer({ ...ANSWER, [name]: value })).toBe(false);
  });

  it('are refused with another signature, another domain, or a changed text', () => {
    const signed = signValue(SYNC_REQUEST, REQUEST, SEED);
    expect(openSigned(SYNC_REQUEST, signed, KEY, isSyncRequest)).toEqual(REQUEST);
    const otherKey = ed25519PublicKey(new Uint8Array(32).fill(4));
    const refused = [
      () => openSigned(SYNC_REQUEST, signed, otherKey, isSyncRequest),
      () =>
        openSigned(
          SYNC_REQUEST,
          { ...signed, payload: signed.payload.replace('"number":1', '"number":2') },
          KEY,
          isSyncRequest,
        ),
      () => openSigned(SYNC_REQUEST, signValue(SYNC_ANSWER, REQUEST, SEED), KEY, isSyncRequest),
      () => openSigned(SYNC_REQUEST, signValue(SYNC_REQUEST, ANSWER, SEED), KEY, isSyncRequest),
    ];
    expect(refused.map((open) => faultOf(open).code)).toEqual(Array(4).fill('MESSAGE_REFUSED'));
  });

  it('never crash the one who opens them, whatever they are', () => {
    fc.assert(
      fc.property(fc.anything(), fc.json(), (anything, text) => {
        expect(() => openSigned(SYNC_ANSWER, anything, KEY, isSyncAnswer)).toThrow(Fault);
        const value: unknown = JSON.parse(text);
        expect([isSyncRequest(value), isSyncAnswer(value), isActionMacRequest(value)]).toEqual([
          false,
          false,
          false,
        ]);
      }),
    );
  });
});

describe('limits that the host sets', () => {
  it('name the one that is out of range', () => {
    expect(checkParameterLimits({ ...NO_LIMITS, hotlistMaxAgeMinutes: 0 })).toBeDefined();
    for (const [name, value] of [
      ['perTap', 2 ** 32],
      ['dayCount', -1],
      ['stalePerTap', 0.5],
    ] as const) {
      const wrong = { ...NO_LIMITS, [name]: value };
      expect(faultOf(() => checkParameterLimits(wrong)).message).toContain(`"${name}" expected 0`);
      expect(isParameterLimits(wrong)).toBe(false);
    }
    expect(isParameterLimits({ ...NO_LIMITS, more: 1 })).toBe(false);
  });
});
