// SPDX-License-Identifier: MIT
/** What every flow of one terminal works with, and the driver's hands: channels, journal, host. */
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { ApplicationSelector } from '../card/select.ts';
import { exchange } from '../card/exchange.ts';
import type { Journal } from '../journal/journal.ts';
import type { DiversificationLevel, PurchaseSam } from '../sam/purchase-sam.ts';
import type { Operator } from '../transit/trip.ts';
import type { TransitPolicy } from '../transit/plan.ts';
import type { FlowEffect, FlowEvent } from './effects.ts';
import type { OfflineLimits } from './limits.ts';
import type { Stamper } from './stamp.ts';

export interface FlowContext {
  readonly journal: Journal;
  readonly sam: PurchaseSam;
  readonly selector: ApplicationSelector;
  readonly stamper: Stamper;
  readonly limits: OfflineLimits;
  readonly place: string;
  readonly levels: readonly DiversificationLevel[];
  readonly utcOffsetMinutes: number;
  readonly transit: { readonly operator: Operator; readonly policy: TransitPolicy } | undefined;
  /** The terminal counter for which the SAM still holds a session key: written by `performer` alone. */
  readonly samSession: { terminalCounter: number | undefined };
}

/** Does the effects of a machine on a card. */
export function performer(
  context: FlowContext,
  channel: CardChannel,
): (effect: FlowEffect) => FlowEvent | Promise<FlowEvent> {
  const { journal, sam, samSession } = context;
  return (effect) => {
    switch (effect.kind) {
      case 'card':
        return exchange(channel, effect.command);
      case 'sam':
        // Every command to the SAM starts or ends a purchase.
        samSession.terminalCounter = undefined;
        return exchange(sam.channel, effect.command);
      case 'begin': {
        const tap = journal.begin(effect.tap);
        // A load has no SAM; a purchase has just got its session key.
        if (tap.operation !== 'load') samSession.terminalCounter = tap.terminalCounter;
        return { kind: 'written', tap };
      }
      case 'approve':
        return { kind: 'written', tap: journal.approve(effect.id, effect.evidence) };
      case 'decline':
        return { kind: 'written', tap: journal.decline(effect.id) };
      case 'setAside':
        return { kind: 'written', tap: journal.setAside(effect.id, effect.state, effect.tac) };
      case 'fail':
        throw new Fault(effect.code, effect.message);
    }
  };
}
