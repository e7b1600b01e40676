// SPDX-License-Identifier: MIT
/** What decisions of people (decisions.table.ts) do to the movements of a card. */
import type { RuleName } from '../../src/clearing/rules.table.ts';
import { sum, type Amount } from '../../src/money/amount.ts';
import { account, type AccountId } from '../ledger/accounts.table.ts';
import { claimName } from './forks.ts';
import type { Decision, DecisionAction } from './decisions.table.ts';
import type { ChainRecord, CounterGap, GapState, Movement, WithheldRule } from './model.ts';

/** Claims that the card did not pay for, as far as its chain tells. */
export const HELD_RULES: ReadonlySet<RuleName> = new Set([
  'arithmeticWrong',
  'cloneFork',
  'interleavedChains',
  'lateMisfit',
  'rollback',
  'terminalCounterReused',
]);
/** Claims that the card paid, whose merchants are not simply paid. */
export const WITHHELD_RULES: ReadonlySet<RuleName> = new Set<WithheldRule>([
  'cardExpired',
  'hotlistedAtTerminal',
  'terminalCounterShared',
]);

/**
 * What may be decided of a claim under a rule. A decision that was taken under another one does not count
 * any more: a claim that was withheld and is now held is an open question again.
 */
export function claimActions(rule: RuleName): readonly DecisionAction[] {
  if (HELD_RULES.has(rule)) return ['payMerchant', 'refuseMerchant'];
  return WITHHELD_RULES.has(rule) ? ['payMerchant', 'refundHolder'] : [];
}

/** The target of a decision on a claim that is held or withheld. */
export const claimTarget = (record: ChainRecord): string => `held:${claimName(record)}`;
/** The target of a decision on a gap; it holds for every gap that lies within it later. */
export const gapTarget = ({ from, to }: Pick<CounterGap, 'from' | 'to'>): string =>
  `gap:${from}:${to ?? ''}`;

/** The decisions on one card, by what they are about. */
export class CardDecisions {
  readonly #actions: ReadonlyMap<string, DecisionAction>;
  readonly #gaps: readonly {
    readonly from: number;
    readonly to: number;
    readonly state: GapState;
  }[];

  constructor(decisions: readonly Decision[]) {
    this.#actions = new Map(decisions.map(({ target, action }) => [target, action]));
    this.#gaps = decisions.flatMap(({ target, action }) => {
      const [kind, from = '', to = ''] = target.split(':');
      if (kind !== 'gap') return [];
      const state = action === 'expire' ? 'expired' : 'refunded';
      return [{ from: Number(from), to: to === '' ? Infinity : Number(to), state }];
    });
  }

  /** Whether anything was decided. */
  get isEmpty(): boolean {
    return this.#actions.size === 0;
  }

  of(target: string): DecisionAction | undefined {
    return this.#actions.get(target);
  }

  /** The state of a gap: that of the first decision that covers all of it. */
  stateOf(gap: Pick<CounterGap, 'from' | 'to'>): GapState {
    const to = gap.to ?? Infinity;
    return (
      this.#gaps.find((decided) => decided.from <= gap.from && to <= decided.to)?.state ?? 'open'
    );
  }
}

/** Where the value of a decided gap goes. */
export function gapMovements(gaps: readonly CounterGap[]): readonly Movement[] {
  return gaps.flatMap(({ from, to, value, state }) =>
    state === 'open'
      ? []
      : [
          {
            key: `decided:gap:${from}:${to ?? ''}`,
            debit: account('2061'),
            credit: account(state === 'expired' ? '2090' : '2095'),
            amount: value,
            claim: null,
          },
        ],
  );
}

/** A claim that the card did not pay: held in 2075 against 1060 until it is decided. */
export function heldMovement(record: ChainRecord, decisions: CardDecisions): Movement | undefined {
  const action = decisions.of(claimTarget(record));
  if (action === 'refuseMerchant') return undefined;
  const isPaid = action === 'payMerchant';
  return {
    key: `held:${claimName(record)}`,
    debit: account('1060'),
    credit: isPaid ? account('2040', record.merchantId) : account('2075'),
    amount: record.amount,
    claim: isPaid ? record : null,
  };
}

/** A purchase of the chain whose merchant is not simply paid. */
export function withheldMovement(movement: Movement, decisions: CardDecisions): Movement {
  const { claim } = movement;
  if (claim === null) return movement;
  const action = decisions.of(claimTarget(claim));
  if (action === 'payMerchant') return movement;
  const credit: AccountId = account(action === 'refundHolder' ? '2095' : '2075');
  return { ...movement, credit, claim: null };
}

/** What a card has spent beyond its loads by these movements, claims that are still held left out. */
export function overspent(movements: readonly Movement[]): Amount {
  const held = account('2075');
  return sum(
    movements
      .filter(({ debit, credit }) => debit === account('1060') && credit !== held)
      .map(({ amount }) => amount),
  );
}

/** What a refund of the card's balance moves. */
export function balanceMovements(balance: Amount, decisions: CardDecisions): readonly Movement[] {
  if (decisions.of('balance') !== 'refundHolder') return [];
  const transfer = { debit: account('2010'), credit: account('2095'), amount: balance };
  return [{ key: 'decided:balance', ...transfer, claim: null }];
}

/** What is written off of all that the card has spent beyond its loads. */
export function writtenOff(
  movements: readonly Movement[],
  decisions: CardDecisions,
): readonly Movement[] {
  if (decisions.of('overspend') !== 'writeOff') return [];
  const transfer = { debit: account('5010'), credit: account('1060') };
  const value = overspent(movements);
  return [{ key: 'decided:overspend', ...transfer, amount: value, claim: null }];
}
