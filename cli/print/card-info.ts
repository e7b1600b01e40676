// SPDX-License-Identifier: MIT
/** What `openpurse card info` says. What cannot be relied on is marked `(not sure)`. */
import { toHex } from '../../src/bytes/hex.ts';
import { formatSw } from '../../src/iso7816/apdu.ts';
import { statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { isCalendarDate, isoDate } from '../../src/time/civil.ts';
import type { Atr, InterfaceByte } from '../../terminal/identify/atr.ts';
import type { ListedApplication } from '../../terminal/identify/directory.ts';
import type { HistoricalBytes } from '../../terminal/identify/historical-bytes.ts';
import type { CardClass, CardIdentity } from '../../terminal/identify/identify-card.ts';
import type { SelectAttempt } from '../../terminal/identify/probe.ts';
import type { PurseReading, Told, Validity } from '../../terminal/identify/read-purse.ts';
import type { CardLine } from '../../terminal/reader/card-line.ts';
import { money, table, type Said } from './printer.ts';
import { logData, logLines, tripData, tripLines } from './purse-records.ts';

const CLASS_TITLES: Readonly<Record<CardClass, string>> = {
  purse: 'purse card',
  paymentCard: 'payment card: its applications are listed, its account numbers are not read',
  storageCard: 'storage card: memory without applications',
  unbelievable: 'unknown card: it says yes to a name that no card has, so its answers say nothing',
  unknown: 'unknown card: it has none of the names that were tried',
};
const NOT_SURE = ' (not sure)';

/** `currency` is that of purses whose own currency is not known from their kind. */
export function cardInfoSaid(
  identity: CardIdentity,
  { reader, where }: Pick<CardLine, 'reader' | 'where'>,
  currency: CurrencyCode,
): Said {
  const { atr, uid, applications, purses, selects } = identity;
  const isUnknown = identity.class === 'unknown' || identity.class === 'unbelievable';
  return {
    data: {
      ...(reader === undefined ? { file: where } : { reader }),
      class: identity.class,
      purses: purses.map((purse) => purseData(purse, currency)),
      applications,
      uid: uid ?? null,
      atr: atrData(atr),
      selects: selects.map(({ title, name, sw }) => {
        return { title, name, sw: formatSw(sw), meaning: statusWordMeaning(sw) };
      }),
    },
    lines: [
      CLASS_TITLES[identity.class],
      ...purses.flatMap((purse) => purseLines(purse, currency)),
      ...applicationLines(applications),
      ...(uid === undefined ? [] : [`UID ${uid.hex}${uid.isRandom ? ', random' : ''}`]),
      ...atrLines(atr),
      ...(isUnknown ? attemptLines(selects) : []),
      `  ${where}`,
    ],
  };
}

function purseData(purse: PurseReading, currency: CurrencyCode): object {
  const { kind, row, log, trips } = purse;
  return {
    kind,
    title: row.title,
    isKindSure: row.isSure,
    source: row.source,
    aid: row.aid,
    serial: purse.serial ?? null,
    otherSerial: purse.otherSerial ?? null,
    startDate: purse.startDate ?? null,
    expiryDate: purse.expiryDate ?? null,
    city: purse.city ?? null,
    validity: purse.validity ?? null,
    balance: purse.balance ?? null,
    currency: row.currency ?? currency,
    log: log.map(logData),
    trips: trips.map(tripData),
  };
}

function purseLines(purse: PurseReading, system: CurrencyCode): readonly string[] {
  const { row, otherSerial, startDate, expiryDate, city, validity, balance } = purse;
  const currency = row.currency ?? system;
  const from = told(startDate, date);
  const until = told(expiryDate, date);
  return [
    `${row.title}${row.isSure ? '' : NOT_SURE}`,
    `  number   ${told(purse.serial, String)}`,
    ...(otherSerial === undefined ? [] : [`  or       ${told(otherSerial, String)}`]),
    ...(city === undefined ? [] : [`  city     ${told(city, String)}`]),
    `  valid    ${from} to ${until}`,
    ...(validity === undefined ? [] : [`  where    ${told(validity, where)}`]),
    `  balance  ${told(balance, (value) => money(value, currency))}`,
    ...[...logLines(purse.log, currency), ...tripLines(purse.trips, currency)].map(
      (line) => `  ${line}`,
    ),
  ];
}

function told<T>(value: Told<T> | undefined, format: (value: T) => string): string {
  if (value === undefined) return 'not told';
  return `${format(value.value)}${value.isSure ? '' : NOT_SURE}`;
}

/** Codes of the card, as it has them. */
function where({ country, province, city, scope, scopeCode, cardCategory }: Validity): string {
  const valid = scope ?? `scope ${scopeCode}`;
  return `country ${country}, province ${province}, city ${city}, ${valid}; card category ${cardCategory}`;
}

/** What is no date is shown as the card has it. */
function date(value: string): string {
  return isCalendarDate(value) ? isoDate(value) : value;
}

function applicationLines(applications: readonly ListedApplication[]): readonly string[] {
  if (applications.length === 0) return [];
  const rows = applications.map(({ directory, aid, label, priority, scheme }) => [
    directory,
    aid,
    label ?? '(no label)',
    priority === undefined ? '' : `priority ${priority}`,
    scheme ?? '',
  ]);
  return ['applications', ...table(rows).map((line) => `  ${line}`)];
}

function attemptLines(selects: readonly SelectAttempt[]): readonly string[] {
  const rows = selects.map(({ title, name, sw }) => [
    name,
    `${formatSw(sw)} ${statusWordMeaning(sw)}`,
    title,
  ]);
  return ['SELECT was tried with', ...table(rows).map((line) => `  ${line}`)];
}

function byteText(value: number): string {
  return toHex(Uint8Array.of(value));
}

function interfaceData(bytes: readonly InterfaceByte[]): object {
  return Object.fromEntries(bytes.map(({ name, value }) => [name, byteText(value)]));
}

function atrData(atr: Atr): object {
  const { ats } = atr;
  return {
    ...atr,
    interfaceBytes: interfaceData(atr.interfaceBytes),
    ...(ats === undefined
      ? {}
      : { ats: { ...ats, interfaceBytes: interfaceData(ats.interfaceBytes) } }),
  };
}

function atrLines(atr: Atr): readonly string[] {
  const { storageCard, ats } = atr;
  const protocols = atr.protocols.map((protocol) => `T=${protocol}`).join(', ');
  const check = atr.isCheckRight === undefined ? 'none' : atr.isCheckRight ? 'right' : 'wrong';
  const standard = storageCard?.standard ?? 'unknown standard';
  return [
    `ATR ${atr.hex}`,
    ...(atr.problem === undefined ? [] : [`  ${atr.problem}`]),
    `  ${atr.convention ?? 'unknown'} convention, ${protocols}, check byte ${check}`,
    ...interfaceLines(atr.interfaceBytes),
    ...(storageCard === undefined
      ? historicalLines(atr.historicalBytes)
      : [`  ${storageCard.name ?? 'unknown card'}, ${standard}, code ${storageCard.code}`]),
    ...(ats === undefined
      ? []
      : [
          `  these look like an ATS${NOT_SURE}: frames of up to ${ats.frameSizeMax ?? '?'} bytes`,
          ...[...interfaceLines(ats.interfaceBytes), ...historicalLines(ats.historicalBytes)].map(
            (line) => `  ${line}`,
          ),
        ]),
  ];
}

function interfaceLines(bytes: readonly InterfaceByte[]): readonly string[] {
  if (bytes.length === 0) return [];
  return [`  ${bytes.map(({ name, value }) => `${name} ${byteText(value)}`).join(', ')}`];
}

function historicalLines(bytes: HistoricalBytes): readonly string[] {
  if (bytes.hex === '') return [];
  const text = bytes.text === undefined ? '' : ` "${bytes.text}"`;
  return [
    `  historical bytes ${bytes.hex}${text}`,
    ...bytes.objects.map((object) => {
      const value = object.text === undefined ? object.hex : `${object.hex} "${object.text}"`;
      return `    ${object.name} ${value}`;
    }),
    ...(bytes.status === undefined ? [] : [`    status ${bytes.status}`]),
    ...(bytes.problem === undefined ? [] : [`    ${bytes.problem}`]),
  ];
}
