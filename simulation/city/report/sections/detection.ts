// SPDX-License-Identifier: MIT
/** Every fraud of the scenario with how much of it was found, and how soon. */
import { FRAUDS } from '../../adversaries/frauds.table.ts';
import type { CityResult, DetectionLine } from '../../result.ts';
import { judged, markup, section, table, type Markup } from '../markup.ts';
import { count, days, percent } from '../words.ts';

const COLUMNS = [
  'Injected',
  'Found',
  'Recall',
  'Precision',
  'False alarms',
  'Days, median',
  'Days, most',
];

function row(line: DetectionLine): readonly (Markup | string)[] {
  const { falseAlarms, fraud, injected } = line;
  const { foundBy, meaning } = FRAUDS[fraud];
  return [
    markup`<code>${fraud}</code><small>${meaning}</small><small>Found by: ${foundBy}</small>`,
    count(injected),
    count(line.found),
    line.recall === null ? percent(null) : judged(percent(line.recall), line.recall === 1),
    line.precision === null ? percent(null) : judged(percent(line.precision), line.precision === 1),
    judged(count(falseAlarms), falseAlarms === 0),
    days(line.daysMedian),
    days(line.daysMost),
  ];
}

export function detectionSection({ detection }: CityResult): Markup {
  const title = 'Frauds and their detection';
  if (detection.length === 0) {
    return section('detection', title, [markup`<p>This scenario has no adversaries.</p>`]);
  }
  return section('detection', title, [
    markup`<p class="note">Recall: of what was injected, the part that was found. Precision: of the alarms, the part that was right. False alarms are about somebody else. Days: from the act to the first sign of it.</p>`,
    table(['Fraud', ...COLUMNS.map((number) => ({ number }))], detection.map(row)),
  ]);
}
