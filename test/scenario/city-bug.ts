// SPDX-License-Identifier: MIT
/** Plants one bug in a small city at one moment, and says who stopped the run. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CARD_STATE, STATE_ADDRESS } from '../../card-applet-sim/card/card-map.ts';
import { VirtualPsam } from '../../card-applet-sim/psam/virtual-psam.ts';
import { openInProcess } from '../../card-applet-sim/transport/in-process.ts';
import type { HostStore } from '../../host/store/store.ts';
import type { CheckName } from '../../simulation/city/checks/check.ts';
import type { Life } from '../../simulation/city/engine/life.ts';
import type { ViolationLine } from '../../simulation/city/result.ts';
import type { Scenario } from '../../simulation/city/scenario/scenario.ts';
import type { Purse } from '../../simulation/city/truth/purse.ts';
import type { City } from '../../simulation/city/world/city.ts';
import { HOUR_MS, MINUTE_MS } from '../../simulation/city/world/durations.ts';
import { TerminalUnit } from '../../simulation/city/world/terminal-unit.ts';
import { issuePsam } from '../../simulation/world/issuing.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { parseTerminalConfig } from '../../terminal/config.ts';
import { Terminal } from '../../terminal/terminal.ts';
import { runOf, SMALL_CALM } from './city-world.ts';

export const BUG_SEED = 1;

/** What the violation must say of a bug. A bug may fill it in after it was planted. */
export type Trace = Partial<Record<'expected' | 'found' | 'subject', unknown>>;
export type Bug = (city: City) => Promise<Trace> | Trace;

/** A day, and a time of it. */
export interface Moment {
  readonly day: number;
  readonly hour: number;
  readonly minute?: number;
}

/** When the window is closed and its files are read, and nobody has looked at the books yet. */
export function afterClose(day: number): Moment {
  return { day: day + 1, hour: 2, minute: 10 };
}

/** Before anybody is up. */
export function earlyOn(day: number): Moment {
  return { day, hour: 4 };
}

/** Lets something happen in a city that begins. */
export function doAt(city: City, { day, hour, minute = 0 }: Moment, act: () => unknown): void {
  city.begin(once(act), city.midnight(day) + hour * HOUR_MS + minute * MINUTE_MS - city.now);
}

async function* once(act: () => unknown): Life {
  await act();
}

/** Runs the small calm city with a bug. Its seed is that of the run without one. */
export async function plant(
  when: Moment,
  bug: Bug,
  changes: Partial<Scenario> = {},
): Promise<{ readonly trace: Trace; readonly violation: ViolationLine | null }> {
  let trace: Trace | undefined;
  const { violation } = await runOf({ ...SMALL_CALM, ...changes }, BUG_SEED, {
    onBuilt: (city) => {
      doAt(city, when, async () => {
        trace = await bug(city);
      });
    },
  });
  if (trace === undefined) throw new Error('the bug was never planted');
  return { trace, violation };
}

/** A planted bug is caught by this checker, in these words. */
export async function expectCaught(
  check: CheckName,
  when: Moment,
  bug: Bug,
  changes: Partial<Scenario> = {},
): Promise<void> {
  const { trace, violation } = await plant(when, bug, changes);
  expect(Object.keys(trace).sort()).toEqual(['expected', 'found', 'subject']);
  expect(violation).toMatchObject({ check, ...trace });
}

/** Changes rows of the host's database while it is open. */
export function edit(city: City, sql: string, ...values: readonly (number | Uint8Array)[]): void {
  const database = new Database(join(city.parts.box.directory, 'ledger.db'));
  const { changes } = database.prepare(sql).run(...values);
  database.close();
  if (changes === 0) throw new Error(`"${sql}" expected a row, got none`);
}

/** Another verb in the place of one of the host's store; it gets the true one. */
export function replaceVerb<K extends keyof HostStore>(
  city: City,
  name: K,
  make: (verb: HostStore[K]) => HostStore[K],
): void {
  const { store } = city.parts.box.host;
  store[name] = make(
    (store[name] as (...values: unknown[]) => unknown).bind(store) as HostStore[K],
  );
}

/** The purse of a commuter, who rides on every workday. */
export function commuter(city: City): Purse {
  const purse = city.people.find(({ isCommuter }) => isCommuter)?.purse;
  if (purse === undefined) throw new Error('expected a commuter with a card, got none');
  return purse;
}

/** Changes the state of a card behind its back. */
export function changeState(
  { device }: Purse,
  values: Partial<ReturnType<typeof CARD_STATE.decodeAt>>,
): void {
  const { memory } = device;
  const state = { ...CARD_STATE.decodeAt(memory.cells, STATE_ADDRESS), ...values };
  memory.powerUp();
  memory.commit([{ address: STATE_ADDRESS, bytes: CARD_STATE.encode(state) }]);
  memory.powerOff();
}

/** The newest number that a SAM has given for a debit. */
export function lastNumber(city: City, terminalId: string): number {
  const debits = city.purses
    .flatMap(({ events }) => [...events])
    .filter((event) => !event.isLoad && event.terminalId === terminalId);
  return debits.reduce((last, { terminalCounter }) => Math.max(last, terminalCounter), 0);
}

/** The terminal whose SAM has given the most numbers. */
export function busiestUnit(city: City): TerminalUnit {
  const [busiest] = [...city.units.values()].sort(
    (left, right) => lastNumber(city, right.id) - lastNumber(city, left.id),
  );
  if (busiest === undefined || lastNumber(city, busiest.id) < 3) {
    throw new Error('expected a terminal with three debits, got none');
  }
  return busiest;
}

/** A terminal gets the SAM that it had when it was new, with its memory of then, and keeps its journal. */
export async function giveNewSam(city: City, unit: TerminalUnit): Promise<void> {
  const { config, hostPublicKey, seed } = unit.parts;
  const sam = new VirtualPsam(issuePsam(city.keys, fromHex(unit.id)));
  const terminal = await Terminal.open({
    ...{ config, hostPublicKey, clock: unit.clock, journal: unit.journal },
    ...{ samChannel: openInProcess(sam), signingSeed: new Secret(seed) },
  });
  Object.defineProperty(unit, 'terminal', { value: terminal });
}

/** A terminal with a true SAM, of which the city knows nothing. */
export function foreignUnit(city: City): Promise<TerminalUnit> {
  const { parts } = busiestUnit(city);
  const { currency, merchantId, utcOffsetMinutes } = parts.config;
  const terminalId = '300000000001';
  const config = parseTerminalConfig({ terminalId, merchantId, currency, utcOffsetMinutes });
  return TerminalUnit.create({ ...parts, config, keys: city.keys });
}
