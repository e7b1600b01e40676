// SPDX-License-Identifier: MIT
/** What the host sets at terminals from afar. Amounts in minor units. */
import { Fault } from '../errors/fault.ts';
import { AMOUNT_MAX } from '../money/amount.ts';
import { isObject, isUint } from './signed.ts';

/** The offline limits of a terminal, as in its configuration (docs/terminal.md, Offline limits). */
export interface ParameterLimits {
  readonly perTap: number;
  readonly dayAmount: number;
  readonly dayCount: number;
  /** Age at which a hotlist is stale, minutes; null for never. */
  readonly hotlistMaxAgeMinutes: number | null;
  readonly stalePerTap: number;
}

/** One version of them; the version goes with each batch as its configuration version. */
export interface Parameters {
  readonly version: number;
  readonly limits: ParameterLimits;
}

/** The largest value of each member. */
const PARAMETER_MAX: Readonly<Record<keyof ParameterLimits, number>> = {
  perTap: AMOUNT_MAX,
  dayAmount: AMOUNT_MAX,
  dayCount: 1_000_000,
  hotlistMaxAgeMinutes: 1_000_000,
  stalePerTap: AMOUNT_MAX,
};

/** No limit at all: what a terminal has whose configuration names none. */
export const NO_LIMITS: ParameterLimits = {
  perTap: AMOUNT_MAX,
  dayAmount: AMOUNT_MAX,
  dayCount: PARAMETER_MAX.dayCount,
  hotlistMaxAgeMinutes: null,
  stalePerTap: 0,
};

/** Whether a value is a set of limits, whole and in range. */
export function isParameterLimits(value: unknown): value is ParameterLimits {
  if (!isObject(value)) return false;
  const names = Object.entries(PARAMETER_MAX);
  return (
    Object.keys(value).length === names.length &&
    names.every(
      ([name, max]) =>
        isUint(value[name], max) || (name === 'hotlistMaxAgeMinutes' && value[name] === null),
    )
  );
}

/** Checks limits that a person typed. @throws USAGE naming the member. */
export function checkParameterLimits(limits: ParameterLimits): ParameterLimits {
  for (const [name, max] of Object.entries(PARAMETER_MAX)) {
    // The names are those of the table of the same type.
    const value = limits[name as keyof ParameterLimits];
    const isNever = name === 'hotlistMaxAgeMinutes' && value === null;
    if (!isNever && !isUint(value, max)) {
      throw new Fault('USAGE', `"${name}" expected 0 to ${max}, got ${String(value)}`);
    }
  }
  return limits;
}
