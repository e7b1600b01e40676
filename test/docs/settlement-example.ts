// SPDX-License-Identifier: MIT
/** One merchant over three windows, for docs/settlement.md: settled by the product itself. */
import { ANY, type FeeSchedule } from '../../host/settlement/fee-terms.ts';
import type { Merchant, MerchantSettlement, Reserve } from '../../host/settlement/model.ts';
import { planSettlement, type ChargedTotal } from '../../host/settlement/plan.ts';
import { amount, negate, signedAmount, sumSigned, ZERO } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import { grouped, markdownTable } from './markdown.ts';

const SCHEDULE: FeeSchedule = {
  version: 1,
  merchant: ANY,
  type: ANY,
  effectiveOn: '2026-02-01',
  terms: {
    basis: 'window',
    recipients: [
      { party: 'operator', name: '' },
      { party: 'acquirer', name: 'ACME' },
    ],
    tiers: [{ from: ZERO, basisPoints: [300, 50] }],
    minimum: ZERO,
    cap: null,
    residue: 'operator',
  },
  setAt: instant(0),
};

const SHOP: Merchant = {
  id: 'SHOP',
  displayName: 'The Shop',
  kind: 'grocery',
  status: 'active',
  account: { number: 'DE02120300000000202051', holder: 'The Shop', bic: '' },
  holdReason: null,
  reserveBasisPoints: 1000,
  reserveDays: 2,
  minimumPayout: ZERO,
};

const WINDOWS = [
  { what: '14 purchases', businessDate: '2026-02-02', count: 14, gross: 12_345 },
  { what: 'a fork: one that was paid falls', businessDate: '2026-02-03', count: -1, gross: -900 },
  { what: '3 purchases', businessDate: '2026-02-04', count: 3, gross: 2000 },
] as const;

const cell = (value: number): string => (value === 0 ? '' : grouped(value));

function settled(): readonly MerchantSettlement[] {
  let reserves: readonly Reserve[] = [];
  const rows: MerchantSettlement[] = [];
  for (const [index, { businessDate, count, gross }] of WINDOWS.entries()) {
    const total = { type: 6, count, gross: signedAmount(gross) };
    const charged: readonly ChargedTotal[] = [{ total, schedule: SCHEDULE, byRecord: undefined }];
    const plan = planSettlement({
      window: index + 1,
      businessDate,
      merchant: SHOP,
      currency: 'INR',
      before: rows.at(-1),
      charged,
      adjustments: signedAmount(0),
      batchHold: null,
      reserves,
    });
    if (plan === undefined) throw new Error('the example expected a settlement in every window');
    const { reserve, released, settlement } = plan;
    reserves = reserves.filter((each) => !released.includes(each));
    if (reserve !== null) reserves = [...reserves, reserve];
    rows.push(settlement);
  }
  return rows;
}

/** What is taken from the merchant is negative, so that every row adds up from left to right. */
export function settlementExample(): string {
  const rows = settled().map((row, index) => {
    const { businessDate, clawback, closing, lines, opening, owed, payout } = row;
    const gross = sumSigned(lines.map((line) => line.gross));
    const fees = negate(sumSigned(lines.map((line) => line.fee)));
    const reserve = sumSigned([row.reserveReleased, negate(row.reserveHeld)]);
    const values = [opening, gross, fees, reserve, negate(clawback), negate(payout), closing, owed];
    const name = `${row.window}, ${businessDate}: ${WINDOWS[index]?.what ?? ''}`;
    return [name, ...values.map(cell)];
  });
  const heading = ['Window', 'Opening', 'Gross', 'Fees', 'Reserve', 'Debts', 'Payout'];
  return markdownTable([...heading, 'Closing', 'Owes'], rows);
}

/** The shares of the first fee. */
export function feeExample(): string {
  const [line] = settled()[0]?.lines ?? [];
  const shares = (line?.shares ?? []).map(({ party, name, amount: share }) => [
    name === '' ? party : `${party} ${name}`,
    grouped(share),
  ]);
  return markdownTable(
    ['Party', 'Share'],
    [...shares, ['together', grouped(line?.fee ?? amount(0))]],
  );
}
