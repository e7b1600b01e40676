// SPDX-License-Identifier: MIT
/** Values per day: states at the end of a day as lines, what happened on it as bars. */
import type { CurrencyCode } from '../../../../src/money/currencies.table.ts';
import type { SignedAmount } from '../../../../src/money/amount.ts';
import type { DayLine } from '../../result.ts';
import { colour } from '../palette.ts';
import { drawnAmount, shortDate } from '../words.ts';
import { namedAxis, numberAxis, PLAIN_LEGEND } from './axes.ts';
import type { Chart, ChartOption } from './chart.ts';

interface DayValue {
  readonly name: string;
  readonly colour: 'blue' | 'orange' | 'teal' | 'violet';
  /** Lines that may lie on each other are told apart by more than colour. */
  readonly isDashed?: boolean;
  of(day: DayLine): SignedAmount;
}

export interface DayChart {
  readonly name: string;
  readonly label: string;
  readonly kind: 'bar' | 'line';
  readonly values: readonly DayValue[];
}

const HEIGHT = 230;

function option(chart: DayChart, days: readonly DayLine[], currency: CurrencyCode): ChartOption {
  return {
    grid: { left: 4, right: 12, top: 34, bottom: 4, outerBoundsMode: 'same' },
    legend: {
      ...PLAIN_LEGEND,
      data: chart.values.map(({ name }) => name),
      // A dot on each key would hide which line is dashed.
      ...(chart.kind === 'line' && days.length > 1 ? { itemStyle: { opacity: 0 } } : {}),
    },
    xAxis: {
      ...namedAxis(days.map(({ date }) => shortDate(date))),
      boundaryGap: chart.kind === 'bar' || days.length === 1,
    },
    yAxis: numberAxis(),
    series: chart.values.map((value) => {
      const shared = {
        name: value.name,
        silent: true,
        itemStyle: { color: colour(value.colour) },
        data: days.map((day) => drawnAmount(value.of(day), currency)),
      };
      if (chart.kind === 'bar') return { ...shared, type: 'bar', barMaxWidth: 26, barGap: '10%' };
      const type = value.isDashed === true ? ('dashed' as const) : ('solid' as const);
      return {
        ...shared,
        type: 'line',
        // One point makes no line.
        symbol: days.length === 1 ? 'circle' : 'none',
        symbolSize: 7,
        lineStyle: { color: colour(value.colour), width: 2.5, type },
      };
    }),
  };
}

export function dayChart(
  chart: DayChart,
  { currency, days }: { readonly currency: CurrencyCode; readonly days: readonly DayLine[] },
): Chart {
  return {
    name: chart.name,
    label: chart.label,
    drawing: () => ({ height: HEIGHT, option: option(chart, days, currency) }),
  };
}
