// SPDX-License-Identifier: MIT
/**
 * The report of a run: one HTML file that needs nothing but itself and whose bytes depend on the result
 * alone. Sections stand in the order in which an operator asks: what came of it, is the money right, who was
 * caught, who was wronged, and only then the rest.
 */
import type { CityResult } from '../result.ts';
import { markup, type Markup } from './markup.ts';
import { checksSection } from './sections/checks.ts';
import { conservationSection } from './sections/conservation.ts';
import { detectionSection } from './sections/detection.ts';
import { exceptionsSection } from './sections/exceptions.ts';
import { faultsSection } from './sections/faults.ts';
import { headSection } from './sections/head.ts';
import { latencySection } from './sections/latency.ts';
import { moneySection } from './sections/money.ts';
import { stationsSection } from './sections/stations.ts';
import { tapsSection } from './sections/taps.ts';
import { POLICY, STYLE } from './style.ts';

const CONTENTS = [
  ['conservation', 'Conservation'],
  ['money', 'Money'],
  ['detection', 'Frauds'],
  ['faults', 'Faults'],
  ['exceptions', 'Exceptions'],
  ['taps', 'Taps'],
  ['latency', 'Latency'],
  ['stations', 'Stations'],
  ['checks', 'Checks'],
] as const;

/** The page. The library of charts is loaded here and not before: other commands never wait for it. */
export async function cityReport(result: CityResult): Promise<string> {
  const { draw } = await import('./charts/draw.ts');
  const sections: readonly Markup[] = [
    conservationSection(result),
    moneySection(result, draw),
    detectionSection(result),
    faultsSection(result),
    exceptionsSection(result, draw),
    tapsSection(result, draw),
    latencySection(result, draw),
    stationsSection(result, draw),
    checksSection(result),
  ];
  const title = `City ${result.scenario}, seed ${result.seed}`;
  const links = CONTENTS.map(([id, name]) => markup`<a href="#${id}">${name}</a>`);
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${{ markup: POLICY }}">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
${headSection(result)}
<nav aria-label="Sections">
${links}
</nav>
<main>
${sections}
</main>
<footer class="note">Made by openpurse, a test system, from a simulated city: no card, person or merchant in it is real.</footer>
</body>
</html>
`;
  return page.markup;
}
