// SPDX-License-Identifier: MIT
/** Gathers from the store what is known of one card. */
import type { HotlistChange } from '../../src/clearing/hotlist.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import type { CardRow, HostStore, StoredRecord } from '../store/store.ts';
import { chainRecord, uncertainTap } from './decode-record.ts';
import type { CardEvidence, ChainRecord, OffList } from './model.ts';

/** The merchant that a terminal is enrolled for. */
export type MerchantOf = (terminalId: string) => string;

/** The registry's answer, kept: the merchant of a terminal never changes. */
export function merchantLookup(store: HostStore): MerchantOf {
  const known = new Map<string, string>();
  return (terminalId) => {
    const merchant = known.get(terminalId) ?? store.terminal(terminalId)?.merchant;
    if (merchant !== undefined) known.set(terminalId, merchant);
    return merchant ?? '';
  };
}

/** The records of a card, newest first. */
export function* recordsOf(
  store: HostStore,
  card: Pick<CardRow, 'lastRecord'>,
): Generator<StoredRecord, void> {
  for (let id = card.lastRecord; id !== 0;) {
    const stored = store.record(id);
    if (stored === undefined) return;
    yield stored;
    id = stored.previous;
  }
}

/** A stored record as the chain sees it, with the merchant of its terminal. */
export function readRecord(id: number, bytes: Uint8Array, merchantOf: MerchantOf): ChainRecord {
  const record = chainRecord(id, bytes);
  return { ...record, merchantId: merchantOf(record.terminalId) };
}

/** The stretches of versions without the card, after the one that first listed it. */
function offListOf(store: HostStore, serial: Uint8Array): readonly OffList[] {
  return offListAfter(store.hotlistChangesOf(formatSerialNumber(serial)));
}

/** The same of the changes of one card, in the order of their versions. */
export function offListAfter(changes: readonly HotlistChange[]): readonly OffList[] {
  const stretches: OffList[] = [];
  for (const { op, version } of changes) {
    const last = stretches.at(-1);
    if (op === 'remove') stretches.push({ from: version, until: null });
    else if (last !== undefined) stretches[stretches.length - 1] = { ...last, until: version };
  }
  return stretches;
}

/** All that is known of a card: its stored records, oldest first, and what is kept besides. */
export function evidenceOf(
  store: HostStore,
  card: CardRow,
  merchantOf: MerchantOf,
  stored: readonly StoredRecord[] = [...recordsOf(store, card)].reverse(),
): CardEvidence {
  return {
    records: stored.map(({ id, bytes }) => readRecord(id, bytes, merchantOf)),
    orders: store.loads(card.serial),
    uncertain: store.uncertain(card.serial).map(({ id, bytes }) => uncertainTap(id, bytes)),
    listedAtVersion: card.listedVersion,
    offList: card.listedVersion === null ? [] : offListOf(store, card.serial),
  };
}
