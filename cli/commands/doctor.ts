// SPDX-License-Identifier: MIT
/** `openpurse doctor`: whether this machine can use a card reader, and if not, what to do. */
import type { Command } from 'commander';
import { diagnose } from '../../terminal/reader/doctor/diagnose.ts';
import { THIS_MACHINE } from '../../terminal/reader/doctor/this-machine.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { diagnosisSaid } from '../print/diagnosis.ts';
import { EXIT } from '../print/failure.ts';

export function addDoctorCommands(program: Command): void {
  withSharedOptions(
    program
      .command('doctor')
      .description('whether a card reader can be used here, and what to do if not'),
  )
    .addHelpText(
      'after',
      '\nExits with 1 when something prevents the use of a reader.\n\nExamples:\n  openpurse doctor\n  openpurse doctor --json\n',
    )
    .action(doctor);
}

async function doctor(options: SharedOptions): Promise<void> {
  const { printer } = new Context(options);
  const diagnosis = await diagnose(THIS_MACHINE);
  printer.say(diagnosisSaid(diagnosis, process.version));
  if (!diagnosis.isUsable) process.exitCode = EXIT.fault;
}
