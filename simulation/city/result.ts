// SPDX-License-Identifier: MIT
/**
 * What a run of the city comes to. Everything but `measured` is a function of scenario and seed. Money in
 * minor units.
 */
import type { RuleName } from '../../src/clearing/rules.table.ts';
import type { Amount, SignedAmount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { CheckName } from './checks/check.ts';
import type { FraudName } from './adversaries/frauds.table.ts';
import type { FaultName } from './faults/faults.table.ts';

export interface CityResult {
  readonly scenario: string;
  readonly seed: number;
  /** Steps that were run; a step is one thing that somebody does at one moment. */
  readonly steps: number;
  readonly currency: CurrencyCode;
  readonly population: Population;
  readonly taps: TapCounts;
  readonly conservation: CityConservation;
  /** Every checker, with how often it looked. A run ends at the first violation. */
  readonly checks: readonly CheckLine[];
  readonly violation: ViolationLine | null;
  readonly detection: readonly DetectionLine[];
  readonly faults: readonly FaultLine[];
  /** Honest holders who were accused, over all faults. */
  readonly falseAccusations: number;
  readonly exceptionsByRule: Readonly<Partial<Record<RuleName, number>>>;
  readonly days: readonly DayLine[];
  readonly stations: readonly StationLine[];
  /** State of the host and balances of all cards. */
  readonly stateHash: string;
  readonly measured: Measured;
}

export interface Population {
  readonly people: number;
  readonly cards: number;
  readonly terminals: number;
  readonly stations: number;
  readonly merchants: number;
}

export interface TapCounts {
  readonly taps: number;
  readonly approved: number;
  readonly declined: number;
  readonly declinedBy: Readonly<Record<string, number>>;
  /** Taps whose outcome was unknown when they happened. */
  readonly uncertain: number;
  /** Taps, uncertain or cut by a loss of power, that a later tap of the same card decided. */
  readonly recovered: number;
  /** Taps that began no transaction: the card left too early, or the terminal had no power. */
  readonly notPresented: number;
  readonly loads: number;
  readonly records: number;
  readonly batches: number;
}

/** `honest` + `inFlight` + `compromised` − `float`, and 0. */
export interface CityConservation {
  /** What cards that nobody tampered with hold, by their own memories. */
  readonly honest: Amount;
  /** Debits that left such cards and that the host has no record of, and loads that are on their way. */
  readonly inFlight: SignedAmount;
  /** What the host's books carry of cards that were copied, rolled back or forged. */
  readonly compromised: SignedAmount;
  /** Purse float, unpresented purchases and loads in flight, by the ledger's accounts. */
  readonly float: SignedAmount;
  readonly difference: SignedAmount;
}

export interface CheckLine {
  readonly check: CheckName;
  readonly looked: number;
}

export interface ViolationLine {
  readonly check: CheckName;
  readonly step: number;
  /** Local virtual time, YYYY-MM-DD HH:MM:SS. */
  readonly at: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

export interface DetectionLine {
  readonly fraud: FraudName;
  readonly injected: number;
  readonly found: number;
  /** Alarms of this class about somebody else. */
  readonly falseAlarms: number;
  /** Null where nothing was found, or nothing was injected. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** Days from the act to the first sign of it; null where nothing was found. */
  readonly daysMedian: number | null;
  readonly daysMost: number | null;
}

export interface FaultLine {
  readonly fault: FaultName;
  readonly injected: number;
  /** Honest cards that it touched. */
  readonly cards: number;
  /** Of those, cards that the host accuses. */
  readonly accused: number;
}

/** One virtual day, before its window is closed. */
export interface DayLine {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly taps: number;
  readonly loaded: Amount;
  readonly spent: Amount;
  /** On cards that nobody tampered with. */
  readonly onCards: Amount;
  readonly float: SignedAmount;
  /** What merchants are owed. */
  readonly payable: SignedAmount;
  /** Value of gaps, held claims and loads in flight. */
  readonly open: SignedAmount;
  readonly records: number;
  readonly batches: number;
  readonly exceptions: number;
}

export interface StationLine {
  readonly id: string;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly taps: number;
  /** What gates and shops there took. */
  readonly takings: Amount;
}

/** Times of this machine. */
export interface Measured {
  readonly node: string;
  readonly wallMs: number;
  readonly tapsPerSecond: number;
  readonly rssPeakMb: number;
  readonly tapMicroseconds: Latency;
  readonly batchMilliseconds: Latency;
}

export interface Latency {
  readonly count: number;
  /** Upper bounds: those of the buckets that half and 99 of 100 values lie in or below. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  /** Upper bounds, each twice the one before, with how many were at or below it and above the one before. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
}
