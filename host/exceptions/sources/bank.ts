// SPDX-License-Identifier: MIT
/**
 * Rule 27: lines of the bank that match nothing, payouts that no line proves, and messages of the bank that
 * contradict the books.
 */
import { add, atLeastZero, negate, ZERO, type SignedAmount } from '../../../src/money/amount.ts';
import type { Amount } from '../../../src/money/amount.ts';
import type { Instant } from '../../../src/time/instant.ts';
import { ClockBook } from '../../clocks/clock-book.ts';
import type { BankLineRow } from '../../store/bank-store.ts';
import type { HostStore } from '../../store/store.ts';
import { exceptionOf, type OpenMatter } from '../model.ts';

type Matter = Pick<
  OpenMatter,
  'evidence' | 'expected' | 'found' | 'merchant' | 'moneyAtRisk' | 'openedAt' | 'subject'
> & { readonly key: string };

const exception = ({ key, ...matter }: Matter): OpenMatter =>
  exceptionOf({ ...matter, rule: 'bankUnmatched' }, key);

/** Without its sign. */
const sizeOf = (value: SignedAmount): Amount => add(atLeastZero(value), atLeastZero(negate(value)));

function lineException(line: BankLineRow): OpenMatter {
  const { amount, bookedOn, counterparty, digest, endToEndId, id, remittance } = line;
  const isCredit = amount > 0;
  const words = [endToEndId, counterparty, remittance].filter((text) => text !== '').join(', ');
  return exception({
    key: `line:${id}`,
    subject: `bank line ${id}`,
    expected: isCredit ? 'a payout that came back, or what an agent owes' : 'a payout',
    found: `${isCredit ? 'credit' : 'debit'} of ${sizeOf(amount)} on ${bookedOn}${words === '' ? '' : `: ${words}`}`,
    moneyAtRisk: sizeOf(amount),
    merchant: null,
    openedAt: line.openedAt,
    evidence: [`bank line ${id}`, `bank file ${digest}`],
  });
}

/** Everything that the bank and the books do not agree on. */
export function* bankExceptions(store: HostStore, now: Instant): Iterable<OpenMatter> {
  const clocks = new ClockBook(store);
  for (const line of store.unmatchedBankLines()) yield lineException(line);
  for (const payout of [...store.payouts('instructed'), ...store.payouts('sent')]) {
    // A bank takes its time: a payout is missing when the clock for answers has run out.
    if (clocks.deadline('response', payout.createdAt) > now) continue;
    yield exception({
      key: `payout:${payout.id}`,
      subject: `payout ${payout.id}`,
      expected: `a debit of ${payout.amount} with ${payout.endToEndId}`,
      found: `no line of the bank; the payout is ${payout.state}`,
      moneyAtRisk: payout.amount,
      merchant: payout.merchant,
      openedAt: payout.createdAt,
      evidence: [`payout ${payout.id}`],
    });
  }
  for (const advice of store.bankAdvices()) {
    yield exception({
      key: `advice:${advice.id}`,
      subject: `bank message about ${advice.endToEndId}`,
      expected: 'a payout to which it can happen',
      found: `${advice.status} ${advice.reason}: ${advice.problem}`.replace(' :', ':'),
      moneyAtRisk: ZERO,
      merchant: null,
      openedAt: advice.openedAt,
      evidence: [`bank file ${advice.digest}`],
    });
  }
}
