// SPDX-License-Identifier: MIT
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Tests that are over in milliseconds and open no database, but for the ledger's own. They come first, since
 * the first failure ends a mutant; `MUTATION_TESTS=near` runs just these.
 */
const NEAR = [
  'test/unit/crypto/**/*.test.ts',
  'test/unit/purse/**/*.test.ts',
  'test/unit/host/{judge-card,findings,forks,decisions,decode-record,withheld}.test.ts',
  'test/unit/host/{advance,evidence,plan-step}.test.ts',
  'test/unit/codec/**/*.test.ts',
  'test/unit/host/ledger.test.ts',
  'test/property/{kernel,kernel-layouts}.test.ts',
  'test/vectors/tables.test.ts',
  'test/unit/card/**/*.test.ts',
];

/** How tests begin of the parts that use the mutated folders, on a host in memory and on the card. */
const FAR = [
  'test/unit/host/decide',
  'test/unit/host/held-record',
  'test/unit/host/loads',
  'test/unit/host/settlement/close',
  'test/contract/',
  'test/property/card-model',
  'test/property/host',
];

const isFar = ({ moduleId }: TestSpecification): boolean =>
  FAR.some((start) => moduleId.includes(`/${start}`));

class NearFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.sort((left, right) => Number(isFar(left)) - Number(isFar(right)));
  }
}

const farFiles = FAR.map((start) => `${start}*.test.ts`);

/** The tests that Stryker runs on mutants. */
export default defineConfig({
  test: {
    include: process.env['MUTATION_TESTS'] === 'near' ? NEAR : [...NEAR, ...farFiles],
    // Seconds for each mutant that reaches them: every tear of every command, and sockets.
    exclude: ['test/unit/card/{tears,memory,vpcd}.test.ts'],
    // Properties find most of what they find in a few runs.
    env: { RUNS: '4' },
    // One worker for all files: the modules are loaded once for each mutant.
    isolate: false,
    sequence: { sequencer: NearFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['./test/reporters/unloadable-file.ts'],
  },
});
