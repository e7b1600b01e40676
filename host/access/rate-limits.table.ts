// SPDX-License-Identifier: MIT
/** How often somebody may ask: `burst` at once, then `perSecond`. Above it: RATE_LIMITED. */
export interface RateRow {
  readonly burst: number;
  readonly perSecond: number;
  readonly meaning: string;
}

export const RATES = {
  user: { burst: 120, perSecond: 20, meaning: 'requests of one user' },
  terminal: { burst: 60, perSecond: 10, meaning: 'signed requests of one terminal' },
  address: {
    burst: 120,
    perSecond: 20,
    meaning: 'requests from one address without a good key or signature, batches among them',
  },
  auditedRefusals: {
    burst: 60,
    perSecond: 1,
    meaning: 'refusals from one address in the audit log; the next row says how many were left out',
  },
} as const satisfies Record<string, RateRow>;

export type RateName = keyof typeof RATES;
