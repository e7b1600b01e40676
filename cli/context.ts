// SPDX-License-Identifier: MIT
/** What every command gets: where the data is, how to print, and the options that all commands share. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { ClearingHost } from '../host/host.ts';
import { CONSOLE, hasRole, type Actor } from '../host/access/actor.ts';
import { audit, type AuditEvent } from '../host/access/audit.ts';
import { OPERATORS } from '../host/access/roles.table.ts';
import { userOfKey } from '../host/access/users.ts';
import type { HostStore } from '../host/store/store.ts';
import { apiKey } from './data/api-key.ts';
import { openKeyStore, type IssuerKeys, type KeyStoreAccess } from '../host/keys/key-store.ts';
import type { FaultCode } from '../src/errors/catalogue.table.ts';
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

/** The options of commands that change the host. */
export interface ActorOptions extends SharedOptions {
  readonly as?: string;
  readonly keyFile?: string;
}

/** Adds the shared options and those that say who changes the host. */
export function withActorOptions(command: Command): Command {
  return withSharedOptions(command)
    .addOption(
      new Option(
        '--as <name>',
        'user who does it, with the key in OPENPURSE_KEY (else the console)',
      ),
    )
    .addOption(new Option('--key-file <file>', 'file with the API key of that user'));
}

const ACCESS_FAULTS: ReadonlySet<FaultCode> = new Set(['NOT_ALLOWED', 'NOT_AUTHENTICATED']);

/** A change of the host, as the audit log names it. */
export interface Change {
  /** The command. */
  readonly action: string;
  readonly subject: string;
}

export class Context {
  readonly data: DataDirectory;
  readonly printer: Printer;
  readonly #options: ActorOptions;

  readonly clock: Clock;

  constructor(options: ActorOptions, clock: Clock = SYSTEM_CLOCK) {
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

  /**
   * Who runs this command: the user of `--as`, by key, or else the console.
   * @throws NOT_AUTHENTICATED, USAGE
   */
  actor(store: HostStore): Actor {
    const { as: name, keyFile } = this.#options;
    if (name === undefined) {
      if (keyFile === undefined) return CONSOLE;
      throw new Fault('USAGE', '"--as" expected the name of the user whose key is in --key-file');
    }
    const actor = userOfKey(store, apiKey(keyFile));
    if (actor?.name === name) return actor;
    const where = keyFile === undefined ? 'OPENPURSE_KEY' : '--key-file';
    throw new Fault('NOT_AUTHENTICATED', `"${where}" expected the API key of ${name}`);
  }

  /**
   * Runs a change of the host as its actor. The change and its line in the audit log are one transaction;
   * that somebody may not do it is noted, too; what is merely wrong changes nothing.
   * @throws NOT_AUTHENTICATED, NOT_ALLOWED and what `work` throws
   */
  change<T>(change: Change, work: (host: ClearingHost, actor: Actor) => T): Promise<T> {
    return this.#asActor(change, (host, actor, done) =>
      host.store.transaction(() => {
        const result = work(host, actor);
        done();
        return result;
      }),
    );
  }

  /**
   * The same of a change in several transactions of its own, each of them repeatable: its line in the audit
   * log follows the last of them.
   */
  changeInSteps<T>(
    change: Change,
    work: (host: ClearingHost, actor: Actor) => Promise<T>,
  ): Promise<T> {
    return this.#asActor(change, async (host, actor, done) => {
      const result = await work(host, actor);
      done();
      return result;
    });
  }

  #asActor<T>(
    change: Change,
    work: (host: ClearingHost, actor: Actor, done: () => void) => Promise<T> | T,
  ): Promise<T> {
    return this.withHost(this.keys(), async (host) => {
      const { store, clock } = host;
      const claimed = { actor: this.#options.as ?? CONSOLE.name, role: 'none' as const };
      let known: Pick<AuditEvent, 'actor' | 'role'> = claimed;
      try {
        const actor = this.actor(store);
        known = { actor: actor.name, role: actor.role };
        if (!hasRole(actor, OPERATORS)) {
          throw new Fault(
            'NOT_ALLOWED',
            `"role" expected ${OPERATORS.join(' or ')}, got ${actor.role}`,
          );
        }
        return await work(host, actor, () => {
          audit(store, { ...known, ...change, outcome: 'done', detail: '' }, clock.now());
        });
      } catch (error) {
        if (error instanceof Fault && ACCESS_FAULTS.has(error.code)) {
          const detail = `${error.code}: ${error.message}`;
          audit(store, { ...known, ...change, outcome: 'refused', detail }, clock.now());
        }
        throw error;
      }
    });
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
