// SPDX-License-Identifier: MIT
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { writeWindowFiles, type WindowFile } from '../../../../host/files/window-files.ts';
import { adjustMerchant } from '../../../../host/settlement/adjust.ts';
import { account } from '../../../../host/ledger/accounts.table.ts';
import { signedAmount } from '../../../../src/money/amount.ts';
import { batch, enrol, testTerminal } from '../host-world.ts';
import { buy, disposeAll, loaded, other, purchases, terminal } from '../intake-fixtures.ts';
import { ACCOUNT, ANN, charge, openShop, type Shop } from '../settlement/settlement-fixtures.ts';

afterEach(disposeAll);

const GOLDEN = fileURLToPath(new URL('../../../vectors/files', import.meta.url));
const DEBTOR = { number: 'DE89370400440532013000', holder: 'Operator', bic: 'COBADEFFXXX' };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'openpurse-files-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const write = ({ test }: Shop, out: string, window = 1, debtor = DEBTOR): readonly WindowFile[] =>
  writeWindowFiles({ store: test.host.store, currency: 'INR', debtor }, window, out);

/** Every file below a folder with its text. */
function contents(path: string): Readonly<Record<string, string>> {
  const names = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    names.sort().map((name) => [name.slice(path.length + 1), readFileSync(name, 'utf8')]),
  );
}

async function settled(
  upload: (shop: Shop) => Promise<unknown> = (shop) => shop.sell(),
): Promise<Shop> {
  const shop = await openShop();
  charge(shop);
  shop.set('SHOP', { account: ACCOUNT });
  await upload(shop);
  await shop.close();
  return shop;
}

const rows = (path: string, file: string): readonly Readonly<Record<string, string>>[] =>
  parse(contents(path)[`window-00000001/${file}`] ?? '', { columns: true });

describe('the files of a window', () => {
  it('tell each merchant its transactions, fees and payout', async () => {
    const out = folder();
    const files = write(await settled(), out);
    expect(files.map(({ name }) => name)).toEqual([
      'payouts.pain.001.xml',
      'merchants/SHOP/detail.csv',
      'merchants/SHOP/summary.csv',
      'merchants/SHOP/summary.html',
      'settlement.csv',
      'shares.csv',
      'trial-balance.csv',
      'float.csv',
      'SHA256SUMS',
    ]);
    const detail = contents(out)['window-00000001/merchants/SHOP/detail.csv'];
    const head = 'SHOP,1,2026-02-02,000000000001,2026-02-03 12:00:00,pursePurchase';
    const line = (number: number): string =>
      `credit,${number},${head},${number + 1},000000000001-${number + 1},****************0001,0.10,,0.10,INR,`;
    expect(detail?.split('\r\n').slice(1)).toEqual([
      ...[1, 2, 3, 4].map(line),
      'fee,5,SHOP,1,2026-02-02,,,pursePurchase,,,,,-0.01,-0.01,INR,fee schedule 1',
      '<END>,5,,,,,,,,,,0.40,-0.01,0.39,,',
      '',
    ]);
    expect(contents(out)['window-00000001/settlement.csv']?.split('\r\n')[1]).toBe(
      'SHOP,1,1,2026-02-02,0.00,4,0.40,-0.01,0.00,0.00,0.00,-0.39,0.00,0.00,INR,1-SHOP,',
    );
    expect(contents(out)['window-00000001/merchants/SHOP/summary.html']).toContain(
      '<dt>Paid out</dt><dd>0.39</dd>',
    );
  });

  it('are byte for byte those of test/vectors/files', async () => {
    const out = folder();
    write(await settled(), out);
    expect(contents(out)).toEqual(contents(GOLDEN));
  });

  it('are there the second time, and the same everywhere, whatever happened since', async () => {
    const [here, there] = [folder(), folder()];
    const shop = await settled();
    write(shop, here);
    await shop.ride();
    await shop.close('2026-02-03');
    expect(write(shop, here).every((file) => !file.isNew)).toBe(true);
    write(shop, there);
    expect(contents(there)).toEqual(contents(here));
  });

  it('tell a merchant of which as much was taken back as it was credited', async () => {
    // A purchase behind a gap is paid; one that continues the chain takes its counter, and its place.
    const shop = await settled(async (each) => {
      await each.sell();
      await each.test.upload(batch(terminal, [buy(4, 50)], { batchNumber: 2 }));
    });
    const rival = buy(4, 60, { sequence: 7, terminalCounter: 7 });
    await shop.test.upload(batch(terminal, [rival], { batchNumber: 3 }));
    await shop.ride();
    await shop.close('2026-02-03');
    expect(shop.last()).toMatchObject({ window: 2, lines: [{ count: 0, gross: 0, net: 0 }] });
    const out = folder();
    write(shop, out, 2);
    const detail = contents(out)['window-00000002/merchants/SHOP/detail.csv'] ?? '';
    expect(detail.match(/^(credit|takenBack),.*,-?0\.10,,-?0\.10,/gm)).toHaveLength(2);
    shop.check();
  });

  it('do not depend on how the records were cut into batches, nor on what came first', async () => {
    const [first, second] = [folder(), folder()];
    write(await settled(), first);
    const upload = async ({ test }: Shop): Promise<void> => {
      const [one, two, three, four] = purchases;
      await test.upload(batch(terminal, [four!], { batchNumber: 9 }));
      await test.upload(batch(terminal, [two!, three!], { batchNumber: 5 }));
      await test.upload(batch(terminal, [one!, loaded, two!], { batchNumber: 7 }));
    };
    write(await settled(upload), second);
    expect(contents(second)).toEqual(contents(first));
  });

  it('list what was taken back from the window before, and leave out what came and went', async () => {
    const shop = await settled();
    // The same counter as purchases[0], another debit, earlier: the card was cloned.
    const clone = buy(0, 100, { terminal: other, sequence: 1, amount: 5, time: '110000' });
    await shop.test.upload(batch(other, [clone]));
    await shop.close('2026-02-03');
    const out = folder();
    write(shop, out, 2);
    const detail: readonly Readonly<Record<string, string>>[] = parse(
      contents(out)['window-00000002/merchants/SHOP/detail.csv'] ?? '',
      { columns: true },
    );
    const taken = detail.filter(({ entry }) => entry === 'takenBack');
    expect(taken).not.toEqual([]);
    expect(new Set(taken.map(({ reason }) => reason))).toEqual(new Set(['suspense']));
    const credited = shop.last()?.lines.map(({ gross }) => gross) ?? [];
    expect(detail.at(-1)).toMatchObject({
      entry: '<END>',
      gross: (credited.reduce((total, gross) => total + gross, 0) / 100).toFixed(2),
    });
  });

  it('tell adjustments line by line', async () => {
    const shop = await openShop();
    const adjust = (amount: number, reason: string): boolean =>
      adjustMerchant(
        shop.test.host.settlement,
        {
          merchant: 'SHOP',
          amount: signedAmount(amount),
          against: account('5050'),
          source: `adjust:${reason}`,
          reason,
        },
        ANN,
      );
    adjust(70, 'goodwill');
    adjust(-20, '=HYPERLINK("x")');
    await shop.close();
    const out = folder();
    write(shop, out);
    expect(
      rows(out, 'merchants/SHOP/detail.csv').map(({ entry, net, reason }) => [entry, net, reason]),
    ).toEqual([
      ['adjustment', '-0.20', `'=HYPERLINK("x")`],
      ['adjustment', '0.70', 'goodwill'],
      ['<END>', '0.50', ''],
    ]);
  });

  it('balance: debit and credit, and what is owed with what covers it', async () => {
    const out = folder();
    write(await settled(), out);
    expect(rows(out, 'trial-balance.csv').at(-1)).toMatchObject({ debit: '1.00', credit: '1.00' });
    expect(rows(out, 'float.csv').at(-1)).toMatchObject({ liability: '1.00', cover: '1.00' });
  });

  it('are refused when one is there with other content, which stays', async () => {
    const out = folder();
    const shop = await settled();
    write(shop, out);
    const path = join(out, 'window-00000001/settlement.csv');
    writeFileSync(path, 'mine');
    expect(() => write(shop, out)).toThrow(/settlement\.csv" expected SHA-256/);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(
      readdirSync(join(out, 'window-00000001')).filter((name) => name.endsWith('.part')),
    ).toEqual([]);
    // The query over the records has ended: the store can be written.
    await shop.ride();
  });

  it('are refused when they come out other than they were written first', async () => {
    const shop = await settled();
    write(shop, folder());
    const moved = { ...DEBTOR, number: 'DE00000000000000000000' };
    expect(() => write(shop, folder(), 1, moved)).toThrow(
      /payouts\.pain\.001\.xml" expected SHA-256 [0-9a-f]{64}, as it was written before, got/,
    );
  });

  it('come of settled windows alone', async () => {
    const shop = await settled();
    expect(() => write(shop, folder(), 2)).toThrow(/expected a settled window, 2 is open/);
    expect(() => write(shop, folder(), 9)).toThrow(/expected the number of a window, got 9/);
  });

  it('need the account of the operator to pay anybody', async () => {
    const shop = await settled();
    const parts = { store: shop.test.host.store, currency: 'INR', debtor: null } as const;
    expect(() => writeWindowFiles(parts, 1, folder())).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
    );
  });

  it('stand in the order of terminal and counter, not of arrival', async () => {
    const second = testTerminal(9, 'SHOP');
    const shop = await settled(async (day) => {
      enrol(day.test.host, second);
      await day.test.upload(batch(second, [buy(4, 60, { terminal: second, sequence: 1 })]));
      await day.sell();
    });
    const out = folder();
    write(shop, out);
    expect(
      rows(out, 'merchants/SHOP/detail.csv')
        .filter(({ entry }) => entry === 'credit')
        .map(({ reference }) => reference),
    ).toEqual([
      '000000000001-2',
      '000000000001-3',
      '000000000001-4',
      '000000000001-5',
      '000000000009-1',
    ]);
  });
});
