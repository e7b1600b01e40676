// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import type { CardLine } from '../../../../terminal/reader/card-line.ts';
import { parseTranscript } from '../../../../terminal/transcript/parse-transcript.ts';
import { replay, type Replay } from '../../../../terminal/transcript/replay.ts';

const START = ['openpurse-transcript 1', 'currency INR'];

const replayOf = (...lines: readonly string[]): Replay =>
  replay(parseTranscript([...START, ...lines].join('\n')));

const send = async ({ channel }: CardLine, command: string): Promise<string> =>
  toHex(await channel.transceive(fromHex(command)));

const mismatch = (...parts: readonly string[]): object => ({
  code: 'TRANSCRIPT_MISMATCH',
  message: expect.stringMatching(parts.join('.*')) as string,
});

describe('a replay', () => {
  it('answers as recorded, and knows when everything was used', async () => {
    const again = replayOf(
      'card present 3B80 Desk 1',
      'card > 805C000204',
      'card < 000000019000',
      'card > 805C000204',
      'card < -',
    );
    const card = again.present('card');
    expect(card).toMatchObject({ reader: 'Desk 1', where: 'Desk 1', atr: fromHex('3B80') });
    expect(await send(card, '805C000204')).toBe('000000019000');
    expect(again.finish()).toEqual({ kind: 'unused', commands: 1, line: 6 });
    expect(await send(card, '805C000204')).toBe('');
    expect(again.finish()).toEqual({ kind: 'complete' });
  });

  it('loses the card as it was lost', async () => {
    const again = replayOf(
      'card present - -',
      'card > 01',
      'card ! removed 80100069 taken away',
      'card > 02',
      'card ! SAM_UNUSABLE - locked',
      'card > 03',
    );
    const card = again.present('card');
    const lost = { code: 'CARD_GONE', kind: 'removed', pcscCode: 0x80100069 };
    await expect(send(card, '01')).rejects.toMatchObject(lost);
    await expect(send(card, '02')).rejects.toMatchObject({ code: 'SAM_UNUSABLE' });
    await expect(send(card, '03')).rejects.toMatchObject({ code: 'CARD_GONE' });
    expect(again.finish().kind).toBe('complete');
  });

  it('stops for good at a command that was not recorded, and names line, expected and got', async () => {
    const again = replayOf('card present - -', 'card > 805C000204', 'card < 9000');
    const card = again.present('card');
    const wrong = mismatch('line 4', '805C000204', '805C000104', 'GET BALANCE');
    await expect(send(card, '805C000104')).rejects.toMatchObject(wrong);
    await expect(send(card, '805C000204')).rejects.toMatchObject(wrong);
    expect(again.finish()).toMatchObject({ kind: 'mismatch', fault: wrong });
  });

  it('stops when the other one is asked first, and after the last command', async () => {
    const lines = ['card present - -', 'sam present - -', 'card > 01', 'card < 9000'];
    const first = replayOf(...lines);
    first.present('card');
    const asked = send(first.present('sam'), '01');
    await expect(asked).rejects.toMatchObject(mismatch('line 5', 'the card of line 3', 'sam > 01'));
    const second = replayOf(...lines);
    const card = second.present('card');
    await send(card, '01');
    await expect(send(card, '01')).rejects.toMatchObject(mismatch('no command after its last one'));
  });

  it('presents a card as often as it was presented', () => {
    const again = replayOf('card present - -');
    again.present('card');
    expect(() => again.present('card')).toThrow('"card present" 1 times, got one more');
    expect(again.finish().kind).toBe('mismatch');
  });

  it('takes anything of the same length for what was masked', async () => {
    const lines = ['card present - -', 'card > 0020000003******', 'card < 9000'];
    expect(await send(replayOf(...lines).present('card'), '0020000003123456')).toBe('9000');
    const longer = send(replayOf(...lines).present('card'), '002000000412345678');
    await expect(longer).rejects.toMatchObject(mismatch('line 4'));
    await expect(longer).rejects.not.toMatchObject({
      message: expect.stringContaining('1234') as string,
    });
  });

  it('shows no PIN of a recording that reveals them', async () => {
    const card = replayOf('card present - -', 'card > 0020000003123456').present('card');
    await expect(send(card, '0020000003654321')).rejects.toMatchObject({
      message: expect.not.stringMatching(/123456|654321/) as string,
    });
  });

  it('is over for a channel that is closed', async () => {
    const card = replayOf('card present - -', 'card > 01', 'card < 9000').present('card');
    await card.channel.close();
    await expect(send(card, '01')).rejects.toMatchObject({ code: 'CARD_GONE' });
  });
});
