// SPDX-License-Identifier: MIT
/** The clearing benchmark in small, as the command runs it: in processes, over a socket. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchClearing, type ClearingBenchResult } from '../../bench/clearing.ts';
import { DIRTY_MIX } from '../../bench/dirty-mix.table.ts';
import { appendRuns } from '../../bench/runs-csv.ts';

const variants = [{ preload: 2000, mix: 'dirty', skew: 'zipf', path: 'socket' }] as const;
const options = {
  records: 12_000,
  perBatch: 500,
  suite: 'aes',
  workers: 0,
  runs: 1,
  seed: 3,
  variants,
} as const;

describe('the dirty mix of the clearing benchmark', () => {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-bench-test-'));
  let result: ClearingBenchResult;
  beforeAll(async () => {
    result = await benchClearing(options);
  }, 120_000);
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('is taken whole, over a socket, with the books right', () => {
    expect(result.runs.map(({ invariantsHold }) => invariantsHold)).toEqual([true]);
    expect(result.variants.map(({ records }) => records > options.records)).toEqual([true]);
  });

  it('is found to the last record, and nobody is accused besides', () => {
    for (const { detection } of result.runs) {
      expect(Object.keys(detection ?? {}).sort()).toEqual(Object.keys(DIRTY_MIX).sort());
      for (const [name, found] of Object.entries(detection ?? {})) {
        expect({ name, ...found }).toEqual({
          name,
          injected: found.found,
          found: found.found,
          precision: 1,
          recall: 1,
        });
      }
    }
  });

  it('leaves a row for every run in the file, under one line of names', () => {
    const file = join(directory, 'runs.csv');
    appendRuns(file, options, result);
    appendRuns(file, options, result);
    const [names = '', ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(names.split(',').slice(0, 6)).toEqual([
      'seed',
      'order',
      'preload',
      'mix',
      'skew',
      'path',
    ]);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row.split(',')).toHaveLength(names.split(',').length);
  });
});
