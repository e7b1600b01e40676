// SPDX-License-Identifier: MIT
/** Reads a scenario and says in one sentence what is wrong with it. */
import { Ajv, type ErrorObject } from 'ajv';
import { Fault } from '../../../src/errors/fault.ts';
import { isIsoDate } from '../../../src/time/civil.ts';
import { SCENARIO_SCHEMA } from './scenario-schema.ts';
import type { Scenario } from './scenario.ts';

const validate = new Ajv({ strict: true, allErrors: false, verbose: true }).compile<Scenario>(
  SCENARIO_SCHEMA,
);

/** @throws SCENARIO_INVALID naming the field */
export function readScenario(text: string): Scenario {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Fault('SCENARIO_INVALID', '"scenario" expected JSON', { cause });
  }
  if (!validate(value)) throw invalid(validate.errors?.[0]);
  if (!isIsoDate(value.start)) {
    throw new Fault(
      'SCENARIO_INVALID',
      `"start" expected a day of the calendar, got ${value.start}`,
    );
  }
  for (const section of ['faults', 'frauds'] as const) checkWindows(value, section);
  return value;
}

function checkWindows(scenario: Scenario, section: 'faults' | 'frauds'): void {
  const { days } = scenario;
  for (const [name, { from = 1, to = days }] of Object.entries(scenario[section])) {
    const path = `${section}.${name}`;
    if (from > days) {
      throw new Fault(
        'SCENARIO_INVALID',
        `"${path}.from" expected ${days} or earlier, got ${from}`,
      );
    }
    if (from <= to) continue;
    throw new Fault('SCENARIO_INVALID', `"${path}.to" expected ${from} or later, got ${to}`);
  }
}

/** What the schema found, with the field, what it may be and what it is. */
function invalid(error: ErrorObject | undefined): Fault {
  if (error === undefined) return new Fault('SCENARIO_INVALID', '"scenario" expected another form');
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const got = JSON.stringify(error.data);
  const said =
    SAID[error.keyword]?.(path, error) ??
    `"${path === '' ? 'scenario' : path}" expected ${expectation(error)}, got ${got}`;
  return new Fault('SCENARIO_INVALID', said);
}

type Saying = (path: string, error: ErrorObject) => string;

const member = (path: string, name: unknown): string =>
  path === '' ? String(name) : `${path}.${String(name)}`;

const SAID: Readonly<Record<string, Saying>> = {
  additionalProperties(path, { params, parentSchema }) {
    const known = Object.keys((parentSchema?.['properties'] ?? {}) as object).join(', ');
    const name = member(path, (params as Params)['additionalProperty']);
    return `"${name}" expected one of ${known}`;
  },
  required: (path, { params }) =>
    `"${member(path, (params as Params)['missingProperty'])}" expected a value, got none`,
  enum: (path, { params, data }) =>
    `"${path}" expected one of ${JSON.stringify((params as Params)['allowedValues'])}, got ${JSON.stringify(data)}`,
};

type Params = Readonly<Record<string, unknown>>;

/** What the library says must be so, as an expectation. */
function expectation({ message = '' }: ErrorObject): string {
  return message.replace(/^must (be |match |)/, '').replace(/^NOT /, 'not ');
}
