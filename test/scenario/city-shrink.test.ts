// SPDX-License-Identifier: MIT
/** What is done with a violation of the city: its scenario is made smaller, and its card tells what it did. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../simulation/city/run/explain.ts';
import { shrink } from '../../simulation/city/run/shrink.ts';
import type { CityResult } from '../../simulation/city/result.ts';
import type { Scenario } from '../../simulation/city/scenario/scenario.ts';
import type { City } from '../../simulation/city/world/city.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import { parseTranscript } from '../../terminal/transcript/parse-transcript.ts';
import { afterClose, BUG_SEED, commuter, doAt, edit } from './city-bug.ts';
import { FEED, inScratch, runOf, SMALL_CALM } from './city-world.ts';

const NIGHT = afterClose(1);

/** Somebody books a minor unit without an entry in the first night. */
function spoilLedger(city: City): void {
  doAt(city, NIGHT, () => {
    edit(city, "UPDATE accounts SET balance = balance + 1 WHERE id = '2010'");
  });
}

const WORSE: Scenario = {
  ...SMALL_CALM,
  ...{ days: 4, faults: { cardTorn: { rate: 0.01 }, ackLost: { rate: 0.05 } } },
};

function runSpoilt(scenario: Scenario): Promise<CityResult> {
  return runOf(scenario, BUG_SEED, { onBuilt: spoilLedger });
}

describe('shrinking', () => {
  it('takes a night for the day that is over', async () => {
    const { violation } = await runSpoilt(WORSE);
    if (violation === null) throw new Error('expected a violation, got none');
    const { scenario } = await shrink({ scenario: WORSE, violation }, runSpoilt);
    expect(scenario.days).toBe(1);
  });

  it('makes the scenario smaller and keeps the checker', async () => {
    const { violation } = await runSpoilt(WORSE);
    if (violation === null) throw new Error('expected a violation, got none');
    const shrunk = await shrink({ scenario: WORSE, violation }, runSpoilt);
    expect(shrunk.violation).toMatchObject({ check: 'ledger', found: '1' });
    expect(shrunk.scenario).toMatchObject({
      ...{ people: 1, stations: 2, shops: 1, agents: 1, faults: {}, frauds: {}, quietDays: 1 },
    });
    expect(shrunk.scenario.days).toBeLessThan(WORSE.days);
    expect(shrunk.violation.step).toBeLessThan(violation.step);
    expect((await runSpoilt(shrunk.scenario)).violation).toEqual(shrunk.violation);
  });

  it('leaves a scenario as it is where every smaller one holds', async () => {
    const { violation } = await runSpoilt(WORSE);
    if (violation === null) throw new Error('expected a violation, got none');
    const holds = await runOf(WORSE, BUG_SEED);
    const { scenario, runs } = await shrink({ scenario: WORSE, violation }, async () => holds);
    expect(scenario).toEqual(WORSE);
    expect(runs).toBeGreaterThan(0);
  });
});

describe('explaining', () => {
  const run = (onBuilt: (city: City) => void) => (directory: string) => ({
    ...{ scenario: SMALL_CALM, seed: BUG_SEED, feed: FEED, directory, workers: 0, onBuilt },
  });

  it('tells what a card that is named did, in a transcript that the product reads', async () => {
    let serial = '';
    const spoilCard = (city: City): void =>
      doAt(city, NIGHT, () => {
        ({ serial } = commuter(city));
        const bytes = serialNumberBytes(serial);
        edit(city, 'UPDATE cards SET balance = balance + 5 WHERE serial = ?', bytes);
      });
    const { violation } = await runOf(SMALL_CALM, BUG_SEED, { onBuilt: spoilCard });
    expect(violation).toMatchObject({ check: 'cardTruth', subject: `card ${serial}` });
    if (violation === null) throw new Error('expected a violation, got none');
    const { entries, history, statement, transcript } = await inScratch((directory) =>
      explain(run(spoilCard)(directory), violation),
    );
    const { currency, exchanges, presences } = parseTranscript(transcript);
    expect(currency).toBe('INR');
    expect(new Set(presences.map(({ role }) => role))).toEqual(new Set(['card']));
    // A load and two rides at least, and commands in every one.
    expect(presences.length).toBeGreaterThanOrEqual(5);
    expect(exchanges.length).toBeGreaterThan(presences.length);
    expect(exchanges.every(({ answer }) => answer.kind === 'bytes')).toBe(true);
    expect(history[0]).toMatch(/^image 1: balance \d+$/);
    expect(history.length - 1).toBe(presences.length);
    expect(JSON.stringify(statement)).toContain(serial);
    expect(entries).toHaveLength(8);
  });

  it('has no transcript where no card is named', async () => {
    const { violation } = await runOf(SMALL_CALM, BUG_SEED, { onBuilt: spoilLedger });
    if (violation === null) throw new Error('expected a violation, got none');
    const { entries, ...rest } = await inScratch((directory) =>
      explain(run(spoilLedger)(directory), violation),
    );
    expect(rest).toEqual({ transcript: '', history: [], statement: null });
    expect(entries[0]).toMatch(/^\w+ \S+: \d{4}/);
  });
});
