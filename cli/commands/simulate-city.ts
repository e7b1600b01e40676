// SPDX-License-Identifier: MIT
/** `openpurse simulate city`: a seeded city that tries to break the money. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '../../src/errors/fault.ts';
import type { Feed } from '../../src/gtfs/model.ts';
import type { CityResult } from '../../simulation/city/result.ts';
import { explain, scenarioText, type Explanation } from '../../simulation/city/run/explain.ts';
import { runCity, type RunOptions } from '../../simulation/city/run/run-city.ts';
import { shrink, type Shrunk } from '../../simulation/city/run/shrink.ts';
import { UTC_OFFSET_MINUTES } from '../../simulation/city/world/build-city.ts';
import { readScenario } from '../../simulation/city/scenario/read-scenario.ts';
import { SCENARIO_SCHEMA } from '../../simulation/city/scenario/scenario-schema.ts';
import type { Scenario } from '../../simulation/city/scenario/scenario.ts';
import { runBounded } from '../bounded-memory.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { bundledFeed, loadFeed } from '../data/feeds.ts';
import { packageRoot } from '../data/package-root.ts';
import { readBounded } from '../data/read-bounded.ts';
import { wholeNumber } from '../parse-options.ts';
import { cityLines } from '../print/city.ts';
import { EXIT } from '../print/failure.ts';
import { startProgress } from '../print/progress.ts';

const SCENARIO_BYTES_MAX = 1024 * 1024;
const SEED_MAX = 0x7fffffff;
const SCENARIOS = (): string => join(packageRoot(), 'data', 'scenarios');

/** People from which on the garbage of a city would be more than the city. */
const LARGE_CITY = 5000;

/** MB of heap: twice what a city holds in its last days. */
function heapOf({ people, days }: Scenario): number {
  const kilobytesPerPerson = 8 + days;
  return 130 + Math.ceil((people * kilobytesPerPerson) / 1024);
}

interface CityOptions extends SharedOptions {
  readonly scenario: string;
  readonly seed: number;
  readonly people?: number;
  readonly days?: number;
  readonly until?: number;
  readonly gtfs: string;
  readonly report?: string;
  readonly long: boolean;
  readonly schema: boolean;
}

export function addCityCommand(simulate: Command): void {
  withSharedOptions(
    simulate.command('city').description('days of a city in which everything goes wrong'),
  )
    .option('--scenario <name|file>', `one of ${names().join(', ')}, or a file`, 'storm')
    .option('--seed <number>', 'everything that is left to chance', wholeNumber(0, SEED_MAX), 1)
    .option('--people <number>', 'instead of those of the scenario', wholeNumber(1, 1_000_000))
    .option('--days <number>', 'instead of those of the scenario', wholeNumber(1, 3660))
    .option('--until <step>', 'stop after this step', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--gtfs <dir>', 'folder of a GTFS feed', bundledFeed())
    .option('--report <file>', 'write the report as one HTML file')
    .option('--long', 'go on with the next seeds until stopped, or until something is wrong', false)
    .option('--schema', 'print the JSON Schema of a scenario and end', false)
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse simulate city --scenario storm --seed 1 --json\n  openpurse simulate city --scenario calm --people 2000 --report city.html\n  openpurse simulate city --scenario my.json --long\n',
    )
    .action(cityCommand);
}

async function cityCommand(options: CityOptions): Promise<void> {
  const { printer } = new Context(options);
  if (options.schema) {
    const text = JSON.stringify(SCENARIO_SCHEMA, null, 2);
    printer.say({ data: SCENARIO_SCHEMA, lines: [text] });
    return;
  }
  if (options.report !== undefined && existsSync(options.report)) {
    throw new Fault('FILE_EXISTS', `"--report" expected a new file, ${options.report} is there`);
  }
  const scenario = scenarioOf(options);
  if (scenario.people >= LARGE_CITY && (await runBounded(heapOf(scenario)))) return;
  await runSeeds(scenario, options);
}

/** One seed, or one after the other. */
async function runSeeds(scenario: Scenario, options: CityOptions): Promise<void> {
  const { printer } = new Context(options);
  const feed = loadFeed(options.gtfs);
  prepareData(options, feed);
  for (let seed = options.seed; ; seed++) {
    const result = await runOnce({ scenario, seed, feed }, options, printer.isJson);
    if (options.report !== undefined) await writeReport(options.report, result);
    const found =
      result.violation === null ? undefined : await findOut({ scenario, seed, feed }, result);
    printer[options.long ? 'event' : 'say']({
      data: { ...result, ...found },
      lines: cityLines(result, found),
    });
    if (found !== undefined) process.exitCode = EXIT.defect;
    if (!options.long || found !== undefined) return;
  }
}

/** With `--data` the city stays: its host is one that every other command can look at. */
function prepareData(options: CityOptions, { currency }: Feed): void {
  if (options.data === undefined) return;
  const { data } = new Context(options);
  if (options.long) throw new Fault('USAGE', '"--data" expected one run, not --long');
  if (existsSync(data.in('host')) || existsSync(data.in('config.json'))) {
    throw new Fault('USAGE', `"--data" expected a new folder, ${data.path} holds data already`);
  }
  if (currency !== undefined) data.config({ currency, utcOffsetMinutes: UTC_OFFSET_MINUTES });
}

function names(): readonly string[] {
  return readdirSync(SCENARIOS())
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** A scenario that comes with the product, or a file. @throws SCENARIO_INVALID, FILE_UNREADABLE */
function scenarioOf({ scenario: name, people, days }: CityOptions): Scenario {
  const path = names().includes(name) ? join(SCENARIOS(), `${name}.json`) : name;
  if (!existsSync(path)) {
    const known = [...names(), 'a file'].join(', ');
    throw new Fault('FILE_UNREADABLE', `"--scenario" expected one of ${known}, got ${name}`);
  }
  const bytes = readBounded(path, SCENARIO_BYTES_MAX);
  const scenario = readScenario(new TextDecoder().decode(bytes));
  return {
    ...scenario,
    ...(people === undefined ? {} : { people }),
    ...(days === undefined ? {} : { days }),
  };
}

interface Subject {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly feed: Feed;
}

/** Runs in a folder of its own, which is removed; or in one that is kept. */
async function inFolder<T>(
  subject: Subject,
  work: (options: RunOptions) => Promise<T>,
  kept?: string,
): Promise<T> {
  const directory = kept ?? mkdtempSync(join(tmpdir(), 'openpurse-city-'));
  try {
    return await work({ ...subject, directory, workers: 0 });
  } finally {
    if (kept === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

async function runOnce(
  subject: Subject,
  options: CityOptions,
  isJson: boolean,
): Promise<CityResult> {
  const HUNDRED = 100;
  const progress = startProgress(HUNDRED, { isJson, unit: '%' });
  const start = performance.now();
  const kept = options.data === undefined ? undefined : new Context(options).data.path;
  const run = (given: RunOptions): Promise<CityResult> =>
    runCity({
      ...given,
      ...(options.until === undefined ? {} : { until: options.until }),
      onProgress({ taps, share, at, step }) {
        const rate = Math.round((taps * 1000) / (performance.now() - start));
        const note = `${at}, step ${step}, ${rate} taps/s, seed ${subject.seed}`;
        progress.at(Math.floor(share * HUNDRED), note);
      },
    });
  return inFolder(subject, run, kept).finally(() => progress.stop());
}

/** The smallest scenario that shows a violation, and what happened in it. */
async function findOut(
  subject: Subject,
  { violation }: CityResult,
): Promise<{ readonly shrunk: Shrunk; readonly explanation: Explanation } | undefined> {
  if (violation === null) return undefined;
  const shrunk = await shrink({ scenario: subject.scenario, violation }, (scenario) =>
    inFolder({ ...subject, scenario }, runCity),
  );
  const smallest = { ...subject, scenario: shrunk.scenario };
  const explanation = await inFolder(smallest, (run) => explain(run, shrunk.violation));
  writeFileSync(`city-violation-${subject.seed}.json`, scenarioText(shrunk.scenario));
  return { shrunk, explanation };
}

async function writeReport(path: string, result: CityResult): Promise<void> {
  const { cityReport } = await import('../../simulation/city/report/report.ts');
  writeFileSync(path, await cityReport(result));
}
