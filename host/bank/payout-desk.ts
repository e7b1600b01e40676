// SPDX-License-Identifier: MIT
import type { Actor } from '../access/actor.ts';
import type { SettlementParts } from '../settlement/parts.ts';
import { confirmPayout, rejectPayout, returnPayout, type Refusal } from '../settlement/payouts.ts';

/** What the bank's news does to payouts. Each may be told twice; the second time has no effect. */
export interface PayoutDesk {
  /** It was paid. */
  confirm(payoutId: string, bankReference: string): void;
  /** It was never paid. */
  reject(payoutId: string, refusal: Refusal): void;
  /** It came back. */
  return(payoutId: string, refusal: Refusal): void;
}

/** The payouts of settlement, on behalf of who takes the bank's files in. */
export function payoutDesk(parts: SettlementParts, actor: Actor): PayoutDesk {
  return {
    confirm: (id, reference) => void confirmPayout(parts, id, reference, actor),
    reject: (id, refusal) => void rejectPayout(parts, id, refusal, actor),
    return: (id, refusal) => void returnPayout(parts, id, refusal, actor),
  };
}
