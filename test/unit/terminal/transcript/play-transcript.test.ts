// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import { parseTranscript } from '../../../../terminal/transcript/parse-transcript.ts';
import {
  maskedLine,
  playTranscript,
  type PlayEnd,
} from '../../../../terminal/transcript/play-transcript.ts';

const ATR = '3B8000';

/** A session of these lines, from line 3 on. */
const transcript = (...lines: readonly string[]): string =>
  ['openpurse-transcript 1', 'currency INR', ...lines].join('\n');

interface Heard {
  readonly end: PlayEnd;
  /** What the card got; `-` where it was presented. */
  readonly got: readonly string[];
}

/** Plays a transcript to a card that gives these answers; an empty one is none. */
async function play(
  text: string,
  answers: readonly string[],
  isStatusOnly = false,
): Promise<Heard> {
  const got: string[] = [];
  const rest = [...answers];
  const end = await playTranscript(
    parseTranscript(text),
    {
      present({ role }) {
        if (role === 'sam') return Promise.resolve(undefined);
        got.push('-');
        return Promise.resolve({
          atr: fromHex(ATR),
          channel: {
            transceive(command) {
              got.push(toHex(command));
              return Promise.resolve(fromHex(rest.shift() ?? ''));
            },
            close: () => Promise.resolve(),
          },
        });
      },
    },
    { isStatusOnly },
  );
  return { end, got };
}

const SESSION = [
  `card present ${ATR} Desk`,
  'card > 00A40400',
  'card < 9000',
  'sam present - -',
  'sam > 00B0960006',
  'sam < 1122334455669000',
  'card > 805C000204',
  'card < 000000649000',
] as const;

describe('a transcript that is played', () => {
  it('sends the card what was sent to it, and nothing that was sent to the SAM', async () => {
    const { end, got } = await play(transcript(...SESSION), ['9000', '000000649000']);
    expect(end).toEqual({ kind: 'same', sent: { card: 2, sam: 0 }, notCompared: 0, skipped: 1 });
    expect(got).toEqual(['-', '00A40400', '805C000204']);
  });

  it.each([
    ['another status word', '6A82', false, '6A82 file or application not found'],
    ['other data', '019000', false, '019000 (9000 success)'],
    ['no answer', '', true, 'no answer'],
  ])('stops for good at %s', async (_what, answer, isStatusOnly, said) => {
    const { end, got } = await play(transcript(...SESSION), [answer], isStatusOnly);
    expect(end).toMatchObject({
      kind: 'different',
      difference: { line: 4, expected: '9000 success to card > 00A40400', got: said },
    });
    expect(got).toEqual(['-', '00A40400']);
  });

  it('compares status words only where it is told to', async () => {
    const answers = ['9000', '000000009000'];
    expect((await play(transcript(...SESSION), answers)).end.kind).toBe('different');
    expect((await play(transcript(...SESSION), answers, true)).end.kind).toBe('same');
  });

  it('stops before the first command when the answer to reset is another one', async () => {
    const other = transcript('card present 3B01 Desk', 'card > 00A40400', 'card < 9000');
    const { end, got } = await play(other, ['9000']);
    expect(end).toMatchObject({ kind: 'different', difference: { line: 3, got: ATR } });
    expect(got).toEqual(['-']);
  });

  it('compares nothing where no answer was recorded, and presents the card again', async () => {
    const lost = transcript(
      'card present - -',
      'card > 805C000204',
      'card < -',
      'card present - -',
      'card > 805C000204',
      'card ! removed 80100069 gone',
    );
    const { end, got } = await play(lost, ['9000', '6985']);
    expect(end).toEqual({ kind: 'same', sent: { card: 2, sam: 0 }, notCompared: 2, skipped: 0 });
    expect(got).toEqual(['-', '805C000204', '-', '805C000204']);
  });

  it('has a line that cannot be sent, where bytes of it are masked', () => {
    const masked = parseTranscript(transcript(...SESSION, 'card > 0020000003******'));
    expect(maskedLine(masked, 'card')).toBe(11);
    expect(maskedLine(masked, 'sam')).toBeUndefined();
  });
});
