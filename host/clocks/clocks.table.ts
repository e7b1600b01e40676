// SPDX-License-Identifier: MIT
/**
 * The clocks of clearing with their defaults. An operator may set those that say when somebody must have answered or
 * decided, between the bounds of `settable`. Those that the judgement of a record depends on are the same for every
 * host, so that whoever judges the same evidence again finds the same. Sources: dispute and response,
 * DB11/T 1165.5-2019 (disputes coordinated daily, a cycle of at most 10 working days, answers within 1);
 * the others are the scheme's own choice.
 */
export interface ClockRow {
  readonly value: number;
  readonly unit: 'days' | 'hours' | 'minutes' | 'workingDays';
  readonly meaning: string;
  /** Least and most that it may be set to; null where it is fixed. */
  readonly settable: readonly [number, number] | null;
}

export const CLOCKS = {
  response: {
    value: 1,
    unit: 'workingDays',
    meaning: 'within which a party confirms or answers',
    settable: [1, 30],
  },
  dispute: {
    value: 10,
    unit: 'workingDays',
    meaning: 'within which a dispute is decided',
    settable: [1, 365],
  },
  gap: {
    value: 180,
    unit: 'days',
    meaning: 'after which value of a gap is dormant',
    settable: [1, 3660],
  },
  terminalAlert: {
    value: 24,
    unit: 'hours',
    meaning: 'after which missing terminal records are an alert',
    settable: [1, 720],
  },
  lostTerminal: {
    value: 10,
    unit: 'workingDays',
    meaning: 'after which a terminal with missing records counts as lost',
    settable: [1, 365],
  },
  lateRecord: {
    value: 30,
    unit: 'days',
    meaning: 'within which a late record is posted without a question',
    settable: null,
  },
  lastRecord: {
    value: 180,
    unit: 'days',
    meaning: 'after which a record is refused',
    settable: null,
  },
  hotlistAge: {
    value: 7,
    unit: 'days',
    meaning: 'age at which the hotlist of a terminal is too old',
    settable: null,
  },
  balanceRefund: {
    value: 10,
    unit: 'days',
    meaning:
      'after a card is replaced or retired, before what it holds is owed: late records come first',
    settable: [0, 365],
  },
  expiryGrace: {
    value: 30,
    unit: 'days',
    meaning: 'after the validity of a card, within which it is still paid',
    settable: null,
  },
  dormant: {
    value: 1825,
    unit: 'days',
    meaning: 'after which unclaimed money leaves 2090 and 2095 for good',
    settable: [1, 36_600],
  },
  clockSkew: {
    value: 10,
    unit: 'minutes',
    meaning: 'by which a record may be dated after its receipt',
    settable: null,
  },
} as const satisfies Record<string, ClockRow>;

export type ClockName = keyof typeof CLOCKS;

/** Clocks that an operator may set. */
export type SettableClock = {
  [C in ClockName]: (typeof CLOCKS)[C]['settable'] extends null ? never : C;
}[ClockName];
/** Clocks that are the same for every host. */
export type FixedClock = Exclude<ClockName, SettableClock>;
