// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import {
  openKeyStore,
  TEST_PASSPHRASE,
  type IssuerKeys,
  type KeyStoreAccess,
} from '../../host/keys/key-store.ts';
import { Secret } from '../../src/crypto/secret.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Where the issuer's keys are, in a data folder. */
export class KeyCupboard {
  readonly access: KeyStoreAccess;
  readonly keys: IssuerKeys;

  constructor(data: string, random: SeededRandom) {
    this.access = {
      path: join(data, 'keys', 'issuer.json'),
      passphrase: new Secret(new TextEncoder().encode(TEST_PASSPHRASE)),
      random,
    };
    this.keys = openKeyStore(this.access);
  }
}
