// SPDX-License-Identifier: MIT
/**
 * What every flow does first: select the purse, learn its serial number, find out what became of an
 * earlier tap of this very card, and only then ask whether the card may be charged. An earlier tap is
 * looked into even when the card is hotlisted or expired: it was made before, and its TAC is money.
 */
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { identifyCard, type PresentedCard } from '../card/identify.ts';
import type { CardStanding } from '../journal/journal.ts';
import type { Operation, Tap } from '../journal/tap.ts';
import { performer, type FlowContext } from './context.ts';
import type { DeclineReason } from './decline-reasons.table.ts';
import { drive } from './machine.ts';
import { declined, NOT_PRESENTED, type TapOutcome } from './outcome.ts';
import { RECOVERY_MACHINE, startRecovery } from './recovery.machine.ts';
import type { Stamp } from './stamp.ts';

/** A card that may be charged, and the earlier taps that were settled on the way. */
export interface ReadyCard {
  readonly kind: 'ready';
  readonly card: PresentedCard;
  readonly stamp: Stamp;
  readonly standing: CardStanding;
  readonly settled: readonly Tap[];
}

/** The flow is over before a new charge was tried. */
export interface Ended {
  readonly kind: 'ended';
  readonly outcome: TapOutcome;
}

export type Identified = Pick<ReadyCard, 'card' | 'stamp' | 'standing'> & {
  readonly kind: 'identified';
};

function end(outcome: TapOutcome): Ended {
  return { kind: 'ended', outcome };
}

/** SELECT, EF15, and what the journal knows of the card. */
export async function identify(
  context: FlowContext,
  channel: CardChannel,
): Promise<Ended | Identified> {
  const found = await identifyCard(channel, context.selector);
  if (found.kind === 'lost') return end(NOT_PRESENTED);
  if (found.kind === 'unusable') {
    const details = found.sw === undefined ? {} : { sw: found.sw };
    return end(declined(found.reason, details));
  }
  const { card } = found;
  if (card.isReadOnly) return end(declined('cardReadOnly', { serial: card.serial }));
  const stamp = context.stamper.stamp();
  const standing = context.journal.standing(card.serial, stamp.date);
  return { kind: 'identified', card, stamp, standing };
}

/** Asks the card what became of its pending tap. */
export function recoverTap(
  context: FlowContext,
  channel: CardChannel,
  tap: Tap,
): Promise<TapOutcome> {
  const { sam, samSession } = context;
  const first = startRecovery({
    tap,
    terminalId: sam.terminalId,
    keyIndex: sam.keyIndex,
    isSamReady: tap.operation !== 'load' && samSession.terminalCounter === tap.terminalCounter,
  });
  return drive(RECOVERY_MACHINE, first, performer(context, channel));
}

/**
 * Presents a card for `operation`. An earlier tap for the same operation that turns out to have charged
 * the card is the answer to this one: a cardholder who was told to tap again is not charged twice. An
 * earlier tap for something else is settled, and the flow goes on.
 */
export async function presentCard(
  context: FlowContext,
  channel: CardChannel,
  operation: Operation,
): Promise<Ended | ReadyCard> {
  const identified = await identify(context, channel);
  if (identified.kind === 'ended') return identified;
  const { card, stamp } = identified;
  let { standing } = identified;
  let settled: readonly Tap[] = [];
  if (standing.pending !== undefined) {
    const earlier = await recoverTap(context, channel, standing.pending);
    if (answersTheTap(earlier, operation)) return end(earlier);
    settled = 'tap' in earlier ? [earlier.tap] : earlier.settled;
    standing = context.journal.standing(card.serial, stamp.date);
  }
  const reason = unusableReason(card, stamp, standing);
  if (reason !== undefined) {
    return end({ ...declined(reason, { serial: card.serial }), settled });
  }
  return { kind: 'ready', card, stamp, standing, settled };
}

/**
 * Whether the flow is over with what the earlier tap turned out to be. While its outcome is not known the
 * card is not charged again. At a gate a debit of which only the card's log tells was another trip's: the
 * card has been used elsewhere since, or its proof would be there.
 */
function answersTheTap(earlier: TapOutcome, operation: Operation): boolean {
  switch (earlier.kind) {
    case 'notPresented':
      return true;
    case 'declined':
      return false;
    case 'approved':
      return earlier.tap.operation === operation;
    case 'uncertain':
      return (
        earlier.tap.state === 'pending' || !isGate(operation) || earlier.cause === 'macInvalid'
      );
  }
}

function isGate(operation: Operation): boolean {
  return operation === 'gateEntry' || operation === 'gateExit';
}

function unusableReason(
  { publicData }: PresentedCard,
  { date }: Stamp,
  standing: CardStanding,
): DeclineReason | undefined {
  if (standing.isHotlisted) return 'hotlisted';
  if (standing.isSuspicious) return 'cardNotGenuine';
  if (date < publicData.startDate) return 'cardNotYetValid';
  return date > publicData.expiryDate ? 'cardExpired' : undefined;
}
