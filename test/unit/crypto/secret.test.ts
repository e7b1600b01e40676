// SPDX-License-Identifier: MIT
import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes/hex.ts';
import { Secret } from '../../../src/crypto/secret.ts';

const KEY = '11223344556677888877665544332211';
const secret = (): Secret => new Secret(fromHex(KEY));

describe('a secret', () => {
  it.each([
    ['in a template', () => `key ${String(secret())}.`],
    ['in a concatenation', () => 'key '.concat(String(secret()))],
    ['as JSON', () => JSON.stringify({ key: secret(), keys: [secret()] })],
    ['inspected', () => inspect(secret(), { showHidden: true, depth: null })],
    ['inside an inspected object', () => inspect({ keys: new Map([['DPK', secret()]]) })],
    ['formatted', () => format('%s %o %j %O', secret(), secret(), secret(), secret())],
    ['in an error', () => String(new Error(String(secret()), { cause: secret() }))],
  ])('shows a mask %s', (_, print) => {
    const shown = print();
    expect(shown).toContain('[secret]');
    expect(shown.toUpperCase()).not.toContain('1122');
    // The first byte in decimal, as an array or a Uint8Array would show it.
    expect(shown).not.toContain('17,');
  });

  it('has no property that shows its bytes', () => {
    expect(Object.keys(secret())).toEqual([]);
    expect(structuredClone({ key: Object.assign({}, secret()) })).toEqual({ key: {} });
    expect(Reflect.ownKeys(secret())).toEqual([]);
  });

  it('gives copies, and keeps a copy', () => {
    const source = fromHex(KEY);
    const kept = new Secret(source);
    source.fill(0);
    kept.reveal().fill(0);
    expect(kept.reveal()).toEqual(fromHex(KEY));
  });
});
