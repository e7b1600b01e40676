// SPDX-License-Identifier: MIT
/** A scenario of the city as a file says it: workload, disturbances and adversaries. The seed comes beside it. */
import type { FraudName } from '../adversaries/frauds.table.ts';
import type { FaultName } from '../faults/faults.table.ts';

/** Days of a scenario are numbered from 1. Where `from` and `to` are left out, all days are meant. */
export interface DayWindow {
  readonly from?: number;
  readonly to?: number;
}

export interface FaultPlan extends DayWindow {
  /** Share of taps, batches, terminal days or host days, as the table of faults says: 0 to 1. */
  readonly rate: number;
}

export interface FraudPlan extends DayWindow {
  /** How many adversaries of this kind. */
  readonly count: number;
}

export interface Demand {
  /** Share of people who go to work and back every day. */
  readonly commuters: number;
  /** Share of people who buy something at noon. */
  readonly lunch: number;
  /** Share of people who go out once more, to shop or to meet somebody. */
  readonly outings: number;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** First day, YYYY-MM-DD. */
  readonly start: string;
  readonly days: number;
  /** Days after the last one on which nobody taps and everything that is on its way arrives. */
  readonly quietDays: number;
  readonly people: number;
  /** Share of cards of the AES suite. */
  readonly aes: number;
  /** The busiest stations of the network; 0 takes all of them. */
  readonly stations: number;
  readonly gatesPerStation: number;
  readonly shops: number;
  readonly agents: number;
  readonly demand: Demand;
  /** Batches of a terminal a day. */
  readonly batchesPerDay: number;
  /** Checks of every card each so many days, and at the end. */
  readonly checkEveryDays: number;
  /** When the auditor comes. */
  readonly audit: 'end' | 'never' | 'nightly';
  readonly faults: Readonly<Partial<Record<FaultName, FaultPlan>>>;
  readonly frauds: Readonly<Partial<Record<FraudName, FraudPlan>>>;
}

/** Whether a day lies in a window. */
export function isOn({ from = 1, to = Infinity }: DayWindow, day: number): boolean {
  return from <= day && day <= to;
}
