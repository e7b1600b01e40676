// SPDX-License-Identifier: MIT
/**
 * The configuration of a terminal: plain JSON that can be printed and kept, checked field by field.
 * Secrets are not part of it. Amounts are in minor units.
 */
import { PLACE_MAX } from '../src/clearing/record.ts';
import { Fault } from '../src/errors/fault.ts';
import { amount, AMOUNT_MAX, type Amount } from '../src/money/amount.ts';
import { CURRENCIES, type CurrencyCode } from '../src/money/currencies.table.ts';
import type { INDUSTRY } from '../src/purse/file-layouts.ts';
import { DEFAULT_APPLICATIONS, type CardApplication, type SelectionOrder } from './card/select.ts';
import type { OfflineLimits } from './flow/limits.ts';
import type { DiversificationLevel } from './sam/purchase-sam.ts';
import type { TransitPolicy } from './transit/plan.ts';

export interface TransitConfig extends TransitPolicy {
  /** 4 hexadecimal digits: the city of the operator. */
  readonly city: string;
  /** 16 hexadecimal digits: the operator. */
  readonly institution: string;
  readonly industry: keyof typeof INDUSTRY;
}

export interface TerminalConfig {
  /** 12 hexadecimal digits, as in EF16 of the SAM. */
  readonly terminalId: string;
  readonly merchantId: string;
  readonly currency: CurrencyCode;
  readonly utcOffsetMinutes: number;
  /** Grows with every change of the configuration; goes with each batch. */
  readonly version: number;
  /** Where the terminal stands: printed with each record. */
  readonly place: string;
  readonly applications: readonly CardApplication[];
  readonly selectionOrder: SelectionOrder;
  /** The name of the SAM's application; undefined for a SAM that needs no SELECT. */
  readonly samAid: string | undefined;
  readonly diversificationLevels: readonly DiversificationLevel[];
  readonly limits: OfflineLimits;
  readonly transit: TransitConfig | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads members of an object by name, with a default, and names the one that is wrong. */
class ConfigReader {
  readonly #fields: Fields;
  readonly #path: string;
  readonly #known = new Set<string>();

  constructor(value: unknown, path: string) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(path === '' ? 'config' : path, 'an object', value);
    }
    this.#fields = value as Fields;
  }

  /** The member, if `accepts` it; `otherwise` where there is none. */
  take<T>(
    name: string,
    expected: string,
    accepts: (value: unknown) => value is T,
    otherwise?: T,
  ): T {
    const value = this.#fields[name];
    this.#known.add(name);
    if (value === undefined && otherwise !== undefined) return otherwise;
    if (!accepts(value)) throw wrong(this.path(name), expected, value);
    return value;
  }

  /** The member, if `accepts` it, or undefined where there is none. */
  takeOptional<T>(
    name: string,
    expected: string,
    accepts: (value: unknown) => value is T,
  ): T | undefined {
    this.#known.add(name);
    return this.#fields[name] === undefined ? undefined : this.take(name, expected, accepts);
  }

  path(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  /** A misspelt option must not be a silent default. */
  refuseOthers(): void {
    for (const name of Object.keys(this.#fields)) {
      if (!this.#known.has(name)) {
        const known = [...this.#known].join(', ');
        throw new Fault('CONFIG_INVALID', `"${this.path(name)}" expected one of ${known}`);
      }
    }
  }
}

function wrong(path: string, expected: string, value: unknown): Fault {
  const got = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
  return new Fault('CONFIG_INVALID', `"${path}" expected ${expected}, got ${got}`);
}

const isHex =
  (digits: number) =>
  (value: unknown): value is string =>
    typeof value === 'string' && value.length === digits && /^[0-9A-Fa-f]*$/.test(value);

const isInteger =
  (least: number, most: number) =>
  (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const isOneOf =
  <const V extends string>(...values: readonly V[]) =>
  (value: unknown): value is V =>
    values.includes(value as V);

/** Checked by the reader that it is given to. */
const isAnything = (value: unknown): value is unknown => value !== undefined;

function isPlace(value: unknown): value is string {
  return typeof value === 'string' && value.length <= PLACE_MAX && /^[\x20-\x7e]*$/.test(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 64;
}

function isCurrency(value: unknown): value is CurrencyCode {
  return typeof value === 'string' && Object.hasOwn(CURRENCIES, value);
}

function isAid(value: unknown): value is string {
  return typeof value === 'string' && /^([0-9A-Fa-f]{2}){5,16}$/.test(value);
}

function takeAmount(reader: ConfigReader, name: string, otherwise: number): Amount {
  const expected = `minor units from 0 to ${AMOUNT_MAX}`;
  return amount(reader.take(name, expected, isInteger(0, AMOUNT_MAX), otherwise));
}

/** How many bytes BCD or hexadecimal names have. */
const TERMINAL_ID_DIGITS = 12;
const UTC_OFFSET_MAX = 14 * 60;
const COUNT_MAX = 1_000_000;

/**
 * Checks a configuration and fills in what it leaves out.
 * @throws CONFIG_INVALID naming the field.
 */
export function parseTerminalConfig(value: unknown): TerminalConfig {
  const reader = new ConfigReader(value, '');
  const config: TerminalConfig = {
    terminalId: reader
      .take('terminalId', '12 hexadecimal digits', isHex(TERMINAL_ID_DIGITS))
      .toUpperCase(),
    merchantId: reader.take('merchantId', '1 to 64 characters', isName),
    currency: reader.take('currency', `one of ${Object.keys(CURRENCIES).join(', ')}`, isCurrency),
    utcOffsetMinutes: reader.take(
      'utcOffsetMinutes',
      'minutes from -840 to 840',
      isInteger(-UTC_OFFSET_MAX, UTC_OFFSET_MAX),
      0,
    ),
    version: reader.take('version', 'an integer from 0', isInteger(0, 0xffffffff), 1),
    place: reader.take('place', `at most ${PLACE_MAX} ASCII characters`, isPlace, ''),
    applications: takeApplications(reader),
    selectionOrder: reader.take(
      'selectionOrder',
      '"directFirst" or "directoryFirst"',
      isOneOf('directFirst', 'directoryFirst'),
      'directFirst',
    ),
    samAid: reader.takeOptional('samAid', 'a name of 5 to 16 bytes', isAid),
    diversificationLevels: takeLevels(reader),
    limits: parseLimits(reader),
    transit: parseTransit(reader),
  };
  reader.refuseOthers();
  return Object.freeze(config);
}

function takeApplications(reader: ConfigReader): readonly CardApplication[] {
  const value = reader.take('applications', 'a list', isAnything, DEFAULT_APPLICATIONS);
  if (!Array.isArray(value) || value.length === 0) {
    throw wrong(reader.path('applications'), 'a list of at least one application', value);
  }
  return value.map((entry: unknown, index) => {
    const application = new ConfigReader(entry, `${reader.path('applications')}.${index}`);
    const parsed: CardApplication = {
      aid: application.take('aid', 'a name of 5 to 16 bytes', isAid).toUpperCase(),
      suite: application.take('suite', '"aes" or "tdes"', isOneOf('aes', 'tdes')),
      isReadOnly: application.take('isReadOnly', 'true or false', isBoolean, false),
    };
    application.refuseOthers();
    return Object.freeze(parsed);
  });
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function takeLevels(reader: ConfigReader): readonly DiversificationLevel[] {
  const isLevel = isOneOf('issuer', 'serial');
  const isLevels = (value: unknown): value is readonly DiversificationLevel[] =>
    Array.isArray(value) && value.length >= 1 && value.length <= 3 && value.every(isLevel);
  return reader.take('diversificationLevels', '1 to 3 of "serial", "issuer"', isLevels, ['serial']);
}

function parseLimits(parent: ConfigReader): OfflineLimits {
  const reader = new ConfigReader(parent.take('limits', 'an object', isAnything, {}), 'limits');
  const day = new ConfigReader(
    reader.take('perCardPerDay', 'an object', isAnything, {}),
    'limits.perCardPerDay',
  );
  const limits: OfflineLimits = {
    perTap: takeAmount(reader, 'perTap', AMOUNT_MAX),
    perCardPerDay: {
      amount: takeAmount(day, 'amount', AMOUNT_MAX),
      count: day.take('count', 'an integer from 0', isInteger(0, COUNT_MAX), COUNT_MAX),
    },
    hotlistMaxAgeMinutes: reader.takeOptional(
      'hotlistMaxAgeMinutes',
      'minutes from 0',
      isInteger(0, COUNT_MAX),
    ),
    stalePerTap: takeAmount(reader, 'stalePerTap', 0),
  };
  day.refuseOthers();
  reader.refuseOthers();
  return limits;
}

function parseTransit(parent: ConfigReader): TransitConfig | undefined {
  const value = parent.takeOptional('transit', 'an object', isAnything);
  if (value === undefined) return undefined;
  const reader = new ConfigReader(value, 'transit');
  const maximumOr = isOneOf('chargeMaximum', 'decline');
  const transit: TransitConfig = {
    city: reader.take('city', '4 hexadecimal digits', isHex(4)).toUpperCase(),
    institution: reader.take('institution', '16 hexadecimal digits', isHex(16)).toUpperCase(),
    industry: reader.take('industry', '"metro" or "bus"', isOneOf('metro', 'bus'), 'metro'),
    maximumMinutes: reader.take('maximumMinutes', '1 to 65535', isInteger(1, 0xffff), 180),
    missingExit: reader.take(
      'missingExit',
      '"chargeMaximum", "decline" or "ignore"',
      isOneOf('chargeMaximum', 'decline', 'ignore'),
      'chargeMaximum',
    ),
    noEntry: reader.take('noEntry', '"chargeMaximum" or "decline"', maximumOr, 'chargeMaximum'),
    overTime: reader.take(
      'overTime',
      '"chargeMaximum", "surcharge" or "ignore"',
      isOneOf('chargeMaximum', 'ignore', 'surcharge'),
      'chargeMaximum',
    ),
    overTimeSurcharge: takeAmount(reader, 'overTimeSurcharge', 0),
    otherOperator: reader.take(
      'otherOperator',
      '"decline" or "ignore"',
      isOneOf('decline', 'ignore'),
      'decline',
    ),
    reentryGraceSeconds: reader.take(
      'reentryGraceSeconds',
      'seconds from 0 to 3600',
      isInteger(0, 3600),
      60,
    ),
  };
  reader.refuseOthers();
  return Object.freeze(transit);
}
