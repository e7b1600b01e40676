// SPDX-License-Identifier: MIT
/**
 * Every file of a closed window, in one folder. All of them are functions of what the window was closed
 * with: written again, today or in a year, here or elsewhere, they have the same bytes (I15), and so they
 * have in whatever order its batches came in. The store keeps the digest of each, so that it would be
 * noticed if one had not. The journal does depend on that order, and has a file of its own.
 */
import { join } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';

import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { BankAccount, MerchantSettlement, Payout } from '../settlement/model.ts';
import type { WindowRow } from '../store/settlement-store.ts';
import type { HostStore } from '../store/store.ts';
import { csvText } from './csv.ts';
import { paymentOrder, type PaymentOrder } from './pain-001.ts';
import { printableSummary } from './printable-summary.ts';
import { floatReport, floatRows, trialBalanceRows } from './reports.ts';
import { creditedRecords, detailRows, type CreditedRecord } from './settlement-detail.ts';
import { settlementRows, shareRows, summaryRows } from './settlement-summary.ts';
import { writeOnce, type WrittenFile } from './write-once.ts';

export interface WindowFile extends WrittenFile {
  /** Path within the window's folder, with `/`. */
  readonly name: string;
}

export interface WindowFilesParts {
  readonly store: HostStore;
  readonly currency: CurrencyCode;
  /** The operator's account that payouts are made from; null while none is set. */
  readonly debtor: BankAccount | null;
}

/** A window with its bounds. */
interface ClosedWindow {
  readonly id: number;
  readonly closedAt: Instant;
  readonly businessDate: string;
  readonly records: { readonly after: number; readonly last: number };
  readonly lastJournal: number;
}

/** The list of all files with their digests, as `sha256sum --check` reads it. */
const MANIFEST = 'SHA256SUMS';

/** `window-00000001` */
export function windowFolder(window: number): string {
  return `window-${window.toString().padStart(8, '0')}`;
}

/** @throws WINDOW_NOT_FOUND; USAGE unless it is settled. */
function closedWindow(windows: readonly WindowRow[], id: number): ClosedWindow {
  const index = windows.findIndex((window) => window.id === id);
  const window = windows[index];
  if (window === undefined) {
    throw new Fault('WINDOW_NOT_FOUND', `"--window" expected the number of a window, got ${id}`);
  }
  if (window.state !== 'settled') {
    throw new Fault('USAGE', `"--window" expected a settled window, ${id} is ${window.state}`);
  }
  const { businessDate, closedAt, lastJournal, lastRecord } = window;
  invariant(
    closedAt !== null && businessDate !== null && lastJournal !== null && lastRecord !== null,
    `window ${id} has the bounds of a closed one`,
  );
  const before = windows[index - 1];
  return {
    id,
    closedAt,
    businessDate,
    records: { after: before?.lastRecord ?? 0, last: lastRecord },
    lastJournal,
  };
}

/** Gives each merchant in turn its records out of one stream that is ordered by merchant. */
class RecordsByMerchant {
  readonly #records: Iterator<CreditedRecord>;
  #next: IteratorResult<CreditedRecord, unknown>;

  constructor(records: Iterable<CreditedRecord>) {
    this.#records = records[Symbol.iterator]();
    this.#next = this.#records.next();
  }

  *of(merchant: string): Generator<CreditedRecord> {
    while (this.#next.done !== true && this.#next.value.merchant === merchant) {
      yield this.#next.value;
      this.#next = this.#records.next();
    }
  }

  /** @throws Defect when a record belongs to nobody who was settled. */
  checkEnd(): void {
    const rest = this.#next.done === true ? null : this.#next.value.merchant;
    invariant(rest === null, `merchant ${rest ?? ''} was credited and is not settled`);
  }

  /** Ends the query behind the stream. */
  close(): void {
    this.#records.return?.();
  }
}

class WindowWriter {
  readonly files: WindowFile[] = [];
  readonly #directory: string;
  readonly #known: ReadonlyMap<string, string>;

  constructor(directory: string, known: ReadonlyMap<string, string>) {
    this.#directory = directory;
    this.#known = known;
  }

  write(name: string, pieces: Iterable<Uint8Array | string>): void {
    const expected = this.#known.get(name) ?? null;
    this.files.push({ name, ...writeOnce(join(this.#directory, name), pieces, expected) });
  }

  /** The manifest comes last: where it is, every file is. */
  finish(): void {
    const rows = this.files.map(({ digest, name }) => `${digest}  ${name}\n`);
    this.write(MANIFEST, rows.sort(byName));
  }
}

const DIGEST_CHARACTERS = 64;
const nameIn = (row: string): string => row.slice(DIGEST_CHARACTERS);
const byName = (left: string, right: string): number => (nameIn(left) < nameIn(right) ? -1 : 1);

/**
 * Writes the files of a window into a folder of its own under `directory`.
 * @throws WINDOW_NOT_FOUND; USAGE when the window is not settled; CONFIG_INVALID when there is something to pay and no account
 * to pay it from; FILE_REFUSED when a file comes out other than it was written before.
 */
export function writeWindowFiles(
  parts: WindowFilesParts,
  id: number,
  directory: string,
): readonly WindowFile[] {
  const { currency, store } = parts;
  const window = closedWindow(store.windows(), id);
  const known = new Map(store.windowFiles(id).map(({ digest, name }) => [name, digest]));
  const writer = new WindowWriter(join(directory, windowFolder(id)), known);
  const settlements = store.merchantSettlements(id);
  const payouts = payoutsOf(store, id);
  if (payouts.length > 0) {
    writer.write('payouts.pain.001.xml', [paymentOrder(orderOf(window, payouts, parts))]);
  }
  writeMerchants(writer, window, { settlements, payouts, parts });
  writer.write(
    'settlement.csv',
    csvText('settlement', settlementRows(settlements, currency), currency),
  );
  writer.write('shares.csv', csvText('shares', shareRows(settlements, currency), currency));
  writeBooks(writer, window, parts);
  writer.finish();
  store.transaction(() => {
    for (const { digest, name } of writer.files) {
      if (!known.has(name)) store.insertWindowFile({ window: id, name, digest });
    }
  });
  return writer.files;
}

/**
 * The order that pays a window.
 * @throws WINDOW_NOT_FOUND; USAGE when the window is not settled or pays nobody; CONFIG_INVALID.
 */
export function windowOrder(parts: WindowFilesParts, id: number): PaymentOrder {
  const { store } = parts;
  const window = closedWindow(store.windows(), id);
  const payouts = payoutsOf(store, id);
  if (payouts.length === 0) {
    throw new Fault('USAGE', `"--window" expected one with payouts, ${id} has none`);
  }
  return orderOf(window, payouts, parts);
}

const payoutsOf = (store: HostStore, id: number): readonly Payout[] =>
  store.payouts().filter((payout) => payout.window === id);

function orderOf(
  { businessDate, closedAt: createdAt, id: window }: ClosedWindow,
  payouts: readonly Payout[],
  { currency, debtor }: WindowFilesParts,
): PaymentOrder {
  if (debtor === null) {
    throw new Fault(
      'CONFIG_INVALID',
      '"bank account" expected the account that payouts are made from: openpurse bank account',
    );
  }
  return { window, businessDate, createdAt, currency, debtor, payouts };
}

interface MerchantsOf {
  readonly settlements: readonly MerchantSettlement[];
  readonly payouts: readonly Payout[];
  readonly parts: WindowFilesParts;
}

function writeMerchants(writer: WindowWriter, window: ClosedWindow, of: MerchantsOf): void {
  const { currency, store } = of.parts;
  const accounts = new Map(of.payouts.map(({ account, id }) => [id, account]));
  const adjusted = store.adjustments(window.id);
  const records = new RecordsByMerchant(
    creditedRecords(store, { window: window.id, ...window.records }),
  );
  try {
    for (const settlement of of.settlements) {
      const { merchant, payoutId } = settlement;
      const folder = `merchants/${merchant}`;
      const adjustments = adjusted.filter((row) => row.merchant === merchant);
      const details = detailRows(records.of(merchant), { settlement, adjustments, currency });
      writer.write(`${folder}/detail.csv`, csvText('detail', details, currency));
      const summary = summaryRows(settlement, currency);
      writer.write(`${folder}/summary.csv`, csvText('summary', summary, currency));
      const account = accounts.get(payoutId ?? '') ?? null;
      writer.write(`${folder}/summary.html`, [printableSummary({ settlement, currency, account })]);
    }
    records.checkEnd();
  } finally {
    records.close();
  }
}

function writeBooks(
  writer: WindowWriter,
  { lastJournal }: ClosedWindow,
  { currency, store }: WindowFilesParts,
): void {
  const balances = store.balancesAt(lastJournal);
  const trial = trialBalanceRows(balances, currency);
  writer.write('trial-balance.csv', csvText('trialBalance', trial, currency));
  writer.write('float.csv', csvText('float', floatRows(floatReport(balances), currency), currency));
}
