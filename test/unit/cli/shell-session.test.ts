// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { CardSession, type LineOutcome } from '../../../cli/shell/card-session.ts';
import { planArgument } from '../../../cli/shell/plan-line.ts';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import type { TraceEntry } from '../../../terminal/card/trace.ts';

interface Talked {
  readonly outcomes: readonly LineOutcome[];
  /** What the card got. */
  readonly got: readonly string[];
  readonly told: readonly TraceEntry[];
}

/** Runs lines on a card that gives these answers, whatever it is asked. */
async function talk(
  lines: readonly string[],
  answers: readonly string[],
  follows = false,
): Promise<Talked> {
  const got: string[] = [];
  const told: TraceEntry[] = [];
  const rest = [...answers];
  const session = new CardSession(
    {
      transceive(command) {
        got.push(toHex(command));
        return Promise.resolve(fromHex(rest.shift() ?? ''));
      },
      close: () => Promise.resolve(),
    },
    { currency: 'INR', sink: (entry) => told.push(entry), follows },
  );
  const outcomes: LineOutcome[] = [];
  for (const [index, line] of lines.entries()) {
    const plan = planArgument(line, index + 1, 'INR');
    if (plan.kind === 'card') outcomes.push(await session.run(plan));
  }
  return { outcomes, got, told };
}

describe('a session with a card', () => {
  it('shows 61xx and 6Cxx as they are', async () => {
    const { outcomes, got, told } = await talk(['balance', '805C000200'], ['6104', '6C04']);
    expect(outcomes).toEqual(['done', 'refused']);
    expect(got).toHaveLength(2);
    expect(told.map((entry) => entry.kind === 'response' && entry.sw)).toEqual([
      false,
      '6104',
      false,
      '6C04',
    ]);
  });

  it('fetches the rest, and sends again, where it is told to', async () => {
    const answers = ['6104', '00000AC39000', '6C04', '00000AC39000'];
    const { outcomes, got, told } = await talk(['balance', '805C000200'], answers, true);
    expect(outcomes).toEqual(['done', 'done']);
    expect(got).toEqual(['805C000204', '00C0000004', '805C000200', '805C000204']);
    expect(told.at(3)?.fields).toMatchObject([{ name: 'balance', meaning: '27.55 INR' }]);
  });

  it('tells a card that did not answer from one that refused', async () => {
    expect((await talk(['balance'], [''])).outcomes).toEqual(['lost']);
    expect((await talk(['balance'], ['6985'])).outcomes).toEqual(['refused']);
  });

  it('ends a log at its last record, and stops at a refusal', async () => {
    const record = '0001 000000 000001F4 06 100000000001 20260203 081530 9000';
    const ended = await talk(['log'], [record, '6A83']);
    expect([ended.outcomes, ended.got.length]).toEqual([['done'], 2]);
    const refused = await talk(['log 3'], [record, '6985']);
    expect([refused.outcomes, refused.got.length]).toEqual([['refused'], 2]);
  });

  it('builds what differs by the suite of the purse that was selected last', async () => {
    const lines = ['select aes', 'prove pursePurchase 1', 'select 3des', 'prove pursePurchase 1'];
    const { got } = await talk(lines, ['9000', '9406', '9000', '9406']);
    expect(got.filter((command) => command.startsWith('805A'))).toEqual([
      '805A000602000110',
      '805A000602000108',
    ]);
    await expect(talk(['select aes', 'prove pursePurchase 1'], ['6A82'])).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('masks keys and PINs in what it tells', async () => {
    const { got, told } = await talk(
      ['80D4010003112233', '0020008103123456', 'verify 123456'],
      ['6D00', '6D00', '9000'],
    );
    expect(got.join()).toMatch(/112233.*123456.*123456/);
    expect(JSON.stringify(told)).not.toMatch(/112233|123456/);
  });
});
