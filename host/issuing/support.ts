// SPDX-License-Identifier: MIT
/** Everything that a support clerk needs to know of one card, and what can be done for its holder. */
import { sum, type Amount } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { typeName } from '../../src/purse/transaction-types.table.ts';
import type { Instant } from '../../src/time/instant.ts';
import { RULES } from '../../src/clearing/rules.table.ts';
import { cardStatement, type CardStatement } from '../report/statements.ts';
import { dayOf, knownCard, stateOn } from './card-state.ts';
import { balanceDueAt } from './cards.ts';
import { CARD_STATES, type CardState } from './life-cycle.table.ts';
import type { CardEventRow, CardValidity, HolderPaymentRow } from './model.ts';
import type { IssuingParts } from './parts.ts';
import type { HolderRow, RefundRow } from './model.ts';
import { owedToHolder, type Owed } from './owed.ts';
import { tornTaps, type TornTaps } from './torn.ts';

/** Where the money of a card is, minor units. */
export interface CardMoney extends Owed {
  /** The newest balance that the card attested. */
  readonly balance: Amount;
  /** Left the card without a record: refundable later, see `torn`. */
  readonly inGaps: Amount;
  /** Authorised loads that the card has not proved yet. */
  readonly inFlight: Amount;
  readonly deposit: Amount;
}

export interface SupportFinding {
  readonly ruleNumber: number;
  readonly rule: string;
  readonly meaning: string;
  readonly expected: string;
  readonly found: string;
  readonly resolution: string;
}

type Shown<T> = Omit<T, 'serial'> & { readonly serial: string };

export interface SupportView {
  readonly serial: string;
  readonly state: CardState;
  readonly lot: string;
  readonly holder: HolderRow | null;
  readonly validity: CardValidity | null;
  readonly replacedBy: string | null;
  readonly money: CardMoney;
  readonly torn: TornTaps;
  /** From when on the balance is owed; null while the card is in use, or with nothing on it. */
  readonly balanceDueAt: Instant | null;
  readonly findings: readonly SupportFinding[];
  readonly statement: CardStatement;
  readonly refunds: readonly (Omit<Shown<RefundRow>, 'type'> & { readonly type: string })[];
  readonly payments: readonly Shown<HolderPaymentRow>[];
  readonly events: readonly Shown<CardEventRow>[];
}

/** @throws CARD_NOT_FOUND, USAGE */
export function supportView(parts: IssuingParts, serial: string): SupportView {
  const { store } = parts;
  const { card, details } = knownCard(store, serial);
  const statement = cardStatement(store, serial);
  const torn = tornTaps(parts, card);
  const open = torn.gaps.filter(({ state }) => state === 'open');
  const flying = statement.loads.filter(({ state }) => state === 'inFlight');
  const isEnded = CARD_STATES[details.state].isFinal;
  return {
    serial: formatSerialNumber(card.serial),
    state: stateOn(details, dayOf(parts)),
    lot: details.lot,
    holder: details.holder === null ? null : (store.holder(details.holder) ?? null),
    validity: details.validity,
    replacedBy: details.replacedBy === null ? null : formatSerialNumber(details.replacedBy),
    money: {
      balance: card.balance,
      inGaps: sum(open.map((gap) => gap.value)),
      inFlight: sum(flying.map((load) => load.amount)),
      deposit: details.deposit,
      ...owedToHolder(parts, card),
    },
    torn,
    balanceDueAt: isEnded && card.balance > 0 ? balanceDueAt(store, details) : null,
    findings: statement.findings.map(({ rule, expected, found }) => {
      const { number: ruleNumber, meaning, resolution } = RULES[rule];
      return { ruleNumber, rule, meaning, expected, found, resolution };
    }),
    statement,
    refunds: store.refunds(card.serial).map((row) => ({
      ...shown(row),
      type: typeName(row.type),
    })),
    payments: store.holderPayments(card.serial).map(shown),
    events: store.cardEvents(card.serial).map(shown),
  };
}

/** A row as it is shown: with the digits of its card. */
function shown<T extends { readonly serial: Uint8Array }>(row: T): Shown<T> {
  return { ...row, serial: formatSerialNumber(row.serial) };
}
