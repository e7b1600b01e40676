// SPDX-License-Identifier: MIT
/**
 * A vitest reporter for mutation runs. Stryker's runner counts tests only, so a mutant that stops a test
 * file from loading, and leaves no test in it, would pass as survived (stryker-js issue 6150). Such a file gets
 * one failed test.
 */
import type { Reporter, TestModule } from 'vitest/node';

/** The part of vitest's task of a file that Stryker's runner reads. */
export interface FileTask {
  readonly name: string;
  readonly result?: { readonly state: string; readonly errors?: readonly unknown[] | undefined };
  readonly tasks: unknown[];
}

/** Adds a failed test to a file that failed and has no tests. */
export function failUnloadable(file: FileTask): void {
  if (file.result?.state !== 'fail' || file.tasks.length > 0) return;
  const { errors } = file.result;
  const result = { state: 'fail', errors };
  file.tasks.push({ type: 'test', name: 'loads', mode: 'run', file, suite: file, result });
}

export default class UnloadableFileReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    // `task` is vitest's own object behind the module; the runner reads the same one.
    for (const module of modules) failUnloadable((module as unknown as { task: FileTask }).task);
  }
}
