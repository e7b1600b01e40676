// SPDX-License-Identifier: MIT
/** Draws what goes wrong, by the rates and windows of the scenario, and counts what did. */
import type { SeededRandom } from '../../world/seeded-random.ts';
import { isOn, type Scenario } from '../scenario/scenario.ts';
import { FAULTS, type FaultName } from './faults.table.ts';

const NAMES = Object.keys(FAULTS) as readonly FaultName[];

export class FaultDeck {
  readonly injected = new Map<FaultName, number>(NAMES.map((name) => [name, 0]));
  readonly #scenario: Scenario;
  readonly #random: SeededRandom;
  #day = 0;
  /** Those of today that strike a tap or a batch, with the sums of their rates. */
  #today: Readonly<Record<'batch' | 'tap', readonly (readonly [FaultName, number])[]>> = {
    batch: [],
    tap: [],
  };

  constructor(scenario: Scenario, random: SeededRandom) {
    this.#scenario = scenario;
    this.#random = random;
  }

  /** A new day begins; on quiet days nothing goes wrong any more. */
  beginDay(day: number): void {
    this.#day = day;
    this.#today = { batch: this.#sums('batch'), tap: this.#sums('tap') };
  }

  /** What strikes a tap or a batch, if anything does. */
  drawOf(per: 'batch' | 'tap'): FaultName | undefined {
    const sums = this.#today[per];
    if (sums.length === 0) return undefined;
    const drawn = this.#random.int(0, 999_999) / 1_000_000;
    const struck = sums.find(([, sum]) => drawn < sum)?.[0];
    if (struck !== undefined) this.count(struck);
    return struck;
  }

  /** Whether this one strikes a terminal or the host today. */
  strikes(name: FaultName): boolean {
    const rate = this.#rate(name);
    if (rate === 0 || !this.#random.chance(rate)) return false;
    this.count(name);
    return true;
  }

  count(name: FaultName): void {
    this.injected.set(name, (this.injected.get(name) ?? 0) + 1);
  }

  #sums(per: 'batch' | 'tap'): readonly (readonly [FaultName, number])[] {
    let sum = 0;
    return NAMES.filter((name) => FAULTS[name].per === per && this.#rate(name) > 0).map((name) => [
      name,
      (sum += this.#rate(name)),
    ]);
  }

  #rate(name: FaultName): number {
    const plan = this.#scenario.faults[name];
    const isBusy = this.#day >= 1 && this.#day <= this.#scenario.days;
    return plan !== undefined && isBusy && isOn(plan, this.#day) ? plan.rate : 0;
  }
}
