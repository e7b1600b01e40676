// SPDX-License-Identifier: MIT
/**
 * The host's nights: the window of the day is closed, settled and paid, its files are written, and whoever
 * looks at the books looks at them.
 */
import { closeWindow } from '../../../host/settlement/close.ts';
import { payShares } from '../../../host/settlement/shares.ts';
import { plusDays } from '../../../src/time/civil.ts';
import type { Life } from '../engine/life.ts';
import type { City } from '../world/city.ts';
import { HOUR_MS, MINUTE_MS } from '../world/durations.ts';
import { takeStatement } from './city-bank.ts';
import { OPERATOR } from './operator.ts';

/** What is looked at in a night; `day` is the day that is over. */
export interface NightWatch {
  /** Before the window is closed. */
  beforeClose(day: number): void;
  /** After it was closed, and paid. */
  afterClose(day: number): void;
  /** Before people get up. */
  beforeDawn(day: number): Promise<void>;
}

/** From the first night to the last. */
export async function* hostLife(city: City, watch: NightWatch): Life {
  const { box, deck, random, scenario } = city.parts;
  const lastDay = scenario.days + scenario.quietDays;
  for (let day = 1; day <= lastDay; day++) {
    deck.beginDay(day);
    if (deck.strikes('hostKilled')) city.begin(killHost(city), random.int(5, 23) * HOUR_MS);
    yield city.until(day + 1, 2);
    deck.beginDay(0);
    await box.work(() => {
      watch.beforeClose(day);
    });
    await settleDay(city, dateOf(city, day));
    box.spare();
    watch.afterClose(day);
    yield 20 * MINUTE_MS;
    await watch.beforeDawn(day);
    deck.beginDay(day);
    yield* disaster(city);
  }
}

/** YYYY-MM-DD of a day. */
export function dateOf(city: City, day: number): string {
  const { start } = city.parts.scenario;
  return plusDays(start, day - 1);
}

async function settleDay(city: City, businessDate: string): Promise<void> {
  const { bank, box } = city.parts;
  await box.work((host) => closeWindow(host.settlement, { businessDate }, OPERATOR));
  await box.work((host) => payShares(host.settlement, OPERATOR));
  const statement = await box.work((host) => bank.statement(host, businessDate));
  await box.work((host) => {
    takeStatement(host, statement);
  });
}

/** At some moment of the day it dies in the middle of what it is doing next. */
async function* killHost(city: City): Life {
  yield 0;
  city.touchAll('hostKilled');
  await city.parts.box.dieAtCall(city.parts.random.int(1, 400));
}

/** A disk is lost an hour after the backup of the night; nobody loads a card at that hour. */
async function* disaster(city: City): Life {
  const { box, deck } = city.parts;
  if (!deck.strikes('hostRestored')) return;
  yield 20 * MINUTE_MS;
  await box.backUp(city.now);
  yield HOUR_MS;
  city.touchAll('hostRestored');
  await box.restore();
}
