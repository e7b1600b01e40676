// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT, printFailure } from '../../../cli/print/failure.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { Defect } from '../../../src/errors/invariant.ts';

function printed(error: unknown, isJson = false): { code: number; text: string } {
  const stream = new PassThrough();
  const code = printFailure(error, isJson, stream);
  const chunk: unknown = stream.read();
  return { code, text: chunk instanceof Uint8Array ? chunk.toString() : '' };
}

function systemError(): unknown {
  try {
    return readFileSync('/nonexistent/file');
  } catch (error) {
    return error;
  }
}

describe('a failure', () => {
  const rows: readonly [string, unknown, number, RegExp][] = [
    [
      'a fault',
      new Fault('CARD_GONE', '"card" left'),
      EXIT.fault,
      /CARD_GONE: "card" left\n {2}\S/,
    ],
    ['wrong usage', new Fault('USAGE', '"x" expected y'), EXIT.usage, /USAGE: "x" expected y/],
    [
      'a refused command line',
      new CommanderError(1, 'commander.unknownOption', "error: unknown option '--jsn'\n(Did you?)"),
      EXIT.usage,
      /^openpurse: USAGE: unknown option '--jsn' \(Did you\?\)\n {2}/,
    ],
    [
      'what the operating system refused',
      systemError(),
      EXIT.fault,
      /FILE_UNREADABLE: "\/nonexistent\/file" expected open to work, got ENOENT/,
    ],
    ['a defect of ours', new Defect('unbalanced'), EXIT.defect, /defect, please report it: /],
    ['anything else', new TypeError('x'), EXIT.defect, /unexpected error, please report it: /],
  ];

  it.each(rows)('prints %s with its exit code', (_name, error, code, text) => {
    const result = printed(error);
    expect(result.code).toBe(code);
    expect(result.text).toMatch(text);
  });

  it.each(rows)('prints %s as one JSON object', (_name, error, code) => {
    const result = printed(error, true);
    expect(result.code).toBe(code);
    expect(JSON.parse(result.text)).toMatchObject({
      error: { code: expect.any(String) as string, message: expect.any(String) as string },
    });
  });

  it('shows no stack for a fault', () => {
    expect(printed(systemError()).text).not.toContain('    at ');
  });

  it.each([true, false])('prints nothing where help was asked for (JSON: %s)', (isJson) => {
    const help = new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)');
    expect(printed(help, isJson)).toEqual({ code: EXIT.done, text: '' });
  });

  it('adds nothing to the help that a group without a command prints', () => {
    const help = new CommanderError(1, 'commander.help', '(outputHelp)');
    expect(printed(help)).toEqual({ code: EXIT.usage, text: '' });
  });
});
