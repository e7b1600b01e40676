// SPDX-License-Identifier: MIT
/** `openpurse shell`: a card, command by command, for people and for scripts. */
import type { Command } from 'commander';
import { basename } from 'node:path';
import { Context, withSharedOptions } from '../context.ts';
import {
  withCardLine,
  withCardSourceOptions,
  withReplayOption,
  type CardSourceOptions,
} from '../data/card-source.ts';
import { helpLines } from '../shell/plan-line.ts';
import { runShell } from '../shell/run-shell.ts';

interface ShellCommandOptions extends CardSourceOptions {
  readonly keepGoing?: boolean;
}

export function addShellCommands(program: Command): void {
  withReplayOption(
    withCardSourceOptions(
      withSharedOptions(program.command('shell').description('talk to a card, one command a line')),
    ),
  )
    .option('--keep-going', 'go on after an error when the lines come from a file or a pipe')
    .addHelpText('after', helpText)
    .action(shell);
}

function helpText(): string {
  const commands = helpLines().map((line) => `  ${line}`);
  return [
    '',
    'Commands:',
    ...commands,
    '',
    'With --json, every line of the output is an object of its own. Exit code of lines from a file or a',
    'pipe: 2 for a line that is wrong, 3 for a command that was refused or not answered.',
    '',
    'Examples:',
    '  openpurse shell --card alice',
    '  printf "select aes\\nbalance\\n" | openpurse shell --card alice --json',
    '',
  ].join('\n');
}

async function shell(options: ShellCommandOptions): Promise<void> {
  const context = new Context(options);
  const { printer, config, data } = context;
  const { stdin, stdout, stderr } = process;
  await withCardLine(context, options, async (card) => {
    process.exitCode = await runShell({
      card,
      currency: config.currency,
      isJson: printer.isJson,
      isInteractive: stdin.isTTY,
      keepsGoing: options.keepGoing === true,
      name: card.reader ?? basename(card.where, '.card'),
      historyFile: data.in('shell-history'),
      input: stdin,
      output: stdout,
      errors: stdin.isTTY ? stdout : stderr,
      screen: printer.isJson ? stderr : stdout,
    });
  });
}
