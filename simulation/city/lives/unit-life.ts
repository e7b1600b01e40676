// SPDX-License-Identifier: MIT
/** A terminal's own work: it asks for news, cuts its batches and sends them until they are acknowledged. */
import { Fault } from '../../../src/errors/fault.ts';
import type { Life } from '../engine/life.ts';
import type { City } from '../world/city.ts';
import { HOUR_MS, MINUTE_MS } from '../world/durations.ts';
import { PowerCut } from '../world/power-cut-journal.ts';
import type { TerminalUnit } from '../world/terminal-unit.ts';

/** The last batch of a day is cut at about this hour, the others spread over the day before it. */
const LAST_BATCH_HOUR = 23.5;
const TRIES = 2;
const JOURNAL_WRITES_MAX = 8;

/** Until the city ends, or the terminal has been taken away and has nothing left. */
export async function* unitLife(city: City, unit: TerminalUnit, isGone: () => boolean): Life {
  const { batchesPerDay, days, quietDays } = city.parts.scenario;
  const { random } = city.parts;
  for (let day = city.day; day <= days + quietDays; day++) {
    for (let batch = 1; batch <= batchesPerDay; batch++) {
      const hour = LAST_BATCH_HOUR * (batch / batchesPerDay);
      const due = city.midnight(day) + hour * HOUR_MS + random.int(0, 29) * MINUTE_MS;
      if (due < city.now) continue;
      yield due - city.now;
      yield* reportWithTries(city, unit);
      if (isGone() && !hasUnsent(unit)) return;
    }
  }
}

async function* reportWithTries(city: City, unit: TerminalUnit): Life {
  for (let tries = 0; tries < TRIES; tries++) {
    if (await report(city, unit)) return;
    yield 10 * MINUTE_MS;
  }
}

function hasUnsent({ terminal, journal }: TerminalUnit): boolean {
  return terminal.openBatches().length > 0 || journal.summary().unsentRecords > 0;
}

/** True when the host has everything. A terminal that loses power meanwhile starts again, and reports later. */
export async function report(city: City, unit: TerminalUnit): Promise<boolean> {
  const { deck, random } = city.parts;
  if (deck.strikes('powerCut')) unit.power.placeWithin(JOURNAL_WRITES_MAX, random);
  try {
    return await talk(city, unit);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    await unit.reboot();
    return false;
  } finally {
    unit.power.place(undefined);
  }
}

async function talk(city: City, unit: TerminalUnit): Promise<boolean> {
  const { terminal, link } = unit;
  city.parts.counters.seeSequence(unit);
  // News first: a batch says which hotlist its terminal holds.
  if (city.now >= link.deafUntil) await tolerant(() => terminal.sync(link));
  terminal.closeBatch();
  let isDone = true;
  for (const number of terminal.openBatches()) {
    const isSent = await tolerant(() => terminal.uploadBatch(number, link, { triesMax: 1 }));
    isDone &&= isSent;
  }
  return isDone;
}

/** False when the host was not reached, or did not agree: the terminal tries again another time. */
async function tolerant(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}
