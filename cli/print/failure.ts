// SPDX-License-Identifier: MIT
/** How a command fails: what was wrong, what was expected, what to do; never a stack for a fault. */
import { CommanderError } from 'commander';
import { Defect } from '../../src/errors/invariant.ts';
import { Fault } from '../../src/errors/fault.ts';

/** Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 declined, uncertain or not in order, 70 our defect. */
export const EXIT = { done: 0, fault: 1, usage: 2, notApproved: 3, defect: 70 } as const;

/** Prints an error and returns the exit code. */
export function printFailure(error: unknown, isJson: boolean, err: NodeJS.WritableStream): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    // A group without a command has printed its help: that says it all.
    if (error.code !== 'commander.help') printFault(usageFault(error), isJson, err);
    return EXIT.usage;
  }
  const fault = error instanceof Fault ? error : systemFault(error);
  if (fault !== undefined) {
    printFault(fault, isJson, err);
    return fault.code === 'USAGE' ? EXIT.usage : EXIT.fault;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const kind = error instanceof Defect ? 'defect' : 'unexpected error';
  if (isJson) err.write(`${JSON.stringify({ error: { code: 'DEFECT', message: detail } })}\n`);
  else err.write(`openpurse: ${kind}, please report it: ${detail}\n`);
  return EXIT.defect;
}

function printFault(fault: Fault, isJson: boolean, err: NodeJS.WritableStream): void {
  const { code, message } = fault;
  const { text, advice, party, transient } = fault.row;
  if (isJson) {
    const error = { code, message, text, advice, party, transient };
    err.write(`${JSON.stringify({ error }, null, 2)}\n`);
  } else err.write(`openpurse: ${code}: ${message}\n  ${text} ${advice}\n`);
}

/** What commander says of a command line, without its own way of beginning a message. */
function usageFault(error: CommanderError): Fault {
  return new Fault('USAGE', error.message.replace(/^error: /, '').replaceAll('\n', ' '));
}

/** What the operating system refused: a disk, a permission, a name that is no folder. */
function systemFault(error: unknown): Fault | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  const at = 'path' in error ? `"${String(error.path)}" expected` : 'expected';
  const message = `${at} ${String(error.syscall)} to work, got ${error.message}`;
  return new Fault('FILE_UNREADABLE', message, { cause: error });
}
