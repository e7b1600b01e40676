// SPDX-License-Identifier: MIT
import { noteTerminal } from '../../../host/messages/terminals.ts';
import { amount } from '../../../src/money/amount.ts';
import type { Life } from '../engine/life.ts';
import { report } from '../lives/unit-life.ts';
import { DAY_MS, HOUR_MS } from '../world/durations.ts';
import { placeUnit } from '../world/place-unit.ts';
import { tap } from '../world/tap.ts';
import { anyShop, victim, type Underworld } from './adversary.ts';

const SKIMMED = amount(15_00);
const SKIMS = 4;

/** A terminal is taken out of a shop at night; the thief holds it to pockets in the crowd for days. */
export async function* stolenTerminal(world: Underworld): Life {
  const { city, streets } = world;
  const spot = anyShop(world);
  const { unit } = spot;
  // It asks the host for nothing any more: it would learn that it is reported.
  unit.link.deafUntil = Infinity;
  spot.unit = await placeUnit(city, spot);
  yield streets.random.int(1, 6) * HOUR_MS;
  const reportedAt = city.now;
  await city.parts.box.work((host) => {
    const notice = { terminal: unit.id, standing: 'lost', reason: 'stolen' } as const;
    noteTerminal(host.store, { ...notice, actor: 'operator', at: reportedAt });
  });
  for (let skims = 0; skims < SKIMS && city.isBusy; skims++) {
    yield DAY_MS / 2 + streets.random.int(0, 6) * HOUR_MS;
    const purse = victim(world)?.purse;
    if (purse === undefined || purse.balance < SKIMMED) continue;
    const outcome = await tap(city, purse, { unit, station: spot.station }, (terminal, channel) =>
      terminal.purchase(channel, SKIMMED),
    );
    if (outcome?.kind === 'approved') city.parts.cases.commit('stolenTerminal', unit.id, city.now);
  }
  // The thief wants the money: what the terminal took is sent until the host has it.
  while (!(await report(city, unit))) yield 8 * HOUR_MS;
}
