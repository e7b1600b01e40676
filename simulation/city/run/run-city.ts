// SPDX-License-Identifier: MIT
/** Runs a city to its end, to a step, or to the first violation. The same scenario and seed, the same run. */
import { toHex } from '../../../src/bytes/hex.ts';
import { sha256 } from '../../../src/crypto/sha256.ts';
import type { RuleName } from '../../../src/clearing/rules.table.ts';
import type { FaultCode } from '../../../src/errors/catalogue.table.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { ZERO } from '../../../src/money/amount.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import type { SessionSink } from '../../../terminal/transcript/session-event.ts';
import { castAdversaries } from '../adversaries/cast.ts';
import { CHECKS, type CheckName } from '../checks/check.ts';
import { accused } from '../checks/signs.ts';
import { Violation } from '../checks/violation.ts';
import { FAULTS, type FaultName } from '../faults/faults.table.ts';
import { troubleOfUnits } from '../faults/unit-trouble.ts';
import { cardTroubles } from '../lives/card-lives.ts';
import { hostLife } from '../lives/host-life.ts';
import { personLife } from '../lives/person-life.ts';
import type { CityResult, FaultLine, ViolationLine } from '../result.ts';
import { buildCity, type BuiltCity, type CityOptions } from '../world/build-city.ts';
import type { City } from '../world/city.ts';
import { CityNights } from './night-watch.ts';

export interface RunOptions extends CityOptions {
  /** The last step to run. */
  readonly until?: number;
  /** Cards whose talk with terminals is told to `sink`. */
  readonly follow?: { readonly serials: readonly string[]; readonly sink: SessionSink };
  readonly onProgress?: (progress: CityProgress) => void;
  /** Looks at the city when it has ended, before it is closed. */
  readonly onEnd?: (city: City) => Promise<void> | void;
  /** Gets the city when it is built: tests plant their bugs there. */
  readonly onBuilt?: (city: City) => void;
}

export interface CityProgress {
  readonly taps: number;
  readonly step: number;
  /** 0 to 1, of the virtual time. */
  readonly share: number;
  readonly at: string;
}

const PROGRESS_STEPS = 500;

export async function runCity(options: RunOptions): Promise<CityResult> {
  const start = performance.now();
  const built = await buildCity(options);
  const { city } = built;
  const run = new Run(built, options);
  try {
    const violation = await run.toEnd();
    await options.onEnd?.(city);
    return run.result(violation, performance.now() - start);
  } finally {
    await run.stop();
    await city.parts.box.close();
  }
}

class Run {
  readonly #city: City;
  readonly #nights: CityNights;
  readonly #options: RunOptions;
  #steps = 0;
  #rssPeak = 0;
  #accused: ReturnType<typeof accused> | undefined;
  /** The hash of the host's state, where it was worked out already. */
  #hostState: string | undefined;

  constructor(built: BuiltCity, options: RunOptions) {
    const { city, streets, keys } = built;
    this.#city = city;
    this.#options = options;
    const world = { city, streets, keys };
    this.#nights = new CityNights(world);
    if (options.follow !== undefined) city.follow(options.follow.serials, options.follow.sink);
    city.begin(hostLife(city, this.#nights));
    city.begin(troubleOfUnits(city));
    city.begin(cardTroubles(city, streets, keys));
    for (const person of city.people) city.begin(personLife(city, streets, person));
    castAdversaries(world);
    options.onBuilt?.(city);
  }

  async toEnd(): Promise<ViolationLine | null> {
    const { queue, clock } = this.#city.parts;
    const { until = Infinity } = this.#options;
    try {
      for (
        let next = queue.pop();
        next !== undefined && !this.#isPast(next.at);
        next = queue.pop()
      ) {
        if (this.#steps >= until) return null;
        clock.moveTo(next.at);
        this.#steps++;
        const { done, value } = await next.item.next();
        if (done !== true) queue.push(next.at + value, next.item);
        if (this.#steps % PROGRESS_STEPS === 0) this.#tell();
      }
      const hostState = this.#nights.beginStateHash();
      this.#suspects();
      await this.#nights.endAudit();
      this.#hostState = await hostState;
      return null;
    } catch (error) {
      return this.#violationOf(error);
    }
  }

  /** Ends what still goes on beside the run. */
  async stop(): Promise<void> {
    await this.#nights.stop();
  }

  /** Whatever would still happen after the last night does not. */
  #isPast(at: number): boolean {
    const { days, quietDays } = this.#city.parts.scenario;
    return at >= this.#city.midnight(days + quietDays + 2);
  }

  #tell(): void {
    this.#rssPeak = Math.max(this.#rssPeak, process.memoryUsage.rss());
    const { scenario, tally } = this.#city.parts;
    const whole = this.#city.midnight(scenario.days + scenario.quietDays + 1);
    const begun = this.#city.midnight(1);
    this.#options.onProgress?.({
      taps: tally.taps,
      step: this.#steps,
      share: Math.min(1, (this.#city.now - begun) / (whole - begun)),
      at: this.#city.localTime(),
    });
  }

  /** A host that stops at its own books is a violation as well; anything else is our own mistake. */
  #violationOf(error: unknown): ViolationLine {
    const common = { step: this.#steps, at: this.#city.localTime() };
    if (error instanceof Violation) {
      const { check, subject, expected, found } = error;
      return { ...common, check, subject, expected, found };
    }
    if (!stopsAtBooks(error)) throw error;
    const matter = { subject: 'the product', expected: 'no invariant that fails' };
    return { ...common, ...matter, check: 'defect', found: error.message };
  }

  result(violation: ViolationLine | null, wallMs: number): CityResult {
    const { scenario, currency, tally, stations, cases } = this.#city.parts;
    const { store } = this.#city.parts.box.host;
    const suspects = this.#suspects();
    const honestAccused = [...suspects.keys()].filter(
      (serial) => this.#city.fraudOn(serial) === undefined,
    );
    const exceptions: Partial<Record<RuleName, number>> = {};
    for (const { rule } of [...store.allFindings(), ...store.quarantine(), ...store.alerts()]) {
      exceptions[rule] = (exceptions[rule] ?? 0) + 1;
    }
    return {
      scenario: scenario.name,
      seed: this.#options.seed,
      steps: this.#steps,
      currency,
      population: this.#population(),
      taps: tally.counts(),
      conservation: this.#nights.conservation.now(store),
      checks: this.#checks(),
      violation,
      detection: cases.lines(),
      faults: this.#faults(new Set(suspects.keys())),
      falseAccusations: honestAccused.length,
      exceptionsByRule: exceptions,
      days: this.#nights.days,
      stations: stations.map(({ id, name, latitude, longitude }) => {
        const { taps, amount: takings } = tally.takings.get(id) ?? { taps: 0, amount: ZERO };
        return { id, name, latitude, longitude, taps, takings };
      }),
      stateHash: this.#hash(),
      measured: this.#measured(wallMs),
    };
  }

  #population(): CityResult['population'] {
    const { people, spots, units } = this.#city;
    return {
      people: people.length,
      cards: new Set(this.#city.serials()).size,
      terminals: units.size,
      stations: this.#city.parts.stations.length,
      merchants: new Set(spots.map(({ merchant }) => merchant)).size,
    };
  }

  #checks(): CityResult['checks'] {
    const { counters, tally } = this.#city.parts;
    const looked = new Map(this.#nights.looked)
      .set('journal', tally.taps)
      .set('counters', counters.looked)
      .set('ledger', (this.#nights.looked.get('ledger') ?? 0) + tally.answers)
      .set('defect', this.#steps);
    return (Object.keys(CHECKS) as readonly CheckName[]).map((check) => ({
      check,
      looked: looked.get(check) ?? 0,
    }));
  }

  #faults(suspects: ReadonlySet<string>): readonly FaultLine[] {
    const honest = this.#city.purses.filter(
      ({ serial }) => this.#city.fraudOn(serial) === undefined,
    );
    return (Object.keys(FAULTS) as readonly FaultName[]).map((fault) => {
      const touched = honest.filter(({ faults }) => faults.has(fault));
      return {
        fault,
        injected: this.#city.parts.deck.injected.get(fault) ?? 0,
        cards: touched.length,
        accused: touched.filter(({ serial }) => suspects.has(serial)).length,
      };
    });
  }

  /** Whom the host accuses when the run has ended, with the rules. */
  #suspects(): ReturnType<typeof accused> {
    return (this.#accused ??= accused(this.#city, this.#city.parts.box.host.store));
  }

  /** The host's state and every card's own memory in one hash. */
  #hash(): string {
    const host = this.#hostState ?? stateHash(this.#city.parts.box.host.store);
    const cards = this.#city.purses.map(
      ({ serial, balance, offline, online }) => `${serial} ${balance} ${offline} ${online}`,
    );
    const text = [host, ...cards].join('\n');
    return toHex(sha256(new TextEncoder().encode(text)));
  }

  #measured(wallMs: number): CityResult['measured'] {
    const { tally } = this.#city.parts;
    this.#tell();
    return {
      node: process.version,
      wallMs: Math.round(wallMs),
      tapsPerSecond: Math.round((tally.taps * 1000) / wallMs),
      rssPeakMb: Math.round(this.#rssPeak / 2 ** 20),
      tapMicroseconds: tally.tapMicroseconds.latency(),
      batchMilliseconds: tally.batchMilliseconds.latency(),
    };
  }
}

/** Faults by which the host refuses to go on because of what its own books say. */
const OWN_BOOKS: ReadonlySet<FaultCode> = new Set(['BOOKS_WRONG', 'FILE_REFUSED']);

function stopsAtBooks(error: unknown): error is Error {
  return error instanceof Defect || (error instanceof Fault && OWN_BOOKS.has(error.code));
}
