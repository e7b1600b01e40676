// SPDX-License-Identifier: MIT
/** Which small step (advance.ts) a change is for a card, by what the store has of it. */
import type { CardRow, HostStore } from '../store/store.ts';
import { appendLoad, fillGap, leapAhead, waitForLoad, type Advance } from './advance.ts';
import { chainRecord } from './decode-record.ts';
import type { MerchantOf } from './evidence.ts';
import type { EvidenceChange } from './evidence-change.ts';
import { CHAIN_MODE, type ChainRecord } from './model.ts';
import type { OpenMatters } from './open-matters.ts';

export interface StepParts {
  readonly store: HostStore;
  readonly open: OpenMatters;
  readonly merchantOf: MerchantOf;
  /** The row that the record of the change will be, when it is one. */
  readonly recordId: number;
}

/** The step of a change; undefined when the card must be judged. */
export function planStep(
  card: CardRow,
  change: EvidenceChange,
  parts: StepParts,
): Advance | undefined {
  const { store, open } = parts;
  if (card.mode === CHAIN_MODE.contested || open.uncertain.length > 0) return undefined;
  if (change.kind === 'load') {
    return open.isCalm
      ? waitForLoad(card, change.load, store.loads(card.serial, card.nextOnline))
      : undefined;
  }
  if (change.kind !== 'record' || !change.isFresh) return undefined;
  const record = chainRecord(parts.recordId, change.bytes, parts.merchantOf);
  if (card.validUntil !== null && record.at.slice(0, 8) > card.validUntil) return undefined;
  return record.kind === 'load' ? planLoad(card, record, parts) : planPurchase(card, record, open);
}

function planLoad(
  card: CardRow,
  record: ChainRecord,
  { open, store }: StepParts,
): Advance | undefined {
  if (!open.isCalm) return undefined;
  return appendLoad(card, record, store.loads(card.serial, card.nextOnline));
}

function planPurchase(card: CardRow, record: ChainRecord, open: OpenMatters): Advance | undefined {
  if (record.counter > card.nextOffline) return leapAhead(card, record);
  const behind = (key: string): number | null =>
    open.findings.find((finding) => finding.key === key)?.recordId ?? null;
  return fillGap(card, record, open.gaps, behind);
}
