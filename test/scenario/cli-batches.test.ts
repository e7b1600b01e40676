// SPDX-License-Identifier: MIT
/** A day across files: closed at the terminal, carried on a stick, uploaded, acknowledged. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedFolders, TILL } from './cli-folder.ts';
import { digestOf, json, openpurse, succeed, temporaryFolder } from './cli-runner.ts';

const newFolder = loadedFolders();

interface Uploaded {
  readonly batches: readonly {
    readonly terminalId: string;
    readonly result: string;
    readonly records: readonly { readonly verdict: string; readonly rule: string }[];
  }[];
}

interface Report {
  readonly records: number;
  readonly batches: number;
  readonly merchants: readonly { readonly merchant: string; readonly payable: number }[];
  readonly exceptions: readonly { readonly rule: string; readonly moneyAtRisk: number }[];
  readonly conservation: { readonly isHeld: boolean };
  readonly stateHash: string;
}

const reportOf = (data: string): Promise<Report> => json('host', 'report', '--data', data);

/** A folder with two sales that are closed into a file on a stick. */
async function closedDay(): Promise<{ data: string; stick: string; file: string }> {
  const data = newFolder();
  const stick = join(temporaryFolder(), 'usb', 'openpurse');
  await succeed('pos', 'sale', '12.50', '--card', 'alice', '--data', data);
  await succeed('pos', 'sale', '7.50', '--card', 'bob', '--data', data);
  const closed = await json<{ batches: readonly { file: string; records: number }[] }>(
    ...['batch', 'close', '--out', stick, '--data', data],
  );
  const file = join(stick, `${TILL}-1.opb`);
  // Two loads and two sales.
  expect(closed.batches).toMatchObject([{ file, records: 4, number: 1, terminal: TILL }]);
  return { data, stick, file };
}

describe('a day across files', () => {
  it('goes from the till to the host and leaves nothing to send', async () => {
    const { data, stick, file } = await closedDay();
    expect(await succeed('batch', 'show', file, '--data', data)).toMatch(
      /^batch 1 of terminal 100000000001: whole.*\n2 purchases INR 20\.00, 2 loads INR 800\.00, 0 unc/,
    );
    // Until it is acknowledged, the batch may be written again.
    await succeed('batch', 'close', '--out', stick, '--data', data);
    expect(readdirSync(stick)).toEqual([`${TILL}-1.opb`]);

    expect(await json<Uploaded>('batch', 'upload', file, '--data', data)).toMatchObject({
      batches: [{ result: 'accepted', records: [{ verdict: 'post', rule: 'accepted' }] }],
    });
    expect(await succeed('batch', 'close', '--data', data)).toBe('nothing to send\n');
    expect(await succeed('batch', 'upload', '--data', data)).toMatch(
      /^nothing to send\nterminal 100000000001\n.*hotlist version 0.*\n$/,
    );
    const report = await reportOf(data);
    expect(report).toMatchObject({
      records: 4,
      batches: 1,
      merchants: [{ merchant: 'SHOP', payable: 20_00 }],
      exceptions: [],
      conservation: { isHeld: true },
    });
    const statement = await succeed('host', 'card', '1', '--data', data);
    expect(statement).toContain('attested balance INR 487.50');
    expect(statement).toMatch(/pursePurchase +0 +INR 12\.50 +INR 487\.50 .* accepted$/m);
    const trial = await json<{ debit: number; credit: number }>(
      'host',
      'trial-balance',
      '--data',
      data,
    );
    expect(trial).toMatchObject({ debit: 800_00, credit: 800_00 });
  });

  it('goes without files as well', async () => {
    const data = newFolder();
    await succeed('pos', 'sale', '3', '--card', 'bob', '--data', data);
    const { batches } = await json<Uploaded>('batch', 'upload', '--data', data);
    expect(batches).toMatchObject([{ terminalId: TILL, result: 'accepted' }]);
    expect((await reportOf(data)).merchants).toEqual([{ merchant: 'SHOP', payable: 3_00 }]);
  });

  it('changes nothing when a batch comes twice', async () => {
    const { data, file } = await closedDay();
    await succeed('batch', 'upload', file, '--data', data);
    const { stateHash } = await reportOf(data);
    expect(await succeed('batch', 'upload', file, '--data', data)).toMatch(
      /^batch 1 of 100000000001: duplicate, nothing changed$/m,
    );
    expect((await reportOf(data)).stateHash).toBe(stateHash);
  });
});

describe('a batch file', () => {
  it('of a terminal of the same id that signs with another key is refused', async () => {
    const elsewhere = temporaryFolder();
    await succeed('card', 'create', 'mallory', '--serial', '1', '--data', elsewhere);
    await succeed('pos', 'load', '500', '--data', elsewhere);
    await succeed('batch', 'close', '--out', elsewhere, '--data', elsewhere);
    const data = newFolder();
    const state = digestOf(join(data, 'host'));
    const ran = await openpurse(
      'batch',
      'upload',
      join(elsewhere, `${TILL}-1.opb`),
      '--data',
      data,
    );
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toMatch(/BATCH_REFUSED: .*-1\.opb: "batch\.signature"/);
    expect(digestOf(join(data, 'host'))).toBe(state);
  });

  it('that is cut, too long or no batch at all is refused by name', async () => {
    const { data, file } = await closedDay();
    const bytes = readFileSync(file);
    const bad = join(temporaryFolder(), 'bad.opb');
    const state = digestOf(join(data, 'host'));
    for (const [contents, said] of [
      [bytes.subarray(0, 300), /bad\.opb: "batch\./],
      [Buffer.concat([bytes, Buffer.of(0)]), /bad\.opb: "batch/],
      [Buffer.alloc(0), /bad\.opb: "batch\.header"/],
      [Buffer.from('id,amount\n1,100\n'.repeat(50)), /bad\.opb: "batch\.header/],
      [Buffer.alloc(9_000_000), /LIMIT_EXCEEDED: ".*bad\.opb" expected at most/],
    ] as const) {
      writeFileSync(bad, contents);
      for (const verb of ['show', 'upload']) {
        const ran = await openpurse('batch', verb, bad, '--data', data);
        expect(ran).toMatchObject({ code: 1, stdout: '' });
        expect(ran.stderr).toMatch(said);
      }
    }
    expect(digestOf(join(data, 'host'))).toBe(state);
  });

  it('with any bit flipped is refused with the place, and the books stay as they are', async () => {
    const { data, file } = await closedDay();
    const bytes = readFileSync(file);
    const bad = join(temporaryFolder(), 'bad.opb');
    const before = await reportOf(data);
    const refuses = (verb: string, last: number) =>
      fc.asyncProperty(fc.nat(last), fc.nat(7), async (at, bit) => {
        const flipped = Uint8Array.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        writeFileSync(bad, flipped);
        const ran = await openpurse('batch', verb, bad, '--data', data);
        expect(ran).toMatchObject({ code: 1, stdout: '' });
        expect(ran.stderr).toMatch(/: [A-Z_]+: .*bad\.opb: "batch[\w.[\]]*"/);
      });
    // Without the terminal's key, `show` cannot check the 64 bytes of the signature.
    await fc.assert(refuses('show', bytes.length - 65), { numRuns: 150 });
    await fc.assert(refuses('upload', bytes.length - 1), { numRuns: 6 });
    expect(await reportOf(data)).toEqual(before);
    // The batch itself is as good as before.
    await succeed('batch', 'upload', file, '--data', data);
  });

  it('that is bad does not hide those that went through before it', async () => {
    const { data, file } = await closedDay();
    const bad = join(temporaryFolder(), 'bad.opb');
    writeFileSync(bad, 'x');
    const ran = await openpurse('batch', 'upload', file, bad, '--data', data, '--json');
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ batches: [{ result: 'accepted' }] });
    expect(JSON.parse(ran.stderr)).toMatchObject({ error: { code: 'DECODE_FAILED' } });
  });
});

describe('fraud', () => {
  it('by a copied card is a clone fork in the report, with the money at risk', async () => {
    const data = newFolder();
    const at = ['--data', data];
    await succeed('card', 'copy', 'alice', 'clone', ...at);
    await succeed('pos', 'sale', '10', '--card', 'alice', ...at);
    const kiosk = ['--terminal', '100000000002', '--merchant', 'KIOSK'];
    await succeed('pos', 'sale', '25', '--card', 'clone', ...kiosk, ...at);
    await succeed('batch', 'upload', ...at);
    const { exceptions, conservation } = await reportOf(data);
    expect(exceptions).toMatchObject([{ rule: 'cloneFork', moneyAtRisk: 25_00 }]);
    expect(conservation.isHeld).toBe(true);
    const text = await succeed('host', 'report', '--evidence', ...at);
    expect(text).toMatch(/^ {2}rule 15 cloneFork \(suspense, critical\)/m);
    expect(text).toMatch(/^ {4}record {3}[0-9A-F]{176}$/m);
  });

  it('by a restored card is found as well, and no honest card is accused', async () => {
    const data = newFolder();
    const at = ['--data', data];
    await succeed('card', 'copy', 'alice', 'yesterday', ...at);
    await succeed('pos', 'sale', '10', '--card', 'alice', ...at);
    await succeed('pos', 'sale', '5', '--card', 'bob', ...at);
    await succeed('batch', 'upload', ...at);
    await succeed('card', 'restore', 'alice', 'yesterday', ...at);
    await succeed('pos', 'sale', '20', '--card', 'alice', ...at);
    await succeed('batch', 'upload', ...at);
    const { exceptions } = await reportOf(data);
    // One exception, of alice's card: none of bob's.
    expect(exceptions).toMatchObject([
      {
        rule: expect.stringMatching(/^(cloneFork|rollback)$/) as string,
        subject: expect.stringMatching(/^card 00000000000000000001 /) as string,
        moneyAtRisk: 20_00,
      },
    ]);
  });

  it('ends at the hotlist: at the till, at the load desk and at a gate that is new', async () => {
    const data = newFolder();
    const at = ['--card', 'alice', '--data', data];
    await succeed('host', 'hotlist', '1', '--reason', 'stolen', '--data', data);
    // A till learns it with its next upload.
    await succeed('batch', 'upload', '--data', data);
    for (const tap of [
      ['pos', 'sale', '1'],
      ['pos', 'load', '1'],
      ['gate', 'in', '--station', 'MYP'],
    ]) {
      const ran = await openpurse(...tap, ...at);
      expect(ran.stdout).toContain('DECLINED  the card is on the hotlist');
      expect(ran.code).toBe(3);
    }
    expect(await succeed('host', 'card', '1', '--data', data)).toContain('HOTLISTED');
    expect((await openpurse('pos', 'sale', '1', '--card', 'bob', '--data', data)).code).toBe(0);
  });
});

describe('the keys', () => {
  it('of the next version open new cards, and old cards go on', async () => {
    const data = newFolder();
    const at = ['--data', data];
    expect(await json('host', 'add-key-version', ...at)).toMatchObject({ versions: [1, 2] });
    await succeed('card', 'create', 'carol', '--key-version', '2', ...at);
    await succeed('pos', 'load', '10', '--card', 'carol', ...at);
    await succeed('pos', 'load', '10', '--card', 'alice', ...at);
    await succeed('batch', 'upload', ...at);
    expect((await reportOf(data)).exceptions).toEqual([]);
  });
});
