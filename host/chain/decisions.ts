// SPDX-License-Identifier: MIT
/**
 * What people decided of a card's open matters. A decision is evidence like a record: the state of the card
 * follows from all of it, so a decision on something that a later record settles falls by itself.
 *
 * | target | action | effect |
 * | `held:CLAIM` | payMerchant | the held debit is paid: 1060 → 2040 |
 * | `held:CLAIM` | refuseMerchant | the claim is refused: nothing is held for it any more |
 * | `held:CLAIM` | refundHolder | where the card did lose the value: it is owed to the holder, 2095 |
 * | `gap:FROM` | expire | value of the gaps that begin at or after FROM and were open then: 2061 → 2090 |
 * | `gap:FROM` | refundHolder | 2061 → 2095 |
 * | `overspend` | writeOff | what the card attests beyond its loads: 1060 → 5010 |
 * | `balance` | refundHolder | the card is retired, what it still holds is owed to its holder: 2010 → 2095 |
 */
export type DecisionAction =
  'expire' | 'payMerchant' | 'refundHolder' | 'refuseMerchant' | 'writeOff';

export interface Decision {
  readonly target: string;
  readonly action: DecisionAction;
}
