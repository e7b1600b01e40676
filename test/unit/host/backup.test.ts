// SPDX-License-Identifier: MIT
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { instant } from '../../../src/time/instant.ts';
import { backUp } from '../../../host/backup/backup.ts';
import { readManifest } from '../../../host/backup/manifest.ts';
import { restore } from '../../../host/backup/restore.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { faultOf } from '../errors/thrown.ts';
import {
  batch,
  enrol,
  openTestHost,
  record,
  testCard,
  testTerminal,
  type TestHost,
} from './host-world.ts';

const AT = instant(1_770_000_000_000);
const terminal = testTerminal(1);
const card = testCard(1, 'aes');
const batchOf = (sequence: number): Uint8Array =>
  batch(terminal, [
    record({ terminal, card, counter: sequence - 1, amount: 0, before: 0, sequence }),
  ]);

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-backup-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

interface World {
  readonly data: string;
  readonly test: TestHost;
}

/** A data folder with a host that has taken `batches` batches and goes on serving. */
async function serving(batches: number): Promise<World> {
  const data = folder();
  mkdirSync(join(data, 'keys'));
  writeFileSync(join(data, 'config.json'), '{}\n');
  writeFileSync(join(data, 'keys', 'issuer.json'), '{}\n', { mode: 0o600 });
  const test = await openTestHost({}, join(data, 'host'));
  onTestFinished(() => test.host.close());
  enrol(test.host, terminal);
  await test.host.registerCard(card);
  for (let number = 1; number <= batches; number++) await test.upload(batchOf(number));
  return { data, test };
}

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();

describe('a backup', () => {
  it('of a host that serves is opened as the same host', async () => {
    const { data, test } = await serving(3);
    const before = stateHash(test.host.store);
    const [copy, restored] = [join(folder(), 'new'), join(folder(), 'new')];
    const manifest = await backUp(data, copy, AT);
    expect(manifest).toMatchObject({ records: 3, createdAt: '2026-02-02T02:40:00.000Z' });
    // What comes later is not in it.
    await test.upload(batchOf(4));
    expect(restore(copy, restored)).toEqual(manifest);
    const again = await openTestHost({}, join(restored, 'host'));
    expect(stateHash(again.host.store)).toBe(before);
    expect(again.rawFiles()).toHaveLength(3);
    await again.host.close();
    // What came after it: the raw file of the old host is taken in when the new one opens.
    const name = test.rawFiles().find((file) => !again.rawFiles().includes(file))!;
    copyFileSync(join(data, 'host', 'raw', name), join(restored, 'host', 'raw', name));
    const late = await openTestHost({}, join(restored, 'host'));
    onTestFinished(() => late.host.close());
    expect(stateHash(late.host.store)).toBe(stateHash(test.host.store));
    expect(filesIn(restored)).not.toContain('.restoring');
  });

  it('that is made while batches come in has the raw file of every batch in it', async () => {
    const { data, test } = await serving(1);
    let number = 1;
    const uploading = new AbortController();
    const uploads = (async () => {
      while (!uploading.signal.aborted) await test.upload(batchOf(++number));
    })();
    const copies: string[] = [];
    for (let count = 0; count < 5; count++) {
      const copy = join(folder(), 'new');
      await backUp(data, copy, AT);
      copies.push(copy);
    }
    uploading.abort();
    await uploads;
    const counts = copies.map((copy) => restore(copy, join(folder(), 'new')).records);
    // Every restore checks that the file of each batch row is there; later copies have no less.
    expect(counts).toEqual([...counts].sort((left, right) => left - right));
    expect(counts.at(-1)).toBeLessThanOrEqual(number);
  });

  it('is one folder: its database has no log beside it, and its keys are as closed as before', async () => {
    const { data } = await serving(1);
    const copy = join(folder(), 'new');
    await backUp(data, copy, AT);
    expect(filesIn(copy).filter((name) => /wal|shm|journal/.test(name))).toEqual([]);
    expect(readManifest(copy).files.map(({ name }) => name)).toEqual([
      'host/ledger.db',
      'config.json',
      'keys/issuer.json',
      expect.stringMatching(/^host\/raw\/.*\.opb$/),
    ]);
  });

  it('goes to a new folder only, and tells of a ledger that is not there', async () => {
    const { data } = await serving(1);
    const taken = folder();
    writeFileSync(join(taken, 'x'), '');
    await expect(backUp(data, taken, AT)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await expect(backUp(folder(), join(folder(), 'new'), AT)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });
});

describe('a restore', () => {
  async function copied(): Promise<{ readonly copy: string; readonly raw: string }> {
    const { data } = await serving(2);
    const copy = join(folder(), 'new');
    const { files } = await backUp(data, copy, AT);
    return { copy, raw: files.find(({ name }) => name.startsWith('host/raw/'))!.name };
  }

  const edit = (copy: string, change: (manifest: Record<string, unknown>) => void): void => {
    const path = join(copy, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
  };
  type Files = { name: string }[];

  it.each<readonly [string, RegExp, (copy: string, raw: string) => void]>([
    [
      'has a byte more in a raw batch',
      /host\/raw\/.*expected \d+ bytes/,
      (copy, raw) => {
        appendFileSync(join(copy, raw), 'x');
      },
    ],
    [
      'lacks a raw batch',
      /host\/raw\/.*got no file/,
      (copy, raw) => {
        rmSync(join(copy, raw));
      },
    ],
    [
      'does not list a raw batch that its ledger has',
      /"manifest\.files" expected host\/raw/,
      (copy, raw) => {
        edit(copy, (manifest) => {
          manifest['files'] = (manifest['files'] as Files).filter(({ name }) => name !== raw);
        });
      },
    ],
    [
      'has another byte in its ledger',
      /"host\/ledger\.db" expected/,
      (copy) => {
        const path = join(copy, 'host/ledger.db');
        const bytes = readFileSync(path);
        bytes[5000] = (bytes[5000] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ],
    [
      'lacks the keys',
      /"manifest\.files" expected keys\/issuer\.json/,
      (copy) => {
        edit(copy, (manifest) => {
          manifest['files'] = (manifest['files'] as Files).filter(
            ({ name }) => !name.startsWith('keys'),
          );
        });
      },
    ],
    [
      'tells of other records than it has',
      /"manifest\.records" expected 2, got 3/,
      (copy) => {
        edit(copy, (manifest) => (manifest['records'] = 3));
      },
    ],
    [
      'names a file outside',
      /expected files of a host, got "\.\.\/x"/,
      (copy) => {
        edit(copy, (manifest) => ((manifest['files'] as Files)[0]!.name = '../x'));
      },
    ],
    [
      'names a file twice',
      /expected every file once/,
      (copy) => {
        edit(copy, (manifest) =>
          (manifest['files'] as Files).push((manifest['files'] as Files)[0]!),
        );
      },
    ],
    [
      'has no manifest',
      /expected the manifest of a backup/,
      (copy) => {
        rmSync(join(copy, 'manifest.json'));
      },
    ],
    [
      'has another manifest',
      /expected "openpurse backup 1"/,
      (copy) => {
        writeFileSync(join(copy, 'manifest.json'), '{"files":[]}');
      },
    ],
  ])('refuses a backup that %s, and changes nothing', async (_name, message, damage) => {
    const { copy, raw } = await copied();
    damage(copy, raw);
    const target = folder();
    const fault = faultOf(() => restore(copy, target));
    expect(fault.code).toBe('BACKUP_INVALID');
    expect(fault.message).toMatch(message);
    expect(filesIn(target)).toEqual([]);
  });

  it('refuses a folder with something in it, and leaves it alone', async () => {
    const { copy } = await copied();
    const target = folder();
    writeFileSync(join(target, 'config.json'), 'mine');
    expect(faultOf(() => restore(copy, target)).code).toBe('FILE_EXISTS');
    expect(readFileSync(join(target, 'config.json'), 'utf8')).toBe('mine');
    expect(existsSync(join(target, 'host'))).toBe(false);
  });
});
