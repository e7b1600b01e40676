// SPDX-License-Identifier: MIT
/** How a command fails: what was wrong, what was expected, what to do; never a stack for a fault. */
import { CommanderError } from 'commander';
import { Defect } from '../../src/errors/invariant.ts';
import { Fault } from '../../src/errors/fault.ts';

/** Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 declined or uncertain, 70 our defect. */
export const EXIT = { done: 0, fault: 1, usage: 2, notApproved: 3, defect: 70 } as const;

/** Prints an error and returns the exit code. */
export function printFailure(error: unknown, isJson: boolean, err: NodeJS.WritableStream): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof Fault) {
    const { text, advice, party, transient } = error.row;
    if (isJson) {
      const { code, message } = error;
      err.write(
        `${JSON.stringify({ error: { code, message, text, advice, party, transient } }, null, 2)}\n`,
      );
    } else err.write(`openpurse: ${error.code}: ${error.message}\n  ${text} ${advice}\n`);
    return error.code === 'USAGE' ? EXIT.usage : EXIT.fault;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const kind = error instanceof Defect ? 'defect' : 'unexpected error';
  err.write(`openpurse: ${kind}, please report it: ${detail}\n`);
  return EXIT.defect;
}
