// SPDX-License-Identifier: MIT
/**
 * One folder holds cards, terminals, keys and the host:
 *
 *   config.json · cards/NAME.card · terminal/ID/{journal.db,sam.card,terminal.json,signing.key} ·
 *   host/ledger.db · host/raw/ · keys/issuer.json · audit/audit.db
 *
 * It is `--data DIR`, else OPENPURSE_DATA, else the platform's data directory.
 */
import envPaths from 'env-paths';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Fault } from '../../src/errors/fault.ts';
import { CURRENCIES, type CurrencyCode } from '../../src/money/currencies.table.ts';
import { currencyCode } from '../../src/money/decimal.ts';

/** What all parts in one folder agree on. */
export interface DataConfig {
  readonly currency: CurrencyCode;
  /** Minutes ahead of UTC of the dates on cards and in records. */
  readonly utcOffsetMinutes: number;
}

const DEFAULT_CONFIG: DataConfig = { currency: 'INR', utcOffsetMinutes: 330 };
const OFFSET_MAX = 14 * 60;

export class DataDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The folder of `--data`, the environment or the platform, in this order. */
  static locate(option: string | undefined): DataDirectory {
    const fromEnvironment = process.env['OPENPURSE_DATA'];
    const path = option ?? (fromEnvironment === '' ? undefined : fromEnvironment);
    const directory = resolve(path ?? envPaths('openpurse', { suffix: '' }).data);
    if (existsSync(directory) && !statSync(directory).isDirectory()) {
      throw new Fault('USAGE', `"--data" expected a folder, got the file ${directory}`);
    }
    return new DataDirectory(directory);
  }

  in(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  get cards(): string {
    return this.in('cards');
  }

  get host(): string {
    return this.in('host');
  }

  /** The auditor's own folder. */
  get audit(): string {
    return this.in('audit');
  }

  get keyFile(): string {
    return this.in('keys', 'issuer.json');
  }

  terminal(id: string): string {
    return this.in('terminal', id);
  }

  /** The configuration; written with its defaults when the folder is new. @throws CONFIG_INVALID */
  config(initial: Partial<DataConfig> = {}): DataConfig {
    const path = this.in('config.json');
    if (!existsSync(path)) {
      const config = { ...DEFAULT_CONFIG, ...initial };
      mkdirSync(this.path, { recursive: true });
      writeFileAtomic.sync(path, `${JSON.stringify(config, null, 2)}\n`);
      return config;
    }
    return readConfig(path);
  }
}

function readConfig(path: string): DataConfig {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Fault('CONFIG_INVALID', `"${path}" expected JSON`, { cause });
  }
  const wrong = (name: string, expected: string, got: unknown): Fault =>
    new Fault(
      'CONFIG_INVALID',
      `"${path}: ${name}" expected ${expected}, got ${got === undefined ? 'nothing' : JSON.stringify(got)}`,
    );
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Fault(
      'CONFIG_INVALID',
      `"${path}" expected an object with currency and utcOffsetMinutes`,
    );
  }
  // An object by the check above.
  const { currency, utcOffsetMinutes, ...others } = value as Readonly<Record<string, unknown>>;
  const [misspelt] = Object.keys(others);
  if (misspelt !== undefined) {
    throw wrong(misspelt, 'currency and utcOffsetMinutes alone', others[misspelt]);
  }
  if (
    typeof utcOffsetMinutes !== 'number' ||
    !Number.isInteger(utcOffsetMinutes) ||
    Math.abs(utcOffsetMinutes) > OFFSET_MAX
  ) {
    throw wrong(
      'utcOffsetMinutes',
      `minutes from ${-OFFSET_MAX} to ${OFFSET_MAX}`,
      utcOffsetMinutes,
    );
  }
  if (typeof currency !== 'string' || !Object.hasOwn(CURRENCIES, currency)) {
    throw wrong('currency', `one of ${Object.keys(CURRENCIES).join(', ')}`, currency);
  }
  return { currency: currencyCode(currency), utcOffsetMinutes };
}
