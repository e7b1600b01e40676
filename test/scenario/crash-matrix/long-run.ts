// SPDX-License-Identifier: MIT
/** `npm run long:crash [KILLS]`: kills a host at that many moments, spread over its day, 1,000 by default. */
import { isDeepStrictEqual } from 'node:util';
import { killedDay, liveDay } from './crash-matrix.ts';

const kills = Number(process.argv[2] ?? 1000);
/** Days at the same time: each is two processes, one after the other. */
const AT_ONCE = 2;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { outcome, moments } = await liveDay();
say(`${moments} moments in the day; ${kills} kills; state ${outcome.state}`);
const start = performance.now();
let done = 0;
let wrong = 0;
let next = 0;

async function work(): Promise<void> {
  for (let kill = next++; kill < kills; kill = next++) {
    const moment = 1 + Math.floor((kill * moments) / kills);
    const killed = await killedDay(moment).catch((error: unknown) => error);
    if (!isDeepStrictEqual(killed, outcome)) {
      wrong++;
      say(`moment ${moment}: ${killed instanceof Error ? killed.message : JSON.stringify(killed)}`);
    }
    if (++done % 100 === 0) say(`${done} kills, ${wrong} that did not end as the day that lived`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
const seconds = Math.round((performance.now() - start) / 1000);
say(`${done} kills in ${seconds} s: ${done - wrong} ended alike, ${wrong} did not`);
process.exitCode = wrong === 0 ? 0 : 1;
