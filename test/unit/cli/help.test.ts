// SPDX-License-Identifier: MIT
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../cli/program.ts';

interface Leaf {
  readonly name: string;
  readonly command: Command;
}

/** The commands that do something, by their full names. */
function leaves(command: Command, path: readonly string[] = []): readonly Leaf[] {
  if (command.commands.length === 0) return [{ name: path.join(' '), command }];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}

const commands = leaves(buildProgram());

/** The help as it is printed, with the text that comes after the options. */
function helpOf({ name, command }: Leaf): string {
  let text = '';
  command.configureOutput({ writeOut: (chunk) => (text += chunk) });
  command.outputHelp();
  expect(text, name).not.toBe('');
  return text;
}

describe('the command line', () => {
  it('has every command that the README promises', () => {
    expect(commands.map(({ name }) => name)).toEqual([
      'demo',
      ...['create', 'personalise', 'info', 'show', 'serve', 'load', 'copy', 'restore'].map(
        (verb) => `card ${verb}`,
      ),
      ...['sale', 'load', 'recover', 'balance'].map((verb) => `pos ${verb}`),
      ...['in', 'out'].map((verb) => `gate ${verb}`),
      ...['close', 'show', 'upload'].map((verb) => `batch ${verb}`),
      ...['sync', 'actions'].map((verb) => `terminal ${verb}`),
      ...['serve', 'report', 'trial-balance', 'card', 'hotlist'].map((verb) => `host ${verb}`),
      ...['add', 'list', 'cancel'].map((verb) => `host action ${verb}`),
      ...['lost', 'retire', 'activate', 'list'].map((verb) => `host terminal ${verb}`),
      'host parameters',
      ...['list', 'set'].map((verb) => `host clocks ${verb}`),
      ...['list', 'add', 'remove'].map((verb) => `host holidays ${verb}`),
      'host add-key-version',
      ...['add', 'list', 'new-key', 'revoke'].map((verb) => `host user ${verb}`),
      ...['audit-log', 'backup', 'restore'].map((verb) => `host ${verb}`),
      ...['list', 'show', 'propose', 'requests'].map((verb) => `exceptions ${verb}`),
      ...['approve', 'refuse', 'acknowledge', 'note'].map((verb) => `exceptions ${verb}`),
      ...['open', 'list', 'show', 'close'].map((verb) => `holder ${verb}`),
      ...['add', 'list'].map((verb) => `lot ${verb}`),
      ...['card', 'show', 'block', 'unblock', 'replace', 'retire', 'deposit'].map(
        (verb) => `issue ${verb}`,
      ),
      ...['refund-balance', 'keys'].map((verb) => `issue ${verb}`),
      ...['card', 'torn', 'refund', 'pay', 'transfer'].map((verb) => `support ${verb}`),
      'stats',
      'audit',
      ...['list', 'show', 'add', 'set', 'hold', 'release'].map((verb) => `merchant ${verb}`),
      ...['list', 'set'].map((verb) => `fees ${verb}`),
      ...['close', 'list', 'show', 'adjust', 'sweep', 'shares', 'dormant'].map(
        (verb) => `settle ${verb}`,
      ),
      ...['list', 'sent', 'confirm', 'reject', 'return'].map((verb) => `payout ${verb}`),
      ...['write', 'payouts'].map((verb) => `files ${verb}`),
      'journal export',
      ...['account', 'import', 'list', 'match'].map((verb) => `bank ${verb}`),
      'claims import',
      ...['float', 'exceptions'].map((name) => `report ${name}`),
      ...['shop', 'transit', 'city'].map((world) => `simulate ${world}`),
      ...['tap', 'clearing', 'growth', 'close', 'reader'].map((bench) => `bench ${bench}`),
      ...['readers', 'doctor', 'apdu', 'shell', 'replay'],
    ]);
  });

  it.each(commands)('gives $name a folder, JSON, a description and an example', (leaf) => {
    expect(leaf.command.description()).not.toBe('');
    const help = helpOf(leaf);
    expect(help).toMatch(/^ {2}--data <dir> /m);
    expect(help).toMatch(/^ {2}--json /m);
    expect(help).toMatch(new RegExp(`^Examples?:\\n {2}openpurse ${leaf.name}`, 'm'));
  });

  it.each(commands)('describes every argument and option of $name', ({ command }) => {
    const parts = [...command.registeredArguments, ...command.options];
    for (const part of parts) expect(part.description, part.name()).not.toBe('');
  });

  it('describes every group', () => {
    for (const group of buildProgram().commands) expect(group.description()).not.toBe('');
  });
});
