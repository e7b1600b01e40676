// SPDX-License-Identifier: MIT
/** The payouts of a window in the fixed-width sample profile. */
import type { PaymentOrder } from './pain-001.ts';
import { encodeFixed } from './fixed-width/encode.ts';
import { PAYOUT_PROFILE } from './fixed-width/payout-profile.table.ts';

/** @throws FILE_REFUSED with the path of a field that does not fit. */
export function payoutFile(order: PaymentOrder): Uint8Array {
  return encodeFixed(PAYOUT_PROFILE, {
    header: {
      window: order.window,
      businessDate: order.businessDate.replaceAll('-', ''),
      currency: order.currency,
      payer: order.debtor.holder,
      payerAccount: order.debtor.number,
    },
    details: order.payouts.map(({ account, amount, endToEndId }, index) => ({
      line: index + 1,
      endToEndId,
      account: account.number,
      holder: account.holder,
      bic: account.bic,
      amount,
    })),
    trailer: {},
  });
}
