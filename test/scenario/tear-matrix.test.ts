// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { openInProcess } from '../../card-applet-sim/transport/in-process.ts';
import { runTearMatrix } from './tear-matrix.ts';
import { expectMoneyRight } from './tear-matrix-check.ts';

it.each(['aes', 'tdes'] as const)(
  'a %s card torn at any APDU of a purchase pays once, in process',
  async (suite) => {
    const matrix = await runTearMatrix(suite, (card) =>
      Promise.resolve({
        present: () => Promise.resolve(openInProcess(card)),
        end: () => Promise.resolve(),
      }),
    );
    expectMoneyRight(matrix);
    // The tear that matters was there: the card had paid, and the terminal did not know it.
    expect(matrix.cases.filter(({ outcomes }) => outcomes[0] === 'uncertain')).not.toEqual([]);
  },
);
