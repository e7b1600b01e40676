// SPDX-License-Identifier: MIT
/**
 * `npm run long:fuzz [RUNS]`: every hunt of test/fuzz with that many inputs, 100,000 by default, from a seed
 * that no run had before. The seed is printed; with `SEED` in the environment it is that one.
 */
import { spawnSync } from 'node:child_process';

const RUNS = process.argv[2] ?? '100000';
const SEED = process.env['SEED'] ?? String(Date.now() % 2 ** 31);

process.stdout.write(`RUNS=${RUNS} SEED=${SEED} npx vitest run test/fuzz\n`);
const { status } = spawnSync('npx', ['vitest', 'run', 'test/fuzz'], {
  env: { ...process.env, RUNS, SEED },
  stdio: 'inherit',
  // On Windows npx is a script.
  shell: process.platform === 'win32',
});
process.exitCode = status ?? 1;
