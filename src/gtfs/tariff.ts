// SPDX-License-Identifier: MIT
/** Fares and their rules. Source: GTFS Schedule reference, fare_attributes.txt, fare_rules.txt (Fares v1). */
import { Fault } from '../errors/fault.ts';
import { AMOUNT_MAX, type Amount } from '../money/amount.ts';
import { CURRENCIES, type CurrencyCode } from '../money/currencies.table.ts';
import { currencyCode, formatAmount, parseAmount } from '../money/decimal.ts';
import type { Agency, FareClass, FareRule, TransfersAllowed } from './model.ts';
import { readRequiredRows, readRows, uniqueId } from './table-reader.ts';
import type { FeedFiles, FeedRow } from './table-reader.ts';

/** The fares of a feed; none where it has no `fare_attributes.txt`. */
export interface Tariff {
  readonly fares: readonly FareClass[];
  readonly currency: CurrencyCode | undefined;
}

/** @throws GTFS_INVALID on a wrong price or currency, a second currency, a dangling reference. */
export function readTariff(
  files: FeedFiles,
  agencies: readonly Agency[],
  routeIds: ReadonlyMap<string, number>,
): Tariff {
  const fares = new Map<string, FareDraft>();
  let currency: CurrencyCode | undefined;
  if (files.has('fare_attributes.txt')) {
    const columns = ['fare_id', 'price', 'currency_type', 'transfers'];
    readRequiredRows(files, 'fare_attributes.txt', columns, (row) => {
      const id = uniqueId(row, 'fare_id', fares);
      currency = readCurrency(row, currency);
      fares.set(id, readFare(row, id, { currency, agencies }));
    });
  }
  readRules(files, fares, routeIds);
  const frozen = [...fares.values()].map(({ rules, ...fare }) =>
    Object.freeze({ ...fare, rules: Object.freeze([...rules.values()].flatMap(frozenRules)) }),
  );
  return { fares: Object.freeze(frozen), currency };
}

interface FareDraft extends Omit<FareClass, 'rules'> {
  readonly rules: Map<string, RuleDraft>;
}

/** Rows of one fare with the same route, origin and destination; their `contains_id` form one set. */
interface RuleDraft {
  readonly conditions: Omit<FareRule, 'containsZoneIds'>;
  readonly containsZoneIds: Set<string>;
  isUnconditional: boolean;
}

const TRANSFERS_MAX = 255;
const SECONDS_MAX = 10_000_000;

/** A purse holds one currency, and no cheapest fare can be found among two: a feed has one here. */
function readCurrency(row: FeedRow, before: CurrencyCode | undefined): CurrencyCode {
  const text = row.required('currency_type');
  if (!Object.hasOwn(CURRENCIES, text)) {
    throw row.wrong('currency_type', `one of ${Object.keys(CURRENCIES).join(', ')}`);
  }
  if (before !== undefined && before !== text) {
    throw row.wrong('currency_type', `${before} as in the rows before`);
  }
  return currencyCode(text);
}

function readFare(
  row: FeedRow,
  id: string,
  known: { readonly currency: CurrencyCode; readonly agencies: readonly Agency[] },
): FareDraft {
  const transfersAllowed: TransfersAllowed = row.integer('transfers', TRANSFERS_MAX) ?? 'unlimited';
  const agencyId = row.text('agency_id');
  if (agencyId !== '' && !known.agencies.some((agency) => agency.id === agencyId)) {
    throw row.wrong('agency_id', 'an agency_id of agency.txt');
  }
  return {
    id,
    price: readPrice(row, known.currency),
    transfersAllowed,
    transferSeconds: row.integer('transfer_duration', SECONDS_MAX),
    agencyId: agencyId === '' ? undefined : agencyId,
    rules: new Map(),
  };
}

function readPrice(row: FeedRow, currency: CurrencyCode): Amount {
  // The reference has a float here, which may be written `.5` or `2.`; `src/money` wants both digits.
  const text = row.required('price').replace(/^\./, '0.').replace(/\.$/, '');
  const example = `${currency} such as ${CURRENCIES[currency].minorDigits === 0 ? '12' : '12.50'}`;
  let price: Amount;
  try {
    price = parseAmount(text, currency, 'price');
  } catch (error) {
    if (error instanceof Fault) throw row.wrong('price', example);
    throw error;
  }
  if (price <= AMOUNT_MAX) return price;
  const max = formatAmount(AMOUNT_MAX as Amount, currency);
  throw row.wrong('price', `at most ${max} ${currency}, which is what a card carries`);
}

function readRules(
  files: FeedFiles,
  fares: ReadonlyMap<string, FareDraft>,
  routeIds: ReadonlyMap<string, number>,
): void {
  readRows(files, 'fare_rules.txt', ['fare_id'], (row) => {
    const fare = fares.get(row.required('fare_id'));
    if (fare === undefined) throw row.wrong('fare_id', 'a fare_id of fare_attributes.txt');
    const routeId = orUndefined(row.text('route_id'));
    if (routeId !== undefined && !routeIds.has(routeId)) {
      throw row.wrong('route_id', 'a route_id of routes.txt');
    }
    const originZoneId = orUndefined(row.text('origin_id'));
    const destinationZoneId = orUndefined(row.text('destination_id'));
    const key = JSON.stringify([routeId, originZoneId, destinationZoneId]);
    const draft = fare.rules.get(key) ?? {
      conditions: { routeId, originZoneId, destinationZoneId },
      containsZoneIds: new Set<string>(),
      isUnconditional: false,
    };
    fare.rules.set(key, draft);
    const containsZoneId = row.text('contains_id');
    if (containsZoneId === '') draft.isUnconditional = true;
    else draft.containsZoneIds.add(containsZoneId);
  });
}

function frozenRules(draft: RuleDraft): FareRule[] {
  const rules: FareRule[] = [];
  const add = (containsZoneIds: readonly string[]): void => {
    const rule = { ...draft.conditions, containsZoneIds: Object.freeze(containsZoneIds) };
    rules.push(Object.freeze(rule));
  };
  if (draft.isUnconditional) add([]);
  if (draft.containsZoneIds.size > 0) add([...draft.containsZoneIds]);
  return rules;
}

const orUndefined = (text: string): string | undefined => (text === '' ? undefined : text);
