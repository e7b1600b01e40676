// SPDX-License-Identifier: MIT
/** `openpurse simulate …`: a seeded world of real cards, terminals and one host. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { currencyCode } from '../../src/money/decimal.ts';
import { Fault } from '../../src/errors/fault.ts';
import {
  simulateShop,
  simulateTransit,
  UTC_OFFSET_MINUTES,
  type ScenarioOptions,
  type ScenarioResult,
} from '../../simulation/run/run-scenario.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { bundledFeed, loadFeed } from '../data/feeds.ts';
import { addCityCommand } from './simulate-city.ts';
import { share, wholeNumber } from '../parse-options.ts';
import { EXIT } from '../print/failure.ts';
import { money, type Said } from '../print/printer.ts';
import { startProgress } from '../print/progress.ts';

const CARDS_MAX = 1_000_000;
const TAPS_MAX = 100_000_000;

interface SimulateOptions extends SharedOptions {
  readonly cards: number;
  readonly taps: number;
  readonly seed: number;
  readonly tearRate: number;
}

function withRunOptions(command: Command): Command {
  return withSharedOptions(command)
    .option('--cards <number>', 'cards, half of each suite', wholeNumber(1, CARDS_MAX), 200)
    .option(
      '--taps <number>',
      'taps at terminals, loads not counted',
      wholeNumber(1, TAPS_MAX),
      5000,
    )
    .option('--seed <number>', 'everything that is left to chance', wholeNumber(0, 0x7fffffff), 1)
    .option('--tear-rate <share>', 'share of commits that are torn', share, 0.005);
}

export function addSimulateCommands(program: Command): void {
  const simulate = program
    .command('simulate')
    .description('seeded worlds: taps, tears, late and double batches, and the books');
  withRunOptions(simulate.command('shop').description('sales at a street of shops'))
    .option('--shops <number>', 'shops', wholeNumber(1, 1000), 8)
    .option('--currency <code>', 'ISO 4217 code', 'INR')
    .addHelpText(
      'after',
      '\nExample:\n  openpurse simulate shop --cards 500 --taps 10000 --seed 7 --json\n',
    )
    .action((options: SimulateOptions & { shops: number; currency: string }) => {
      const currency = currencyCode(options.currency);
      return run(options, currency, (common) => simulateShop({ ...common, shops: options.shops }));
    });
  withRunOptions(simulate.command('transit').description('trips on the network of a GTFS feed'))
    .option('--gtfs <dir>', 'folder of a GTFS feed', bundledFeed())
    .addHelpText(
      'after',
      '\nExample:\n  openpurse simulate transit --cards 2000 --taps 50000 --seed 7 --json\n',
    )
    .action((options: SimulateOptions & { gtfs: string }) => {
      const feed = loadFeed(options.gtfs);
      const { currency } = feed;
      if (currency === undefined)
        throw new Fault(
          'GTFS_INVALID',
          '"fare_attributes.txt" expected at least one fare, got none',
        );
      return run(options, currency, (common) => simulateTransit({ ...common, feed }));
    });
  addCityCommand(simulate);
}

async function run(
  options: SimulateOptions,
  currency: CurrencyCode,
  scenario: (options: ScenarioOptions) => Promise<ScenarioResult>,
): Promise<void> {
  const { printer, data } = new Context(options);
  if (options.data !== undefined) {
    if (existsSync(data.in('host')) || existsSync(data.in('config.json'))) {
      throw new Fault('USAGE', `"--data" expected a new folder, ${data.path} holds data already`);
    }
    data.config({ currency, utcOffsetMinutes: UTC_OFFSET_MINUTES });
  }
  const progress = startProgress(options.taps, { isJson: printer.isJson, unit: 'taps' });
  const { cards, taps, seed, tearRate } = options;
  const directory = options.data === undefined ? {} : { directory: data.path };
  const result = await scenario({
    cards,
    taps,
    seed,
    tearRate,
    currency,
    ...directory,
    onProgress: (done) => progress.at(done),
  }).finally(() => progress.stop());
  printer.say(saidOf(result, currency));
  if (result.conservation.difference !== 0) process.exitCode = EXIT.defect;
}

function saidOf(result: ScenarioResult, currency: CurrencyCode): Said {
  const { conservation } = result;
  const reasons = Object.entries(result.declinedBy).map(([reason, count]) => `${reason} ${count}`);
  const rules = Object.entries(result.exceptionsByRule).map(([rule, count]) => `${rule} ${count}`);
  const lines = [
    `${result.taps} taps of ${result.cards} cards, seed ${result.seed}, ${result.wallMs} ms`,
    `  approved ${result.approved}, declined ${result.declined}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`,
    `  uncertain ${result.uncertain}, of which ${result.recovered} were decided by a later tap`,
    `  loads ${result.loads}; taken in all ${money(result.fareTotal, currency)}`,
    `host: ${result.records} records sent, ${result.posted} in the chains, ${result.duplicateBatches} batches sent twice`,
    `  merchants are owed ${money(result.merchantPayable, currency)}`,
    `  ${result.exceptions} exceptions${rules.length === 0 ? '' : `: ${rules.join(', ')}`}`,
    'conservation',
    `  on the cards  ${money(conservation.cardBalances, currency)}`,
    `  in flight     ${money(conservation.inFlight, currency)}`,
    `  host's float  ${money(conservation.float, currency)}`,
    `  difference    ${money(conservation.difference, currency)}`,
    `state ${result.stateHash}`,
  ];
  return { data: { ...result, currency }, lines };
}
