// SPDX-License-Identifier: MIT
/** Makes the scenario of a violation smaller, as long as the same checker still stops the run. */
import type { Scenario } from '../scenario/scenario.ts';
import { DAY_MS, HOUR_MS } from '../world/durations.ts';
import type { CityResult, ViolationLine } from '../result.ts';

export interface Shrunk {
  readonly scenario: Scenario;
  readonly violation: ViolationLine;
  /** Runs that it took. */
  readonly runs: number;
}

/** Runs at most; every one is shorter than the run that found the violation. */
const RUNS_MAX = 40;

type Candidate = (scenario: Scenario) => Scenario | undefined;

const half = (value: number, least: number): number => Math.max(least, Math.floor(value / 2));

function without(kind: 'faults' | 'frauds', name: string): Candidate {
  return (scenario) => {
    if (!(name in scenario[kind])) return undefined;
    const rest = Object.entries(scenario[kind]).filter(([other]) => other !== name);
    return { ...scenario, [kind]: Object.fromEntries(rest) };
  };
}

function smaller(field: 'agents' | 'people' | 'shops' | 'stations', least: number): Candidate {
  return (scenario) => {
    const value = half(scenario[field], least);
    return value === scenario[field] ? undefined : { ...scenario, [field]: value };
  };
}

/** Everything that may be left out, the largest pieces first. */
function candidates(scenario: Scenario, day: number): readonly Candidate[] {
  return [
    (one) => (day < one.days ? { ...one, days: day, quietDays: 1 } : undefined),
    (one) => (Object.keys(one.frauds).length > 0 ? { ...one, frauds: {} } : undefined),
    (one) => (Object.keys(one.faults).length > 0 ? { ...one, faults: {} } : undefined),
    ...Object.keys(scenario.frauds).map((name) => without('frauds', name)),
    ...Object.keys(scenario.faults).map((name) => without('faults', name)),
    smaller('people', 1),
    smaller('people', 1),
    smaller('people', 1),
    smaller('stations', 2),
    smaller('shops', 1),
    smaller('agents', 1),
  ];
}

/** `run` runs a scenario with the seed of the violation. */
export async function shrink(
  found: { readonly scenario: Scenario; readonly violation: ViolationLine },
  run: (scenario: Scenario) => Promise<CityResult>,
): Promise<Shrunk> {
  let { scenario, violation } = found;
  let runs = 0;
  const day = dayOf(scenario, violation);
  for (const candidate of candidates(scenario, day)) {
    const next = candidate(scenario);
    if (next === undefined || runs >= RUNS_MAX) continue;
    runs++;
    const { violation: again } = await run(next);
    if (again?.check !== violation.check) continue;
    scenario = next;
    violation = again;
  }
  return { scenario, violation, runs };
}

/** Nights belong to the day before: the books are closed and looked at until then. */
const NIGHT_MS = 3 * HOUR_MS;

/** The number of the day of a violation. */
function dayOf({ start, days }: Scenario, { at }: ViolationLine): number {
  const begun = Date.parse(`${start}T00:00:00Z`);
  const found = Date.parse(`${at.replace(' ', 'T')}Z`) - NIGHT_MS;
  const day = Math.floor((found - begun) / DAY_MS) + 1;
  return Math.min(days, Math.max(1, day));
}
