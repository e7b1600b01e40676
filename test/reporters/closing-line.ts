// SPDX-License-Identifier: MIT
/**
 * A vitest reporter whose one line is the last that a run prints: `N passed, N failed`, and `, N skipped`
 * where tests were skipped. Scripts read it. A file or a hook that fails outside its tests, and an
 * unhandled error, counts as a failure: such a run never ends with `0 failed`.
 */
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/** What a run came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of a test module that the tally needs. */
export interface CountedModule {
  errors(): readonly unknown[];
  readonly children: {
    allTests(): Iterable<{ result(): { readonly state: string } }>;
    allSuites(): Iterable<{ errors(): readonly unknown[] }>;
  };
}

/** Counts the tests of the modules; errors outside tests are failures. */
export function tallyOf(modules: readonly CountedModule[], unhandledErrorCount: number): Tally {
  const tally = { passed: 0, failed: unhandledErrorCount, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) tally.failed++;
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) tally.failed++;
    }
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') tally.passed++;
      else if (state === 'skipped') tally.skipped++;
      // A test that is still pending when the run ends was cut off.
      else tally.failed++;
    }
  }
  return tally;
}

/** The closing line of a run. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

export default class ClosingLineReporter implements Reporter {
  #line: string | undefined;
  #isWatching = false;

  onInit(vitest: { readonly config: { readonly watch: boolean } }): void {
    this.#isWatching = vitest.config.watch;
    // At exit nothing can print after us: coverage, other reporters and the teardown are done.
    process.once('exit', () => {
      if (this.#line !== undefined && !this.#isWatching) process.stdout.write(`${this.#line}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.#line = closingLine(tallyOf(modules, unhandledErrors.length));
    if (this.#isWatching) process.stdout.write(`${this.#line}\n`);
  }
}
