// SPDX-License-Identifier: MIT
import { buildProgram } from './program.ts';
import { printFailure } from './print/failure.ts';

// A reader that has seen enough (`| head`) closes the pipe; the work still goes to its end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Runs one command line; the exit code tells how it ended. */
async function main(args: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = printFailure(error, args.includes('--json'), process.stderr);
  }
}

await main(process.argv.slice(2));
