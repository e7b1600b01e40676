// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../../src/clearing/limits.table.ts';
import { Fault } from '../../../../src/errors/fault.ts';
import { parseTranscript } from '../../../../terminal/transcript/parse-transcript.ts';

const START = ['openpurse-transcript 1', 'currency INR'];

const parse = (...lines: readonly string[]) => parseTranscript([...START, ...lines].join('\n'));

function faultOf(text: string): Fault {
  try {
    parseTranscript(text);
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error('expected a fault');
}

describe('a transcript', () => {
  it('is read with comments, blank lines, lower case and the line ends of Windows', () => {
    const text = 'openpurse-transcript 1\r\n# by hand\r\n\r\ncurrency INR\r\ncard present - -\r\n';
    const { currency, exchanges } = parseTranscript(`${text}card > 00a4\r\n# why\r\ncard < 9000`);
    expect(currency).toBe('INR');
    expect(exchanges).toMatchObject([
      { line: 6, command: '00A4', answer: { kind: 'bytes', bytes: Uint8Array.of(0x90, 0x00) } },
    ]);
  });

  it('keeps the lines to card and SAM apart, and who is where', () => {
    const { presences, exchanges } = parse(
      'sam present - Slot of the SAM 00',
      'card present 3B80 -',
      'sam > 0001',
      'card > 0002',
      'sam < 9001',
      'card < 9002',
    );
    expect(presences).toMatchObject([
      { role: 'sam', reader: 'Slot of the SAM 00', atr: new Uint8Array(0) },
      { role: 'card', reader: undefined, atr: Uint8Array.of(0x3b, 0x80) },
    ]);
    expect(exchanges).toMatchObject([
      { command: '0001', answer: { bytes: Uint8Array.of(0x90, 0x01) } },
      { command: '0002', answer: { bytes: Uint8Array.of(0x90, 0x02) } },
    ]);
  });

  it('knows a lost answer, a line that failed and a recording that broke off', () => {
    const { exchanges } = parse(
      'card present - -',
      'card > 01',
      'card < -',
      'card > 02',
      'card ! removed 80100069 "card" expected an answer, got none',
      'card > 03',
      'card ! CARD_GONE - ',
      'card > 04',
    );
    expect(exchanges.map(({ answer }) => answer)).toEqual([
      { kind: 'bytes', bytes: new Uint8Array(0) },
      {
        kind: 'failed',
        failure: {
          kind: 'removed',
          pcscCode: 0x80100069,
          message: '"card" expected an answer, got none',
        },
      },
      { kind: 'failed', failure: { kind: 'CARD_GONE', pcscCode: undefined, message: '' } },
      { kind: 'missing' },
    ]);
  });

  it.each([
    ['another first line', 'openpurse-transcript 2', '"line 1"', 'openpurse-transcript 1'],
    ['no currency', 'openpurse-transcript 1\n', '"line 2"', 'the end'],
    ['an unknown currency', 'openpurse-transcript 1\ncurrency ABC', '"line 2"', 'currency ABC'],
    ['something after the answer', [...START, '', 'crad > 00'].join('\n'), '"line 4"', '"crad"'],
    ['a command before a card', [...START, 'card > 00'].join('\n'), '"line 3"', 'card present'],
    [
      'half a byte',
      [...START, 'card present - -', 'card > 00A'].join('\n'),
      '"line 4"',
      'hexadecimal',
    ],
    [
      'a masked answer',
      [...START, 'card present - -', 'card > 00', 'card < **'].join('\n'),
      '"line 5"',
      'hexadecimal',
    ],
    [
      'two answers',
      [...START, 'card present - -', 'card > 00', 'card < 9000', 'card < 9000'].join('\n'),
      '"line 6"',
      'a command of "card"',
    ],
    [
      'an unknown failure',
      [...START, 'card present - -', 'card > 00', 'card ! eaten - by a dog'].join('\n'),
      '"line 5"',
      'a kind of failure',
    ],
  ])('with %s is refused with the line', (_name, text, line, said) => {
    const { code, message } = faultOf(text);
    expect(code).toBe('DECODE_FAILED');
    expect(message).toContain(line);
    expect(message).toContain(said);
  });

  it('that is not understood does not show in the message what may be a PIN', () => {
    const secret = [...START, 'card present - -', 'cards > 0020000003123456'].join('\n');
    expect(faultOf(secret).message).not.toContain('1234');
  });

  it('longer than the limits is refused', () => {
    const lines = '\n'.repeat(LIMITS.transcriptLines.max);
    expect(faultOf(lines).code).toBe('LIMIT_EXCEEDED');
    const characters = '#'.repeat(LIMITS.transcriptCharacters.max + 1);
    expect(faultOf(characters).code).toBe('LIMIT_EXCEEDED');
  });
});
