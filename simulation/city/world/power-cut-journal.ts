// SPDX-License-Identifier: MIT
/**
 * A journal whose terminal can lose power at any of its writes. What a write that has returned wrote is
 * durable, and a write is all or nothing: the SQLite journal's own crashes are tested at its files.
 */
import type { HotlistDelta } from '../../../src/clearing/hotlist.ts';
import type { Hotlist } from '../../../src/clearing/messages.ts';
import type { Instant } from '../../../src/time/instant.ts';
import type {
  BatchCut,
  Erasure,
  SequenceRange,
  StoredBatch,
} from '../../../terminal/journal/journal.ts';
import { MemoryJournal } from '../../../terminal/journal/memory-journal.ts';
import type { NewTap, Tap, TapEvidence } from '../../../terminal/journal/tap.ts';
import type { SeededRandom } from '../../world/seeded-random.ts';

/** The terminal has no power any more. */
export class PowerCut extends Error {}

export interface PowerCutPlace {
  /** The number of the write from now on, from 1. */
  readonly write: number;
  readonly when: 'after' | 'before';
}

export class PowerSwitch {
  #place: PowerCutPlace | undefined;
  #writes = 0;

  /** Places one cut; undefined takes back one that has not happened. */
  place(place: PowerCutPlace | undefined): void {
    this.#place = place;
    this.#writes = 0;
  }

  /** Places a cut before or after one of the next `writes` writes. */
  placeWithin(writes: number, random: SeededRandom): void {
    const when = random.chance(0.5) ? 'before' : 'after';
    this.place({ write: random.int(1, writes), when });
  }

  /** One write of the journal. @throws PowerCut where a cut was placed. */
  write<T>(work: () => T): T {
    const isHere = this.#place?.write === ++this.#writes;
    if (isHere && this.#place?.when === 'before') this.#cut();
    const result = work();
    if (isHere) this.#cut();
    return result;
  }

  #cut(): never {
    this.#place = undefined;
    throw new PowerCut('the terminal lost power');
  }
}

export class PowerCutJournal extends MemoryJournal {
  readonly #power: PowerSwitch;

  constructor(power: PowerSwitch) {
    super();
    this.#power = power;
  }

  override begin(tap: NewTap): Tap {
    return this.#power.write(() => super.begin(tap));
  }

  override approve(id: number, evidence: TapEvidence): Tap {
    return this.#power.write(() => super.approve(id, evidence));
  }

  override decline(id: number): Tap {
    return this.#power.write(() => super.decline(id));
  }

  override setAside(id: number, state: 'suspicious' | 'uncertain', tac?: Uint8Array): Tap {
    return this.#power.write(() => super.setAside(id, state, tac));
  }

  override cutBatch(cut: BatchCut): StoredBatch | undefined {
    return this.#power.write(() => super.cutBatch(cut));
  }

  override sealBatch(number: number, digest: string): void {
    this.#power.write(() => {
      super.sealBatch(number, digest);
    });
  }

  override settleBatch(number: number, held: readonly SequenceRange[]): Erasure {
    return this.#power.write(() => super.settleBatch(number, held));
  }

  override replaceHotlist(list: Hotlist, receivedAt: Instant): void {
    this.#power.write(() => {
      super.replaceHotlist(list, receivedAt);
    });
  }

  override changeHotlist(delta: HotlistDelta, receivedAt: Instant): void {
    this.#power.write(() => {
      super.changeHotlist(delta, receivedAt);
    });
  }

  override storeSetting(name: string, value: string): void {
    this.#power.write(() => {
      super.storeSetting(name, value);
    });
  }
}
