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

/** Who answers for the value at risk, by the rule; a person may decide otherwise. */
export type LiableParty = 'acquirer' | 'agent' | 'issuer' | 'merchant' | 'none' | 'operator';

/** The clock that runs from the moment an exception is opened; the clocks are in host/clocks. */
export type RuleClock = 'dispute' | 'gap' | 'lostTerminal' | 'response' | 'terminalAlert';

/** What a rule says of the record or the card that it fits. */
export interface RuleRow {
  readonly number: number;
  readonly verdict: Verdict;
  readonly severity: 'critical' | 'info' | 'warning';
  readonly liable: LiableParty;
  readonly clock: RuleClock | null;
  readonly meaning: string;
  readonly resolution: string;
}

/** The rules by name, in order of precedence. */
export const RULES = {
  duplicateRecord: {
    number: 1,
    verdict: 'duplicate',
    severity: 'info',
    liable: 'none',
    clock: null,
    meaning: 'the same record again',
    resolution: 'none: it has no effect',
  },
  duplicateEnvelope: {
    number: 2,
    verdict: 'duplicate',
    severity: 'info',
    liable: 'none',
    clock: null,
    meaning: 'the same signed record in another envelope: re-cut batch, other sequence',
    resolution: 'none: it has no effect; a terminal that does it often wants a look',
  },
  batchNumberReused: {
    number: 3,
    verdict: 'postAlert',
    severity: 'warning',
    liable: 'acquirer',
    clock: 'response',
    meaning: 'a batch number again with other content',
    resolution: 'records are taken one by one; compare both batches, inspect the terminal',
  },
  batchOutOfBalance: {
    number: 4,
    verdict: 'postAlert',
    severity: 'critical',
    liable: 'acquirer',
    clock: 'response',
    meaning: 'the signed totals of a batch are not those of its records',
    resolution:
      'the merchant is not paid for the batch until the terminal has sent it again in balance, or a person decides',
  },
  terminalCounterReused: {
    number: 6,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'acquirer',
    clock: 'dispute',
    meaning:
      'one SAM transaction number on two debits of one card: a replayed or forged record, or a cloned SAM',
    resolution: 'retire the terminal and its SAM; nothing is paid from the purse float',
  },
  terminalCounterShared: {
    number: 6,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'acquirer',
    clock: 'dispute',
    meaning:
      'one SAM transaction number on debits of two cards, both with valid TACs: a cloned or reset SAM',
    resolution:
      'retire the terminal and its SAM; pay the merchant, or the holders, once it is known which debit is true',
  },
  tacInvalid: {
    number: 13,
    verdict: 'reject',
    severity: 'critical',
    liable: 'acquirer',
    clock: 'dispute',
    meaning: 'the TAC is not that of the card',
    resolution: 'no money moved; compare with the journal of the terminal',
  },
  terminalKeysSuspect: {
    number: 13,
    verdict: 'recycle',
    severity: 'critical',
    liable: 'acquirer',
    clock: 'dispute',
    meaning:
      'so many TACs of one terminal fail that its keys, clock or software are at fault, not the cards',
    resolution: 'accuse no card; mend the terminal, then try its records again',
  },
  tacUnverifiable: {
    number: 14,
    verdict: 'recycle',
    severity: 'warning',
    liable: 'operator',
    clock: 'response',
    meaning: 'the key version is not held, so the TAC cannot be checked',
    resolution: 'add the key version; the record is tried again',
  },
  cardNotIssued: {
    number: 21,
    verdict: 'recycle',
    severity: 'critical',
    liable: 'operator',
    clock: 'response',
    meaning: 'a valid TAC of a card that was never issued: registry late, or a leaked key',
    resolution: 'register the card if it is ours, else replace the key version',
  },
  cardExpired: {
    number: 21,
    verdict: 'suspense',
    severity: 'warning',
    liable: 'acquirer',
    clock: 'dispute',
    meaning: 'a card was accepted after its validity and the days of grace',
    resolution:
      'the acquirer answers: the card did pay, and the merchant is not paid until a person decides',
  },
  cardExpiredInGrace: {
    number: 21,
    verdict: 'postAlert',
    severity: 'info',
    liable: 'issuer',
    clock: null,
    meaning: 'a card was accepted after its validity, within the days of grace',
    resolution: 'none; replace the card',
  },
  terminalInactive: {
    number: 21,
    verdict: 'suspense',
    severity: 'warning',
    liable: 'acquirer',
    clock: 'dispute',
    meaning: 'a record of a terminal or merchant that was not active at the time',
    resolution: 'the merchant is not paid for it until a person decides',
  },
  tooLate: {
    number: 22,
    verdict: 'reject',
    severity: 'warning',
    liable: 'acquirer',
    clock: 'dispute',
    meaning: 'a record came later than any scheme clock allows',
    resolution: 'no money moved; pay by a manual decision only',
  },
  lateForApproval: {
    number: 22,
    verdict: 'suspense',
    severity: 'warning',
    liable: 'acquirer',
    clock: 'dispute',
    meaning: 'a record came after the days within which it is posted without a question',
    resolution: 'release it, with a second person, or refuse it',
  },
  arithmeticWrong: {
    number: 11,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'acquirer',
    clock: 'dispute',
    meaning: 'balance before less amount is not balance after',
    resolution: 'inspect the terminal software; the debit is held',
  },
  cloneFork: {
    number: 15,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'issuer',
    clock: 'dispute',
    meaning: 'one counter, two different debits with valid TACs: the card was cloned',
    resolution: 'hotlist the card; the later debit is held and not paid from the float',
  },
  interleavedChains: {
    number: 16,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'issuer',
    clock: 'dispute',
    meaning: 'a second chain of debits goes on beside the first: two copies of one card are in use',
    resolution: 'hotlist the card; the debits of the second chain are held',
  },
  rollback: {
    number: 17,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'issuer',
    clock: 'dispute',
    meaning: 'a counter used again after the chain had gone on: an old image was restored',
    resolution: 'hotlist the card; the later debit is held and not paid from the float',
  },
  lateMisfit: {
    number: 9,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'issuer',
    clock: 'dispute',
    meaning: 'a record has a missing counter but not the balances of its neighbours',
    resolution: 'suspect a fork: compare the chain around it; the debit is held',
  },
  loadUnfunded: {
    number: 26,
    verdict: 'postAlert',
    severity: 'critical',
    liable: 'agent',
    clock: 'response',
    meaning: 'a load with a valid TAC that nobody authorised',
    resolution: 'stop the agent; the value is a receivable against it',
  },
  hotlistedAtTerminal: {
    number: 20,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'acquirer',
    clock: 'dispute',
    meaning: 'a terminal accepted a card that its hotlist named, or held a list that was too old',
    resolution: 'the acquirer answers: the merchant is not paid until a person decides',
  },
  hotlistedCard: {
    number: 20,
    verdict: 'postAlert',
    severity: 'warning',
    liable: 'issuer',
    clock: null,
    meaning: 'a listed card was accepted by a terminal whose list was older, but not too old',
    resolution: "none: the risk is the issuer's; the card is listed",
  },
  overspendLimit: {
    number: 19,
    verdict: 'postAlert',
    severity: 'critical',
    liable: 'issuer',
    clock: 'response',
    meaning: 'a card has spent more beyond its loads than is tolerated',
    resolution: 'hotlist the card; collect from the holder or write it off',
  },
  balanceBreakAbove: {
    number: 10,
    verdict: 'postAlert',
    severity: 'critical',
    liable: 'issuer',
    clock: 'dispute',
    meaning: 'the card attests more than it was loaded with',
    resolution: 'look for an unreported load; the excess is an overspend receivable',
  },
  balanceBreakBelow: {
    number: 10,
    verdict: 'postAlert',
    severity: 'warning',
    liable: 'issuer',
    clock: 'gap',
    meaning: 'value left the card and no counter is missing',
    resolution: 'look for a card or terminal fault; the value is held as unpresented',
  },
  impossibleTravel: {
    number: 18,
    verdict: 'postAlert',
    severity: 'warning',
    liable: 'issuer',
    clock: null,
    meaning: 'one card at two places faster than anybody travels',
    resolution: "look at the card's records; alone it proves nothing",
  },
  clockSkew: {
    number: 23,
    verdict: 'postAlert',
    severity: 'warning',
    liable: 'acquirer',
    clock: null,
    meaning: 'a record is dated after its receipt: the clock of the terminal is wrong',
    resolution: 'send the terminal the time; order is by counter, so no money is wrong',
  },
  counterNearMax: {
    number: 30,
    verdict: 'postAlert',
    severity: 'warning',
    liable: 'issuer',
    clock: null,
    meaning: 'a counter of the card is near its maximum',
    resolution: 'replace the card',
  },
  counterGap: {
    number: 7,
    verdict: 'post',
    severity: 'info',
    liable: 'none',
    clock: 'gap',
    meaning: 'counters are missing: debits not presented',
    resolution: 'wait for the late records until the deadline',
  },
  burntCounter: {
    number: 7,
    verdict: 'post',
    severity: 'info',
    liable: 'none',
    clock: null,
    meaning: 'counters are missing and no value with them: taps that were torn before the debit',
    resolution: 'none',
  },
  lateRecord: {
    number: 8,
    verdict: 'post',
    severity: 'info',
    liable: 'none',
    clock: null,
    meaning: 'a late record fills a gap',
    resolution: 'none',
  },
  terminalGap: {
    number: 5,
    verdict: 'post',
    severity: 'warning',
    liable: 'acquirer',
    clock: 'terminalAlert',
    meaning: 'terminal sequence numbers are missing',
    resolution: 'ask the terminal to send the range again',
  },
  uncertainTap: {
    number: 24,
    verdict: 'recycle',
    severity: 'warning',
    liable: 'none',
    clock: 'gap',
    meaning: 'a debit without an answer: the card may or may not have paid',
    resolution: 'present the card again, or wait for its next record',
  },
  loadInFlight: {
    number: 25,
    verdict: 'recycle',
    severity: 'info',
    liable: 'none',
    clock: 'gap',
    meaning: 'a load was authorised and is not proven yet',
    resolution: "wait for the load's record or the card's next one; never refund before proof",
  },
  claimMismatch: {
    number: 12,
    verdict: 'post',
    severity: 'warning',
    liable: 'merchant',
    clock: 'response',
    meaning: 'a merchant claims other than the cards proved',
    resolution: 'the signed amount is paid; show the merchant the record',
  },
  bankUnmatched: {
    number: 27,
    verdict: 'recycle',
    severity: 'warning',
    liable: 'operator',
    clock: 'response',
    meaning: 'a line of a bank statement matches no payout, or a payout no line',
    resolution: 'find the counterpart; the money waits in its own account',
  },
  refundRefused: {
    number: 28,
    verdict: 'reject',
    severity: 'warning',
    liable: 'merchant',
    clock: null,
    meaning: 'a refund of more than the purchase, or of one that was not accepted',
    resolution: 'refuse it',
  },
  terminalLost: {
    number: 29,
    verdict: 'suspense',
    severity: 'critical',
    liable: 'acquirer',
    clock: 'lostTerminal',
    meaning: 'a terminal was lost with records that it had not sent',
    resolution:
      'its value shows only in gaps of cards that come back; pay goodwill only by approval',
  },
  accepted: {
    number: 0,
    verdict: 'post',
    severity: 'info',
    liable: 'none',
    clock: null,
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
