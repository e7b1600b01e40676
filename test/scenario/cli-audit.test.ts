// SPDX-License-Identifier: MIT
/** `openpurse audit` as an auditor types it, beside a host that serves. */
import Database from 'better-sqlite3';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadedFolders } from './cli-folder.ts';
import { digestOf, endOf, json, openpurse, startProcess, succeed } from './cli-runner.ts';

const newFolder = loadedFolders();

interface Report {
  readonly holds: boolean;
  readonly isFull: boolean;
  readonly to: { readonly record: number };
  readonly invariants: readonly {
    readonly invariant: string;
    readonly holds: boolean;
    readonly findings: readonly object[];
  }[];
}

function tamper(data: string, sql: string): void {
  const database = new Database(join(data, 'host', 'ledger.db'));
  database.exec(sql);
  database.close();
}

describe('openpurse audit', () => {
  it('says that all invariants hold, and changes nothing of the host', async () => {
    const data = newFolder();
    await succeed('pos', 'sale', '20', '--card', 'alice', '--data', data);
    await succeed('batch', 'upload', '--data', data);
    const before = digestOf(join(data, 'host'));
    expect(await succeed('audit', '--data', data)).toMatch(
      /I14 +evidence chain +holds .*\n[^]*all \d+ invariants hold\n$/,
    );
    expect(await json<Report>('audit', '--full', '--data', data)).toMatchObject({
      holds: true,
      isFull: true,
      currency: 'INR',
    });
    expect(digestOf(join(data, 'host'))).toBe(before);
  });

  it('ends with 3 and names what does not hold', async () => {
    const data = newFolder();
    tamper(data, "UPDATE accounts SET balance = balance + 500 WHERE id = '2015' OR id = '2010'");
    const { code, stdout } = await openpurse('audit', '--data', data);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /I2 account 20\d\d: INR 5\.00\n +expected -?\d+, the sum of its postings/,
    );
    expect(stdout).toMatch(/ {4}do {7}the postings are right/);
    expect(stdout).toMatch(/1 invariant does not hold\n$/);
    const report = await json<Report>('audit', '--data', data);
    const failing = report.invariants.filter(({ holds }) => !holds);
    expect(failing.map(({ invariant }) => invariant)).toEqual(['I2']);
    expect(failing[0]?.findings[0]).toMatchObject({ invariant: 'I2', amount: 500 });
  });

  it('needs the keys only for the replay', async () => {
    const data = newFolder();
    process.env['OPENPURSE_PASSPHRASE'] = 'another one';
    onTestFinished(() => {
      delete process.env['OPENPURSE_PASSPHRASE'];
    });
    const full = await openpurse('audit', '--full', '--data', data);
    expect(full).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/KEY_STORE_LOCKED/) as string,
    });
    expect((await openpurse('audit', '--full', '--no-replay', '--data', data)).code).toBe(0);
  });

  it('refuses a folder without a host', async () => {
    const data = newFolder();
    const { code, stderr } = await openpurse('audit', '--data', join(data, 'cards'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/"--data" expected a folder with a host/);
  });

  it('holds at every moment while a host takes batches', async () => {
    const data = newFolder();
    const child = startProcess('host', 'serve', '--port', '0', '--json', '--data', data);
    onTestFinished(() => void child.kill('SIGKILL'));
    const [said] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    const { url } = JSON.parse(said.toString()) as { url: string };
    const records: number[] = [];
    for (let sale = 1; sale <= 3; sale++) {
      await succeed('pos', 'sale', '1', '--card', 'alice', '--data', data);
      const during = endOf(startProcess('audit', '--json', '--data', data));
      await succeed('batch', 'upload', '--host', url, '--data', data);
      expect((await during).code).toBe(0);
      const after = await json<Report>('audit', '--data', data);
      expect(after.holds).toBe(true);
      records.push(after.to.record);
    }
    expect(records).toEqual([...records].sort((left, right) => left - right));
    expect(records.at(-1)).toBeGreaterThan(records[0] ?? 0);
  });
});
