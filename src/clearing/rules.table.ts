// SPDX-License-Identifier: MIT
/**
 * The rules of reconciliation by which the host judges a record or a card, in order of precedence:
 * a record that fits two rules gets the first. Source: docs/ledger.md, Rules, numbered as there.
 *
 * Verdicts: `post` money moves · `postAlert` money moves and somebody looks · `recycle` held and tried
 * again · `suspense` value held for a person to decide · `reject` memo only, no money · `duplicate`
 * acknowledged, no effect. `mayErase`: whether the terminal may erase its copy after the verdict.
 */
export type Verdict = 'duplicate' | 'post' | 'postAlert' | 'recycle' | 'reject' | 'suspense';

/** What a rule says of the record or the card that it fits. */
export interface RuleRow {
  readonly number: number;
  readonly verdict: Verdict;
  readonly severity: 'critical' | 'info' | 'warning';
  readonly meaning: string;
  readonly resolution: string;
}

/** The rules by name, in order of precedence. */
export const RULES = {
  duplicateRecord: {
    number: 1,
    verdict: 'duplicate',
    severity: 'info',
    meaning: 'the same record again',
    resolution: 'none: it has no effect',
  },
  terminalCounterReused: {
    number: 6,
    verdict: 'suspense',
    severity: 'critical',
    meaning:
      "one SAM transaction number under two of the card's counters: a replayed or forged record",
    resolution: 'inspect the terminal and its SAM; nothing is paid from the purse float',
  },
  tacInvalid: {
    number: 13,
    verdict: 'reject',
    severity: 'critical',
    meaning: 'the TAC is not that of the card',
    resolution: 'no money moved; compare with the journal of the terminal',
  },
  tacUnverifiable: {
    number: 14,
    verdict: 'recycle',
    severity: 'warning',
    meaning: 'the key version is not held, so the TAC cannot be checked',
    resolution: 'add the key version; the record is tried again',
  },
  cardNotIssued: {
    number: 21,
    verdict: 'recycle',
    severity: 'critical',
    meaning: 'a valid TAC of a card that was never issued: registry late, or a leaked key',
    resolution: 'register the card if it is ours, else replace the key version',
  },
  cloneFork: {
    number: 15,
    verdict: 'suspense',
    severity: 'critical',
    meaning: 'one counter, two different debits with valid TACs: the card was cloned',
    resolution: 'hotlist the card; the later debit is held and not paid from the float',
  },
  rollback: {
    number: 17,
    verdict: 'suspense',
    severity: 'critical',
    meaning: 'a counter used again after the chain had gone on: an old image was restored',
    resolution: 'hotlist the card; the later debit is held and not paid from the float',
  },
  arithmeticWrong: {
    number: 11,
    verdict: 'suspense',
    severity: 'critical',
    meaning: 'balance before less amount is not balance after',
    resolution: 'inspect the terminal software; the debit is held',
  },
  loadUnfunded: {
    number: 26,
    verdict: 'postAlert',
    severity: 'critical',
    meaning: 'a load with a valid TAC that nobody authorised',
    resolution: 'stop the agent; the value is a receivable against it',
  },
  hotlistedCard: {
    number: 20,
    verdict: 'postAlert',
    severity: 'warning',
    meaning: 'a hotlisted card was accepted',
    resolution: 'who pays depends on the hotlist version that the terminal held',
  },
  balanceBreakAbove: {
    number: 10,
    verdict: 'postAlert',
    severity: 'critical',
    meaning: 'the card attests more than it was loaded with',
    resolution: 'look for an unreported load; the excess is an overspend receivable',
  },
  balanceBreakBelow: {
    number: 10,
    verdict: 'postAlert',
    severity: 'warning',
    meaning: 'value left the card and no counter is missing',
    resolution: 'look for a card or terminal fault; the value is held as unpresented',
  },
  counterGap: {
    number: 7,
    verdict: 'post',
    severity: 'info',
    meaning: 'counters are missing: debits not presented, or burnt counters',
    resolution: 'wait for the late records until the deadline',
  },
  lateRecord: {
    number: 8,
    verdict: 'post',
    severity: 'info',
    meaning: 'a late record fills a gap',
    resolution: 'none',
  },
  terminalGap: {
    number: 5,
    verdict: 'post',
    severity: 'warning',
    meaning: 'terminal sequence numbers are missing',
    resolution: 'ask the terminal to send the range again',
  },
  uncertainTap: {
    number: 24,
    verdict: 'recycle',
    severity: 'warning',
    meaning: 'a debit without an answer: the card may or may not have paid',
    resolution: 'present the card again, or wait for its next record',
  },
  loadInFlight: {
    number: 25,
    verdict: 'recycle',
    severity: 'info',
    meaning: 'a load was authorised and is not proven yet',
    resolution: "wait for the load's record or the card's next one",
  },
  accepted: {
    number: 0,
    verdict: 'post',
    severity: 'info',
    meaning: 'the record fits its card',
    resolution: 'none',
  },
} as const satisfies Record<string, RuleRow>;

/** The name of a rule. */
export type RuleName = keyof typeof RULES;

/** Whether a terminal may erase a record that got this verdict: the host holds it durably for good. */
export const MAY_ERASE: Readonly<Record<Verdict, boolean>> = {
  post: true,
  postAlert: true,
  duplicate: true,
  suspense: true,
  reject: true,
  // Held at the host until it can be judged: the terminal's copy is no longer needed for that.
  recycle: true,
};
