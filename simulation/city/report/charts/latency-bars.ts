// SPDX-License-Identifier: MIT
/** A histogram of latencies: one bar per bucket, each twice as wide in time as the one before. */
import type { Latency } from '../../result.ts';
import { colour } from '../palette.ts';
import { duration } from '../words.ts';
import { countAxis, FONT_SIZE, namedAxis } from './axes.ts';
import type { Chart, ChartOption } from './chart.ts';

type Bucket = Latency['buckets'][number];

const HEIGHT = 240;

/** The buckets from the first that is not empty to the last: what is beyond was never seen. */
function seen(buckets: readonly Bucket[]): readonly Bucket[] {
  const first = buckets.findIndex(({ count }) => count > 0);
  const last = buckets.findLastIndex(({ count }) => count > 0);
  return first === -1 ? [] : buckets.slice(first, last + 1);
}

/** Which of the figures above the chart lie in which bucket. */
function marks(buckets: readonly Bucket[], { most, p50, p99 }: Latency): readonly string[] {
  const home = (value: number): number => buckets.findIndex(({ upTo }) => value <= upTo);
  const homes = [
    ['p50', home(p50)],
    ['p99', home(p99)],
    ['most', home(most)],
  ] as const;
  return buckets.map((_, index) =>
    homes
      .filter(([, at]) => at === index)
      .map(([name]) => name)
      .join(', '),
  );
}

function option(latency: Latency, microseconds: number): ChartOption {
  const buckets = seen(latency.buckets);
  const names = marks(buckets, latency);
  return {
    grid: { left: 4, right: 12, top: 26, bottom: 4, outerBoundsMode: 'same' },
    xAxis: namedAxis(buckets.map(({ upTo }) => `≤ ${duration(upTo * microseconds)}`)),
    yAxis: countAxis(buckets.map(({ count }) => count)),
    series: [
      {
        type: 'bar',
        silent: true,
        barCategoryGap: '8%',
        itemStyle: { color: colour('teal') },
        label: {
          show: true,
          position: 'top',
          color: colour('ink'),
          fontSize: FONT_SIZE,
          formatter: ({ dataIndex }) => names[dataIndex] ?? '',
        },
        // Zero has no place on an axis of powers of ten.
        data: buckets.map(({ count }) => (count === 0 ? '-' : count)),
      },
    ],
  };
}

/** `microseconds` is one unit of the latencies. */
export function latencyBars(
  name: string,
  of: { readonly latency: Latency; readonly microseconds: number; readonly label: string },
): Chart {
  return {
    name,
    label: of.label,
    drawing: () => ({ height: HEIGHT, option: option(of.latency, of.microseconds) }),
  };
}
