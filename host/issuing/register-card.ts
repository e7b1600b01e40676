// SPDX-License-Identifier: MIT
/** A personalised card enters the registry, in the lot that it was made for. */
import { Fault } from '../../src/errors/fault.ts';
import { ZERO } from '../../src/money/amount.ts';
import { formatSerialNumber, serialNumberBytes } from '../../src/purse/serial-number.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { HostStore } from '../store/store.ts';
import { knownLot } from './lots.ts';
import { DEFAULT_LOT, type CardDetails, type CardValidity } from './model.ts';

export interface NewCardRow {
  readonly serial: string;
  readonly suite: SuiteName;
  readonly keyVersion: number;
  /** The default lot when left out. */
  readonly lot?: string;
  /** As it was written on the card; a card of a lot has that of the lot. */
  readonly validity?: CardValidity;
}

/**
 * Inserts a card. One of the default lot is in use at once, one of another lot is in stock.
 * @throws CARD_EXISTS, LOT_NOT_FOUND; CONFIG_INVALID when it is not what its lot says
 */
export function registerCard(store: HostStore, card: NewCardRow, at: Instant): CardDetails {
  const serial = serialNumberBytes(card.serial);
  const { suite, keyVersion, lot = DEFAULT_LOT, validity } = card;
  return store.transaction(() => {
    if (store.card(serial) !== undefined) {
      throw new Fault('CARD_EXISTS', `"serial" expected a new one, ${card.serial} is issued`);
    }
    const details = {
      serial,
      lot,
      holder: null,
      state: lot === DEFAULT_LOT ? ('active' as const) : ('ordered' as const),
      validity: lot === DEFAULT_LOT ? (validity ?? null) : lotValidity(store, card, lot),
      deposit: ZERO,
      replacedBy: null,
      endedAt: null,
    };
    const validUntil = details.validity?.until ?? null;
    store.insertCard({ serial, suite, keyVersion, validUntil }, at);
    store.insertCardDetails(details);
    return details;
  });
}

function lotValidity(store: HostStore, card: NewCardRow, id: string): CardValidity {
  const lot = knownLot(store, id);
  const { from, until } = card.validity ?? { from: lot.validFrom, until: lot.validUntil };
  const expected = `${lot.suite}, key version ${lot.keyVersion}, ${lot.validFrom} to ${lot.validUntil}`;
  const got = `${card.suite}, key version ${card.keyVersion}, ${from} to ${until}`;
  if (expected !== got) {
    const name = formatSerialNumber(serialNumberBytes(card.serial));
    throw new Fault('CONFIG_INVALID', `"lot" expected a card of ${expected}, got ${name}: ${got}`);
  }
  return { from, until };
}
