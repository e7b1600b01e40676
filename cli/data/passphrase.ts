// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { Secret } from '../../src/crypto/secret.ts';
import { Fault } from '../../src/errors/fault.ts';
import { TEST_PASSPHRASE } from '../../host/keys/key-store.ts';

const utf8 = new TextEncoder();

/**
 * The passphrase of the key store: `--passphrase-file`, else OPENPURSE_PASSPHRASE, else the public test
 * passphrase: a new folder holds test keys only.
 */
export function passphrase(file: string | undefined): Secret {
  if (file !== undefined) {
    try {
      return new Secret(utf8.encode(readFileSync(file, 'utf8').trim()));
    } catch (cause) {
      throw new Fault(
        'FILE_UNREADABLE',
        `"--passphrase-file" expected a readable file, got ${file}`,
        { cause },
      );
    }
  }
  const fromEnvironment = process.env['OPENPURSE_PASSPHRASE'];
  return new Secret(
    utf8.encode(
      fromEnvironment === undefined || fromEnvironment === '' ? TEST_PASSPHRASE : fromEnvironment,
    ),
  );
}
