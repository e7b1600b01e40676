// SPDX-License-Identifier: MIT
/** What went wrong without ill will, and whether anybody honest was blamed for it. */
import { FAULTS } from '../../faults/faults.table.ts';
import type { CityResult } from '../../result.ts';
import { judged, markup, section, table, type Markup } from '../markup.ts';
import { count } from '../words.ts';

export function faultsSection({ falseAccusations, faults }: CityResult): Markup {
  const title = 'Faults and the honest';
  const accused = markup`<p>Honest holders accused over all faults: ${judged(count(falseAccusations), falseAccusations === 0)}</p>
<p class="note">Honest cards: those that the fault touched. Accused: those of them that the host accuses.</p>`;
  if (faults.length === 0) {
    return section('faults', title, [markup`<p>This scenario has no faults.</p>`, accused]);
  }
  const columns = ['Injected', 'Honest cards', 'Accused'].map((number) => ({ number }));
  const rows = faults.map((line) => [
    markup`<code>${line.fault}</code><small>${FAULTS[line.fault].meaning}</small>`,
    count(line.injected),
    count(line.cards),
    judged(count(line.accused), line.accused === 0),
  ]);
  return section('faults', title, [accused, table(['Fault', ...columns], rows)]);
}
