// SPDX-License-Identifier: MIT
/**
 * What people may decide of a card's open matters. A decision is evidence like a record: the state of the
 * card follows from all of it, so a decision on something that a later record settles falls by itself.
 */
/** What may be decided of each kind of target, and what it does. The target of a decision is `KIND` or `KIND:name`. */
export const DECISIONS = {
  held: {
    payMerchant: 'the merchant is paid: the value goes from where it is held to 2040',
    refuseMerchant:
      'the claim is refused, nothing is held for it any more (only where the card did not pay)',
    refundHolder: 'the value is owed to the holder in 2095 (only where the card did pay)',
  },
  gap: {
    expire: 'the value of the gap is dormant: 2061 to 2090',
    refundHolder: 'the value of the gap is owed to the holder: 2061 to 2095',
  },
  overspend: {
    writeOff: 'what the card spent beyond its loads is our loss: 1060 to 5010',
  },
  balance: {
    refundHolder: 'the card is given up, and what it holds is owed to its holder: 2010 to 2095',
  },
} as const;

export type DecisionTarget = keyof typeof DECISIONS;
export type DecisionAction = { [T in DecisionTarget]: keyof (typeof DECISIONS)[T] }[DecisionTarget];

export interface Decision {
  readonly target: string;
  readonly action: DecisionAction;
}
