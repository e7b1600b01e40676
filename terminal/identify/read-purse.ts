// SPDX-License-Identifier: MIT
/**
 * What a purse card of any kind says of itself: number, dates, balance, log, trips. Only SELECT, READ and GET
 * BALANCE are sent. Each value has a flag that says whether it can be relied on; what a card has not is
 * undefined.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { uintBytes } from '../../src/bytes/integer.ts';
import type { Layout, LayoutValue } from '../../src/codec/struct.ts';
import { tlvValue } from '../../src/iso7816/tlv.ts';
import { amount, type Amount } from '../../src/money/amount.ts';
import { INTEROPERABILITY_DATA, LOG_RECORD, TRIP_RECORD } from '../../src/purse/file-layouts.ts';
import { FILES } from '../../src/purse/files.table.ts';
import { isCalendarDate } from '../../src/time/civil.ts';
import { getBalance, readFileRecord } from '../card/commands.ts';
import { dataObjects } from './directory.ts';
import type { Probe } from './probe.ts';
import {
  PURSE_KINDS,
  type FilePiece,
  type PurseKindName,
  type PurseKindRow,
} from './purse-kinds.table.ts';

/** A value, and whether more than one source and the value itself speak for it. */
export interface Told<T> {
  readonly value: T;
  readonly isSure: boolean;
}

/** Where a T-Union card is valid: codes as the card has them, in hexadecimal. */
export interface Validity {
  readonly country: string;
  readonly province: string;
  readonly city: string;
  /** `interoperable`: in other cities, too. Undefined for a code without a meaning. */
  readonly scope: 'interoperable' | 'local' | undefined;
  readonly scopeCode: string;
  readonly cardCategory: string;
}

export interface PurseReading {
  readonly kind: PurseKindName;
  /** The row of that kind: title, source, and whether the card can be of another one. */
  readonly row: PurseKindRow;
  /** Digits. */
  readonly serial: Told<string> | undefined;
  readonly otherSerial: Told<string> | undefined;
  /** YYYYMMDD; not sure and as it stands where it is no date. */
  readonly startDate: Told<string> | undefined;
  readonly expiryDate: Told<string> | undefined;
  readonly city: Told<string> | undefined;
  readonly validity: Told<Validity> | undefined;
  readonly balance: Told<Amount> | undefined;
  /** Newest first. */
  readonly log: readonly Readonly<LayoutValue<typeof LOG_RECORD>>[];
  readonly trips: readonly Readonly<LayoutValue<typeof TRIP_RECORD>>[];
}

type Files = ReadonlyMap<number, Uint8Array>;

/** Where EF15 may stand in an answer to SELECT: 6F, A5, 9F0C. PBOC part 2, annex C. */
const FCI_PUBLIC_DATA = [0x6f, 0xa5, 0x9f0c] as const;
/** The purse of a city card may lie in a DF of its own, DF 1001. Source: NFCard. */
const PURSE_FILE = '1001';
/** Cities use the top bit of the balance as a flag. Source: NFCard, which masks it. */
const BALANCE_MASK = 0x7fffffff;

/** By the number in EF17. Source: T-Union readers. */
const SCOPES: readonly ('interoperable' | 'local' | undefined)[] = ['local', 'interoperable'];

const KINDS = Object.entries(PURSE_KINDS) as readonly (readonly [PurseKindName, PurseKindRow])[];

/** Every purse that the card has, of those in the table. @throws CARD_GONE */
export async function readPurses(probe: Probe): Promise<readonly PurseReading[]> {
  const purses: PurseReading[] = [];
  for (const aid of new Set(KINDS.map(([, row]) => row.aid))) {
    const kinds = KINDS.filter(([, row]) => row.aid === aid);
    const fci = await probe.select(titlesOf(kinds), aid);
    if (fci !== undefined) purses.push(await readPurse(probe, kinds, fci));
  }
  return purses;
}

function titlesOf(kinds: typeof KINDS): string {
  return [...new Set(kinds.map(([, { title }]) => title))].join('; ');
}

async function readPurse(
  probe: Probe,
  kinds: typeof KINDS,
  fci: Uint8Array,
): Promise<PurseReading> {
  const files = await readFiles(probe, kinds, fci);
  const [kind, row] = kinds.find(([, candidate]) => hasMark(files, candidate)) ?? NO_KIND;
  const validity = await readValidity(probe, row);
  let balance = await probe.ask(getBalance);
  if (balance === undefined && (await probe.selectFile('purse DF 1001', PURSE_FILE)) !== undefined)
    balance = await probe.ask(getBalance);
  return {
    kind,
    row,
    serial: numberIn(files, row.serial),
    otherSerial: row.otherSerial === undefined ? undefined : numberIn(files, row.otherSerial),
    startDate: dateIn(files, row.startDate),
    expiryDate: dateIn(files, row.expiryDate),
    city: row.city === undefined ? undefined : numberIn(files, row.city),
    validity,
    balance: balance === undefined ? undefined : balanceOf(balance, row.isBalanceSure),
    log: await readRecords(probe, 'ef18', LOG_RECORD),
    trips: row.hasTrips ? await readRecords(probe, 'ef1e', TRIP_RECORD) : [],
  };
}

/** A name whose every row has a mark would need one more row; the table has none. */
const NO_KIND: (typeof KINDS)[number] = ['pboc', PURSE_KINDS.pboc];

/** The files that rows of one name want; EF15 from the answer to SELECT where it cannot be read. */
async function readFiles(probe: Probe, kinds: typeof KINDS, fci: Uint8Array): Promise<Files> {
  const sizes = new Map<number, number>();
  for (const [, row] of kinds) {
    for (const { shortFileId, size } of row.files) {
      sizes.set(shortFileId, Math.max(size, sizes.get(shortFileId) ?? 0));
    }
  }
  const files = new Map<number, Uint8Array>();
  for (const [shortFileId, size] of sizes) {
    const told = await probe.readFile(shortFileId, size);
    const isPublicData = shortFileId === FILES.ef15.shortFileId;
    const data =
      told ?? (isPublicData ? tlvValue(dataObjects(fci), ...FCI_PUBLIC_DATA) : undefined);
    if (data !== undefined) files.set(shortFileId, data);
  }
  return files;
}

function hasMark(files: Files, { mark }: PurseKindRow): boolean {
  if (mark === undefined) return true;
  const data = files.get(FILES.ef15.shortFileId);
  const end = mark.offset + mark.hex.length / 2;
  return data !== undefined && toHex(data.subarray(mark.offset, end)) === mark.hex;
}

/** The bytes of a piece; undefined where the file is not there, too short or empty. */
function bytesOf(files: Files, { shortFileId, offset, size }: FilePiece): Uint8Array | undefined {
  const data = files.get(shortFileId)?.slice(offset, offset + size);
  return data?.length !== size || isEmpty(data) ? undefined : data;
}

function isEmpty(data: Uint8Array): boolean {
  return data.every((byte) => byte === 0x00) || data.every((byte) => byte === 0xff);
}

function numberIn(files: Files, piece: FilePiece): Told<string> | undefined {
  const data = bytesOf(files, piece);
  if (data === undefined) return undefined;
  if (piece.order !== 'digits') {
    const ordered = piece.order === 'littleEndian' ? data.reverse() : data;
    return { value: BigInt(`0x${toHex(ordered)}`).toString(), isSure: piece.isSure };
  }
  const value = toHex(data);
  return { value, isSure: piece.isSure && /^\d+$/.test(value) };
}

function dateIn(files: Files, piece: FilePiece): Told<string> | undefined {
  const data = bytesOf(files, piece);
  if (data === undefined) return undefined;
  const value = toHex(data);
  return { value, isSure: piece.isSure && isCalendarDate(value) };
}

async function readValidity(
  probe: Probe,
  { validity }: PurseKindRow,
): Promise<Told<Validity> | undefined> {
  if (validity === undefined) return undefined;
  const { shortFileId, size } = FILES.ef17;
  const data = await probe.readFile(shortFileId, size);
  if (data?.length !== size || isEmpty(data)) return undefined;
  const { country, province, city, interoperability, cardCategory } =
    INTEROPERABILITY_DATA.decode(data);
  const scope = SCOPES[interoperability];
  const value: Validity = {
    country: toHex(country),
    province: toHex(province),
    city: toHex(city),
    scope,
    scopeCode: toHex(uintBytes(interoperability, 2)),
    cardCategory: toHex(Uint8Array.of(cardCategory)),
  };
  return { value, isSure: validity.isSure && scope !== undefined };
}

function balanceOf(data: Uint8Array, isSure: boolean): Told<Amount> | undefined {
  if (data.length !== 4) return undefined;
  const raw = Number.parseInt(toHex(data), 16);
  // AND on numbers is signed in JavaScript; the mask takes the sign away.
  const value = raw & BALANCE_MASK;
  return { value: amount(value), isSure: isSure && value === raw };
}

/** The records up to the first that the card does not give; those never written are left out. */
async function readRecords<T>(
  probe: Probe,
  file: 'ef18' | 'ef1e',
  layout: Layout<T>,
): Promise<readonly Readonly<T>[]> {
  const records: Readonly<T>[] = [];
  for (let number = 1; number <= FILES[file].records; number++) {
    const data = await probe.ask(readFileRecord(file, number));
    if (data?.length !== layout.size) break;
    if (!isEmpty(data)) records.push(layout.decode(data));
  }
  return records;
}
