// SPDX-License-Identifier: MIT
/**
 * Rules that say of a card that there is something wrong with it: an honest holder must never be named by one.
 * Not among them: what says that something has not come yet (gaps, uncertain taps, loads in flight), what
 * names a terminal, and what names a card that its own holder had listed.
 */
import type { RuleName } from '../../../src/clearing/rules.table.ts';

export const ACCUSING_RULES: ReadonlySet<RuleName> = new Set([
  'arithmeticWrong',
  'balanceBreakAbove',
  'balanceBreakBelow',
  'cloneFork',
  'impossibleTravel',
  'interleavedChains',
  'lateMisfit',
  'loadUnfunded',
  'overspendLimit',
  'rollback',
  'terminalCounterReused',
  'terminalCounterShared',
]);
