// SPDX-License-Identifier: MIT
/** A command that runs with bounded memory and says how; see bounded-memory.test.ts. */
import { getHeapStatistics } from 'node:v8';
import { runBounded } from '../../cli/bounded-memory.ts';
import { Fault } from '../../src/errors/fault.ts';

const MEGABYTES = 96;
const [what] = process.argv.slice(2);

function act(): void {
  if (what === 'wait') {
    setInterval(() => undefined, 1000);
    process.stdout.write(`waits\n`);
  }
  if (what === 'fill')
    for (const kept: object[] = []; ;) kept.push(new Array<number>(1000).fill(1));
  if (what === 'say') {
    const { heap_size_limit: limit } = getHeapStatistics();
    process.stdout.write(`${JSON.stringify({ limit: Math.round(limit / 2 ** 20) })}\n`);
    process.exitCode = 3;
  }
}

try {
  if (!(await runBounded(MEGABYTES))) act();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  process.stdout.write(`${error.code}: ${error.message}\n`);
}
