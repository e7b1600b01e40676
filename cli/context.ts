// SPDX-License-Identifier: MIT
/** What every command gets: where the data is, how to print, and the options that all commands share. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { ClearingHost } from '../host/host.ts';
import { openKeyStore, type IssuerKeys, type KeyStoreAccess } from '../host/keys/key-store.ts';
import { Fault } from '../src/errors/fault.ts';
import type { Clock } from '../src/ports/clock.ts';
import { DataDirectory, type DataConfig } from './data/data-directory.ts';
import { takeLock } from './data/lock.ts';
import { passphrase } from './data/passphrase.ts';
import { SYSTEM_CLOCK, SYSTEM_RANDOM } from './data/system.ts';
import { createPrinter, type Printer } from './print/printer.ts';

/** The options that every command has. */
export interface SharedOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly passphraseFile?: string;
}

/** Adds the shared options to a command. */
export function withSharedOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--data <dir>',
        'folder of cards, terminals and host (else OPENPURSE_DATA, else the platform default)',
      ),
    )
    .addOption(new Option('--json', 'print one JSON object'))
    .addOption(
      new Option(
        '--passphrase-file <file>',
        'passphrase of the key store (else OPENPURSE_PASSPHRASE, else the test passphrase)',
      ),
    );
}

export class Context {
  readonly data: DataDirectory;
  readonly printer: Printer;
  readonly #options: SharedOptions;

  readonly clock: Clock;

  constructor(options: SharedOptions, clock: Clock = SYSTEM_CLOCK) {
    this.#options = options;
    this.clock = clock;
    this.data = DataDirectory.locate(options.data);
    this.printer = createPrinter(options.json === true, process.stdout);
  }

  get config(): DataConfig {
    return this.data.config();
  }

  /**
   * The issuer's keys; made on first use, by one process.
   * @throws KEY_STORE_LOCKED; FILE_UNREADABLE when they are gone and the ledger is not: with others
   * every record that is still out there would be refused.
   */
  keys(): IssuerKeys {
    const access = this.keyAccess();
    if (existsSync(access.path)) return openKeyStore(access);
    if (existsSync(join(this.data.host, 'ledger.db'))) {
      throw new Fault(
        'FILE_UNREADABLE',
        `"${access.path}" expected the issuer keys of the ledger beside it, got no file`,
      );
    }
    const release = takeLock(`${access.path}.lock`);
    try {
      return openKeyStore(access);
    } finally {
      release();
    }
  }

  /** How the key store of this folder is opened. */
  keyAccess(): KeyStoreAccess {
    return {
      path: this.data.keyFile,
      passphrase: passphrase(this.#options.passphraseFile),
      random: SYSTEM_RANDOM,
    };
  }

  /** Runs `work` with the host of this folder open, and closes it. */
  async withHost<T>(keys: IssuerKeys, work: (host: ClearingHost) => Promise<T>): Promise<T> {
    const host = await this.openHost(keys, 0);
    try {
      return await work(host);
    } finally {
      await host.close();
    }
  }

  /** Opens the host of this folder; the caller closes it. */
  openHost(keys: IssuerKeys, workers: number): Promise<ClearingHost> {
    const { currency, utcOffsetMinutes } = this.config;
    return ClearingHost.open({
      directory: this.data.host,
      keys,
      clock: this.clock,
      currency,
      utcOffsetMinutes,
      workers,
    });
  }
}
