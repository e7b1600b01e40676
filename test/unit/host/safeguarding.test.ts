// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { account } from '../../../host/ledger/accounts.table.ts';
import { codeTotals } from '../../../host/ledger/code-totals.ts';
import { safeguardingOf, type Safeguarding } from '../../../host/ledger/safeguarding.ts';
import { signedAmount } from '../../../src/money/amount.ts';

function of(...balances: readonly (readonly [Parameters<typeof account>, number])[]): Safeguarding {
  return safeguardingOf(
    codeTotals(
      balances.map(([id, balance]) => ({
        account: account(...id),
        balance: signedAmount(balance),
      })),
    ),
  );
}

it('counts all banks and agents for holders first, then payouts, then whoever else is paid', () => {
  const held = of(
    [['1010', 'main'], 700],
    [['1030', 'A'], 200],
    [['1030', 'B'], 100],
    [['2010'], -600],
    [['2061'], -50],
    [['2045', '1-SHOP'], -80],
    [['2040', 'SHOP'], -120],
    [['4010'], -150],
  );
  expect(held).toEqual({
    ...{ safeguarded: 1000, owedToHolders: 650, left: 350, leftAfterPayouts: 270, spare: 150 },
  });
});

it('owes holders nothing for value that nobody loaded, held or written off', () => {
  // Of 100 on the card 30 were loaded by nobody; 10 are held of a claim, 5 were written off.
  const card = of([['2010'], -100], [['1060'], 35], [['2075'], -10], [['5010'], 5]);
  expect(card.owedToHolders).toBe(70);
});

it('is short where a merchant that was paid owes it, however much it owes', () => {
  const short = of([['1010', 'main'], 60], [['1050', 'SHOP'], 40], [['2010'], -100]);
  expect(short).toMatchObject({ left: -40, leftAfterPayouts: -40, spare: -40 });
});
