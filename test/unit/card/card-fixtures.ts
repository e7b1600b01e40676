// SPDX-License-Identifier: MIT
/** Cards for tests, and a terminal and host that drive them with the oracle's MACs. */
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import type { RandomSource } from '../../../src/ports/random.ts';
import { KEY_PURPOSE_NAMES, type KeyPurpose } from '../../../src/purse/key-purposes.table.ts';
import type { KeySet } from '../../../src/purse/card-keys.ts';
import { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  personaliseCard,
  type CardOptions,
} from '../../../card-applet-sim/personalise/personalise-card.ts';
import { secureMessagingMac, session, tac, type Session, type Suite } from './oracle.ts';

export const SUITE_NAMES: readonly Suite[] = ['tdes', 'aes'];
export const AID = { tdes: 'A00000000386980701', aes: 'F04F5055525345' } as const;
export const ALGORITHM = { tdes: '00', aes: '88' } as const;
export const MAC_SIZE = { tdes: 4, aes: 8 } as const;
export const SERIAL = '80000001020304050607';
export const TERMINAL = '001122334455';
export const DATE = '20240229';
export const TIME = '135100';
const PIN = '123456';
export const ISSUER = '01011000FFFFFFFF';

/** A key of its own for every purpose, its folded halves too, so that the wrong one is noticed. */
export const KEY = Object.fromEntries(
  KEY_PURPOSE_NAMES.map((purpose, index) => [
    purpose,
    Array.from({ length: 16 }, (_, at) => (index * 37 + at * at * 7 + at * 11 * (index + 3)) & 0xff)
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase(),
  ]),
) as Readonly<Record<KeyPurpose, string>>;

export function keySetOf(keys: Readonly<Record<KeyPurpose, string>>): KeySet {
  const entries = KEY_PURPOSE_NAMES.map((purpose) => [purpose, fromHex(keys[purpose])] as const);
  return Object.fromEntries(entries) as KeySet;
}

/** 01, 02, 03 …: every call gives other bytes, every run the same. */
export function countingRandom(): RandomSource {
  let next = 0;
  return {
    bytes: (length) =>
      Uint8Array.from({ length }, () => {
        next = (next + 1) & 0xff;
        return next;
      }),
  };
}

export function fixedRandom(hex: string): RandomSource {
  return { bytes: (length) => fromHex(hex.padEnd(2 * length, '0').slice(0, 2 * length)) };
}

export function cardOptions(suite: Suite, options: Partial<CardOptions> = {}): CardOptions {
  return {
    serial: SERIAL,
    suite,
    keys: keySetOf(KEY),
    keyVersion: 2,
    keyIndex: 1,
    issuerId: fromHex(ISSUER),
    startDate: '20240101',
    expiryDate: '20401231',
    ...options,
  };
}

/** A card in the field whose purse is selected. */
export function issueCard(
  suite: Suite,
  options: Partial<CardOptions> = {},
  random: RandomSource = countingRandom(),
): VirtualCard {
  const card = new VirtualCard(personaliseCard(cardOptions(suite, options)), random);
  card.powerUp();
  expectOk(send(card, selectPurse(suite)));
  return card;
}

export function hex(value: number, size: number): string {
  return value
    .toString(16)
    .toUpperCase()
    .padStart(2 * size, '0');
}

/** Header and data with Lc, no Le. */
export function apdu(header: string, data = ''): string {
  return data === '' ? header : `${header}${hex(data.length / 2, 1)}${data}`;
}

export const selectPurse = (suite: Suite): string => apdu('00A40400', AID[suite]);

/** Sends a command in hex; the response in hex. */
export function send(card: { process(command: Uint8Array): Uint8Array }, command: string): string {
  return toHex(card.process(fromHex(command)));
}

export const sw = (response: string): string => response.slice(-4);
export const body = (response: string): string => response.slice(0, -4);

/** The data of a response that must be 9000. */
export function expectOk(response: string): string {
  if (sw(response) !== '9000') throw new Error(`expected 9000, got ${response}`);
  return body(response);
}

export function verifyPin(card: VirtualCard, pin = PIN): string {
  return send(card, apdu('00200000', pin));
}

/** A secured command with the right MAC over the last challenge, or one that is spoilt. */
export function secured(
  card: VirtualCard,
  suite: Suite,
  command: { header: string; data?: string; key: KeyPurpose; spoilMac?: boolean },
): string {
  const challenge = expectOk(send(card, '00840000'));
  const data = command.data ?? '';
  const lc = hex(data.length / 2 + MAC_SIZE[suite], 1);
  const input = command.header + lc + data;
  const mac = secureMessagingMac(suite, KEY[command.key], challenge, input);
  return send(card, input + (command.spoilMac === true ? spoilt(mac) : mac));
}

/** The same length, one bit off. */
export function spoilt(mac: string): string {
  return hex(Number.parseInt(mac.slice(0, 2), 16) ^ 1, 1) + mac.slice(2);
}

export interface OfflineFlow {
  /** P1 of INITIALIZE and the transaction type. */
  readonly p1: '01' | '02' | '03';
  readonly type: '04' | '05' | '06' | '09';
  readonly account: '01' | '02';
  readonly amount: number;
  readonly terminalCounter?: string;
  /** Commands between INITIALIZE and DEBIT. */
  readonly between?: readonly string[];
}

export interface PreparedDebit {
  readonly initialized: string;
  /** DEBIT as the SAM would authorise it. */
  readonly command: string;
  /** What the card must answer. */
  readonly expected: string;
  readonly counterAfter: string;
  readonly mac2: string;
  readonly tac: string;
}

/** INITIALIZE and whatever comes before DEBIT, with DEBIT ready to be sent. */
export function prepareDebit(card: VirtualCard, suite: Suite, flow: OfflineFlow): PreparedDebit {
  const amount = hex(flow.amount, 4);
  const initialized = expectOk(
    send(card, apdu(`8050${flow.p1}${flow.account}`, `01${amount}${TERMINAL}`)),
  );
  for (const command of flow.between ?? []) expectOk(send(card, command));
  const balance = Number.parseInt(initialized.slice(0, 8), 16);
  const counter = initialized.slice(8, 12);
  const random = initialized.slice(22);
  const terminalCounter = flow.terminalCounter ?? '00000001';
  const mac = session(suite, KEY.purchase, 'purchase', { random, counter, terminalCounter });
  const mac1 = mac(amount + flow.type + TERMINAL + DATE + TIME);
  const after = hex(balance - flow.amount, 4);
  const counterAfter = hex(Number.parseInt(counter, 16) + 1, 2);
  const mac2 = mac(suite === 'aes' ? amount + after + counterAfter : amount);
  const tacInput =
    suite === 'aes'
      ? flow.type + SERIAL + counter + amount + after + TERMINAL + terminalCounter + DATE + TIME
      : amount + flow.type + TERMINAL + terminalCounter + DATE + TIME;
  const transactionTac = tac(suite, KEY.tac, tacInput);
  return {
    initialized,
    command: apdu('80540100', terminalCounter + DATE + TIME + mac1),
    expected: `${transactionTac}${mac2}9000`,
    counterAfter,
    mac2,
    tac: transactionTac,
  };
}

export interface OnlineFlow {
  readonly session: Exclude<Session, 'purchase'>;
  readonly type: '01' | '02' | '03' | '07';
  readonly account: '01' | '02';
  /** The amount, or the new limit. */
  readonly amount: number;
}

export interface PreparedOnline {
  readonly initialized: string;
  readonly mac1: string;
  readonly expectedMac1: string;
  readonly command: string;
  readonly expected: string;
  /** What GET TRANSACTION PROVE must answer afterwards. */
  readonly proof: string;
  readonly counterAfter: string;
}

const ONLINE_HEADER = {
  load: { init: '805000', commit: '80520000' },
  unload: { init: '805005', commit: '80540300' },
  limit: { init: '805004', commit: '80580000' },
} as const;

/** INITIALIZE of a load, an unload or a limit update, with the commit ready to be sent. */
export function prepareOnline(card: VirtualCard, suite: Suite, flow: OnlineFlow): PreparedOnline {
  const header = ONLINE_HEADER[flow.session];
  const isLimit = flow.session === 'limit';
  const amount = hex(flow.amount, isLimit ? 3 : 4);
  const initialized = expectOk(
    send(card, apdu(header.init + flow.account, `01${isLimit ? '' : amount}${TERMINAL}`)),
  );
  const macDigits = 2 * MAC_SIZE[suite];
  const mac1 = initialized.slice(-macDigits);
  const randomStart = isLimit ? 22 : 16;
  const random = initialized.slice(randomStart, initialized.length - macDigits);
  const before = initialized.slice(0, 8);
  const counter = initialized.slice(8, 12);
  const oldLimit = isLimit ? initialized.slice(12, 18) : '';
  const mac = session(suite, KEY[flow.session], flow.session, { random, counter });
  const beforeValue = Number.parseInt(before, 16);
  const afterValue = {
    load: beforeValue + flow.amount,
    unload: beforeValue - flow.amount,
    limit: beforeValue + flow.amount - Number.parseInt(oldLimit === '' ? '0' : oldLimit, 16),
  }[flow.session];
  const after = hex(afterValue, 4);
  const request = amount + flow.type + TERMINAL;
  const aesTac =
    flow.type +
    SERIAL +
    counter +
    hex(flow.amount, 4) +
    after +
    TERMINAL +
    '00000000' +
    DATE +
    TIME;
  const tdesTac = after + counter + request + DATE + TIME;
  const zeros = '00'.repeat(MAC_SIZE[suite]);
  const isUnload = flow.session === 'unload';
  const answer = isUnload ? mac(tdesTac) : tac(suite, KEY.tac, suite === 'aes' ? aesTac : tdesTac);
  const amountDigits = isLimit ? amount : '';
  return {
    initialized,
    mac1,
    expectedMac1: mac(before + (isLimit ? oldLimit + flow.type + TERMINAL : request)),
    command: apdu(header.commit, amountDigits + DATE + TIME + mac(request + DATE + TIME)),
    expected: `${answer}9000`,
    proof: isUnload ? `${answer}${zeros}9000` : `${zeros}${answer}9000`,
    counterAfter: hex(Number.parseInt(counter, 16) + 1, 2),
  };
}

/** The memory without its journal: every file, counter, key, PIN and proof. */
export function visibleData(
  card: { memory: { cells: Readonly<Uint8Array> } },
  start: number,
): string {
  return toHex(card.memory.cells.slice(start));
}

/** GET TRANSACTION PROVE. */
export function prove(card: VirtualCard, type: string, counterAfter: string): string {
  return send(card, apdu(`805A00${type}`, counterAfter));
}

/** EF18, newest first, as far as it goes. */
export function readLog(card: VirtualCard, shortFileId = 0x18): string[] {
  const records: string[] = [];
  for (let number = 1; number <= 30; number++) {
    const response = send(card, `00B2${hex(number, 1)}${hex((shortFileId << 3) | 4, 1)}00`);
    if (sw(response) !== '9000') break;
    records.push(body(response));
  }
  return records;
}
