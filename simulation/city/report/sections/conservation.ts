// SPDX-License-Identifier: MIT
/** Where the money is at the end: what cards hold against what the books owe. */
import { groupedAmount } from '../../../../host/files/html-text.ts';
import type { CityResult } from '../../result.ts';
import { judged, markup, section, table, type Markup } from '../markup.ts';

const line = (sign: string, name: string, meaning: string): Markup =>
  markup`${sign} ${name}<small>${meaning}</small>`;

export function conservationSection({ conservation, currency }: CityResult): Markup {
  const { compromised, difference, float, honest, inFlight } = conservation;
  const shown = (value: typeof float): string => groupedAmount(value, currency);
  return section('conservation', 'Conservation of money', [
    markup`<div class="slim">${table(
      ['What', { number: currency }],
      [
        [
          line('', 'Honest cards', 'by the memories of cards that nobody tampered with'),
          shown(honest),
        ],
        [
          line('+', 'In flight', 'debits the host has no record of yet, and loads on their way'),
          shown(inFlight),
        ],
        [
          line('+', 'Compromised', 'what the books carry of cards copied, rolled back or forged'),
          shown(compromised),
        ],
        [
          line('\u2212', 'Float', 'by the ledger: purses, unpresented purchases, loads in flight'),
          shown(float),
        ],
        [
          markup`<b>= Difference</b><small>must be zero to the last minor unit</small>`,
          judged(shown(difference), difference === 0),
        ],
      ],
    )}</div>`,
  ]);
}
