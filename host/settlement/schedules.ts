// SPDX-License-Identifier: MIT
/** Sets fee schedules: each is a new version, none is ever changed. */
import { Fault } from '../../src/errors/fault.ts';
import { isIsoDate, plusDays } from '../../src/time/civil.ts';
import type { Actor } from '../access/actor.ts';
import { FEE_BOUNDS } from './fee-bounds.table.ts';
import { ANY, checkTerms, type FeeSchedule } from './fee-terms.ts';
import { merchantOf } from './merchants.ts';
import { businessDateOf, logEvent, type SettlementParts } from './parts.ts';
import { lastClosed } from './windows.ts';

export interface NewSchedule extends Pick<FeeSchedule, 'merchant' | 'terms' | 'type'> {
  /** The first business date it applies to; null: the first one that can still change. */
  readonly effectiveOn: string | null;
  /** Refuses rates that are not usual (fee-bounds.table.ts). */
  readonly isUsual: boolean;
}

/** The first business date whose fees are still open: those of closed windows are settled. */
function firstOpenDate({ store, clock, utcOffsetMinutes }: SettlementParts): string {
  const today = businessDateOf(clock.now(), utcOffsetMinutes);
  const closed = lastClosed(store)?.businessDate ?? null;
  return closed === null || closed < today ? today : plusDays(closed, 1);
}

/** Adds a version. @throws USAGE, MERCHANT_NOT_FOUND, LIMIT_EXCEEDED */
export function setFees(parts: SettlementParts, schedule: NewSchedule, actor: Actor): FeeSchedule {
  const { store, clock } = parts;
  return store.transaction(() => {
    const { merchant, type, terms, isUsual } = schedule;
    if (merchant !== ANY) merchantOf(store, merchant);
    checkTerms(terms, isUsual);
    const effectiveOn = schedule.effectiveOn ?? firstOpenDate(parts);
    const closed = lastClosed(store)?.businessDate ?? '';
    if (!isIsoDate(effectiveOn) || effectiveOn <= closed) {
      const after = closed === '' ? '' : ` after ${closed}, the last business date that is closed`;
      throw new Fault('USAGE', `"from" expected YYYY-MM-DD${after}, got "${effectiveOn}"`);
    }
    const version = (store.feeSchedules().at(-1)?.version ?? 0) + 1;
    if (version > FEE_BOUNDS.schedules.max) {
      throw new Fault(
        'LIMIT_EXCEEDED',
        `"fees" expected at most ${FEE_BOUNDS.schedules.max} schedules`,
      );
    }
    const row = { version, merchant, type, effectiveOn, terms, setAt: clock.now() };
    store.insertFeeSchedule(row);
    const detail = `${merchant} ${type} from ${effectiveOn}`;
    logEvent(parts, actor, { action: 'set', subject: `fees:${version}`, detail });
    return row;
  });
}
