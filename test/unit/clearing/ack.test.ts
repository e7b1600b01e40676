// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { openAck, signAck } from '../../../src/clearing/ack.ts';
import { checkHotlist, hotlistDigest } from '../../../src/clearing/hotlist.ts';
import type { BatchAck, SignedAck } from '../../../src/clearing/messages.ts';
import { MAY_ERASE, RULES } from '../../../src/clearing/rules.table.ts';
import { ed25519PublicKey, ed25519Sign } from '../../../src/crypto/ed25519.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { faultOf } from '../errors/thrown.ts';

const SEED = new Uint8Array(32).fill(0x17);
const HOST_KEY = ed25519PublicKey(SEED);
const ACK: BatchAck = {
  terminalId: '001122334455',
  batchNumber: 12,
  digest: 'AB'.repeat(32),
  result: 'accepted',
  records: [
    { from: 1, to: 3, verdict: 'post', rule: 'accepted' },
    { from: 4, to: 4, verdict: 'suspense', rule: 'cloneFork' },
  ],
  missing: [{ from: 5, to: 6 }],
};

/** What the host would sign if it were asked to sign this. */
function signedPayload(payload: string): SignedAck {
  const message = new TextEncoder().encode(`openpurse ack 1${payload}`);
  return { payload, signature: toHex(ed25519Sign(SEED, message)) };
}

describe('an acknowledgement', () => {
  it('opens with the key of the host that signed it', () => {
    expect(openAck(signAck(ACK, SEED), HOST_KEY)).toEqual(ACK);
  });

  it('is signed over its domain and its text', () => {
    expect(signAck(ACK, SEED)).toEqual(signedPayload(JSON.stringify(ACK)));
  });

  it('does not open with another key', () => {
    const other = ed25519PublicKey(new Uint8Array(32).fill(1));
    expect(faultOf(() => openAck(signAck(ACK, SEED), other)).code).toBe('HOST_REFUSED');
  });

  it('does not open with any character of its payload changed', () => {
    const { payload, signature } = signAck(ACK, SEED);
    for (let index = 0; index < payload.length; index++) {
      const changed = String.fromCharCode(payload.charCodeAt(index) ^ 1);
      const forged = payload.slice(0, index) + changed + payload.slice(index + 1);
      expect(faultOf(() => openAck({ payload: forged, signature }, HOST_KEY)).code).toBe(
        'HOST_REFUSED',
      );
    }
  });

  it.each([
    ['no object', 'ack'],
    ['null', null],
    ['an array', []],
    ['no signature', { payload: '{}' }],
    ['a number as payload', { payload: 1, signature: '00' }],
    ['a signature that is no hexadecimal', { payload: '{}', signature: 'zz'.repeat(64) }],
    ['a signature of odd length', { payload: '{}', signature: '0'.repeat(127) }],
    ['a short signature', { payload: '{}', signature: '00' }],
    ['a wrong signature', { payload: '{}', signature: '00'.repeat(64) }],
  ])('is refused as not the host’s: %s', (_, signed) => {
    expect(faultOf(() => openAck(signed, HOST_KEY)).code).toBe('HOST_REFUSED');
  });

  const range = ACK.records[0]!;
  it.each([
    ['no JSON', '{'],
    ['an array', '[]'],
    ['null', 'null'],
    ['no terminal', JSON.stringify({ ...ACK, terminalId: undefined })],
    ['a negative batch number', JSON.stringify({ ...ACK, batchNumber: -1 })],
    ['a fraction', JSON.stringify({ ...ACK, batchNumber: 1.5 })],
    ['a number past four bytes', JSON.stringify({ ...ACK, batchNumber: 2 ** 32 })],
    ['another result', JSON.stringify({ ...ACK, result: 'maybe' })],
    ['no digest', JSON.stringify({ ...ACK, digest: 7 })],
    ['no records', JSON.stringify({ ...ACK, records: {} })],
    ['a range backwards', JSON.stringify({ ...ACK, records: [{ ...range, from: 4, to: 3 }] })],
    ['an unknown rule', JSON.stringify({ ...ACK, records: [{ ...range, rule: 'toString' }] })],
    ['an unknown verdict', JSON.stringify({ ...ACK, records: [{ ...range, verdict: 'erase' }] })],
    ['a range of nothing', JSON.stringify({ ...ACK, records: [null] })],
    ['nothing missing said', JSON.stringify({ ...ACK, missing: undefined })],
    ['a missing range of text', JSON.stringify({ ...ACK, missing: [{ from: '1', to: '2' }] })],
    ['a missing range of nothing', JSON.stringify({ ...ACK, missing: [null] })],
  ])('is refused though signed: %s', (_, payload) => {
    expect(faultOf(() => openAck(signedPayload(payload), HOST_KEY)).code).toBe('HOST_REFUSED');
  });

  it('of a batch that was taken before opens as such', () => {
    const again: BatchAck = { ...ACK, result: 'duplicate', missing: [] };
    expect(openAck(signAck(again, SEED), HOST_KEY).result).toBe('duplicate');
  });
});

describe('a hotlist', () => {
  const serials = ['00000000008600000123', '00000000008600000456'];
  const list = { version: 3, serials, digest: hotlistDigest(3, serials) };

  it('is accepted whole', () => {
    expect(checkHotlist(list)).toBe(list);
    expect(checkHotlist({ version: 0, serials: [], digest: hotlistDigest(0, []) }).serials).toEqual(
      [],
    );
  });

  it.each([
    ['another version', { ...list, version: 4 }],
    ['a card missing', { ...list, serials: serials.slice(1) }],
    ['another card', { ...list, serials: [...serials, '00000000008600000789'] }],
    ['another order', { ...list, serials: serials.toReversed() }],
    ['a damaged digest', { ...list, digest: list.digest.replace(/.$/, 'x') }],
  ])('is refused with %s', (_, damaged) => {
    expect(faultOf(() => checkHotlist(damaged)).code).toBe('HOST_REFUSED');
  });
});

describe('the verdicts', () => {
  it('all let the terminal erase: the host holds the record', () => {
    const used = new Set(Object.values(RULES).map((rule) => rule.verdict));
    expect(new Set(Object.keys(MAY_ERASE))).toEqual(used);
    expect(Object.values(MAY_ERASE).every((mayErase) => mayErase)).toBe(true);
  });
});
