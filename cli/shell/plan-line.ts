// SPDX-License-Identifier: MIT
/** From a line to a plan, without a card: a line that is wrong sends nothing. */
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { table } from '../print/printer.ts';
import { apduArgument } from './arguments.ts';
import { SHELL_COMMANDS, type ShellCommandRow } from './commands.table.ts';
import type { CardPlan, Plan, ResetPlan } from './plan.ts';

/** The words of a line; `raw 00 A4 …` is `raw` and one word of hex. */
function wordsOf(line: string): readonly string[] {
  const [name = '', ...words] = line.trim().split(/\s+/);
  return name === 'raw' && words.length > 1 ? [name, words.join('')] : [name, ...words];
}

/** Blank lines and `#` lines say nothing. */
export function isEmptyLine(line: string): boolean {
  return /^\s*(#|$)/.test(line);
}

/** @throws USAGE; its message repeats no word with a digit in it, which may be a PIN. */
export function planLine(line: string, currency: CurrencyCode): Plan {
  const [name = '', ...words] = wordsOf(line);
  const row = rowOf(name);
  if (row === undefined) {
    const got = /\d/.test(name) ? 'something else' : `"${name}"`;
    throw new Fault('USAGE', `"command" expected one of ${commandNames().join(', ')}, got ${got}`);
  }
  const least = row.arguments.filter(({ isOptional }) => isOptional !== true).length;
  if (words.length < least || words.length > row.arguments.length) {
    throw new Fault(
      'USAGE',
      `"${name}" expected \`${usage(name, row)}\`, got ${words.length} words`,
    );
  }
  return row.plan(words, currency);
}

/** An argument of `openpurse apdu`: an APDU in hex, or a command of the shell. @throws USAGE */
export function planArgument(
  text: string,
  position: number,
  currency: CurrencyCode,
): CardPlan | ResetPlan {
  const [name = ''] = wordsOf(text);
  const where = `argument ${position}`;
  const line = rowOf(name) === undefined ? `raw ${hexOf(where, text)}` : text;
  const plan = planLine(line, currency);
  if (plan.kind === 'card' || plan.kind === 'reset') return plan;
  const expected = plan.kind === 'askPin' ? 'verify with a PIN' : 'a command for the card';
  throw new Fault('USAGE', `"${where}" expected ${expected}, got ${name}`);
}

/** The text, once it is known to be an APDU: a fault then names the argument. */
function hexOf(where: string, text: string): string {
  apduArgument(where, text);
  return text;
}

export function commandNames(): readonly string[] {
  return Object.keys(SHELL_COMMANDS);
}

export function rowOf(name: string): ShellCommandRow | undefined {
  return Object.hasOwn(SHELL_COMMANDS, name) ? SHELL_COMMANDS[name] : undefined;
}

function usage(name: string, row: ShellCommandRow): string {
  const words = row.arguments.map(({ name: word, isOptional }) =>
    isOptional === true ? `[${word}]` : word,
  );
  return [name, ...words].join(' ');
}

/** The commands with their arguments and what they do. */
export function helpLines(): readonly string[] {
  return table(Object.entries(SHELL_COMMANDS).map(([name, row]) => [usage(name, row), row.help]));
}
