// SPDX-License-Identifier: MIT
/** `openpurse doctor` and `openpurse readers` where no service listens: the answer comes at once. */
import { platform } from 'node:process';
import { describe, expect, it } from 'vitest';
import { endOf, startProcess, temporaryFolder } from './cli-runner.ts';

const isLinux = platform === 'linux';

/** Runs the command where pcsc-lite is told to look at a socket that is not there. */
function withoutService(...args: readonly string[]): ReturnType<typeof endOf> {
  const before = process.env['PCSCLITE_CSOCK_NAME'];
  process.env['PCSCLITE_CSOCK_NAME'] = `${temporaryFolder()}/none.comm`;
  const child = startProcess(...args, '--data', temporaryFolder());
  if (before === undefined) delete process.env['PCSCLITE_CSOCK_NAME'];
  else process.env['PCSCLITE_CSOCK_NAME'] = before;
  return endOf(child);
}

// Other systems have no socket that could be missing; recorded machines stand for them in the unit tests.
describe.runIf(isLinux)('without a smart-card service', () => {
  it('the doctor names the code and fails', async () => {
    const { code, stdout } = await withoutService('doctor', '--json');
    expect(code).toBe(1);
    const said = JSON.parse(stdout) as { isUsable: boolean; findings: { code: number }[] };
    expect(said.isUsable).toBe(false);
    expect(said.findings.some((finding) => [201, 202].includes(finding.code))).toBe(true);
  });

  it('the doctor says what to do', async () => {
    const { code, stdout } = await withoutService('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error {3}20[12] .*\n.*none\.comm.*\n +-> sudo /m);
  });

  it('the list of readers is refused instead of waited for', async () => {
    const { code, stderr } = await withoutService('readers', '--watch', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'PCSC_UNAVAILABLE' } });
  });
});
