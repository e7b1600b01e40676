// SPDX-License-Identifier: MIT
/**
 * The day as a process of its own: `day-process.ts DIRECTORY MOMENT`. Before the statement of that number that
 * its database would run, BEGIN and COMMIT counted, it kills itself as kill -9 does. Prints the digest of each batch as it is acknowledged, and at
 * the end how many moments there were.
 */
import { writeSync } from 'node:fs';
import { ClearingHost } from '../../../host/host.ts';
import { dayOptions, workDay } from './day.ts';

const [directory = '', deadly = '0'] = process.argv.slice(2);
let moments = 0;
const host = await ClearingHost.open(
  dayOptions(directory, {
    onStatement: () => {
      if (++moments === Number(deadly)) process.kill(process.pid, 'SIGKILL');
    },
  }),
);
// Written at once: what was printed was acknowledged, whenever the process dies.
await workDay(host, ({ digest }) => void writeSync(1, `ack ${digest}\n`));
await host.close();
writeSync(1, `moments ${moments}\n`);
