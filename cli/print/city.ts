// SPDX-License-Identifier: MIT
import type { CityResult, ViolationLine } from '../../simulation/city/result.ts';
import type { Explanation } from '../../simulation/city/run/explain.ts';
import type { Shrunk } from '../../simulation/city/run/shrink.ts';
import { counted, money, table } from './printer.ts';

/** What a run of the city came to, for people. */
export function cityLines(
  result: CityResult,
  found: { readonly shrunk: Shrunk; readonly explanation: Explanation } | undefined,
): readonly string[] {
  return [
    ...headLines(result),
    ...moneyLines(result),
    ...detectionLines(result),
    ...faultLines(result),
    ...checkLines(result),
    ...(found === undefined ? [] : foundLines(result, found)),
    `state ${result.stateHash}`,
  ];
}

function headLines({
  scenario,
  seed,
  steps,
  population,
  taps,
  measured,
}: CityResult): readonly string[] {
  const { people, cards, terminals, stations, merchants } = population;
  const declined = Object.entries(taps.declinedBy).map(([reason, count]) => `${reason} ${count}`);
  return [
    `${scenario}, seed ${seed}: ${steps} steps, ${measured.wallMs} ms, ${measured.tapsPerSecond} taps/s, ${measured.rssPeakMb} MB`,
    `  ${people} people, ${counted(cards, 'card')}, ${terminals} terminals, ${stations} stations, ${counted(merchants, 'merchant')}`,
    `  ${taps.taps} taps: approved ${taps.approved}, declined ${taps.declined}${declined.length === 0 ? '' : ` (${declined.join(', ')})`}`,
    `  uncertain ${taps.uncertain}; ${taps.recovered} taps were decided by a later one, those without power among them; not presented ${taps.notPresented}`,
    `  ${counted(taps.loads, 'load')}, ${counted(taps.records, 'record')} in ${taps.batches} batches`,
  ];
}

function moneyLines({ conservation, currency }: CityResult): readonly string[] {
  const { honest, inFlight, compromised, float, difference } = conservation;
  return [
    'conservation',
    `  on honest cards     ${money(honest, currency)}`,
    `  in flight           ${money(inFlight, currency)}`,
    `  of tampered cards   ${money(compromised, currency)}`,
    `  in the ledger       ${money(float, currency)}`,
    `  difference          ${money(difference, currency)}`,
  ];
}

function detectionLines({ detection }: CityResult): readonly string[] {
  const rows = detection
    .filter(({ injected, falseAlarms }) => injected + falseAlarms > 0)
    .map((line) => [
      `  ${line.fraud}`,
      line.injected.toString(),
      line.found.toString(),
      line.recall?.toString() ?? '-',
      line.precision?.toString() ?? '-',
      line.daysMost?.toString() ?? '-',
    ]);
  if (rows.length === 0) return [];
  return [
    'detection',
    ...table(
      [['  fraud', 'injected', 'found', 'recall', 'precision', 'days at most'], ...rows],
      [1, 2, 3, 4, 5],
    ),
  ];
}

function faultLines({ faults, falseAccusations }: CityResult): readonly string[] {
  const rows = faults
    .filter(({ injected }) => injected > 0)
    .map(({ fault, injected, cards, accused }) => [
      `  ${fault}`,
      injected.toString(),
      cards.toString(),
      accused.toString(),
    ]);
  return [
    `faults: ${falseAccusations} honest holders accused`,
    ...table([['  fault', 'times', 'honest cards', 'accused'], ...rows], [1, 2, 3]),
  ];
}

function checkLines({ checks, violation }: CityResult): readonly string[] {
  const looked = checks.map(({ check, looked: times }) => `${check} ${times}`).join(', ');
  return [
    violation === null ? `all checks hold: ${looked}` : `VIOLATION ${violationLine(violation)}`,
  ];
}

function violationLine({ check, step, at, subject, expected, found }: ViolationLine): string {
  return `${check} at step ${step}, ${at}: ${subject} expected ${expected}, found ${found}`;
}

function foundLines(
  { scenario, seed }: CityResult,
  { shrunk, explanation }: { readonly shrunk: Shrunk; readonly explanation: Explanation },
): readonly string[] {
  const file = `city-violation-${seed}.json`;
  return [
    `smallest scenario after ${shrunk.runs} runs, in ${file}: ${violationLine(shrunk.violation)}`,
    `  again: openpurse simulate city --scenario ${file} --seed ${seed} --until ${shrunk.violation.step}`,
    `  found in ${scenario}`,
    ...(explanation.history.length === 0
      ? []
      : ['the card, by its own memory', ...explanation.history]),
    ...(explanation.transcript === '' ? [] : ['its talk with terminals', explanation.transcript]),
    'newest entries of the ledger',
    ...explanation.entries.map((entry) => `  ${entry}`),
  ];
}
