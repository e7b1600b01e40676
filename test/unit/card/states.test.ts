// SPDX-License-Identifier: MIT
/** Every transaction state of the card against every command that needs one, and what ends a transaction. */
import { describe, expect, it } from 'vitest';
import {
  PURSE_COMMANDS,
  type CardTransactionState,
} from '../../../src/purse/purse-commands.table.ts';
import type { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  apdu,
  expectOk,
  issueCard,
  prepareDebit,
  prepareOnline,
  send,
  SUITE_NAMES,
  sw,
  TERMINAL,
  verifyPin,
} from './card-fixtures.ts';
import type { Suite } from './oracle.ts';

const CACHE = apdu('80DC00F0', '00'.repeat(48));
const COMPOSITE = { p1: '03', type: '09', account: '02', amount: 1 } as const;

/** Brings a card into a state and gives the command that ends it well. */
const REACH: Readonly<
  Record<CardTransactionState, (card: VirtualCard, suite: Suite) => string | undefined>
> = {
  idle: () => undefined,
  purchaseInitialized: (card, suite) =>
    prepareDebit(card, suite, { p1: '01', type: '06', account: '02', amount: 1 }).command,
  cashInitialized: (card, suite) =>
    prepareDebit(card, suite, { p1: '02', type: '04', account: '01', amount: 1 }).command,
  compositeInitialized: (card, suite) => {
    prepareDebit(card, suite, COMPOSITE);
    return undefined;
  },
  compositeCached: (card, suite) =>
    prepareDebit(card, suite, { ...COMPOSITE, between: [CACHE] }).command,
  loadInitialized: (card, suite) =>
    prepareOnline(card, suite, { session: 'load', type: '02', account: '02', amount: 1 }).command,
  unloadInitialized: (card, suite) =>
    prepareOnline(card, suite, { session: 'unload', type: '03', account: '01', amount: 1 }).command,
  limitInitialized: (card, suite) =>
    prepareOnline(card, suite, { session: 'limit', type: '07', account: '01', amount: 1 }).command,
};
const STATES = Object.keys(REACH) as CardTransactionState[];

function cardIn(
  state: CardTransactionState,
  suite: Suite,
): { card: VirtualCard; end: string | undefined } {
  const card = issueCard(suite, { initial: { purseBalance: 100, depositBalance: 100 } });
  expectOk(verifyPin(card));
  return { card, end: REACH[state](card, suite) };
}

function commitOf(name: keyof typeof PURSE_COMMANDS, suite: Suite): string {
  const row = PURSE_COMMANDS[name];
  const size = row.command?.[suite].size ?? 0;
  const header = [row.cla, row.ins, row.p1 ?? 0, row.p2?.[0] ?? 0xf0]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return name === 'updateCompositeCache' ? CACHE : apdu(header, '00'.repeat(size));
}

const NEEDING_STATE = (Object.keys(PURSE_COMMANDS) as (keyof typeof PURSE_COMMANDS)[]).filter(
  (name) => PURSE_COMMANDS[name].after !== 'any',
);

describe.each(SUITE_NAMES)('transaction states of the %s suite', (suite) => {
  const cells = STATES.flatMap((state) => NEEDING_STATE.map((name) => ({ state, name })));

  it.each(cells)('$name in $state', ({ state, name }) => {
    const { card } = cardIn(state, suite);
    const after: readonly string[] | 'any' = PURSE_COMMANDS[name].after;
    const isAccepted = after !== 'any' && after.includes(state);
    // Zeros for a MAC: accepted means checked, and refused by the MAC.
    const accepted = name === 'updateCompositeCache' ? '9000' : '9302';
    expect(sw(send(card, commitOf(name, suite)))).toBe(isAccepted ? accepted : '6901');
  });

  const PURE_READS = {
    'GET CHALLENGE': '0084000004',
    'READ BINARY': '00B095001E',
    'READ RECORD that is not there': '00B201C417',
    'GET RESPONSE': '00C0000000',
    'GET BALANCE': '805C000204',
    'GET TRANSACTION PROVE without a proof': '805A0006020001',
  };
  const ENDERS = {
    SELECT: '00A40000023F01',
    'SELECT of nothing': '00A4040005A000000003',
    VERIFY: '0020000003999999',
    'an unknown instruction': '80CA000000',
    'an unknown class': 'A0A40000023F00',
    'a command cut short': '8054',
    'a wrong Lc': '805401000100',
    'INTERNAL AUTHENTICATE': apdu('00880000', '00'.repeat(suite === 'aes' ? 16 : 8)),
    'a refused INITIALIZE': apdu('80500102', `0200000001${TERMINAL}`),
  };
  const open = STATES.filter((state) => state !== 'idle' && state !== 'compositeInitialized');

  it.each(
    open.flatMap((state) =>
      Object.entries(PURE_READS).map(([name, read]) => ({ state, name, read })),
    ),
  )('$name leaves $state as it is', ({ state, read }) => {
    const { card, end } = cardIn(state, suite);
    send(card, read);
    expect(sw(send(card, end ?? ''))).toBe('9000');
  });

  it.each(
    open.flatMap((state) =>
      Object.entries(ENDERS).map(([name, ender]) => ({ state, name, ender })),
    ),
  )('$name ends $state', ({ state, ender }) => {
    const { card, end } = cardIn(state, suite);
    send(card, ender);
    expect(sw(send(card, end ?? ''))).toBe('6901');
  });

  it.each(open)('power loss ends %s', (state) => {
    const { card, end } = cardIn(state, suite);
    card.powerUp();
    expectOk(send(card, '00A40000023F01'));
    expect(sw(send(card, end ?? ''))).toBe('6901');
  });

  it('an INITIALIZE takes the place of the one before', () => {
    const { card, end } = cardIn('purchaseInitialized', suite);
    REACH.loadInitialized(card, suite);
    expect(sw(send(card, end ?? ''))).toBe('6901');
  });

  it('answers a wrong Le with 6Cxx and keeps the transaction', () => {
    const { card, end } = cardIn('purchaseInitialized', suite);
    const right = suite === 'aes' ? '10' : '08';
    expect(send(card, `${end ?? ''}04`)).toBe(`6C${right}`);
    expect(sw(send(card, `${end ?? ''}${right}`))).toBe('9000');
  });
});
