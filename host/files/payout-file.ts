// SPDX-License-Identifier: MIT
/** The payouts of a window in the fixed-width sample profile. */
import type { PaymentOrder } from './pain-001.ts';
import type { FixedLayout } from './fixed-width/layout.ts';
import { encodeFixed } from './fixed-width/encode.ts';
import { PAYOUT_PROFILE } from './fixed-width/payout-profile.table.ts';

/**
 * The bytes of the file in GBK, as the profile has it, or in UTF-8.
 * @throws FILE_REFUSED with the path of a field that does not fit or has characters that GBK lacks.
 */
export function payoutFile(
  order: PaymentOrder,
  encoding: FixedLayout['encoding'] = PAYOUT_PROFILE.encoding,
): Uint8Array {
  return encodeFixed(
    { ...PAYOUT_PROFILE, encoding },
    {
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
    },
  );
}
