// SPDX-License-Identifier: MIT
/** `pos recover` at a reader: a sale whose card was taken away, and the tap that finds out. */
import { describe, expect, it } from 'vitest';
import { missing, withServedCard } from './served-card.ts';

describe.skipIf(missing !== undefined)('a sale with its card gone', { timeout: 180_000 }, () => {
  it.each([
    {
      when: 'response',
      found: { outcome: 'approved', tap: { isRecovered: true, balanceAfter: 87_50 } },
      balance: 87_50,
    },
    { when: 'before', found: { outcome: 'declined', reason: 'notDebited' }, balance: 100_00 },
  ])('is recovered when it was torn at: $when', ({ when, found, balance }) =>
    withServedCard([], async (served) => {
      const atReader = ['--reader', '--wait', '3'] as const;
      await served.json('pos', 'load', '100', ...atReader);
      await served.control(`tear ${when}`);
      const sale = await served.json('pos', 'sale', '12.50', ...atReader);
      expect(sale).toMatchObject({ outcome: 'uncertain', cause: 'answerLost' });
      await served.control('insert');
      expect(await served.json('pos', 'recover', '--reader')).toMatchObject(found);
      expect(await served.json('pos', 'balance', '--reader')).toMatchObject({ balance });
      // Nothing is pending any more.
      expect(await served.json('pos', 'recover', '--reader')).toMatchObject({
        outcome: 'declined',
        reason: 'nothingPending',
      });
    }),
  );
});
