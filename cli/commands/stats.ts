// SPDX-License-Identifier: MIT
/** `openpurse stats`: purchases, loads and refunds by day, merchant, station or card lot. */
import { Option, type Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { guarded } from '../../host/files/csv.ts';
import { checkDay } from '../../host/issuing/checks.ts';
import {
  STATISTICS_BY,
  type Statistics,
  type StatisticsBy,
  type StatisticsLine,
} from '../../host/issuing/statistics.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatAmount } from '../../src/money/decimal.ts';
import { withSharedOptions, type SharedOptions } from '../context.ts';
import { table } from '../print/printer.ts';
import { say } from './issuing.ts';
import { isoDate } from '../../src/time/civil.ts';

interface StatsOptions extends SharedOptions {
  readonly by: StatisticsBy;
  readonly from?: string;
  readonly to?: string;
  readonly csv?: boolean;
}

export function addStatsCommand(program: Command): void {
  withSharedOptions(
    program
      .command('stats')
      .description('count and add up what was booked: purchases, loads, refunds'),
  )
    .addOption(new Option('--by <what>', 'a line for each').choices(STATISTICS_BY).default('day'))
    .option('--from <day>', 'first day, such as 2026-02-01')
    .option('--to <day>', 'last day')
    .addOption(new Option('--csv', 'as CSV').conflicts('json'))
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse stats --by merchant\n  openpurse stats --by station --from 2026-02-01 --to 2026-02-28 --csv\n',
    )
    .action((options: StatsOptions) =>
      say(options, ({ issuing, currency }) => {
        const from = options.from === undefined ? null : checkDay('--from', options.from);
        const to = options.to === undefined ? null : checkDay('--to', options.to);
        const result = issuing.statistics({ by: options.by, from, to });
        const rows = rowsOf(options.by, result, currency);
        return {
          data: { currency, by: options.by, ...result },
          lines:
            options.csv === true
              ? [stringify(rows.map(([key = '', ...sums]) => [guarded(key), ...sums])).trimEnd()]
              : table(rows, [1, 2, 3, 4, 5, 6, 7]),
        };
      }),
    );
}

function rowsOf(
  by: StatisticsBy,
  { lines, total }: Statistics,
  currency: CurrencyCode,
): readonly (readonly string[])[] {
  const row = (line: StatisticsLine, key: string): readonly string[] => [
    key,
    ...[line.entries, line.purchases.count].map(String),
    formatAmount(line.purchases.sum, currency),
    line.loads.count.toString(),
    formatAmount(line.loads.sum, currency),
    line.refunds.count.toString(),
    formatAmount(line.refunds.sum, currency),
  ];
  const counts = ['entries', 'purchases', 'bought', 'loads', 'loaded', 'refunds', 'refunded'];
  return [
    [by, ...counts],
    ...lines.map((line) => row(line, by === 'day' ? isoDate(line.key) : line.key)),
    row(total, 'total'),
  ];
}
