// SPDX-License-Identifier: MIT
/**
 * Looks at a card after something was done with it at a terminal, and writes down what it did. Every move
 * of its counters must be a tap that the terminal's journal knows, for the amount that left or came.
 */
import { CardTorn } from '../../../card-applet-sim/memory/card-torn.ts';
import { add, subtract, type Amount } from '../../../src/money/amount.ts';
import { tapsOf, type TapOutcome } from '../../../terminal/flow/outcome.ts';
import type { Journal } from '../../../terminal/journal/journal.ts';
import type { Tap } from '../../../terminal/journal/tap.ts';
import type { CheckName } from '../checks/check.ts';
import { Violation } from '../checks/violation.ts';
import type { CardEvent } from './card-events.ts';
import type { Purse } from './purse.ts';

/** Where a card was presented. */
export interface Presented {
  readonly terminalId: string;
  readonly journal: Pick<Journal, 'taps'>;
}

/** The newest taps of a journal among which a tap without an outcome is looked for. */
const TAPS_LOOKED_AT = 16;
const NOTHING: readonly CardEvent[] = Object.freeze([]);

/**
 * Returns what the card has done since it was last looked at. `outcome` is undefined when the terminal lost
 * power.
 * @throws Violation
 */
export function observe(
  purse: Purse,
  at: Presented,
  outcome: TapOutcome | undefined,
): readonly CardEvent[] {
  settleMemory(purse);
  const known = purse.events.length;
  const { data, serial } = purse;
  const offline = data.counter('offline');
  const online = data.counter('online');
  const hasMoved = offline !== purse.offline || online !== purse.online;
  if (offline < purse.offline || online < purse.online) {
    fail(
      'counters',
      purse,
      `counters from ${purse.offline}/${purse.online} on`,
      `${offline}/${online}`,
    );
  }
  const told = outcome === undefined ? [] : tapsOf(outcome);
  if (hasMoved) {
    for (let counter = purse.offline; counter < offline; counter++) {
      record(purse, at, tapAt(purse, at, told, { isLoad: false, counter }));
    }
    for (let counter = purse.online; counter < online; counter++) {
      record(purse, at, tapAt(purse, at, told, { isLoad: true, counter }));
    }
    purse.offline = offline;
    purse.online = online;
  }
  const balance = data.balance('purse');
  if (balance !== purse.balance) fail('cardTruth', purse, `balance ${purse.balance}`, `${balance}`);
  for (const tap of told) if (tap.serial === serial) judge(purse, at, tap);
  return hasMoved ? purse.events.since(known) : NOTHING;
}

/** The card recovers from a tear as on its next power-up; a tear that has not happened is taken back. */
function settleMemory({ device }: Purse): void {
  device.memory.removeTear();
  try {
    device.powerUp();
  } catch (error) {
    if (!(error instanceof CardTorn)) throw error;
  }
  device.powerOff();
}

const isLoadTap = ({ operation }: Tap): boolean => operation === 'load';

/** The tap that moved a counter. @throws Violation when no journal knows of it. */
function tapAt(
  purse: Purse,
  { terminalId, journal }: Presented,
  told: readonly Tap[],
  { isLoad, counter }: Pick<CardEvent, 'counter' | 'isLoad'>,
): Tap {
  const isIt = (tap: Tap): boolean =>
    tap.serial === purse.serial && tap.counterBefore === counter && isLoadTap(tap) === isLoad;
  // A tap that the card proved not to have done is followed by one with the same counter.
  const isDone = (tap: Tap): boolean => isIt(tap) && tap.state !== 'declined';
  const tap = told.find(isDone) ?? journal.taps(TAPS_LOOKED_AT).find(isDone) ?? told.find(isIt);
  if (tap !== undefined) return tap;
  const what = `${isLoad ? 'load' : 'debit'} at counter ${counter}`;
  return fail('journal', purse, `${what} in the journal of ${terminalId}`, 'none');
}

function record(purse: Purse, { terminalId }: Presented, tap: Tap): void {
  const isLoad = isLoadTap(tap);
  const { amount, counterBefore: counter, terminalCounter } = tap;
  if (!isLoad && amount > purse.balance) {
    fail('cardTruth', purse, `a debit of at most ${purse.balance}`, `${amount}`);
  }
  const balanceAfter: Amount = isLoad
    ? add(purse.balance, amount)
    : subtract(purse.balance, amount);
  purse.events.push({
    isLoad,
    counter,
    amount,
    balanceAfter,
    terminalId,
    terminalCounter,
    tapId: tap.id,
  });
  purse.balance = balanceAfter;
}

/** What the terminal says of a tap must be what the card did. */
function judge(purse: Purse, { terminalId }: Presented, tap: Tap): void {
  if (tap.state !== 'approved' && tap.state !== 'declined') return;
  const { events } = purse;
  const index = events.findTap({
    isLoad: isLoadTap(tap),
    counter: tap.counterBefore,
    terminalId,
    tapId: tap.id,
  });
  if (tap.state === 'approved') {
    if (index < 0 || events.at(index).amount !== tap.amount) {
      fail(
        'cardTruth',
        purse,
        `tap ${tap.id} of ${tap.amount} on the card`,
        'none, and it is approved',
      );
    }
    events.prove(index);
  } else if (index >= 0) {
    fail('cardTruth', purse, `tap ${tap.id} not on the card, for it is declined`, `${tap.amount}`);
  }
}

function fail(check: CheckName, purse: Purse, expected: string, found: string): never {
  throw new Violation(check, { subject: `card ${purse.serial}`, expected, found });
}
