// SPDX-License-Identifier: MIT
/**
 * A command in a process whose heap has a limit. Node sets it when a process starts, at a share of the machine's
 * memory, and lets garbage grow up to it: what must stay below a size has to be started with a limit of its own.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Fault } from '../src/errors/fault.ts';

/** The option of Node, as people may have set it themselves. */
const OPTION = /--max[-_]old[-_]space[-_]size=/;
/** What Node 20 takes for the newest objects; later versions take twice that. */
const YOUNG_GENERATION = '--max-semi-space-size=16';
const FORWARDED = ['SIGINT', 'SIGTERM'] as const;

/** How a process ended. */
interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs this command line again with at most `megabytes` of heap, to its end; its exit code becomes ours. False, and
 * nothing was run, where the heap has a limit that somebody set.
 * @throws LIMIT_EXCEEDED when the process was aborted, as it is when the heap is not enough.
 */
export async function runBounded(megabytes: number): Promise<boolean> {
  if (OPTION.test([...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' '))) return false;
  const limits = [`--max-old-space-size=${megabytes}`, YOUNG_GENERATION];
  const { code, signal } = await run([...limits, ...process.execArgv, ...process.argv.slice(1)]);
  // How Node ends without memory; a fault of native code ends alike, and what Node prints tells them apart.
  if (signal === 'SIGABRT') {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"heap" expected at most ${megabytes} MB, got more; NODE_OPTIONS=--max-old-space-size=${megabytes * 2} allows it twice that. Where Node has named another reason than the heap, it is that one`,
    );
  }
  process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  return true;
}

function run(args: readonly string[]): Promise<End> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return new Promise<End>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  }).finally(() => {
    for (const signal of FORWARDED) process.off(signal, forward);
  });
}
