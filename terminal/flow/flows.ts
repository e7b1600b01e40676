// SPDX-License-Identifier: MIT
/** Sale, recovery and gate: present the card, check the limits, drive the machine. */
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Station } from '../../src/gtfs/model.ts';
import { AMOUNT_MAX, type Amount } from '../../src/money/amount.ts';
import { exchange } from '../card/exchange.ts';
import type { TransitNetwork } from '../transit/network.ts';
import type { Charge, GateTap } from '../transit/plan.ts';
import { performer, type FlowContext } from './context.ts';
import { limitReached, type LimitReached } from './limits.ts';
import { drive } from './machine.ts';
import { after, declined, type TapOutcome } from './outcome.ts';
import { identify, presentCard, recoverTap, type ReadyCard } from './present.ts';
import { PURCHASE_MACHINE, startPurchase, type DebitOrder } from './purchase.machine.ts';
import {
  startTransit,
  TRANSIT_MACHINE,
  type GateOrder,
  type MakeCharge,
  type ReadTrip,
  type TransitEvent,
} from './transit.machine.ts';

/** Charges `amount` to the card. */
export async function runSale(
  context: FlowContext,
  channel: CardChannel,
  amount: Amount,
): Promise<TapOutcome> {
  if (amount > AMOUNT_MAX) return declined('amountTooLarge');
  const presented = await presentCard(context, channel, 'sale');
  if (presented.kind === 'ended') return presented.outcome;
  const { settled, card } = presented;
  const limit = reachedBy(context, presented, amount);
  if (limit !== undefined) {
    const needed = limit.needed === undefined ? {} : { needed: limit.needed };
    return after(settled, declined(limit.reason, { serial: card.serial, ...needed }));
  }
  const charge = {
    operation: 'sale',
    amount,
    minimumBalance: amount,
    place: context.place,
  } as const;
  const outcome = await debit(context, channel, { presented, charge, trip: undefined });
  return after(settled, outcome);
}

function reachedBy(
  { limits, journal }: FlowContext,
  { standing, stamp }: ReadyCard,
  amount: Amount,
): LimitReached | undefined {
  return limitReached(limits, { amount, standing, at: stamp.at, hotlist: journal.hotlist() });
}

interface Debit {
  readonly presented: ReadyCard;
  readonly charge: Pick<DebitOrder, 'amount' | 'minimumBalance' | 'operation' | 'place'>;
  readonly trip: Uint8Array | undefined;
}

function debit(
  context: FlowContext,
  channel: CardChannel,
  { presented, charge, trip }: Debit,
): Promise<TapOutcome> {
  const { sam, levels, journal } = context;
  const first = startPurchase({
    operation: charge.operation,
    amount: charge.amount,
    minimumBalance: charge.minimumBalance,
    place: charge.place,
    trip,
    card: presented.card,
    stamp: presented.stamp,
    terminalId: sam.terminalId,
    keyIndex: sam.keyIndex,
    levels,
    hotlistVersion: journal.hotlist().version,
  });
  return drive(PURCHASE_MACHINE, first, performer(context, channel));
}

/** Finds out what became of the card's pending tap, and charges nothing. */
export async function runRecovery(context: FlowContext, channel: CardChannel): Promise<TapOutcome> {
  const identified = await identify(context, channel);
  if (identified.kind === 'ended') return identified.outcome;
  const { standing, card } = identified;
  if (standing.pending === undefined) return declined('nothingPending', { serial: card.serial });
  return recoverTap(context, channel, standing.pending);
}

export interface GateRequest {
  readonly direction: 'entry' | 'exit';
  readonly network: TransitNetwork;
  readonly station: Station;
}

/** A tap at a gate. */
export async function runGate(
  context: FlowContext,
  channel: CardChannel,
  request: GateRequest,
): Promise<TapOutcome> {
  const { direction } = request;
  const operation = direction === 'entry' ? 'gateEntry' : 'gateExit';
  const presented = await presentCard(context, channel, operation);
  if (presented.kind === 'ended') return presented.outcome;
  const order: GateOrder = {
    direction,
    serial: presented.card.serial,
    tap: gateTap(context, presented, request),
    limit: entryLimit(context, presented, request),
  };
  const chargeCard = (charge: Charge): Promise<TapOutcome> =>
    debit(context, channel, { presented, charge, trip: charge.trip });
  const perform = async (effect: MakeCharge | ReadTrip): Promise<TransitEvent> =>
    effect.kind === 'card'
      ? exchange(channel, effect.command)
      : { kind: 'charged', outcome: await chargeCard(effect.charge) };
  const outcome = await drive(TRANSIT_MACHINE, startTransit(order), perform);
  return after(presented.settled, outcome);
}

function gateTap(
  context: FlowContext,
  { stamp }: ReadyCard,
  { network, station }: GateRequest,
): Omit<GateTap, 'newest'> {
  const { transit, sam, utcOffsetMinutes } = context;
  if (transit === undefined) {
    throw new Fault('CONFIG_INVALID', '"transit" expected the operator of the gate, got nothing');
  }
  const gate = { operator: transit.operator, terminalId: sam.terminalId, utcOffsetMinutes };
  return { gate, network, policy: transit.policy, station, stamp };
}

function entryLimit(
  context: FlowContext,
  presented: ReadyCard,
  { direction, network, station }: GateRequest,
): GateOrder['limit'] {
  const highest = network.highestFareFrom(station);
  if (direction === 'exit' || highest === undefined) return undefined;
  return reachedBy(context, presented, highest)?.reason;
}
