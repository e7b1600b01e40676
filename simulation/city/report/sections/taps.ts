// SPDX-License-Identifier: MIT
/** What became of every tap. */
import type { CityResult, TapCounts } from '../../result.ts';
import { isWide } from '../charts/axes.ts';
import type { Draw } from '../charts/chart.ts';
import { countBars, type CountBar } from '../charts/count-bars.ts';
import { markup, section, table, type Markup } from '../markup.ts';
import { count, counted, shareOf, spaced } from '../words.ts';

function outcomes(taps: TapCounts): readonly CountBar[] {
  const reasons = Object.entries(taps.declinedBy)
    .map(([reason, times]) => ({ name: `declined: ${spaced(reason)}`, count: times }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return [
    { name: 'approved', count: taps.approved },
    ...reasons,
    { name: 'uncertain', count: taps.uncertain },
    { name: 'not presented', count: taps.notPresented },
    { name: 'recovered later', count: taps.recovered },
  ];
}

export function tapsSection({ taps }: CityResult, draw: Draw): Markup {
  if (taps.taps === 0) return section('taps', 'Taps', [markup`<p>Nobody tapped.</p>`]);
  const bars = outcomes(taps);
  const scale = isWide(bars.map((bar) => bar.count)) ? ' The scale is in powers of ten.' : '';
  const rows = bars.map((bar) => [bar.name, count(bar.count), shareOf(bar.count, taps.taps)]);
  return section('taps', 'Taps', [
    markup`<p>${counted(taps.taps, 'tap')}: ${count(taps.approved)} approved, ${count(taps.declined)} declined, ${count(taps.uncertain)} uncertain at the time, ${count(taps.notPresented)} not presented.</p>
<p class="note">Uncertain: the card may or may not have paid. Not presented: the card left too early, or the terminal lost power. Recovered later: the next tap of the same card decided it; such a tap is counted by its first outcome, too, and what no tap decides is decided by the records of the host.${scale}</p>`,
    draw(countBars('taps', { bars, label: 'Taps by outcome' })),
    table(['Outcome', { number: 'Taps' }, { number: 'Share' }], rows),
  ]);
}
