// SPDX-License-Identifier: MIT
/**
 * Issuer keys at rest: one JSON file, every key set encrypted with AES-256-GCM under a key that scrypt
 * makes of a passphrase. Sources: RFC 7914 (scrypt), NIST SP 800-38D (GCM).
 *
 * A wrong passphrase and a damaged file both fail the tag: nothing of the keys is ever half-used.
 */
import { gcm } from '@noble/ciphers/aes.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Secret } from '../../src/crypto/secret.ts';
import type { RandomSource } from '../../src/ports/random.ts';
import { generateMasterKeys, type KeySet } from '../../src/purse/card-keys.ts';
import { KEY_PURPOSE_NAMES } from '../../src/purse/key-purposes.table.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { tacKeyName, type TacMasterKeys } from '../verify/verify-records.ts';

/** The passphrase of demonstrations and tests. Everything under it is public: never a real key. */
export const TEST_PASSPHRASE = 'openpurse-test-passphrase';

/** scrypt cost: about 100 ms here and 32 MiB, once per opening. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, dkLen: 32 } as const;
const NONCE_SIZE = 12;
/** A key version is one byte on the card. */
const KEY_VERSION_MAX = 255;
const FORMAT = 'openpurse issuer keys 1';

interface KeyFile {
  readonly format: typeof FORMAT;
  readonly salt: string;
  readonly nonce: string;
  readonly sealed: string;
}

interface Plain {
  /** `version` → suite → purpose → key in hexadecimal. */
  readonly versions: Readonly<
    Record<string, Readonly<Record<SuiteName, Readonly<Record<string, string>>>>>
  >;
  readonly hostSeed: string;
}

const utf8 = new TextEncoder();

function wrappingKey(passphrase: Secret, salt: Uint8Array): Uint8Array {
  return scrypt(passphrase.reveal(), salt, SCRYPT);
}

/** An opened key store: key sets by version and suite, and the host's own signing seed. */
export class IssuerKeys {
  readonly #plain: Plain;

  constructor(plain: Plain) {
    this.#plain = plain;
  }

  /** The versions that are held, ascending. */
  get versions(): readonly number[] {
    return Object.keys(this.#plain.versions)
      .map(Number)
      .sort((left, right) => left - right);
  }

  /** The host's Ed25519 secret, which signs acknowledgements. */
  get hostSeed(): Uint8Array {
    return fromHex(this.#plain.hostSeed, 'hostSeed');
  }

  /** @throws KEY_VERSION_UNKNOWN */
  masters(version: number, suite: SuiteName): KeySet {
    const keys = this.#plain.versions[version.toString()]?.[suite];
    if (keys === undefined) {
      throw new Fault(
        'KEY_VERSION_UNKNOWN',
        `"keyVersion" expected one of ${this.versions.join(', ')}, got ${version}`,
      );
    }
    const entries = KEY_PURPOSE_NAMES.map((purpose) => [
      purpose,
      fromHex(keys[purpose] ?? '', purpose),
    ]);
    // One entry for every purpose of the table.
    return Object.fromEntries(entries) as KeySet;
  }

  /** The TAC master keys alone, for the verification workers. */
  tacMasterKeys(): TacMasterKeys {
    const keys: Record<string, string> = {};
    for (const version of this.versions) {
      for (const suite of Object.values(SUITES)) {
        const key = this.masters(version, suite.name).tac;
        keys[tacKeyName(version, suite.algorithmId)] = toHex(key);
      }
    }
    return keys;
  }
}

function freshKeys(
  random: RandomSource,
): Readonly<Record<SuiteName, Readonly<Record<string, string>>>> {
  const hex = (keys: KeySet): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(keys).map(([purpose, key]) => [purpose, toHex(key)]));
  return { tdes: hex(generateMasterKeys(random)), aes: hex(generateMasterKeys(random)) };
}

function writeDurably(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.new`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** How a key store is sealed: its file, the passphrase, and where nonces come from. */
export interface KeyStoreAccess {
  readonly path: string;
  readonly passphrase: Secret;
  readonly random: RandomSource;
}

function seal(access: KeyStoreAccess, plain: Plain): void {
  const salt = access.random.bytes(16);
  const nonce = access.random.bytes(NONCE_SIZE);
  const sealed = gcm(wrappingKey(access.passphrase, salt), nonce, utf8.encode(FORMAT)).encrypt(
    utf8.encode(JSON.stringify(plain)),
  );
  const file: KeyFile = {
    format: FORMAT,
    salt: toHex(salt),
    nonce: toHex(nonce),
    sealed: toHex(sealed),
  };
  writeDurably(access.path, `${JSON.stringify(file, null, 2)}\n`);
}

function readKeyFile(path: string): KeyFile {
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Fault('FILE_UNREADABLE', `"${path}" expected a key store`, { cause });
  }
  if (!isKeyFile(file)) {
    throw new Fault('FILE_UNREADABLE', `"${path}" expected format "${FORMAT}"`);
  }
  return file;
}

/** Whether the parts are there as text; what is damaged in them fails the tag. */
function isKeyFile(file: unknown): file is KeyFile {
  if (typeof file !== 'object' || file === null) return false;
  const parts: Readonly<Record<string, unknown>> = { ...file };
  return (
    parts['format'] === FORMAT &&
    [parts['salt'], parts['nonce'], parts['sealed']].every((part) => typeof part === 'string')
  );
}

function unseal(access: KeyStoreAccess): Plain {
  const file = readKeyFile(access.path);
  try {
    const key = wrappingKey(access.passphrase, fromHex(file.salt, 'salt'));
    const cipher = gcm(key, fromHex(file.nonce, 'nonce'), utf8.encode(FORMAT));
    const text = new TextDecoder().decode(cipher.decrypt(fromHex(file.sealed, 'sealed')));
    // Authenticated by the tag: it is what `seal` wrote.
    return JSON.parse(text) as Plain;
  } catch (cause) {
    throw new Fault(
      'KEY_STORE_LOCKED',
      `"passphrase" expected the one that sealed ${access.path}`,
      { cause },
    );
  }
}

/** Opens the key store; makes one with key version 1 when there is none. @throws KEY_STORE_LOCKED */
export function openKeyStore(access: KeyStoreAccess): IssuerKeys {
  if (!existsSync(access.path)) {
    const hostSeed = toHex(access.random.bytes(32));
    seal(access, { versions: { '1': freshKeys(access.random) }, hostSeed });
  }
  return new IssuerKeys(unseal(access));
}

/** Adds fresh keys of the next version and returns the store with them. */
export function addKeyVersion(access: KeyStoreAccess): IssuerKeys {
  const plain = unseal(access);
  const next = Math.max(0, ...Object.keys(plain.versions).map(Number)) + 1;
  if (next > KEY_VERSION_MAX) {
    throw new Fault('LIMIT_EXCEEDED', `"keyVersion" expected at most ${KEY_VERSION_MAX}`);
  }
  seal(access, { ...plain, versions: { ...plain.versions, [next]: freshKeys(access.random) } });
  return new IssuerKeys(unseal(access));
}
