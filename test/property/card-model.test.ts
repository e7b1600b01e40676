// SPDX-License-Identifier: MIT
/** The card against a model of a few lines, over random stories with wrong MACs, tears and power loss. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import { CardTorn } from '../../card-applet-sim/memory/card-torn.ts';
import type { Tear } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import {
  apdu,
  expectOk,
  hex,
  issueCard,
  prepareDebit,
  prepareOnline,
  prove,
  readLog,
  selectPurse,
  send,
  spoilt,
  SUITE_NAMES,
  sw,
  TERMINAL,
  verifyPin,
} from '../unit/card/card-fixtures.ts';
import type { Suite } from '../unit/card/oracle.ts';

type Account = 'deposit' | 'purse';
type Kind = 'cash' | 'composite' | 'limit' | 'load' | 'purchase' | 'unload';

/** Everything that the model knows of a card. */
interface Model {
  readonly purse: number;
  readonly deposit: number;
  readonly limit: number;
  readonly online: number;
  readonly offline: number;
  /** Counter, amount and type, newest first. */
  readonly log: readonly string[];
  readonly trips: number;
  readonly proof: { readonly type: string; readonly counter: number } | null;
}

interface Story {
  readonly kind: Kind;
  readonly account: Account;
  readonly amount: number;
  readonly hasPin: boolean;
  readonly hasRightMac: boolean;
  readonly tear: Tear | null;
  readonly isPowerLostFirst: boolean;
}

const MAXIMUM = 5000;
const LOG_RECORDS = 10;
const TRIP = apdu('80DC00F0', '03'.repeat(48));
const P1 = { purchase: '01', cash: '02', composite: '03' } as const;
const ONLY_DEPOSIT: readonly Kind[] = ['cash', 'limit', 'unload'];

const accountOf = ({ kind, account }: Story): Account =>
  ONLY_DEPOSIT.includes(kind) ? 'deposit' : account;

function typeOf(story: Story): '01' | '02' | '03' | '04' | '05' | '06' | '07' | '09' {
  const isDeposit = accountOf(story) === 'deposit';
  switch (story.kind) {
    case 'cash':
      return '04';
    case 'composite':
      return '09';
    case 'limit':
      return '07';
    case 'load':
      return isDeposit ? '01' : '02';
    case 'purchase':
      return isDeposit ? '05' : '06';
    case 'unload':
      return '03';
  }
}

/** The refusal of INITIALIZE that the model expects, if any. */
function refusal(model: Model, story: Story): string | null {
  const account = accountOf(story);
  const needsPin = account === 'deposit' || story.kind === 'load';
  if (needsPin && !story.hasPin) return '6982';
  const available = story.kind === 'unload' ? model.deposit - model.limit : model[account];
  if (story.kind === 'load') return model[account] + story.amount > MAXIMUM ? '6985' : null;
  if (story.kind === 'limit') return null;
  return story.amount > available ? '9401' : null;
}

/** What the story adds to the balance. */
function changeOf(model: Model, { kind, amount }: Story): number {
  if (kind === 'load') return amount;
  return kind === 'limit' ? amount - model.limit : -amount;
}

const isOnlineKind = (kind: Kind): kind is 'limit' | 'load' | 'unload' =>
  kind === 'load' || kind === 'unload' || kind === 'limit';

/** The model after the story has been committed. */
function committed(model: Model, story: Story): Model {
  const { kind, amount } = story;
  const account = accountOf(story);
  const isOnline = isOnlineKind(kind);
  const change = changeOf(model, story);
  const counter = (isOnline ? model.online : model.offline) + 1;
  const limit = kind === 'limit' ? amount : model.limit;
  const record = hex(counter, 2) + hex(account === 'deposit' ? limit : 0, 3) + hex(amount, 4);
  return {
    purse: model.purse + (account === 'purse' ? change : 0),
    deposit: model.deposit + (account === 'deposit' ? change : 0),
    limit,
    online: isOnline ? counter : model.online,
    offline: isOnline ? model.offline : counter,
    log: [record + typeOf(story), ...model.log].slice(0, LOG_RECORDS),
    trips: model.trips + (kind === 'composite' ? 1 : 0),
    proof: { type: typeOf(story), counter },
  };
}

function prepare(card: VirtualCard, suite: Suite, story: Story): string {
  const account = accountOf(story) === 'deposit' ? '01' : '02';
  const { kind, amount } = story;
  const type = typeOf(story);
  if (isOnlineKind(kind)) {
    // The types of these kinds are the online ones.
    return prepareOnline(card, suite, { session: kind, type: type as '01', account, amount })
      .command;
  }
  const between = kind === 'composite' ? [TRIP] : [];
  return prepareDebit(card, suite, {
    ...{ p1: P1[kind], type: type as '06', account, amount, between },
  }).command;
}

/** INITIALIZE as the card answers it. */
function initialize(card: VirtualCard, story: Story): string {
  const p1 = { ...P1, load: '00', unload: '05', limit: '04' }[story.kind];
  const p2 = accountOf(story) === 'deposit' ? '01' : '02';
  const amount = story.kind === 'limit' ? '' : hex(story.amount, 4);
  return sw(send(card, apdu(`8050${p1}${p2}`, `01${amount}${TERMINAL}`)));
}

function expectModel(card: VirtualCard, model: Model): void {
  expectOk(verifyPin(card));
  expect(expectOk(send(card, '805C000204'))).toBe(hex(model.purse, 4));
  expect(expectOk(send(card, '805C000104'))).toBe(hex(model.deposit, 4));
  const shown = readLog(card).map((record) => record.slice(0, 20));
  expect(shown).toEqual(model.log);
  expect(readLog(card, 0x1e)).toHaveLength(Math.min(model.trips, 30));
  if (model.proof !== null) {
    const { type, counter } = model.proof;
    expect(sw(prove(card, type, hex(counter, 2)))).toBe('9000');
    expect(prove(card, type, hex(counter + 1, 2))).toBe('9406');
  }
}

function restart(card: VirtualCard, suite: Suite): void {
  card.memory.removeTear();
  card.powerUp();
  expectOk(send(card, selectPurse(suite)));
}

/** Sends the commit with a wrong MAC, then the right one, which comes too late. */
function playWrongMac(card: VirtualCard, command: string): void {
  expect(send(card, command.slice(0, -2) + spoilt(command.slice(-2)))).toBe('9302');
  expect(send(card, command)).toBe('6901');
}

/** Sends the commit with its tear, and asks the card which of the two states it is in. */
function playCommit(
  card: VirtualCard,
  suite: Suite,
  tear: Tear | null,
  command: string,
): 'done' | 'torn' {
  if (tear !== null) card.memory.placeTear(tear);
  try {
    expect(sw(send(card, command))).toBe('9000');
    card.memory.removeTear();
    return 'done';
  } catch (error) {
    if (!(error instanceof CardTorn)) throw error;
    restart(card, suite);
    return 'torn';
  }
}

/** Plays one story on the card and on the model; the model afterwards. */
function play(card: VirtualCard, suite: Suite, model: Model, story: Story): Model {
  if (story.isPowerLostFirst) restart(card, suite);
  else expectOk(send(card, selectPurse(suite)));
  if (story.hasPin) expectOk(verifyPin(card));
  const refused = refusal(model, story);
  expect(initialize(card, story)).toBe(refused ?? '9000');
  if (refused !== null) return model;
  const command = prepare(card, suite, story);
  const after = committed(model, story);
  if (!story.hasRightMac) {
    playWrongMac(card, command);
    return model;
  }
  if (story.kind === 'limit' && (after.deposit < 0 || after.deposit > MAXIMUM)) {
    expect(send(card, command)).toBe('6985');
    return model;
  }
  if (playCommit(card, suite, story.tear, command) === 'done') return after;
  const { type, counter } = after.proof ?? { type: '', counter: 0 };
  return sw(prove(card, type, hex(counter, 2))) === '9000' ? after : model;
}

const tear: fc.Arbitrary<Tear> = fc.oneof(
  fc.constant({ phase: 'response' } as const),
  fc.record({ phase: fc.constantFrom('before', 'after'), write: fc.integer({ min: 1, max: 8 }) }),
  fc.record({
    phase: fc.constant('inside' as const),
    write: fc.integer({ min: 1, max: 8 }),
    bytes: fc.nat(120),
  }),
);

const story: fc.Arbitrary<Story> = fc.record({
  kind: fc.constantFrom<Kind>('cash', 'composite', 'limit', 'load', 'purchase', 'unload'),
  account: fc.constantFrom<Account>('deposit', 'purse'),
  amount: fc.integer({ min: 0, max: 2000 }),
  hasPin: fc.boolean(),
  hasRightMac: fc.integer({ min: 0, max: 5 }).map((draw) => draw > 0),
  tear: fc.option(tear, { nil: null, freq: 3 }),
  isPowerLostFirst: fc.boolean(),
});

describe.each(SUITE_NAMES)('card of the %s suite', (suite) => {
  it('agrees with its model after every story', () => {
    fc.assert(
      fc.property(fc.array(story, { minLength: 1, maxLength: 16 }), (stories) => {
        const initial = { purseBalance: 1000, depositBalance: 1000 };
        const card = issueCard(suite, { maximumBalance: MAXIMUM, initial });
        let model: Model = {
          ...{ purse: 1000, deposit: 1000, limit: 0, online: 0, offline: 0 },
          ...{ log: [], trips: 0, proof: null },
        };
        for (const next of stories) {
          model = play(card, suite, model, next);
          expectModel(card, model);
        }
      }),
      { numRuns: 60 },
    );
  });
});
