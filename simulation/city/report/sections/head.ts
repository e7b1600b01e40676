// SPDX-License-Identifier: MIT
/** What was run, what came of it, and how to run it again. */
import { groupedAmount } from '../../../../host/files/html-text.ts';
import { sum } from '../../../../src/money/amount.ts';
import { CHECKS } from '../../checks/check.ts';
import type { CityResult, ViolationLine } from '../../result.ts';
import { judged, markup, NOTHING, type Markup } from '../markup.ts';
import { count, counted, NONE, shareOf } from '../words.ts';

/** As a shell takes it for one word. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function command({ scenario, seed }: CityResult, until: number): Markup {
  const words = `openpurse simulate city --scenario ${shellWord(scenario)} --seed ${seed} --until ${until}`;
  return markup`<code class="command">${words}</code>`;
}

function broken(result: CityResult, violation: ViolationLine): Markup {
  const { at, check, expected, found, step, subject } = violation;
  return markup`<div class="verdict broken">
<p class="first">The check ${check} is violated: ${subject}.</p>
<dl>
<dt>It says</dt><dd>${CHECKS[check]}</dd>
<dt>Expected</dt><dd>${expected}</dd>
<dt>Found</dt><dd>${found}</dd>
<dt>When</dt><dd>step ${count(step)}, ${at}</dd>
</dl>
${command(result, step)}
</div>`;
}

function verdict(result: CityResult): Markup {
  const { checks, steps, violation } = result;
  if (violation !== null) return broken(result, violation);
  const looked = checks.reduce((total, line) => total + line.looked, 0);
  if (looked === 0) {
    return markup`<div class="verdict broken"><p class="first">No check has looked: this run shows nothing.</p></div>`;
  }
  return markup`<div class="verdict">
<p class="first">All checks hold.</p>
<p>${counted(checks.length, 'check')} looked ${counted(looked, 'time')} in ${counted(steps, 'step')}.</p>
${command(result, steps)}
</div>`;
}

function dates({ days }: CityResult): Markup {
  const first = days[0]?.date ?? NONE;
  const last = days.at(-1)?.date ?? NONE;
  const from = markup`<time>${first}</time>`;
  return first === last ? from : markup`${from} to <time>${last}</time>`;
}

function tile(name: string, value: Markup | string, note = ''): Markup {
  const small = note === '' ? NOTHING : markup`<small>${note}</small>`;
  return markup`<div><dt>${name}</dt><dd>${value}${small}</dd></div>`;
}

function tiles(result: CityResult): readonly Markup[] {
  const { currency, days, detection, falseAccusations, population, taps } = result;
  const spent = sum(days.map((day) => day.spent));
  const injected = detection.reduce((total, line) => total + line.injected, 0);
  const found = detection.reduce((total, line) => total + line.found, 0);
  return [
    tile('Days', count(days.length)),
    tile('People', count(population.people), counted(population.cards, 'card')),
    tile('Stations', count(population.stations), counted(population.terminals, 'terminal')),
    tile('Merchants', count(population.merchants)),
    tile('Taps', count(taps.taps), `${shareOf(taps.approved, taps.taps)} approved`),
    tile('Loads', count(taps.loads)),
    tile('Records', count(taps.records), `batches: ${count(taps.batches)}`),
    tile('Spent', groupedAmount(spent, currency), currency),
    tile('Frauds found', `${count(found)} of ${count(injected)}`),
    tile('Honest holders accused', judged(count(falseAccusations), falseAccusations === 0)),
  ];
}

export function headSection(result: CityResult): Markup {
  const { scenario, seed, stateHash } = result;
  return markup`<header>
<h1>A city of purses<small>Scenario ${scenario}, seed ${String(seed)}, ${dates(result)}</small></h1>
${verdict(result)}
<dl class="tiles">
${tiles(result)}
</dl>
<p class="note">State of the host and of all cards at the end: <code>${stateHash}</code></p>
</header>`;
}
