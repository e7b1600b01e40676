// SPDX-License-Identifier: MIT
/** Where the money was taken. */
import { groupedAmount } from '../../../../host/files/html-text.ts';
import { sum } from '../../../../src/money/amount.ts';
import type { CityResult } from '../../result.ts';
import type { Draw } from '../charts/chart.ts';
import { byTakings, mapKilometres, stationMap } from '../charts/station-map.ts';
import { markup, section, table, type Markup } from '../markup.ts';
import { count, counted, shareOf } from '../words.ts';

const TOP = 10;

export function stationsSection({ currency, stations }: CityResult, draw: Draw): Markup {
  const title = 'Stations by takings';
  if (stations.length === 0) {
    return section('stations', title, [markup`<p>This city has no stations.</p>`]);
  }
  const ordered = byTakings(stations);
  const total = sum(stations.map(({ takings }) => takings));
  const rows = ordered
    .slice(0, TOP)
    .map(({ name, takings, taps }) => [
      name,
      count(taps),
      groupedAmount(takings, currency),
      shareOf(takings, total),
    ]);
  const kilometres = mapKilometres(stations).toFixed(1);
  return section('stations', title, [
    markup`<p class="note">${counted(stations.length, 'station')} took ${currency} ${groupedAmount(total, currency)}. The area of a circle is what was taken there by gates and shops; the map is ${kilometres} km wide.</p>
<div class="beside">
<div>${draw(stationMap(ordered))}</div>
<div>${table(['Top ten', { number: 'Taps' }, { number: currency }, { number: 'Share' }], rows)}</div>
</div>`,
  ]);
}
