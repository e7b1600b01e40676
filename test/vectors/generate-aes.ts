// SPDX-License-Identifier: MIT
/**
 * Computes the vectors of the AES suite: `npx tsx test/vectors/generate-aes.ts` rewrites
 * tables/purse/*.aes.json and secure-messaging.aes.json. The formulas are those of docs/protocol.md,
 * written out byte by byte over slow-crypto.ts; nothing of src/ takes part.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { slowCmac, slowDiversify } from './slow-crypto.ts';

type Member = string | number | boolean | Readonly<Record<string, unknown>>;
type Entry = Readonly<Record<string, Member>>;

const MASTER = 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF';
const CARD_KEY = '00112233445566778899AABBCCDDEEFF';
const SERIAL = '00000000008600000123';
const RANDOM = '1122334455667788';
const TERMINAL = '001122334455';
const DATE = '20260203';
const TIME = '081530';

const un = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/ /g, ''), 'hex'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
const be = (value: number, size: number): string =>
  value
    .toString(16)
    .toUpperCase()
    .padStart(2 * size, '0');
const mac8 = (key: string, input: string): string => hex(slowCmac(un(key), un(input)).slice(0, 8));

/** 01 ‖ label ‖ 00 ‖ cardRandom 8 ‖ counter 2 ‖ terminalCounter 4 ‖ 0080 under the card key. */
function sessionKey(label: string, counter: number, terminalCounter: number): string {
  const ascii = hex(Uint8Array.from(label, (character) => character.charCodeAt(0)));
  const input = `01${ascii}00${RANDOM}${be(counter, 2)}${be(terminalCounter, 4)}0080`;
  return hex(slowCmac(un(CARD_KEY), un(input)));
}

const SESSIONS = {
  purchase: { label: 'PURCHASE', counter: 0x42d, terminalCounter: 0x00010007 },
  load: { label: 'LOAD', counter: 3, terminalCounter: 0 },
  unload: { label: 'UNLOAD', counter: 4, terminalCounter: 0 },
  limit: { label: 'LIMIT', counter: 5, terminalCounter: 0 },
} as const;
type Session = keyof typeof SESSIONS;

const keyOf = (session: Session): string => {
  const { label, counter, terminalCounter } = SESSIONS[session];
  return sessionKey(label, counter, terminalCounter);
};

function sessionKeys(): Entry[] {
  return Object.entries(SESSIONS).flatMap(([name, { counter, terminalCounter }]) => {
    const base = { name, suite: 'aes', cardKey: CARD_KEY, cardRandom: RANDOM, counter };
    const good = { ...base, terminalCounter, sessionKey: keyOf(name as Session) };
    return [
      good,
      { ...good, counter: counter + 1, error: { field: 'counter' } },
      { ...good, cardRandom: '1122334455667789', error: { field: 'cardRandom' } },
    ];
  });
}

const PURPOSES = {
  purchase: 1,
  load: 2,
  tac: 3,
  unload: 4,
  limit: 5,
  maintenance: 6,
  externalAuthentication: 6,
  internalAuthentication: 6,
  pinUnblock: 6,
  pinReload: 6,
  applicationBlock: 6,
  applicationUnblock: 6,
} as const;

function keyPurposes(): Entry[] {
  return Object.entries(PURPOSES).flatMap(([name, purpose]) => {
    const cardKey = hex(slowDiversify(un(MASTER), un(SERIAL + be(purpose, 1))));
    const good = { name, suite: 'aes', masterKey: MASTER, serial: SERIAL, cardKey };
    return [good, { ...good, serial: '00000000008600000124', error: { field: 'serial' } }];
  });
}

/** Sizes of the fields of the inputs, 3.3 and decision 5. */
const SIZES = {
  amount: 4,
  applicationSerialNumber: 10,
  balanceAfter: 4,
  balanceBefore: 4,
  counterBefore: 2,
  date: 4,
  newLimit: 3,
  offlineCounterAfter: 2,
  oldLimit: 3,
  terminalCounter: 4,
  terminalId: 6,
  time: 3,
  transactionType: 1,
} as const;
type Values = Readonly<Partial<Record<keyof typeof SIZES, number | string>>>;

const WHO = { terminalId: TERMINAL };
const WHEN = { date: DATE, time: TIME };
/** type ‖ serial ‖ counterBefore ‖ amount ‖ balanceAfter ‖ terminal ‖ terminalCounter ‖ date ‖ time. */
const tac = (type: number, counter: number, rest: readonly [number, number, number]): Values => ({
  transactionType: type,
  applicationSerialNumber: SERIAL,
  counterBefore: counter,
  amount: rest[0],
  balanceAfter: rest[1],
  ...WHO,
  terminalCounter: rest[2],
  ...WHEN,
});

const MAC_INPUTS: readonly (readonly [string, Session, Values, keyof typeof SIZES])[] = [
  ['loadMac1', 'load', { balanceBefore: 100, amount: 5000, transactionType: 2, ...WHO }, 'amount'],
  ['loadMac2', 'load', { amount: 5000, transactionType: 2, ...WHO, ...WHEN }, 'date'],
  ['loadTac', 'load', tac(2, 3, [5000, 5100, 0]), 'counterBefore'],
  ['purchaseMac1', 'purchase', { amount: 500, transactionType: 6, ...WHO, ...WHEN }, 'amount'],
  [
    'purchaseMac2',
    'purchase',
    { amount: 500, balanceAfter: 3585, offlineCounterAfter: 0x42e },
    'balanceAfter',
  ],
  ['purchaseTac', 'purchase', tac(6, 0x42d, [500, 3585, 0x00010007]), 'terminalCounter'],
  [
    'unloadMac1',
    'unload',
    { balanceBefore: 5100, amount: 600, transactionType: 3, ...WHO },
    'balanceBefore',
  ],
  ['unloadMac2', 'unload', { amount: 600, transactionType: 3, ...WHO, ...WHEN }, 'time'],
  [
    'unloadMac3',
    'unload',
    { balanceAfter: 4500, counterBefore: 4, amount: 600, transactionType: 3, ...WHO, ...WHEN },
    'balanceAfter',
  ],
  [
    'limitMac1',
    'limit',
    { balanceBefore: 4500, oldLimit: 0, transactionType: 7, ...WHO },
    'oldLimit',
  ],
  ['limitMac2', 'limit', { newLimit: 1000, transactionType: 7, ...WHO, ...WHEN }, 'newLimit'],
  ['limitTac', 'limit', tac(7, 5, [1000, 5500, 0]), 'applicationSerialNumber'],
];

function concatenated(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) =>
      typeof value === 'string' ? value : be(value, SIZES[name as keyof typeof SIZES]),
    )
    .join('');
}

/** The value of a field plus one; the last digit of bytes. */
function changed(value: number | string | undefined): number | string {
  if (typeof value === 'number') return value + 1;
  const text = value ?? '';
  return text.slice(0, -1) + (text.endsWith('9') ? '8' : '9');
}

function macInputs(): Entry[] {
  return MAC_INPUTS.flatMap(([name, session, values, field]) => {
    const { counter, terminalCounter } = SESSIONS[session];
    const input = concatenated(values);
    const key = name.endsWith('Tac') ? CARD_KEY : keyOf(session);
    const base = { name, suite: 'aes', cardKey: CARD_KEY, cardRandom: RANDOM, counter };
    const good = { ...base, terminalCounter, mac: mac8(key, input), value: values };
    const bad = { ...values, [field]: changed(values[field]) };
    return [
      { ...good, hex: input },
      { ...good, value: bad, error: { field } },
    ];
  });
}

interface Wire {
  readonly name: string;
  readonly layouts: readonly [string, string];
  readonly header: string;
  readonly command: Readonly<Record<string, string | number>>;
  readonly data: string;
  readonly reply: Readonly<Record<string, string | number>>;
  readonly replyData: string;
}

const macOf = (name: string): string => {
  const [, session, values] = MAC_INPUTS.find((row) => row[0] === name)!;
  return mac8(name.endsWith('Tac') ? CARD_KEY : keyOf(session), concatenated(values));
};

function initialize(
  name: string,
  header: string,
  amount: number,
): Omit<Wire, 'reply' | 'replyData'> {
  const command = { keyIndex: 1, amount, terminalId: TERMINAL };
  const layouts = ['initialize', 'initializeOfflineReply'] as const;
  return { name, layouts, header, command, data: `01${be(amount, 4)}${TERMINAL}` };
}

const offline = (balance: number, offlineCounter: number): Pick<Wire, 'reply' | 'replyData'> => ({
  reply: {
    balance,
    offlineCounter,
    overdraftLimit: 0,
    keyVersion: 1,
    algorithmId: 0x88,
    cardRandom: RANDOM,
  },
  replyData: `${be(balance, 4)}${be(offlineCounter, 2)}0000000188${RANDOM}`,
});

const online = (
  balance: number,
  onlineCounter: number,
  mac1: string,
): Pick<Wire, 'reply' | 'replyData' | 'layouts'> => ({
  layouts: ['initialize', 'initializeOnlineReply'],
  reply: { balance, onlineCounter, keyVersion: 2, algorithmId: 0x88, cardRandom: RANDOM, mac1 },
  replyData: `${be(balance, 4)}${be(onlineCounter, 2)}0288${RANDOM}${mac1}`,
});

function commit(
  name: string,
  header: string,
  mac2: string,
  reply: readonly [string, string],
): Wire {
  const layouts = ['onlineCommit', `${reply[0]}Reply`] as const;
  const command = { date: DATE, time: TIME, mac2 };
  const data = DATE + TIME + mac2;
  return {
    name,
    layouts,
    header,
    command,
    data,
    reply: { [reply[0]]: reply[1] },
    replyData: reply[1],
  };
}

function wires(): Wire[] {
  const counter = SESSIONS.purchase.terminalCounter;
  const [mac1, mac2, purchaseTac] = ['purchaseMac1', 'purchaseMac2', 'purchaseTac'].map(macOf) as [
    string,
    string,
    string,
  ];
  const limit1 = macOf('limitMac1');
  return [
    { ...initialize('initializeForLoad', '80500002', 5000), ...online(100, 3, macOf('loadMac1')) },
    { ...initialize('initializeForPurchase', '80500102', 500), ...offline(4085, 0x42d) },
    { ...initialize('initializeForCashWithdraw', '80500201', 700), ...offline(4085, 0x42d) },
    { ...initialize('initializeForCompositePurchase', '80500302', 0), ...offline(4085, 0x42d) },
    {
      name: 'initializeForLimitUpdate',
      layouts: ['initializeLimit', 'initializeLimitReply'],
      header: '80500401',
      command: { keyIndex: 1, terminalId: TERMINAL },
      data: `01${TERMINAL}`,
      reply: {
        balance: 4500,
        onlineCounter: 5,
        oldLimit: 0,
        keyVersion: 2,
        algorithmId: 0x88,
        cardRandom: RANDOM,
        mac1: limit1,
      },
      replyData: `${be(4500, 4)}00050000000288${RANDOM}${limit1}`,
    },
    {
      ...initialize('initializeForUnload', '80500501', 600),
      ...online(5100, 4, macOf('unloadMac1')),
    },
    commit('creditForLoad', '80520000', macOf('loadMac2'), ['tac', macOf('loadTac')]),
    {
      name: 'debitForPurchase',
      layouts: ['debit', 'debitReply'],
      header: '80540100',
      command: { terminalCounter: counter, date: DATE, time: TIME, mac1 },
      data: be(counter, 4) + DATE + TIME + mac1,
      reply: { tac: purchaseTac, mac2 },
      replyData: purchaseTac + mac2,
    },
    commit('debitForUnload', '80540300', macOf('unloadMac2'), ['mac3', macOf('unloadMac3')]),
    {
      ...commit('updateOverdrawLimit', '80580000', macOf('limitMac2'), ['tac', macOf('limitTac')]),
      layouts: ['limitCommit', 'tacReply'],
      command: { newLimit: 1000, date: DATE, time: TIME, mac2: macOf('limitMac2') },
      data: `${be(1000, 3)}${DATE}${TIME}${macOf('limitMac2')}`,
    },
    {
      name: 'getTransactionProof',
      layouts: ['proof', 'proofReply'],
      header: '805A0006',
      command: { counterAfter: 0x42e },
      data: '042E',
      reply: { mac: mac2, tac: purchaseTac },
      replyData: mac2 + purchaseTac,
    },
  ];
}

function purseCommands(): Entry[] {
  const balance = { name: 'getBalance', suite: 'aes', part: 'reply' };
  const short = { code: 'DECODE_FAILED', path: 'balanceReply' };
  const entries: Entry[] = [
    { name: 'getBalance', suite: 'aes', part: 'command', hex: '805C000204', value: {} },
    {
      name: 'getBalance',
      suite: 'aes',
      part: 'command',
      hex: '805D000204',
      error: { code: 'NOT_THIS_ROW' },
    },
    { ...balance, hex: '00000E01', value: { balance: 3585 } },
    { ...balance, hex: '000E01', error: short },
  ];
  for (const { name, layouts, header, command, data, reply, replyData } of wires()) {
    const size = data.length / 2;
    const le = be(replyData.length / 2, 1);
    const apdu = (text: string): string => `${header}${be(text.length / 2, 1)}${text}${le}`;
    const to = { name, suite: 'aes', part: 'command' };
    const from = { name, suite: 'aes', part: 'reply' };
    const refused = (path: string): Entry => ({ code: 'DECODE_FAILED', path });
    entries.push(
      { ...to, hex: apdu(data), value: command },
      {
        ...to,
        hex: apdu(data.slice(0, -2)),
        error: refused(layouts[0]),
        note: 'one data byte short',
      },
      {
        ...to,
        hex: apdu(`${data}00`),
        error: refused(layouts[0]),
        note: 'one data byte left over',
      },
      { ...to, hex: `${header}${be(size + 3, 1)}${data}${le}`, error: refused('command.lc') },
      { ...from, hex: replyData, value: reply },
      { ...from, hex: replyData.slice(2), error: refused(layouts[1]), note: 'one byte short' },
      { ...from, hex: `${replyData}90`, error: refused(layouts[1]), note: 'one byte left over' },
    );
  }
  return entries;
}

function samCommands(): Entry[] {
  const { counter, terminalCounter } = SESSIONS.purchase;
  const data = `${RANDOM}${be(counter, 2)}${be(500, 4)}06${DATE}${TIME}0188${be(4085, 4)}${SERIAL}`;
  const lc = be(data.length / 2, 1);
  const mac1 = macOf('purchaseMac1');
  const mac2 = macOf('purchaseMac2');
  const value = {
    cardRandom: RANDOM,
    offlineCounter: counter,
    amount: 500,
    transactionType: 6,
    date: DATE,
    time: TIME,
    keyVersion: 1,
    algorithmId: 0x88,
    balanceBefore: 4085,
    applicationSerialNumber: SERIAL,
  };
  const initialized = { name: 'initializeForPurchase', suite: 'aes' };
  const credited = { name: 'creditForPurchase', suite: 'aes' };
  const bad = (path: string): Entry => ({ code: 'DECODE_FAILED', path });
  return [
    {
      ...initialized,
      hex: `80700000${lc}${data}0C`,
      value,
      rest: '',
      reply: be(terminalCounter, 4) + mac1,
      replyValue: { terminalCounter, mac1 },
    },
    {
      ...initialized,
      hex: `80700000${be(data.length / 2 - 1, 1)}${data.slice(0, -2)}0C`,
      error: bad('samInitialize'),
    },
    { ...credited, hex: `8072000008${mac2}`, value: { mac2 } },
    {
      ...credited,
      hex: `8072000004${mac2.slice(0, 8)}`,
      error: bad('samCredit'),
      note: 'a 3DES MAC2',
    },
  ];
}

/** CMAC has no initial vector: the challenge, padded with zeros to 16 bytes, is a first block. */
function secureMessaging(): Entry[] {
  const inputs = { 'APPLICATION BLOCK': '841E000008', 'UPDATE BINARY': '04D695000CDEADBEEF' };
  return Object.entries(inputs).map(([name, input]) => {
    const mac = mac8(CARD_KEY, `${RANDOM}0000000000000000${input}`);
    return { name, suite: 'aes', key: CARD_KEY, challenge: RANDOM, input, mac };
  });
}

/** Every generated file by its path, as text. */
export function generateAesVectors(): ReadonlyMap<string, string> {
  const lines = (entries: readonly Entry[], indent: string): string =>
    entries.map((entry) => indent + JSON.stringify(entry)).join(',\n');
  const table = (section: string, entries: readonly Entry[]): string =>
    `{\n  "${section}": [\n${lines(entries, '    ')}\n  ]\n}\n`;
  return new Map([
    ['tables/purse/session-keys.aes.json', table('SESSION_KEYS', sessionKeys())],
    ['tables/purse/key-purposes.aes.json', table('KEY_PURPOSES', keyPurposes())],
    ['tables/purse/mac-inputs.aes.json', table('MAC_INPUTS', macInputs())],
    ['tables/purse/purse-commands.aes.json', table('PURSE_COMMANDS', purseCommands())],
    ['tables/purse/sam-commands.aes.json', table('SAM_COMMANDS', samCommands())],
    ['secure-messaging.aes.json', `[\n${lines(secureMessaging(), '  ')}\n]\n`],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, text] of generateAesVectors()) {
    writeFileSync(fileURLToPath(new URL(file, import.meta.url)), text);
  }
}
