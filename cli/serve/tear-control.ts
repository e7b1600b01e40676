// SPDX-License-Identifier: MIT
/** A tear that waits for the next commit of a served card. */
import type { NonVolatileMemory } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import { isCommit, tearAt, type TearMoment } from '../../simulation/world/tear-on-commit.ts';

export class TearControl {
  readonly #memory: NonVolatileMemory;
  #when: TearMoment | undefined;
  #isPlaced = false;

  constructor(memory: NonVolatileMemory) {
    this.#memory = memory;
  }

  /** The tear that waits; undefined for none. */
  get when(): TearMoment | undefined {
    return this.#when;
  }

  arm(when: TearMoment | undefined): void {
    this.#when = when;
  }

  beforeCommand(command: Uint8Array): void {
    if (this.#when === undefined || !isCommit(command)) return;
    this.#memory.placeTear(tearAt(this.#when));
    this.#isPlaced = true;
  }

  /** The card answered: a commit that it refused wrote nothing, and the tear waits for the next one. */
  answered(): void {
    if (this.#isPlaced) this.#memory.removeTear();
    this.#isPlaced = false;
  }

  /** The line is gone, and with it a tear that was placed: it happened. */
  left(): void {
    if (this.#isPlaced) this.#when = undefined;
    this.#isPlaced = false;
  }
}
