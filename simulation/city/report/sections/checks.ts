// SPDX-License-Identifier: MIT
/** What was checked all along. A check that never looked has shown nothing. */
import { CHECKS } from '../../checks/check.ts';
import type { CityResult } from '../../result.ts';
import { judged, markup, section, table, type Markup } from '../markup.ts';
import { count } from '../words.ts';

export function checksSection({ checks, violation }: CityResult): Markup {
  const state = (check: (typeof checks)[number]): Markup => {
    if (violation?.check === check.check) return judged('violated', false);
    return check.looked === 0
      ? judged('never looked', false)
      : judged(violation === null ? 'holds' : 'held so far', true);
  };
  const rows = checks.map((line) => [
    markup`<code>${line.check}</code><small>${CHECKS[line.check]}</small>`,
    count(line.looked),
    state(line),
  ]);
  return section('checks', 'Checks', [table(['Check', { number: 'Looked' }, 'Result'], rows)]);
}
