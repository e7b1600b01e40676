// SPDX-License-Identifier: MIT
/** What goes wrong with one terminal for more than a tap. */
import { noteTerminal } from '../../../host/messages/terminals.ts';
import type { Life } from '../engine/life.ts';
import { report } from '../lives/unit-life.ts';
import type { City, Spot } from '../world/city.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../world/durations.ts';
import { placeUnit } from '../world/place-unit.ts';
import type { TerminalUnit } from '../world/terminal-unit.ts';
import type { FaultName } from './faults.table.ts';

const JUMP_MAX_MS = 5 * MINUTE_MS;
/** Times that a terminal that was taken away tries to send what it has. */
const LAST_TRIES = 60;

/** Once a day, until the quiet days begin: then every line is up again. */
export async function* troubleOfUnits(city: City): Life {
  const { days } = city.parts.scenario;
  for (let day = 1; day <= days; day++) {
    // At four in the morning, before anybody rides.
    yield city.until(day, 4);
    for (const spot of city.spots) await troubleUnit(city, spot);
  }
  yield city.until(days + 1, 0);
  for (const { link } of city.units.values()) {
    link.downUntil = 0;
    link.deafUntil = 0;
  }
}

/** Between one and four days. */
function someDays(city: City): number {
  return city.parts.random.int(1, 4) * DAY_MS;
}

async function troubleUnit(city: City, spot: Spot): Promise<void> {
  const { deck, random } = city.parts;
  const { unit } = spot;
  const { link } = unit;
  const strikes = (fault: FaultName): boolean => {
    if (!deck.strikes(fault)) return false;
    unit.faults.add(fault);
    return true;
  };
  if (strikes('linkDown')) link.downUntil = city.now + someDays(city);
  if (strikes('lateSync')) link.deafUntil = city.now + someDays(city);
  if (strikes('clockJump')) unit.clock.offsetMs += random.int(-JUMP_MAX_MS, JUMP_MAX_MS);
  if (strikes('terminalReset')) await resetUnit(city, unit);
  if (strikes('terminalSwap')) await replaceBy(city, spot, 'terminalSwap', someDays(city));
  else if (strikes('samReplaced')) await replaceBy(city, spot, 'samReplaced', 0);
}

async function replaceBy(city: City, spot: Spot, fault: FaultName, afterMs: number): Promise<void> {
  await replaceUnit(city, spot, afterMs);
  spot.unit.faults.add(fault);
}

/** What the journal had not sent is lost, and what it could still have found out is, too. */
async function resetUnit(city: City, unit: TerminalUnit): Promise<void> {
  for (const purse of city.purses) {
    if (purse.events.wipeAt(unit.id)) purse.faults.add('terminalReset');
  }
  await unit.reset();
}

/** Another terminal takes the place; the old one sends what it has after a while, and is retired. */
export async function replaceUnit(city: City, spot: Spot, afterMs: number): Promise<void> {
  const old = spot.unit;
  spot.unit = await placeUnit(city, spot);
  city.begin(lastReport(city, old), afterMs);
}

async function* lastReport(city: City, unit: TerminalUnit): Life {
  for (let tries = 0; tries < LAST_TRIES; tries++) {
    if (await report(city, unit)) break;
    yield 4 * HOUR_MS;
  }
  await city.parts.box.work((host) => {
    noteTerminal(host.store, {
      terminal: unit.id,
      standing: 'retired',
      reason: 'replaced',
      actor: 'operator',
      at: city.now,
    });
  });
}
