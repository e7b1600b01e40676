// SPDX-License-Identifier: MIT
/** How fast this machine was: the one section that another run of the same seed would print otherwise. */
import type { CityResult, Latency } from '../../result.ts';
import type { Draw } from '../charts/chart.ts';
import { latencyBars } from '../charts/latency-bars.ts';
import { markup, section, type Markup } from '../markup.ts';
import { count, duration } from '../words.ts';

interface Timed {
  readonly name: string;
  readonly title: string;
  readonly latency: Latency;
  /** In one unit of the latency. */
  readonly microseconds: number;
}

function histogram({ latency, microseconds, name, title }: Timed, draw: Draw): Markup {
  if (latency.count === 0) return markup`<h3>${title}</h3><p>Nothing was timed.</p>`;
  const shown = (value: number): string => duration(value * microseconds);
  const { most, p50, p99 } = latency;
  return markup`<h3>${title}</h3>
<p>p50 <b>${shown(p50)}</b>, p99 <b>${shown(p99)}</b>, most <b>${shown(most)}</b>, of ${count(latency.count)}.</p>
${draw(latencyBars(name, { latency, microseconds, label: `Histogram: ${title}` }))}`;
}

export function latencySection({ measured }: CityResult, draw: Draw): Markup {
  const { batchMilliseconds, node, rssPeakMb, tapMicroseconds, tapsPerSecond, wallMs } = measured;
  const tiles = [
    ['Node.js', node],
    ['Wall time', duration(wallMs * 1000)],
    ['Taps per second', count(Math.round(tapsPerSecond))],
    ['Memory, most', `${count(Math.round(rssPeakMb))} MB`],
  ] as const;
  return section('latency', 'Latency on this machine', [
    markup`<p>Only this section is not a function of scenario and seed: it measures the machine that ran it. Each bar is a range of times twice as long as the one before; a name over a bar says what lies in it.</p>
<dl class="tiles">
${tiles.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>`,
    histogram({ name: 'tap', title: 'A tap', latency: tapMicroseconds, microseconds: 1 }, draw),
    histogram(
      {
        name: 'batch',
        title: 'Clearing of a batch',
        latency: batchMilliseconds,
        microseconds: 1000,
      },
      draw,
    ),
  ]);
}
