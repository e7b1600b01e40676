// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { failUnloadable, type FileTask } from './unloadable-file.ts';

const errors = [new Error('a table has no row')];

describe('the reporter of files that do not load', () => {
  it('gives such a file one failed test with its error', () => {
    const file: FileTask = { name: 'a.test.ts', result: { state: 'fail', errors }, tasks: [] };
    failUnloadable(file);
    expect(file.tasks).toMatchObject([{ type: 'test', file, result: { state: 'fail', errors } }]);
  });

  it.each<[string, Pick<FileTask, 'result'>, unknown[]]>([
    ['that loaded and failed in a test', { result: { state: 'fail' } }, ['a test']],
    ['that passed', { result: { state: 'pass' } }, []],
    ['that was not run', {}, []],
  ])('leaves a file alone %s', (_what, result, tasks) => {
    const file = { name: 'a.test.ts', tasks: [...tasks], ...result };
    failUnloadable(file);
    expect(file.tasks).toEqual(tasks);
  });
});
