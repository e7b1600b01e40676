// SPDX-License-Identifier: MIT
/** `openpurse demo`: a day in one minute, told as it happens. Everything in it is the real thing. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Fault } from '../../src/errors/fault.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { SYSTEM_CLOCK } from '../data/system.ts';
import { DayClock } from '../demo/day-clock.ts';
import { DemoDay } from '../demo/demo-day.ts';

export function addDemoCommand(program: Command): void {
  withSharedOptions(
    program
      .command('demo')
      .description('a real day in one minute: cards, sales, a metro trip, a torn tap, clearing'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse demo\n  openpurse demo --data /tmp/demo   # keeps it; then: openpurse host report --data /tmp/demo\n',
    )
    .action(demo);
}

async function demo(options: SharedOptions): Promise<void> {
  const isKept = options.data !== undefined;
  const directory = options.data ?? mkdtempSync(join(tmpdir(), 'openpurse-demo-'));
  if (existsSync(join(directory, 'config.json'))) {
    throw new Fault('USAGE', `"--data" expected a new folder, ${directory} holds data already`);
  }
  const clock = new DayClock(SYSTEM_CLOCK);
  const context = new Context({ ...options, data: directory }, clock);
  try {
    const result = await new DemoDay(context, clock).run();
    const where = isKept
      ? [
          `Everything is kept in ${directory}. Look at it:`,
          `  npx openpurse host report --data ${directory}`,
          `  npx openpurse card show asha --data ${directory}`,
        ]
      : ['Keep the data with --data DIR and look at it with the other commands.'];
    context.printer.say({
      data: { ...result, data: isKept ? directory : null },
      lines: ['', ...where],
    });
  } finally {
    if (!isKept) rmSync(directory, { recursive: true, force: true });
  }
}
