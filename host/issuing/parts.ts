// SPDX-License-Identifier: MIT
/** What every act of issuing works with. */
import type { Instant } from '../../src/time/instant.ts';
import type { Actor } from '../access/actor.ts';
import type { DecisionAction } from '../chain/decisions.table.ts';
import type { MerchantOf } from '../chain/evidence.ts';
import type { HostStore } from '../store/store.ts';

/** A decision on a card, to be booked: see chain/decisions.ts. */
export interface CardDecision {
  readonly serial: string;
  readonly target: string;
  readonly action: DecisionAction;
  /** Names what asked for it. */
  readonly request: string;
  readonly actor: Actor;
}

/** What issuing needs of the host around it. */
export interface IssuingHost {
  hotlistCard(serial: string, reason: string, actor: string): unknown;
  unlistCard(serial: string, reason: string, actor: string): unknown;
  decide(decision: CardDecision): void;
}

export interface IssuingParts {
  readonly store: HostStore;
  readonly host: IssuingHost;
  readonly merchantOf: MerchantOf;
  readonly now: Instant;
  /** Minutes ahead of UTC: which day it is. */
  readonly utcOffsetMinutes: number;
}
