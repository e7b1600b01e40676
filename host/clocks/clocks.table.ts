// SPDX-License-Identifier: MIT
/**
 * The clocks of clearing with their defaults; a host may configure each. Sources: dispute and response,
 * DB11/T 1165.5-2019 (disputes coordinated daily, a cycle of at most 10 working days, answers within 1);
 * the others are the scheme's own choice.
 */
export interface ClockRow {
  readonly value: number;
  readonly unit: 'days' | 'hours' | 'minutes' | 'workingDays';
  readonly meaning: string;
}

export const CLOCKS = {
  response: { value: 1, unit: 'workingDays', meaning: 'within which a party confirms or answers' },
  dispute: { value: 10, unit: 'workingDays', meaning: 'within which a dispute is decided' },
  gap: { value: 180, unit: 'days', meaning: 'after which value of a gap is dormant' },
  terminalAlert: {
    value: 24,
    unit: 'hours',
    meaning: 'after which missing terminal records are an alert',
  },
  lostTerminal: {
    value: 10,
    unit: 'workingDays',
    meaning: 'after which a terminal with missing records counts as lost',
  },
  lateRecord: {
    value: 30,
    unit: 'days',
    meaning: 'within which a late record is posted without a question',
  },
  lastRecord: { value: 180, unit: 'days', meaning: 'after which a record is refused' },
  hotlistAge: {
    value: 7,
    unit: 'days',
    meaning: 'age at which the hotlist of a terminal is too old',
  },
  balanceRefund: {
    value: 10,
    unit: 'days',
    meaning:
      'after a card is replaced or retired, before what it holds is owed: late records come first',
  },
  expiryGrace: {
    value: 30,
    unit: 'days',
    meaning: 'after the validity of a card, within which it is still paid',
  },
  dormant: {
    value: 1825,
    unit: 'days',
    meaning: 'after which unclaimed money leaves 2090 and 2095 for good',
  },
  clockSkew: {
    value: 10,
    unit: 'minutes',
    meaning: 'by which a record may be dated after its receipt',
  },
} as const satisfies Record<string, ClockRow>;

export type ClockName = keyof typeof CLOCKS;
