// SPDX-License-Identifier: MIT
/** What a fee comes to and how it is split: exact, each share floored, the residue to the party named. */
import { Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';
import {
  add,
  addSigned,
  atLeastZero,
  difference,
  greatest,
  least,
  subtract,
  sum,
  type Amount,
  type SignedAmount,
  ZERO,
} from '../../src/money/amount.ts';
import {
  fractionOf,
  portion,
  sumFractions,
  wholeUnits,
  type Fraction,
} from '../../src/money/share.ts';
import type { FeeTerms } from './fee-terms.ts';
import type { FeeShare } from './model.ts';

/** Σ of `shares` is `fee`; a share for each recipient, in the order of the terms. */
export interface SplitFee {
  readonly fee: Amount;
  readonly shares: readonly Amount[];
}

/** What each recipient's rates come to, nothing rounded. */
function weights({ recipients, tiers }: FeeTerms, basis: Amount): readonly Fraction[] {
  const parts = tiers.map(({ from }, index) => {
    const until = tiers[index + 1]?.from ?? basis;
    return atLeastZero(difference(least(basis, until), from));
  });
  return recipients.map((_recipient, place) =>
    sumFractions(
      tiers.map(({ basisPoints }, index) =>
        fractionOf(parts[index] ?? ZERO, basisPoints[place] ?? 0),
      ),
    ),
  );
}

/** The fee on `basis`; none on nothing. */
export function splitFee(terms: FeeTerms, basis: Amount): SplitFee {
  const { recipients, minimum, cap, residue } = terms;
  const parts = weights(terms, basis);
  const whole = sumFractions(parts);
  const plain = wholeUnits(whole);
  const bounded = least(greatest(plain, minimum), cap ?? basis);
  const fee = least(bounded, basis);
  const floors = parts.map((part) => {
    if (fee === plain) return wholeUnits(part);
    return whole === 0n ? ZERO : portion(fee, part, whole);
  });
  const rest = subtract(fee, sum(floors));
  const place = recipients.findIndex(({ party }) => party === residue);
  invariant(place >= 0, 'the party that gets the residue has a share');
  return { fee, shares: floors.map((floor, at) => (at === place ? add(floor, rest) : floor)) };
}

/** Adds up the fees of records, each rounded by itself; a record taken back takes its fee back. */
export class RecordFees {
  readonly #terms: FeeTerms;
  #gross: SignedAmount = ZERO;
  #shares: SignedAmount[];

  constructor(terms: FeeTerms) {
    this.#terms = terms;
    this.#shares = terms.recipients.map(() => ZERO);
  }

  /** A record that credits `amount` to its merchant, or takes it back where it is negative. */
  count(amount: SignedAmount): void {
    this.#gross = addSigned(this.#gross, amount);
    const isTaken = amount < 0;
    const basis = atLeastZero(isTaken ? difference(ZERO, amount) : amount);
    const { shares } = splitFee(this.#terms, basis);
    this.#shares = this.#shares.map((known, place) => {
      const share = shares[place] ?? ZERO;
      return difference(known, isTaken ? share : difference(ZERO, share));
    });
  }

  /** What the window is charged; a share below zero is none. */
  total(): SplitFee & { readonly gross: SignedAmount } {
    const shares = this.#shares.map(atLeastZero);
    return { fee: sum(shares), shares, gross: this.#gross };
  }
}

/** The shares of a fee with the parties that get them. */
export function feeShares({ recipients }: FeeTerms, { shares }: SplitFee): readonly FeeShare[] {
  return recipients.map(({ party, name }, place) => ({
    party,
    name,
    amount: shares[place] ?? ZERO,
  }));
}

/** @throws USAGE when the text is not a party of a fee. */
export function feeParty(text: string): FeeShare['party'] {
  switch (text) {
    case 'acquirer':
    case 'agent':
    case 'bank':
    case 'operator':
      return text;
    default:
      throw new Fault('USAGE', `"party" expected operator, acquirer, bank or agent, got "${text}"`);
  }
}
