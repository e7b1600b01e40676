// SPDX-License-Identifier: MIT
/** A blank card in a reader becomes a purse: pcscd, nfc-pcsc and the served card, all real. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missing, withServedCard } from './served-card.ts';

describe.skipIf(missing !== undefined)('a blank card in a reader', { timeout: 180_000 }, () => {
  it('is personalised once that is confirmed, and pays', () =>
    withServedCard(['--blank'], async (served) => {
      const image = join(served.folder, 'cards/alice.card');
      const blank = readFileSync(image);
      const order = ['card', 'personalise', '--reader', '--serial', '7'] as const;
      expect(await served.json(...order)).toMatchObject({ outcome: 'planned', suite: '3des' });
      expect(readFileSync(image)).toEqual(blank);
      const file = join(served.folder, 'personalise.txt');
      expect(await served.json(...order, '--confirm', '--record', file)).toMatchObject({
        outcome: 'personalised',
      });
      // Keys are written, and are in no recording.
      expect(readFileSync(file, 'utf8')).toMatch(/^card > 80D4[0-9A-F]{6}(?:\*\*)+$/m);
      expect(await served.json('pos', 'load', '100', '--reader')).toMatchObject({
        outcome: 'approved',
      });
      expect(await served.json('pos', 'sale', '12.50', '--reader')).toMatchObject({
        outcome: 'approved',
        tap: { serial: '7'.padStart(20, '0'), balanceAfter: 87_50, isMac2Verified: true },
      });
      const again = await served.openpurse(...order, '--confirm');
      expect(again.stderr).toContain('CARD_NOT_BLANK');
    }));
});
