// SPDX-License-Identifier: MIT
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes/hex.ts';
import { Secret } from '../../../src/crypto/secret.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { xorshift } from '../../../bench/clearing-world.ts';
import { addKeyVersion, openKeyStore, type KeyStoreAccess } from '../../../host/keys/key-store.ts';

const PASSPHRASE = 'correct horse battery staple';
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openpurse-keys-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function access(passphrase = PASSPHRASE): KeyStoreAccess {
  const next = xorshift(7);
  return {
    path: join(directory, 'keys', 'issuer.json'),
    passphrase: new Secret(new TextEncoder().encode(passphrase)),
    random: { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) },
  };
}

/** The fault that `work` throws. */
function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('expected a fault');
}

describe('a key store', () => {
  it('is made with key version 1, and gives the same keys when opened again', () => {
    const made = openKeyStore(access());
    expect(made.versions).toEqual([1]);
    const again = openKeyStore(access());
    expect(again.hostSeed).toEqual(made.hostSeed);
    for (const suite of ['tdes', 'aes'] as const) {
      expect(again.masters(1, suite)).toEqual(made.masters(1, suite));
    }
    expect(made.masters(1, 'aes').tac).not.toEqual(made.masters(1, 'tdes').tac);
  });

  it('can be read by its owner alone', () => {
    openKeyStore(access());
    expect(statSync(access().path).mode & 0o777).toBe(0o600);
  });

  it('keeps the old versions when one is added', () => {
    const made = openKeyStore(access());
    const more = addKeyVersion(access());
    expect(more.versions).toEqual([1, 2]);
    expect(more.masters(1, 'aes')).toEqual(made.masters(1, 'aes'));
    expect(more.hostSeed).toEqual(made.hostSeed);
    expect(Object.keys(more.tacMasterKeys()).sort()).toEqual(['1-0', '1-136', '2-0', '2-136']);
    expect(openKeyStore(access()).versions).toEqual([1, 2]);
  });

  it('refuses a version that it does not have, with those that it has', () => {
    const made = openKeyStore(access());
    const fault = faultOf(() => made.masters(3, 'aes'));
    expect(fault).toMatchObject({ code: 'KEY_VERSION_UNKNOWN' });
    expect(fault.message).toContain('expected one of 1, got 3');
  });

  it('does not open with another passphrase', () => {
    openKeyStore(access());
    for (const work of [
      () => openKeyStore(access('wrong')),
      () => openKeyStore(access('')),
      () => addKeyVersion(access('wrong')),
    ]) {
      const fault = faultOf(work);
      expect(fault.code).toBe('KEY_STORE_LOCKED');
      expect(inspect(fault)).not.toContain('wrong');
    }
  });

  it.each<[string, (text: string) => string, string]>([
    ['is empty', () => '', 'FILE_UNREADABLE'],
    ['is cut off', (text) => text.slice(0, -40), 'FILE_UNREADABLE'],
    ['is another file', () => '{"format":"x"}', 'FILE_UNREADABLE'],
    ['is null', () => 'null', 'FILE_UNREADABLE'],
    ['has no salt', (text) => text.replace('"salt"', '"sult"'), 'FILE_UNREADABLE'],
    [
      'has a salt that is a number',
      (text) => text.replace(/"salt": ".*"/, '"salt": 5'),
      'FILE_UNREADABLE',
    ],
    [
      'has a salt that is not hex',
      (text) => text.replace(/"salt": "../, '"salt": "zz'),
      'KEY_STORE_LOCKED',
    ],
    [
      'has another nonce',
      (text) => text.replace(/"nonce": ".*"/, `"nonce": "${'00'.repeat(12)}"`),
      'KEY_STORE_LOCKED',
    ],
    ['has a flipped digit in the keys', flipSealed, 'KEY_STORE_LOCKED'],
  ])('is refused when the file %s', (_name, damage, code) => {
    openKeyStore(access());
    const { path } = access();
    const text = readFileSync(path, 'utf8');
    const damaged = damage(text);
    expect(damaged).not.toBe(text);
    writeFileSync(path, damaged);
    expect(faultOf(() => openKeyStore(access())).code).toBe(code);
  });

  it('shows no key, however it is printed', () => {
    const keys = openKeyStore(access());
    const secrets = [
      toHex(keys.hostSeed),
      ...Object.values(keys.masters(1, 'aes')).map(toHex),
      ...Object.values(keys.masters(1, 'tdes')).map(toHex),
      PASSPHRASE,
    ];
    const options = { keys, access: access() };
    const printed = [
      inspect(options, { depth: 9, showHidden: true }),
      JSON.stringify(options),
      readFileSync(access().path, 'utf8'),
      inspect(faultOf(() => keys.masters(9, 'aes'))),
    ].join('\n');
    for (const secret of secrets) expect(printed).not.toContain(secret);
  });
});

/** Flips one bit of the first byte of the encrypted keys. */
function flipSealed(text: string): string {
  return text.replace(/"sealed": "(.)/, (_all, digit: string) => {
    const flipped = (Number.parseInt(digit, 16) ^ 1).toString(16).toUpperCase();
    return `"sealed": "${flipped}`;
  });
}
