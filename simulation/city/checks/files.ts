// SPDX-License-Identifier: MIT
/** Reads the files of a settled window as a merchant's accountant would, and holds them against the ledger. */
import { parse } from 'csv-parse/sync';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatAccount } from '../../../host/bank/import.ts';
import { windowFolder, writeWindowFiles } from '../../../host/files/window-files.ts';
import type { ClearingHost } from '../../../host/host.ts';
import type { CurrencyCode } from '../../../src/money/currencies.table.ts';
import { negate } from '../../../src/money/amount.ts';
import { parseAmount } from '../../../src/money/decimal.ts';
import { Violation } from './violation.ts';

type Row = Readonly<Record<string, string>>;

const END_MARK = '<END>';

/** Writes them to a folder of its own, which is removed. @throws Violation */
export function checkFiles(host: ClearingHost, window: number): void {
  const { store, currency, settlement } = host;
  const scratch = mkdtempSync(join(tmpdir(), 'openpurse-city-files-'));
  try {
    const debtor = floatAccount(settlement);
    writeWindowFiles({ store, currency, debtor }, window, scratch);
    const folder = join(scratch, windowFolder(window));
    const read = (name: string): readonly Row[] => rowsOf(join(folder, name));
    checkGross(host, window, read('settlement.csv'));
    checkOrder(host, window, folder);
    checkDetails(host, window, readdirSync(folder, { recursive: true, encoding: 'utf8' }), read);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function rowsOf(path: string): readonly Row[] {
  const rows: Row[] = parse(readFileSync(path), { columns: true, relax_column_count: true });
  return rows.filter((row) => Object.values(row)[0] !== END_MARK);
}

/** A decimal of the file, of either sign, in minor units. */
function minor(text = '0', currency: CurrencyCode): number {
  const value = parseAmount(text.replace('-', ''), currency);
  return text.startsWith('-') ? negate(value) : value;
}

function checkGross(host: ClearingHost, window: number, rows: readonly Row[]): void {
  const expected = grossOf(host, window);
  for (const row of rows) {
    const merchant = row['merchant'] ?? '';
    compare(
      `gross of ${merchant} in settlement.csv`,
      expected.get(merchant) ?? 0,
      minor(row['gross'], host.currency),
    );
    expected.delete(merchant);
  }
  for (const [merchant, gross] of expected) compare(`${merchant} in settlement.csv`, gross, 0);
}

/** What the ledger's windows say that each merchant was credited. */
function grossOf({ store }: ClearingHost, window: number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { merchant, gross } of store.windowTotals(window)) {
    sums.set(merchant, (sums.get(merchant) ?? 0) + gross);
  }
  return sums;
}

/** The order to the bank pays what the ledger says is paid, payment by payment. */
function checkOrder(host: ClearingHost, window: number, folder: string): void {
  const expected = new Map(
    host.store
      .payouts()
      .filter((payout) => payout.window === window)
      .map(({ endToEndId, amount }) => [endToEndId, amount as number]),
  );
  const path = join(folder, 'payouts.pain.001.xml');
  const order = existsSync(path) ? readFileSync(path, 'utf8') : '';
  for (const [, id = '', value = ''] of order.matchAll(PAYMENT)) {
    compare(`payment ${id}`, expected.get(id) ?? 0, minor(value, host.currency));
    expected.delete(id);
  }
  for (const [id, amount] of expected) compare(`payment ${id}`, amount, 0);
}

/** End-to-end id and amount, as they follow each other in pain.001. */
const PAYMENT = /<EndToEndId>([^<]*)<\/EndToEndId>[^]*?<InstdAmt[^>]*>([\d.]+)<\/InstdAmt>/g;

/** Every line of every merchant: together they are what was credited. */
function checkDetails(
  host: ClearingHost,
  window: number,
  names: readonly string[],
  read: (name: string) => readonly Row[],
): void {
  const found = new Map<string, number>();
  for (const name of names.filter((one) => /detail.*\.csv$/.test(one))) {
    for (const { entry, merchant = '', gross } of read(name)) {
      if (entry !== 'credit' && entry !== 'takenBack') continue;
      found.set(merchant, (found.get(merchant) ?? 0) + minor(gross, host.currency));
    }
  }
  const expected = grossOf(host, window);
  for (const merchant of new Set([...found.keys(), ...expected.keys()])) {
    compare(`detail of ${merchant}`, expected.get(merchant) ?? 0, found.get(merchant) ?? 0);
  }
}

function compare(subject: string, expected: number, found: number): void {
  if (expected === found) return;
  throw new Violation('files', {
    subject,
    expected: `${expected}, as credited`,
    found: `${found}`,
  });
}
