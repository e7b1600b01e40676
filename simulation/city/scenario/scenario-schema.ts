// SPDX-License-Identifier: MIT
/** The JSON Schema of a scenario file, made of the tables of faults and frauds. */
import { FRAUDS } from '../adversaries/frauds.table.ts';
import { FAULTS } from '../faults/faults.table.ts';

const DAYS_MAX = 3660;
const PEOPLE_MAX = 1_000_000;
const TERMINALS_MAX = 10_000;
const ADVERSARIES_MAX = 1000;

const share = { type: 'number', minimum: 0, maximum: 1 } as const;
const whole = (minimum: number, maximum: number): object => ({ type: 'integer', minimum, maximum });
const day = whole(1, DAYS_MAX);

function plans(names: readonly string[], amount: Readonly<Record<string, object>>): object {
  const plan = {
    type: 'object',
    properties: { ...amount, from: day, to: day },
    required: Object.keys(amount),
    additionalProperties: false,
  };
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, plan])),
    additionalProperties: false,
  };
}

const PROPERTIES = {
  name: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,39}$' },
  about: { type: 'string', maxLength: 500 },
  start: { type: 'string', pattern: '^20\\d\\d-[01]\\d-[0-3]\\d$' },
  days: whole(1, DAYS_MAX),
  quietDays: whole(1, 60),
  people: whole(1, PEOPLE_MAX),
  aes: share,
  stations: whole(0, 1000),
  gatesPerStation: whole(1, 100),
  shops: whole(1, TERMINALS_MAX),
  agents: whole(1, TERMINALS_MAX),
  demand: {
    type: 'object',
    properties: { commuters: share, lunch: share, outings: share },
    required: ['commuters', 'lunch', 'outings'],
    additionalProperties: false,
  },
  batchesPerDay: whole(1, 8),
  checkEveryDays: whole(1, DAYS_MAX),
  audit: { enum: ['end', 'never', 'nightly'] },
  faults: plans(Object.keys(FAULTS), { rate: share }),
  frauds: plans(Object.keys(FRAUDS), { count: whole(0, ADVERSARIES_MAX) }),
} as const;

export const SCENARIO_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Scenario of openpurse simulate city',
  type: 'object',
  properties: PROPERTIES,
  required: Object.keys(PROPERTIES),
  additionalProperties: false,
} as const;
