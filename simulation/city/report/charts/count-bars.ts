// SPDX-License-Identifier: MIT
/** Counts by name as lying bars, in the order given, with the number at the end of each. */
import { colour } from '../palette.ts';
import { count } from '../words.ts';
import { countAxis, FONT_SIZE, namedAxis } from './axes.ts';
import type { Chart, ChartOption } from './chart.ts';

export interface CountBar {
  readonly name: string;
  readonly count: number;
}

/** Of two lines of a long name on a phone. */
const ROW_HEIGHT = 32;
const AXIS_HEIGHT = 34;
/** Longer names go on in a second line. */
const NAME_PART = 0.42;

function option(bars: readonly CountBar[], width: number): ChartOption {
  const names = namedAxis(bars.map(({ name }) => name));
  return {
    // The numbers at the ends of bars need room.
    grid: { left: 4, right: 58, top: 4, bottom: 4, outerBoundsMode: 'same' },
    xAxis: countAxis(bars.map((bar) => bar.count)),
    yAxis: {
      ...names,
      inverse: true,
      axisLabel: {
        color: colour('ink'),
        fontSize: FONT_SIZE,
        interval: 0,
        width: Math.round(width * NAME_PART),
        overflow: 'break',
        lineHeight: 14,
      },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: 17,
        itemStyle: { color: colour('blue') },
        label: {
          show: true,
          position: 'right',
          color: colour('ink'),
          fontSize: FONT_SIZE,
          formatter: ({ dataIndex }) => count(bars[dataIndex]?.count ?? 0),
        },
        data: bars.map((bar) => bar.count),
      },
    ],
  };
}

export function countBars(
  name: string,
  { bars, label }: { readonly bars: readonly CountBar[]; readonly label: string },
): Chart {
  return {
    name,
    label,
    drawing: (width) => ({
      height: bars.length * ROW_HEIGHT + AXIS_HEIGHT,
      option: option(bars, width),
    }),
  };
}
