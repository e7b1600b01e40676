// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { closingLine, tallyOf, type CountedModule } from './closing-line.ts';

/** A module with tests of these states; errors of its own and of its suites where asked for. */
function moduleOf(states: readonly string[], errors = 0, suiteErrors = 0): CountedModule {
  return {
    errors: () => new Array<unknown>(errors).fill('error'),
    children: {
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
      allSuites: () => [{ errors: () => new Array<unknown>(suiteErrors).fill('error') }],
    },
  };
}

describe('the closing line', () => {
  it.each([
    ['5 passed, 0 failed', { passed: 5, failed: 0, skipped: 0 }],
    ['0 passed, 2 failed', { passed: 0, failed: 2, skipped: 0 }],
    ['1 passed, 1 failed, 3 skipped', { passed: 1, failed: 1, skipped: 3 }],
  ])('is "%s"', (line, tally) => {
    expect(closingLine(tally)).toBe(line);
  });

  it('counts every test once, over all files', () => {
    const modules = [moduleOf(['passed', 'failed', 'skipped']), moduleOf(['passed', 'passed'])];
    expect(tallyOf(modules, 0)).toEqual({ passed: 3, failed: 1, skipped: 1 });
  });

  it('counts what fails outside the tests, so that a broken run never shows 0 failed', () => {
    expect(tallyOf([moduleOf([], 2)], 0).failed).toBe(1);
    expect(tallyOf([moduleOf(['skipped'], 0, 1)], 0).failed).toBe(1);
    expect(tallyOf([moduleOf(['passed'])], 2).failed).toBe(2);
    expect(tallyOf([moduleOf(['pending'])], 0).failed).toBe(1);
  });

  it('is the last line that a real run prints, alone on it', () => {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const folder = mkdtempSync(path.join(root, 'node_modules', '.closing-line-'));
    try {
      const source = `import { expect, it } from 'vitest';
        it('holds', () => expect(1).toBe(1));
        it('does not hold', () => expect(1).toBe(2));
        it.skip('waits', () => undefined);`;
      writeFileSync(path.join(folder, 'sample.spec.ts'), source);
      const config = `export default { test: {
        root: ${JSON.stringify(folder)}, include: ['*.spec.ts'],
        reporters: ['default', ${JSON.stringify(path.join(root, 'test/reporters/closing-line.ts'))}] } };`;
      writeFileSync(path.join(folder, 'vitest.config.js'), config);
      const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
      const run = spawnSync(
        process.execPath,
        [vitest, 'run', '--root', folder, '--config', path.join(folder, 'vitest.config.js')],
        { encoding: 'utf8', cwd: folder, env: { PATH: process.env['PATH'] } },
      );
      expect(run.stdout.split('\n').slice(-2)).toEqual(['1 passed, 1 failed, 1 skipped', '']);
      expect(run.status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
