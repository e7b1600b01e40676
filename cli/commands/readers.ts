// SPDX-License-Identifier: MIT
/** `openpurse readers`: the readers that PC/SC shows, and what happens at them. */
import type { Command } from 'commander';
import { Fault } from '../../src/errors/fault.ts';
import { nameHas, PcscReaders } from '../../terminal/reader/pcsc.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { SYSTEM_CLOCK } from '../data/system.ts';
import type { Printer } from '../print/printer.ts';
import { readerEventData, readerEventLine, readersSaid } from '../print/reader-list.ts';

interface ReadersOptions extends SharedOptions {
  readonly reader?: string;
  readonly watch?: boolean;
}

export function addReadersCommands(program: Command): void {
  withSharedOptions(
    program
      .command('readers')
      .description('list the card readers, and what `--reader` would make of each'),
  )
    .option('--reader <text>', 'show which readers have this part in their name')
    .option('--watch', 'then tell of readers and cards as they come and go, until interrupted')
    .addHelpText(
      'after',
      '\nWith --watch and --json, every line is an object of its own.\n\nExamples:\n  openpurse readers\n  openpurse readers --reader ACR122\n  openpurse readers --watch --json\n',
    )
    .action(readers);
}

async function readers(options: ReadersOptions): Promise<void> {
  const { printer } = new Context(options);
  const accepts = options.reader === undefined ? () => true : nameHas(options.reader);
  const pcsc = await PcscReaders.open();
  try {
    const seen = pcsc.readers();
    if (options.watch === true) await watch(pcsc, accepts, printer);
    else {
      if (options.reader !== undefined && !seen.some(({ name }) => accepts(name))) {
        const names = seen.map(({ name }) => name).join(', ');
        throw new Fault(
          'READER_NOT_FOUND',
          `"--reader" expected part of ${names === '' ? 'the name of a reader' : names}, got "${options.reader}"`,
        );
      }
      printer.say(readersSaid(seen, accepts));
    }
  } finally {
    await pcsc.close();
  }
}

/** Prints what happens until the program is interrupted. @throws PCSC_UNAVAILABLE if the service ends. */
async function watch(
  pcsc: PcscReaders,
  accepts: (name: string) => boolean,
  printer: Printer,
): Promise<void> {
  printer.event(readersSaid(pcsc.readers(), accepts));
  printer.tell('watching; end with Ctrl-C');
  await new Promise<void>((resolve, reject) => {
    pcsc.onEvent((event) => {
      if (event.kind === 'error' && event.reader === undefined) {
        reject(new Fault('PCSC_UNAVAILABLE', `"pcsc" expected readers, got: ${event.message}`));
        return;
      }
      const at = new Date(SYSTEM_CLOCK.now()).toISOString();
      printer.event({ data: readerEventData(event, at), lines: [readerEventLine(event, at)] });
    });
    const end = (): void => resolve();
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
}
