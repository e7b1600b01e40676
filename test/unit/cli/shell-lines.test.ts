// SPDX-License-Identifier: MIT
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complete } from '../../../cli/shell/completion.ts';
import { HISTORY_MAX, isKept, readHistory, writeHistory } from '../../../cli/shell/history.ts';
import { planArgument, planLine } from '../../../cli/shell/plan-line.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { temporaryFolder } from '../../scenario/cli-runner.ts';

/** The commands of a line for a card of the AES suite. */
function sent(line: string): readonly string[] {
  const plan = planLine(line, 'INR');
  if (plan.kind !== 'card') throw new Error(`${line} expected a card plan, got ${plan.kind}`);
  return plan.steps.map(({ command }) =>
    toHex(command instanceof Uint8Array ? command : command.aes),
  );
}

describe('a line of the shell', () => {
  it.each([
    ['select aes', '00A4040007F04F505552534500'],
    ['select 3des', '00A4040009A0000000038698070100'],
    ['select a000000632010105', '00A4040008A00000063201010500'],
    ['select ef15', '00A4000002001500'],
    ['select 3F00', '00A40000023F0000'],
    ['balance', '805C000204'],
    ['log 1', '00B201C417'],
    ['read 15', '00B095001E'],
    ['read EF02', '00B0820000'],
    ['record 18 2', '00B202C417'],
    ['record 19 1', '00B201CC00'],
    ['challenge', '0084000008'],
    ['verify 12345', '002000000312345F'],
    ['prove pursePurchase 7', '805A000602000710'],
    ['init-purchase 12.50', '805001020B01000004E200000000000013'],
    ['raw 80 5c 00 02 04', '805C000204'],
  ])('%s sends %s', (line, command) => {
    expect(sent(line)).toEqual([command]);
  });

  it.each([
    'select',
    'select 12',
    'log 11',
    'read 1F',
    'read 0',
    'record 18 0',
    'verify 123',
    'prove purchase 1',
    'prove pursePurchase 65536',
    'init-purchase 0',
    'init-purchase 42949672.96',
    'init-load 1.234',
    'raw 805C',
    'raw xx',
    'trace maybe',
    'balance now',
    'toString',
  ])('%s is refused before anything is sent', (line) => {
    expect(() => planLine(line, 'INR')).toThrow(
      expect.objectContaining({ code: 'USAGE' }) as Error,
    );
  });

  it.each(['123456', 'verfy 123456', 'verify 123456 1', 'verify 1234567890123', 'select 123456'])(
    'is not repeated in the message when it may hold a PIN: %s',
    (line) => {
      expect(() => planLine(line, 'INR')).toThrow(/^(?!.*123456)/);
    },
  );

  it('may be an APDU as an argument of `openpurse apdu`, and the fault names the argument', () => {
    expect(planArgument('00A4 0400 00', 1, 'INR')).toMatchObject({ name: 'raw', steps: [{}] });
    expect(planArgument('reset', 1, 'INR')).toEqual({ kind: 'reset' });
    expect(() => planArgument('805C0002049', 3, 'INR')).toThrow(/^"argument 3" expected/);
    expect(() => planArgument('exit', 2, 'INR')).toThrow(/^"argument 2" expected/);
  });
});

describe('completion', () => {
  it.each([
    ['', 17, ''],
    ['init-', 2, 'init-'],
    ['select ', 12, ''],
    ['select T', 1, 'T'],
    ['prove p', 2, 'p'],
    ['trace o', 2, 'o'],
    ['balance ', 0, ''],
    ['nonsense a', 0, 'a'],
  ])('of "%s" offers %i words', (line, count, typed) => {
    const [offered, part] = complete(line);
    expect(offered).toHaveLength(count);
    expect(part).toBe(typed);
  });

  it('keeps what is typed and goes on to the argument', () => {
    expect(complete('sel')).toEqual([['select '], 'sel']);
    expect(complete('select t')).toEqual([['t-union '], 't']);
  });
});

describe('the history of the shell', () => {
  it.each([
    ['balance', true],
    ['verify', true],
    ['verify 123456', false],
    ['raw 805C000204', true],
    ['raw 0020000003123456', false],
    ['raw 0020008103123456', false],
    ['raw 80D4010003112233', false],
    ['123456', false],
    ['verify123456', false],
  ])('of "%s": %s', (line, kept) => {
    expect(isKept(line, 'INR')).toBe(kept);
  });

  it('is for its owner alone, and keeps the newest lines', () => {
    const path = join(temporaryFolder(), 'data', 'shell-history');
    expect(readHistory(path)).toEqual([]);
    const lines = Array.from({ length: HISTORY_MAX + 5 }, (_, index) => `log ${index}`);
    writeHistory(path, lines);
    expect(readHistory(path)).toEqual(lines.slice(0, HISTORY_MAX));
    expect(readFileSync(path, 'utf8')).toMatch(/log 1\nlog 0\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('becomes private when it was not', () => {
    const path = join(temporaryFolder(), 'shell-history');
    writeFileSync(path, 'balance\n', { mode: 0o644 });
    writeHistory(path, ['log', ...readHistory(path)]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
