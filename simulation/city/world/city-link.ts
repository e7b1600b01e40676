// SPDX-License-Identifier: MIT
/**
 * A terminal's way to the host: down for days at times, and what goes over it may be lost, cut, damaged or
 * late. What the terminal is told is what a network tells: an answer, or nothing.
 */
import type { ClearingHost } from '../../../host/host.ts';
import type {
  HostLink,
  LoadAuthorisation,
  LoadRequest,
  SignedAck,
} from '../../../src/clearing/messages.ts';
import type { Signed } from '../../../src/clearing/signed.ts';
import type { ActionMac } from '../../../src/clearing/messages.ts';
import { Fault } from '../../../src/errors/fault.ts';
import type { SeededRandom } from '../../world/seeded-random.ts';
import { Violation } from '../checks/violation.ts';
import type { FaultDeck } from '../faults/fault-deck.ts';
import type { FaultName } from '../faults/faults.table.ts';
import { recut } from '../faults/recut.ts';
import { HOUR_MS } from './durations.ts';
import type { HostBox } from './host-box.ts';

/** A batch that arrives later, by nobody's doing. */
export interface Mail {
  readonly bytes: Uint8Array;
  readonly afterMs: number;
}

export interface LinkParts {
  readonly box: HostBox;
  readonly deck: FaultDeck;
  readonly random: SeededRandom;
  readonly now: () => number;
  readonly post: (mail: Mail) => void;
  /** Ed25519 seed of the terminal, for batches that are cut anew. */
  readonly seed: Uint8Array;
  /** Looks at the books after every answer of the host. */
  readonly onAnswer: (host: ClearingHost) => void;
  /** Told of every batch that something happens to. */
  readonly onFault: (bytes: Uint8Array, fault: FaultName) => void;
  /** Told of every batch that the host took, with the time it took. */
  readonly onBatch: (bytes: Uint8Array, milliseconds: number) => void;
}

function unreachable(problem: string): Fault {
  return new Fault('HOST_UNREACHABLE', `"host" expected an answer, ${problem}`);
}

export class CityLink implements HostLink {
  /** Until then nothing gets through. */
  downUntil = 0;
  /** Until then the terminal does not ask for news. */
  deafUntil = 0;
  /** Who changes batches at the last moment before the host has them. */
  tamper: ((batch: Uint8Array) => Uint8Array) | undefined;
  /** Who keeps a copy of what the host took. */
  onTaken: ((batch: Uint8Array) => void) | undefined;
  readonly #parts: LinkParts;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  get isUp(): boolean {
    return this.#parts.now() >= this.downUntil;
  }

  async uploadBatch(batch: Uint8Array): Promise<SignedAck> {
    this.#checkUp();
    const fault = this.#parts.deck.drawOf('batch');
    if (fault !== undefined) this.#parts.onFault(batch, fault);
    const meet = fault === undefined ? undefined : this.#meetings[fault];
    return meet === undefined ? this.#deliver(batch) : meet(batch);
  }

  /** What each fault of a batch does to it. */
  readonly #meetings: Partial<
    Readonly<Record<FaultName, (batch: Uint8Array) => Promise<SignedAck>>>
  > = {
    batchLost: () => Promise.reject(unreachable('the batch is lost')),
    ackLost: async (batch) => {
      await this.#deliver(batch);
      throw unreachable('the answer is lost');
    },
    batchDelayed: (batch) => {
      this.#post(batch);
      return Promise.reject(unreachable('the batch lies about'));
    },
    batchTruncated: (batch) =>
      this.#deliverDamaged(batch.slice(0, this.#parts.random.int(0, batch.length - 1))),
    batchCorrupted: (batch) => this.#deliverDamaged(this.#withOtherByte(batch)),
    batchRecut: (batch) => {
      for (const bytes of recut(batch, this.#parts.seed)) this.#post(bytes);
      return this.#deliver(batch);
    },
  };

  /** Lets a batch arrive after hours or days. */
  #post(bytes: Uint8Array): void {
    this.#parts.post({ bytes, afterMs: this.#parts.random.int(1, 60) * HOUR_MS });
  }

  authoriseLoad(request: LoadRequest): Promise<LoadAuthorisation> {
    return this.#ask((host) => host.authoriseLoad(request));
  }

  sync(request: Signed): Promise<Signed> {
    return this.#ask((host) => host.sync(request));
  }

  actionMac(request: Signed): Promise<ActionMac> {
    return this.#ask((host) => host.actionMac(request));
  }

  async #ask<T>(question: (host: ClearingHost) => Promise<T>): Promise<T> {
    this.#checkUp();
    return this.#askChecked(question);
  }

  #askChecked<T>(question: (host: ClearingHost) => Promise<T>): Promise<T> {
    return this.#parts.box.ask(async (host) => {
      const answer = await question(host);
      this.#parts.onAnswer(host);
      return answer;
    });
  }

  async #deliver(sent: Uint8Array): Promise<SignedAck> {
    const batch = this.tamper?.(sent) ?? sent;
    const start = performance.now();
    const ack = await this.#askChecked((host) => host.uploadBatch(batch));
    this.#parts.onBatch(batch, performance.now() - start);
    this.onTaken?.(batch);
    return ack;
  }

  /** A damaged batch must be refused; its terminal hears of no answer. */
  async #deliverDamaged(batch: Uint8Array): Promise<never> {
    try {
      await this.#parts.box.ask((host) => host.uploadBatch(batch));
    } catch (error) {
      if (error instanceof Fault) throw unreachable('the batch is damaged');
      throw error;
    }
    const matter = { subject: 'a damaged batch', expected: 'a refusal', found: 'it was taken' };
    throw new Violation('postedOnce', matter);
  }

  #withOtherByte(batch: Uint8Array): Uint8Array {
    const { random } = this.#parts;
    const damaged = batch.slice();
    const at = random.int(0, damaged.length - 1);
    damaged[at] = (damaged[at] ?? 0) ^ random.int(1, 255);
    return damaged;
  }

  #checkUp(): void {
    if (!this.isUp) throw unreachable('the line is down');
  }
}
