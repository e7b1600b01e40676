// SPDX-License-Identifier: MIT
/** The host of the city as a machine that can die, start again, and be put back from a backup. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { backUp } from '../../../host/backup/backup.ts';
import { restore } from '../../../host/backup/restore.ts';
import { ClearingHost, type HostOptions } from '../../../host/host.ts';
import type { IssuerKeys } from '../../../host/keys/key-store.ts';
import { Fault } from '../../../src/errors/fault.ts';
import type { Instant } from '../../../src/time/instant.ts';
import { Died, mortal } from './mortal-store.ts';

export interface HostBoxOptions extends Omit<HostOptions, 'directory' | 'wrapStore'> {
  /** The data folder; the host is in `host/` of it. */
  readonly data: string;
  /** Whether it can be killed: a store that counts its calls is slower. */
  readonly isMortal: boolean;
}

export class HostBox {
  #options: HostBoxOptions;
  #host: ClearingHost;
  #life: ReturnType<typeof mortal>['state'] | undefined;

  private constructor(options: HostBoxOptions, opened: Opened) {
    this.#options = options;
    this.#host = opened.host;
    this.#life = opened.life;
  }

  static async open(options: HostBoxOptions): Promise<HostBox> {
    // A backup wants the configuration of a data folder.
    mkdirSync(options.data, { recursive: true });
    const config = join(options.data, 'config.json');
    if (!existsSync(config)) writeFileSync(config, '{}\n');
    return new HostBox(options, await openHost(options, 0));
  }

  get host(): ClearingHost {
    return this.#host;
  }

  get directory(): string {
    return join(this.#options.data, 'host');
  }

  /** Lets it die at a call of its store, counted from now on. */
  async dieAtCall(call: number): Promise<void> {
    await this.#reopen(call);
    if (this.#life !== undefined) this.#life.isArmed = true;
  }

  /** A death that has not come will not. */
  spare(): void {
    if (this.#life !== undefined) this.#life.isArmed = false;
  }

  /** Asks the host something. One that dies of it starts again and has not answered. */
  async ask<T>(question: (host: ClearingHost) => Promise<T> | T): Promise<T> {
    try {
      return await question(this.#host);
    } catch (error) {
      if (!isDeath(error)) throw error;
      await this.#reopen(0);
      throw new Fault('HOST_UNREACHABLE', '"host" expected an answer, it died', { cause: error });
    }
  }

  /** Does work of the host's own; after a death it is begun again. */
  async work<T>(task: (host: ClearingHost) => Promise<T> | T): Promise<T> {
    for (;;) {
      try {
        return await this.ask(task);
      } catch (error) {
        if (!(error instanceof Fault && isDeath(error.cause))) throw error;
      }
    }
  }

  /** Starts again with the keys of a new version as well. */
  async changeKeys(keys: IssuerKeys): Promise<void> {
    this.#options = { ...this.#options, keys };
    await this.#reopen(0);
  }

  /** Copies everything to another machine while it serves. */
  async backUp(now: Instant): Promise<void> {
    await backUp(this.#options.data, this.#aside('backup'), now);
  }

  /**
   * The disk is lost. The backup takes its place; batches that came after it are in the archive of raw
   * batches and come in once more.
   */
  async restore(): Promise<void> {
    const { data } = this.#options;
    const lost = this.#aside('lost');
    const restored = this.#aside('restored');
    await this.#host.close();
    mkdirSync(lost);
    restore(this.#aside('backup'), restored);
    for (const name of readdirSync(restored)) {
      renameSync(join(data, name), join(lost, name));
      renameSync(join(restored, name), join(data, name));
    }
    await this.#open(0);
    const archive = join(lost, 'host', 'raw');
    for (const name of readdirSync(archive).sort()) {
      if (existsSync(join(this.directory, 'raw', name))) continue;
      await this.#host.uploadBatch(readFileSync(join(archive, name)));
    }
    rmSync(this.#aside(), { recursive: true, force: true });
  }

  /** The other machine, and what is put away during a restore: in the data folder, to be removed with it. */
  #aside(...name: readonly string[]): string {
    return join(this.#options.data, 'aside', ...name);
  }

  async close(): Promise<void> {
    await this.#host.close();
  }

  async #reopen(deadlyCall: number): Promise<void> {
    await this.#host.close();
    await this.#open(deadlyCall);
  }

  async #open(deadlyCall: number): Promise<void> {
    const { host, life } = await openHost(this.#options, deadlyCall);
    this.#host = host;
    this.#life = life;
  }
}

interface Opened {
  readonly host: ClearingHost;
  readonly life: ReturnType<typeof mortal>['state'] | undefined;
}

async function openHost(options: HostBoxOptions, deadlyCall: number): Promise<Opened> {
  const { data, isMortal, ...rest } = options;
  const directory = join(data, 'host');
  if (!isMortal) return { host: await ClearingHost.open({ ...rest, directory }), life: undefined };
  const { wrap, state } = mortal({
    call: deadlyCall,
    when: deadlyCall % 2 === 0 ? 'before' : 'after',
  });
  return { host: await ClearingHost.open({ ...rest, directory, wrapStore: wrap }), life: state };
}

/** A death may have been wrapped on its way. */
function isDeath(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof Died) return true;
  }
  return false;
}
