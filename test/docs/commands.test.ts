// SPDX-License-Identifier: MIT
/** Every `openpurse …` command line in the documents is one that the program has. */
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../cli/program.ts';
import { commandLines, readDocuments } from './documents.ts';

const PROGRAM = buildProgram();

/** What the program does not know in a command line, or undefined. */
function unknownIn(line: string): string | undefined {
  const words = line.split(/\s+/);
  let command: Command = PROGRAM;
  for (const word of words) {
    if (command.commands.length === 0) break;
    // A group of commands may be named as a whole.
    if (word.startsWith('-') || word === '…') break;
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) return word;
    command = next;
  }
  const known = new Set([...command.options.map(({ long }) => long), '--help', '--version']);
  return words.find((word) => word.startsWith('--') && !known.has(word.replace(/[=,.].*$/, '')));
}

describe('the command lines', () => {
  const lines = readDocuments().flatMap((document) =>
    commandLines(document).map((line) => ({ path: document.path, line })),
  );

  it('are found', () => {
    expect(lines.length).toBeGreaterThan(10);
  });

  it('have commands and options of the program', () => {
    const unknown = lines
      .map(({ path, line }) => ({ path, line, word: unknownIn(line) }))
      .filter(({ word }) => word !== undefined);
    expect(unknown).toEqual([]);
  });

  it('show every command of the program', () => {
    const names = PROGRAM.commands.flatMap((group) =>
      group.commands.length === 0
        ? [group.name()]
        : group.commands.map((command) => `${group.name()} ${command.name()}`),
    );
    const shown = lines.map(({ line }) => line);
    const isShown = (name: string): boolean =>
      shown.some((line) => line === name || line.startsWith(`${name} `));
    expect(names.filter((name) => !isShown(name))).toEqual([]);
  });
});
