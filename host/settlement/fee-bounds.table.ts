// SPDX-License-Identifier: MIT
/** Bounds of what a fee schedule may say. Source: docs/settlement.md, Fees. */
export const FEE_BOUNDS = {
  operatorBasisPoints: {
    min: 300,
    max: 2000,
    meaning: "the operator's share; another rate must be asked for by name",
  },
  tiers: { min: 1, max: 20, meaning: 'tiers of one schedule' },
  schedules: { min: 0, max: 100_000, meaning: 'schedules of one host' },
} as const satisfies Record<string, { min: number; max: number; meaning: string }>;
