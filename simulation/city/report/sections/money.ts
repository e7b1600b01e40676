// SPDX-License-Identifier: MIT
/** Money over time: three charts of one time axis each, as their values differ by orders of magnitude. */
import { groupedAmount } from '../../../../host/files/html-text.ts';
import type { SignedAmount } from '../../../../src/money/amount.ts';
import type { CityResult } from '../../result.ts';
import type { Draw } from '../charts/chart.ts';
import { dayChart, type DayChart } from '../charts/day-charts.ts';
import { markup, section, table, type Markup } from '../markup.ts';
import { count } from '../words.ts';

const HELD: DayChart = {
  name: 'held',
  label: 'Money on cards and float at the end of each day',
  kind: 'line',
  values: [
    { name: 'Float', colour: 'orange', isDashed: true, of: (day) => day.float },
    { name: 'On cards', colour: 'blue', of: (day) => day.onCards },
  ],
};

const OWED: DayChart = {
  name: 'owed',
  label: 'Money payable to merchants and open at the end of each day',
  kind: 'line',
  values: [
    { name: 'Payable to merchants', colour: 'violet', of: (day) => day.payable },
    {
      name: 'Open',
      colour: 'teal',
      isDashed: true,
      of: (day) => day.open,
    },
  ],
};

const MOVED: DayChart = {
  name: 'moved',
  label: 'Money loaded and spent on each day',
  kind: 'bar',
  values: [
    { name: 'Loaded', colour: 'blue', of: (day) => day.loaded },
    { name: 'Spent', colour: 'orange', of: (day) => day.spent },
  ],
};

const COLUMNS = ['Loaded', 'Spent', 'On cards', 'Float', 'Payable', 'Open'];
const COUNTS = ['Taps', 'Records', 'Batches', 'Exceptions'];

function dayTable({ currency, days }: CityResult): Markup {
  const shown = (value: SignedAmount): string => groupedAmount(value, currency);
  const rows = days.map((day) => [
    day.date,
    ...[day.loaded, day.spent, day.onCards, day.float, day.payable, day.open].map(shown),
    ...[day.taps, day.records, day.batches, day.exceptions].map(count),
  ]);
  const numbers = [...COLUMNS, ...COUNTS].map((number) => ({ number }));
  return markup`<details><summary>The same as numbers</summary>${table(['Date', ...numbers], rows)}</details>`;
}

export function moneySection(result: CityResult, draw: Draw): Markup {
  const { currency, days } = result;
  if (days.length === 0) {
    return section('money', 'Money over time', [
      markup`<p>The run ended before its first day did.</p>`,
    ]);
  }
  const drawn = (title: string, chart: DayChart): Markup =>
    markup`<h3>${title}, ${currency}</h3>${draw(dayChart(chart, { currency, days }))}`;
  return section('money', 'Money over time', [
    markup`<p class="note">Float: what the host owes to cards, by its books. Open: gaps, held claims and loads in flight.</p>`,
    drawn('Held at the end of a day', HELD),
    drawn('Owed at the end of a day', OWED),
    drawn('Moved on a day', MOVED),
    dayTable(result),
  ]);
}
