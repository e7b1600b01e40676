// SPDX-License-Identifier: MIT
/** Which small step (advance.ts) a change may be for a card, by what the store has of it. */
import type { CardRow, HostStore, LoadRow } from '../store/store.ts';
import { appendLoad, fillGap, leapAhead, waitForLoad, type Advance } from './advance.ts';
import { readRecord, type MerchantOf } from './evidence.ts';
import type { EvidenceChange } from './evidence-change.ts';
import { CHAIN_MODE, type ChainRecord } from './model.ts';

/** The step for a record that is stored as row `recordId`; undefined when the card must be judged. */
export type StepPlan = (recordId: number) => Advance | undefined;

/** Finds the step of a change; undefined when none can apply. */
export function planStep(
  store: HostStore,
  card: CardRow,
  change: EvidenceChange,
  merchantOf: MerchantOf,
): StepPlan | undefined {
  if (card.mode === CHAIN_MODE.contested || store.uncertain(card.serial).length > 0) {
    return undefined;
  }
  if (change.kind === 'load') return planOrder(store, card, change.load);
  if (change.kind !== 'record' || !change.isFresh) return undefined;
  const record = readRecord(0, change.bytes, merchantOf);
  if (card.validUntil !== null && record.at.slice(0, 8) > card.validUntil) return undefined;
  return record.kind === 'load' ? planLoad(store, card, record) : planPurchase(store, card, record);
}

/** Whether nothing is missing from the card and nothing was found about it. */
export function isCalm(store: HostStore, card: Pick<CardRow, 'serial'>): boolean {
  return store.gaps(card.serial).length === 0 && store.findings(card.serial).length === 0;
}

function planOrder(store: HostStore, card: CardRow, order: LoadRow): StepPlan | undefined {
  if (!isCalm(store, card)) return undefined;
  const orders = store.loads(card.serial, card.nextOnline);
  return () => waitForLoad(card, order, orders);
}

function planLoad(store: HostStore, card: CardRow, record: ChainRecord): StepPlan | undefined {
  if (!isCalm(store, card)) return undefined;
  const orders = store.loads(card.serial, card.nextOnline);
  return () => appendLoad(card, record, orders);
}

function planPurchase(store: HostStore, card: CardRow, record: ChainRecord): StepPlan {
  if (record.counter > card.nextOffline) return (id) => leapAhead(card, { ...record, id });
  const gaps = store.gaps(card.serial);
  const findings = store.findings(card.serial);
  const behind = (key: string): number | null =>
    findings.find((finding) => finding.key === key)?.recordId ?? null;
  return (id) => fillGap(card, { ...record, id }, gaps, behind);
}
