// SPDX-License-Identifier: MIT
/** What becomes known of one card, event by event, and days on which something is odd. */
import type { CardEvidence, ChainRecord, LoadOrder } from '../../../host/chain/model.ts';
import { load, order, purchase } from './chain-fixtures.ts';

export type Event =
  | { readonly record: ChainRecord; readonly order?: undefined }
  | { readonly record?: undefined; readonly order: LoadOrder };

export const taken = (record: ChainRecord): Event => ({ record });
export const ordered = (of: LoadOrder): Event => ({ order: of });

export const NOTHING: CardEvidence = {
  records: [],
  orders: [],
  uncertain: [],
  listings: [],
  sharedNumbers: [],
  validUntil: null,
  decisions: [],
};

export function withEvent(evidence: CardEvidence, event: Event): CardEvidence {
  return event.order === undefined
    ? { ...evidence, records: [...evidence.records, event.record] }
    : { ...evidence, orders: [...evidence.orders, event.order] };
}

export function* permutations<T>(rest: readonly T[]): Generator<readonly T[], void> {
  if (rest.length === 0) yield [];
  for (const [index, first] of rest.entries()) {
    for (const more of permutations(rest.toSpliced(index, 1))) yield [first, ...more];
  }
}

/** Behind a load of 100, and mostly behind a purchase of 10 by the counter 0. */
export const ODD_DAYS: readonly (readonly [string, readonly Event[]])[] = [
  ['a counter is burnt', [taken(purchase(2, 90, 10)), taken(purchase(4, 80, 10))]],
  [
    'value came from nowhere before a purchase of nothing',
    [purchase(1, 90, 0), purchase(2, 95, 0), purchase(3, 95, 0), purchase(4, 95, 5)].map(taken),
  ],
  ['value is lost', [taken(purchase(2, 60, 10)), taken(purchase(3, 45, 10))]],
  ['a purchase starts from too much', [taken(purchase(2, 150, 10)), taken(purchase(3, 80, 5))]],
  ['a purchase ends with too little', [taken(purchase(2, 60, 40)), taken(purchase(3, 70, 5))]],
  ['one starts below the end of the gap', [taken(purchase(3, 60, 5)), taken(purchase(2, 62, 9))]],
  ['a card is cloned', [taken(purchase(0, 100, 30, { tac: 'C' })), taken(purchase(1, 90, 5))]],
  [
    'a record contradicts itself',
    [taken(purchase(1, 90, 5, { after: purchase(1, 90, 6).after })), taken(purchase(2, 84, 4))],
  ],
  ['a load costs something', [taken(load(1, 90, 20, { after: purchase(0, 70, 0).after }))]],
  ['nobody ordered the load', [taken(load(1, 90, 20))]],
  ['the order says another amount', [ordered(order(1, 90, 30)), taken(load(1, 90, 20))]],
  ['the order says another balance', [ordered(order(1, 80, 20)), taken(load(1, 90, 20))]],
  ['the order is for a later load', [ordered(order(2, 90, 20)), taken(load(1, 90, 20))]],
  ['a load of nothing is ordered', [ordered(order(1, 90, 0)), taken(load(1, 90, 0))]],
  [
    'an ordered load contradicts itself',
    [ordered(order(1, 90, 20)), taken(load(1, 90, 20, { after: load(1, 90, 19).after }))],
  ],
  [
    'a second order waits',
    [ordered(order(1, 90, 20)), ordered(order(2, 110, 5)), taken(load(1, 90, 20))],
  ],
  ['an order is for a past load', [ordered(order(0, 0, 60, { id: 'O0b', number: 5 }))]],
  [
    'an order is replaced',
    [
      ordered(order(1, 90, 30)),
      ordered(order(1, 90, 40, { id: 'O1b', number: 3 })),
      taken(load(1, 90, 40)),
    ],
  ],
];
