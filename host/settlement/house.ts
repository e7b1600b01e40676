// SPDX-License-Identifier: MIT
/** The operator's own money: commission out of the safeguarded bank account, and what nobody claims. */
import {
  atLeastZero,
  difference,
  least,
  negate,
  signedAmount,
  sumSigned,
  type Amount,
  ZERO,
} from '../../src/money/amount.ts';
import type { Actor } from '../access/actor.ts';
import { ClockBook } from '../clocks/clock-book.ts';
import { account, type AccountCode } from '../ledger/accounts.table.ts';
import { codeTotals } from '../ledger/code-totals.ts';
import { post } from '../ledger/ledger.ts';
import { NetPostings } from '../ledger/postings.ts';
import { safeguardingOf } from '../ledger/safeguarding.ts';
import { businessDateOf, logEvent, type SettlementParts } from './parts.ts';
import { FLOAT_BANK } from './payouts.ts';

/** Names in `meta` of what was swept, in minor units, and how often. */
const SWEPT = 'settlement.swept';
const SWEEPS = 'settlement.sweeps';
/** What the operator may take out of the float: its income. */
const INCOME: readonly AccountCode[] = ['4010', '4020', '4030', '4040'];

export interface Sweep {
  /** Moved from 1010 to 1020. */
  readonly swept: Amount;
  /** Earned and not swept yet: the float's bank account does not hold it, or others are owed it. */
  readonly left: Amount;
}

/**
 * Moves earned commission to the operator's own bank account, as far as the float's account holds it and
 * everybody else can be paid without it.
 */
export function sweepCommission(parts: SettlementParts, actor: Actor): Sweep {
  const { store, clock } = parts;
  return store.transaction(() => {
    const earned = sumSigned(INCOME.map((code) => negate(store.balance(account(code)))));
    const before = signedAmount(Number(store.meta(SWEPT) ?? 0));
    const due = atLeastZero(difference(earned, before));
    const bank = account('1010', FLOAT_BANK);
    const { spare } = safeguardingOf(codeTotals(store.balances()));
    const free = least(atLeastZero(spare), atLeastZero(store.balance(bank)));
    const swept = least(due, free);
    const left = atLeastZero(difference(due, swept));
    if (swept === ZERO) return { swept, left };
    const number = Number(store.meta(SWEEPS) ?? 0) + 1;
    const postings = new NetPostings().transfer(account('1020'), bank, swept).net();
    post(store, { source: `sweep:${number}`, kind: 'settlement', postings }, clock.now());
    store.setMeta(SWEEPS, number.toString());
    store.setMeta(SWEPT, sumSigned([before, swept]).toString());
    logEvent(parts, actor, {
      action: 'swept',
      subject: `sweep:${number}`,
      detail: swept.toString(),
    });
    return { swept, left };
  });
}

/** Where money goes that nobody claims: to the operator's income, or to the state, as the law has it. */
export type DormantTo = 'income' | 'state';

const DESTINATION: Readonly<Record<DormantTo, AccountCode>> = { income: '4040', state: '2099' };
const DORMANT: readonly AccountCode[] = ['2090', '2095'];

/**
 * Moves what has been dormant (2090) or waiting to be paid back (2095) for longer than the clock allows.
 * What was taken out since counts against the oldest credits. Returns what was moved of both.
 */
export function releaseDormant(parts: SettlementParts, to: DormantTo, actor: Actor): Amount {
  const { store, clock, utcOffsetMinutes } = parts;
  return store.transaction(() => {
    const until = new ClockBook(store).dormantSince(clock.now());
    const net = new NetPostings();
    for (const code of DORMANT) {
      const { credited, debited } = store.turnover(account(code), until);
      const due = atLeastZero(difference(negate(credited), debited));
      net.transfer(account(code), account(DESTINATION[to]), due);
    }
    const postings = net.net();
    const moved = atLeastZero(negate(net.of(account(DESTINATION[to]))));
    if (moved === ZERO) return ZERO;
    const source = `dormant:${businessDateOf(clock.now(), utcOffsetMinutes)}:${store.lastEntry()?.id ?? 0}`;
    post(store, { source, kind: 'settlement', postings }, clock.now());
    logEvent(parts, actor, { action: to, subject: 'dormant', detail: moved.toString() });
    return moved;
  });
}
