// SPDX-License-Identifier: MIT
/** Rule 12: what merchants claim and the cards did not prove, or prove otherwise. The proven amount is paid. */
import { add, atLeastZero, difference, negate } from '../../../src/money/amount.ts';
import { typeName } from '../../../src/purse/transaction-types.table.ts';
import { comparedClaims } from '../../claims/compare.ts';
import type { HostStore } from '../../store/store.ts';
import { exceptionOf, merchantOf, type OpenMatter } from '../model.ts';

/** Every claim that differs from what is proven now. */
export function* claimExceptions(store: HostStore): Iterable<OpenMatter> {
  for (const { claim, isAgreed, proven } of comparedClaims(store, store.claims())) {
    if (isAgreed) continue;
    const { counter, date, openedAt, terminal, type, window } = claim;
    const of = counter === null ? `${date} ${typeName(type)}` : `counter ${counter}`;
    const within = window === null ? '' : ` in window ${window}`;
    const off = difference(claim.gross, proven.gross);
    const key = `${terminal}:${date}:${type}:${counter ?? 'all'}:${window ?? 'all'}`;
    const matter = {
      rule: 'claimMismatch' as const,
      subject: `terminal ${terminal} ${of}${within}`,
      expected: `${proven.count} of ${proven.gross}, as the cards proved`,
      found: `${claim.count} of ${claim.gross} claimed`,
      moneyAtRisk: add(atLeastZero(off), atLeastZero(negate(off))),
      merchant: merchantOf(store, terminal),
      terminal,
      openedAt,
      evidence: [`claim ${claim.id}`, `claim file ${claim.digest}`],
    };
    yield exceptionOf(matter, key);
  }
}
