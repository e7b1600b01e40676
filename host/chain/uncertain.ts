// SPDX-License-Identifier: MIT
/**
 * What the chain of a card says of taps whose outcome the terminal does not know. Such a tap moves no
 * money by itself: it stays a finding until the recovered record arrives, or until the card's own
 * counters show that it did not happen.
 */
import type { ChainRecord, CounterGap, Finding, UncertainTap } from './model.ts';

export interface ChainView {
  readonly records: readonly ChainRecord[];
  readonly chain: readonly ChainRecord[];
  readonly nextOffline: number;
  readonly nextOnline: number;
  readonly gaps: readonly CounterGap[];
}

/** What is now known of the tap: `null` when it is settled. */
function openQuestion(tap: UncertainTap, view: ChainView): string | null {
  if (tap.isLoad) {
    return tap.counter < view.nextOnline ? null : 'no later balance of the card is known';
  }
  const isPresented = view.records.some(
    (record) =>
      record.terminalId === tap.terminalId && record.terminalCounter === tap.terminalCounter,
  );
  if (isPresented) return null;
  // Another debit took this counter, so the card did not spend it on the uncertain one.
  if (view.chain.some((record) => record.counter === tap.counter)) return null;
  if (tap.counter >= view.nextOffline) return 'no later record of the card is known';
  const gap = view.gaps.find(
    ({ from, to }) => from <= tap.counter && tap.counter < (to ?? Infinity),
  );
  if (gap === undefined || gap.value < tap.amount) return null;
  return `the card lost ${gap.value} at the counters ${gap.from} to ${(gap.to ?? gap.from + 1) - 1}`;
}

/** What is still open, and whether the card's next purchase may settle some of it. */
export interface UncertainJudgement {
  readonly findings: readonly Finding[];
  readonly awaitsPurchase: boolean;
}

/** One finding for each tap that is still open; taps that say the same are one. */
export function judgeUncertain(taps: readonly UncertainTap[], view: ChainView): UncertainJudgement {
  const findings = new Map<string, Finding>();
  for (const tap of taps) {
    const question = openQuestion(tap, view);
    if (question === null) continue;
    // Everything that the judgement looks at: equal keys have equal findings.
    const key = `uncertainTap:${tap.isLoad ? 'load' : 'purchase'}:${tap.counter}:${tap.terminalId}:${tap.terminalCounter}:${tap.at}:${tap.amount}`;
    findings.set(key, {
      key,
      rule: 'uncertainTap',
      counter: tap.counter,
      expected: `a record of ${tap.amount} at ${tap.terminalId} number ${tap.terminalCounter}`,
      found: question,
      atRisk: tap.amount,
      recordId: null,
    });
  }
  const awaitsPurchase = taps.some((tap) => !tap.isLoad && tap.counter >= view.nextOffline);
  return { findings: [...findings.values()], awaitsPurchase };
}
