// SPDX-License-Identifier: MIT
/**
 * A journal whose terminal can lose power at any of its writes. What a write that has returned wrote is
 * durable, and a write is all or nothing: the SQLite journal's own crashes are tested at its files.
 */
import type { SeededRandom } from '../../world/seeded-random.ts';
import type { Journal } from '../../../terminal/journal/journal.ts';

/** The terminal has no power any more. */
export class PowerCut extends Error {}

const WRITES = [
  'begin',
  'approve',
  'decline',
  'setAside',
  'cutBatch',
  'sealBatch',
  'settleBatch',
  'replaceHotlist',
  'changeHotlist',
  'storeSetting',
] as const satisfies readonly (keyof Journal)[];

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

  /** The journal behind this switch. */
  wrap(journal: Journal): Journal {
    // The verbs are put in the place of those of the prototype, so that reading costs nothing more.
    const wrapped = Object.create(journal) as Record<string, unknown>;
    for (const name of allVerbs(journal)) {
      const verb = (journal[name] as (...values: unknown[]) => unknown).bind(journal);
      wrapped[name] = (WRITES as readonly string[]).includes(name) ? this.#guarded(verb) : verb;
    }
    // Every verb of the journal is there, bound to it.
    return wrapped as unknown as Journal;
  }

  #guarded(verb: (...values: unknown[]) => unknown): (...values: unknown[]) => unknown {
    return (...values) => {
      const isHere = this.#place?.write === ++this.#writes;
      if (isHere && this.#place?.when === 'before') this.#cut();
      const result = verb(...values);
      if (isHere) this.#cut();
      return result;
    };
  }

  #cut(): never {
    this.#place = undefined;
    throw new PowerCut('the terminal lost power');
  }
}

function allVerbs(journal: Journal): readonly (keyof Journal)[] {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(journal) as object);
  return names.filter((name) => name !== 'constructor') as (keyof Journal)[];
}
