// SPDX-License-Identifier: MIT
/** Rules by what they do to the money of a debit, as docs/ledger.md, Recipes, has it. */
import type { RuleName } from '../../src/clearing/rules.table.ts';

/** The card did not pay for it: its claim stands in 2075 against 1060. */
export const HELD: readonly RuleName[] = [
  'arithmeticWrong',
  'cloneFork',
  'interleavedChains',
  'lateMisfit',
  'rollback',
  'terminalCounterReused',
];
/** The card paid for it, and its merchant is not simply paid: it stands in 2075 out of the float. */
export const WITHHELD: readonly RuleName[] = [
  'cardExpired',
  'hotlistedAtTerminal',
  'terminalCounterShared',
];

/** Findings about purchases under one of these rules: their keys begin with the rule and `purchase`. */
export const findingsSql = (rules: readonly RuleName[]): string =>
  `(${rules.map((rule) => `key LIKE '${rule}:purchase:%'`).join(' OR ')})`;

/** Findings of value on a card that nobody loaded. */
export const OVERSPEND_SQL = "rule IN ('balanceBreakAbove', 'loadUnfunded')";
