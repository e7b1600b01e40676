// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../cli/data/package-root.ts';
import { FAULTS } from '../../../../simulation/city/faults/faults.table.ts';
import { FRAUDS } from '../../../../simulation/city/adversaries/frauds.table.ts';
import { readScenario } from '../../../../simulation/city/scenario/read-scenario.ts';
import { faultOf } from '../../errors/thrown.ts';

const FOLDER = join(packageRoot(), 'data', 'scenarios');
const STORM = JSON.parse(readFileSync(join(FOLDER, 'storm.json'), 'utf8')) as Record<
  string,
  unknown
>;

/** What is said of the storm with other members; undefined takes one away. */
function saidOf(changes: Readonly<Record<string, unknown>>): string {
  const fault = faultOf(() => readScenario(JSON.stringify({ ...STORM, ...changes })));
  expect(fault.code).toBe('SCENARIO_INVALID');
  return fault.message;
}

describe('the scenarios that come with the product', () => {
  it.each(readdirSync(FOLDER))('%s is one, of its own name', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const scenario = readScenario(text);
    expect(scenario).toEqual(JSON.parse(text));
    expect(`${scenario.name}.json`).toBe(file);
  });

  it('are a calm one without frauds and a storm with every fault and every fraud', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(['calm.json', 'storm.json']);
    const [calm, storm] = ['calm', 'storm'].map((name) =>
      readScenario(readFileSync(join(FOLDER, `${name}.json`), 'utf8')),
    );
    expect(calm?.frauds).toEqual({});
    expect(Object.keys(storm?.faults ?? {}).sort()).toEqual(Object.keys(FAULTS).sort());
    expect(Object.keys(storm?.frauds ?? {}).sort()).toEqual(Object.keys(FRAUDS).sort());
  });
});

describe('a scenario that is wrong', () => {
  it('is no JSON', () => {
    const fault = faultOf(() => readScenario('days: 10'));
    expect(fault.code).toBe('SCENARIO_INVALID');
    expect(fault.message).toBe('"scenario" expected JSON');
    expect(fault.cause).toBeInstanceOf(SyntaxError);
  });

  const rate = 0.5;
  it.each([
    ['misses a member', { days: undefined }, '"days" expected a value, got none'],
    [
      'misses a member of a member',
      { demand: { commuters: 1, lunch: 1 } },
      '"demand.outings" expected a value, got none',
    ],
    [
      'misses a rate',
      { faults: { ackLost: {} } },
      '"faults.ackLost.rate" expected a value, got none',
    ],
    [
      'names an unknown fault',
      { faults: { rain: { rate } } },
      `"faults.rain" expected one of ${Object.keys(FAULTS).join(', ')}`,
    ],
    [
      'names an unknown fraud',
      { frauds: { bribe: { count: 1 } } },
      `"frauds.bribe" expected one of ${Object.keys(FRAUDS).join(', ')}`,
    ],
    [
      'has a member too many',
      { faults: { ackLost: { rate, often: true } } },
      '"faults.ackLost.often" expected one of rate, from, to',
    ],
    ['has a word for a number', { people: 'many' }, '"people" expected integer, got "many"'],
    ['has half a person', { people: 1.5 }, '"people" expected integer, got 1.5'],
    ['has nobody', { people: 0 }, '"people" expected >= 1, got 0'],
    [
      'has a share above one',
      { faults: { ackLost: { rate: 2 } } },
      '"faults.ackLost.rate" expected <= 1, got 2',
    ],
    [
      'has another auditor',
      { audit: 'weekly' },
      '"audit" expected one of ["end","never","nightly"], got "weekly"',
    ],
    [
      'has another name',
      { name: 'No Name' },
      '"name" expected pattern "^[a-z][a-z0-9-]{0,39}$", got "No Name"',
    ],
    [
      'begins on no day',
      { start: '2026-02-30' },
      '"start" expected a day of the calendar, got 2026-02-30',
    ],
  ])('%s', (_, changes, said) => {
    expect(saidOf(changes)).toBe(said);
  });

  it('has a window of a fault or a fraud that ends before it begins', () => {
    expect(saidOf({ faults: { ackLost: { rate, from: 5, to: 4 } } })).toMatch(
      /ackLost\.to" expected 5 or later, got 4$/,
    );
    expect(saidOf({ frauds: { clone: { count: 1, from: 3, to: 2 } } })).toMatch(
      /clone\.to" expected 3 or later, got 2$/,
    );
    expect(() =>
      readScenario(JSON.stringify({ ...STORM, faults: { ackLost: { rate, from: 5, to: 5 } } })),
    ).not.toThrow();
  });

  it('names where a window is, as it does for every other member', () => {
    expect(saidOf({ faults: { ackLost: { rate, from: 5, to: 4 } } })).toBe(
      '"faults.ackLost.to" expected 5 or later, got 4',
    );
  });

  it('has a window that begins after its last day', () => {
    expect(saidOf({ faults: { ackLost: { rate, from: 11 } } })).not.toContain('undefined');
  });

  it('is no object', () => {
    expect(faultOf(() => readScenario('[]')).message).toMatch(/^"scenario" .*, got \[\]$/);
  });
});
