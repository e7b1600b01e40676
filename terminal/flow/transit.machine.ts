// SPDX-License-Identifier: MIT
/**
 * A tap at a gate: read the newest trip record, plan, and make the planned charges one after the other.
 * Each charge is a composite purchase of its own (purchase.machine.ts). The gate opens on `approved`.
 *
 *   readingTrip  READ RECORD EF1E, 1   a record, or 6A83 (none yet) → charging, or declined by the plan
 *   charging     purchase machine      approved → the next charge, or done; else done with its outcome
 */
import { SW } from '../../src/iso7816/status-words.table.ts';
import { TRIP_RECORD } from '../../src/purse/file-layouts.ts';
import { readFileRecord } from '../card/commands.ts';
import type { Answered, Lost } from '../card/exchange.ts';
import type { Tap } from '../journal/tap.ts';
import { planEntry, planExit, type Charge, type GatePlan, type GateTap } from '../transit/plan.ts';
import type { TripRecord } from '../transit/trip.ts';
import { cardRefusal } from './card-refusals.table.ts';
import type { DeclineReason } from './decline-reasons.table.ts';
import { defineMachine, type Finish, type Step } from './machine.ts';
import { after, declined, NOT_PRESENTED, type TapOutcome } from './outcome.ts';

/** A card at a gate, before its trip record is read. */
export interface GateOrder {
  readonly direction: 'entry' | 'exit';
  readonly serial: string;
  readonly tap: Omit<GateTap, 'newest'>;
  /** Why the offline limits forbid an entry, decided for the maximum fare; exits are never refused. */
  readonly limit: DeclineReason | undefined;
}

/** A charge came to its end. */
export interface Charged {
  readonly kind: 'charged';
  readonly outcome: TapOutcome;
}

export interface MakeCharge {
  readonly kind: 'charge';
  readonly charge: Charge;
}

export interface ReadTrip {
  readonly kind: 'card';
  readonly command: Uint8Array;
}

export type TransitState =
  | {
      readonly kind: 'charging';
      readonly rest: readonly Charge[];
      readonly settled: readonly Tap[];
    }
  | { readonly kind: 'done' }
  | { readonly kind: 'readingTrip'; readonly order: GateOrder };

export type TransitEvent = Answered | Charged | Lost;

type Effect = Finish<TapOutcome> | MakeCharge | ReadTrip;
type Next = Step<TransitState, Effect>;
type In<K extends TransitState['kind']> = Extract<TransitState, { readonly kind: K }>;

const DONE: TransitState = Object.freeze({ kind: 'done' });
const READ_NEWEST = readFileRecord('ef1e', 1);

function finish(outcome: TapOutcome): Next {
  return { state: DONE, effect: { kind: 'finish', outcome } };
}

/** The first step at a gate. */
export function startTransit(order: GateOrder): Next {
  return {
    state: { kind: 'readingTrip', order },
    effect: { kind: 'card', command: READ_NEWEST },
  };
}

function tripRead({ order }: In<'readingTrip'>, answer: Answered): Next {
  const { serial } = order;
  const { sw, data } = answer;
  const isRecord = sw === SW.SUCCESS && data.length === TRIP_RECORD.size;
  if (!isRecord && sw !== SW.RECORD_NOT_FOUND) {
    const reason = sw === SW.SUCCESS ? 'cardUnusable' : cardRefusal(sw).reason;
    return finish(declined(reason, { serial, sw }));
  }
  const plan = planOf(order, isRecord ? TRIP_RECORD.decode(data) : undefined);
  if (plan.kind === 'declined') return finish(declined(plan.reason, { serial }));
  if (order.limit !== undefined) return finish(declined(order.limit, { serial }));
  return charge(plan.charges, []);
}

function planOf({ direction, tap }: GateOrder, newest: TripRecord | undefined): GatePlan {
  const { gate, network, policy, station, stamp } = tap;
  const gateTap: GateTap = { gate, network, policy, station, stamp, newest };
  return direction === 'entry' ? planEntry(gateTap) : planExit(gateTap);
}

function charge([first, ...rest]: readonly [Charge, ...Charge[]], settled: readonly Tap[]): Next {
  return { state: { kind: 'charging', rest, settled }, effect: { kind: 'charge', charge: first } };
}

function charged({ rest, settled }: In<'charging'>, outcome: TapOutcome): Next {
  const [next, ...others] = rest;
  if (outcome.kind !== 'approved' || next === undefined) return finish(after(settled, outcome));
  return charge([next, ...others], [...settled, outcome.tap]);
}

/** The machine of a gate. Every cell is tried in test/unit/terminal/transit-machine.test.ts. */
export const TRANSIT_MACHINE = defineMachine<TransitState, TransitEvent, Effect>('transit', {
  readingTrip: { answered: tripRead, lost: () => finish(NOT_PRESENTED), charged: null },
  charging: {
    answered: null,
    lost: null,
    charged: (state, { outcome }) => charged(state, outcome),
  },
  done: { answered: null, lost: null, charged: null },
});
