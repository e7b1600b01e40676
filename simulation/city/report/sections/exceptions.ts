// SPDX-License-Identifier: MIT
/** Exceptions by rule, the most frequent first. */
import { RULES, type RuleName } from '../../../../src/clearing/rules.table.ts';
import type { CityResult } from '../../result.ts';
import { isWide } from '../charts/axes.ts';
import type { Draw } from '../charts/chart.ts';
import { countBars } from '../charts/count-bars.ts';
import { markup, section, table, type Markup } from '../markup.ts';
import { count } from '../words.ts';

const ORDER = Object.keys(RULES) as readonly RuleName[];

export function exceptionsSection({ exceptionsByRule }: CityResult, draw: Draw): Markup {
  const lines = ORDER.map((rule) => ({ rule, count: exceptionsByRule[rule] ?? 0 }))
    .filter((line) => line.count > 0)
    .toSorted((a, b) => b.count - a.count);
  const title = 'Exceptions by rule';
  if (lines.length === 0) {
    return section('exceptions', title, [markup`<p>No rule had anything to say.</p>`]);
  }
  const bars = lines.map((line) => ({
    name: `${RULES[line.rule].number} ${line.rule}`,
    count: line.count,
  }));
  const scale = isWide(bars.map((bar) => bar.count)) ? ' The scale is in powers of ten.' : '';
  const rows = lines.map((line) => {
    const { meaning, number, severity } = RULES[line.rule];
    return [
      markup`<code>${line.rule}</code><small>${meaning}</small>`,
      String(number),
      severity,
      count(line.count),
    ];
  });
  return section('exceptions', title, [
    markup`<p class="note">Numbers of rules are those of docs/ledger.md.${scale}</p>`,
    draw(countBars('exceptions', { bars, label: 'Exceptions by rule' })),
    table(['Rule', { number: 'No.' }, 'Severity', { number: 'Exceptions' }], rows),
  ]);
}
