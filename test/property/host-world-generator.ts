// SPDX-License-Identifier: MIT
/**
 * A random world as a list of actions, and the records that its terminals then hold. The cards here are
 * plain numbers: the truth that the host must find again from the records alone.
 */
import fc from 'fast-check';
import { record, reEnveloped, testCard, testTerminal } from '../unit/host/host-world.ts';
import type { LoadFields, RecordFields, TestCard, TestTerminal } from '../unit/host/host-world.ts';

export const TERMINALS: readonly TestTerminal[] = [
  testTerminal(1, 'SHOP'),
  testTerminal(2, 'SHOP'),
  testTerminal(3, 'METRO'),
];

export const CARDS: readonly TestCard[] = [
  testCard(1, 'aes'),
  testCard(2, 'tdes'),
  testCard(3, 'aes'),
];
/** A card that the host may come to know late, and one of a key version that it may get late. */
export const LATE_CARD = testCard(8, 'aes');
export const NEW_KEY_CARD = testCard(9, 'tdes', 2);

/** Who is in a world, and how fast time goes on in it. */
export interface WorldShape {
  /** By the numbers that actions give. */
  readonly cards: readonly TestCard[];
  /** Cards whose loads are ordered; any other load is unfunded. */
  readonly ordered: readonly TestCard[];
  readonly terminals: readonly TestTerminal[];
  /** Whose clock is 90 minutes ahead. */
  readonly fast: TestTerminal | undefined;
  /** YYYYMMDD of the first day, and minutes of each action. */
  readonly firstDay: string;
  readonly minutesEach: number;
}

/** A morning of few cards. */
const MORNING: WorldShape = {
  cards: [...CARDS, LATE_CARD, NEW_KEY_CARD],
  ordered: CARDS,
  terminals: TERMINALS,
  fast: TERMINALS[2],
  firstDay: '20260203',
  minutesEach: 1,
};

export type Action =
  | {
      readonly kind: Disturbance;
      readonly card: number;
    }
  | {
      readonly kind: 'load' | 'purchase';
      readonly card: number;
      readonly terminal: number;
      readonly amount: number;
      readonly fate: Fate;
    };

/** What becomes of the evidence of one transaction. */
type Fate =
  | 'balanceForged'
  | 'badArithmetic'
  | 'forged'
  | 'good'
  | 'lost'
  | 'recut'
  | 'replayed'
  | 'tornCommitted'
  | 'tornNever'
  | 'tornRecovered'
  | 'unfunded'
  | 'unproven';

const DIRTY: readonly Fate[] = [
  'balanceForged',
  'badArithmetic',
  'forged',
  'lost',
  'recut',
  'replayed',
  'tornCommitted',
  'tornNever',
  'tornRecovered',
  'unfunded',
  'unproven',
];

const good = fc.constant<Fate>('good');
const dirtyFates = fc.oneof(
  { weight: 12, arbitrary: good },
  { weight: 5, arbitrary: fc.constantFrom(...DIRTY) },
);
/** A common day: nothing is forged, and now and then a tap is torn or a record lost. */
const commonFates = fc.oneof(
  { weight: 20, arbitrary: good },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fate>('lost', 'tornCommitted', 'tornRecovered', 'unproven'),
  },
);

const card = fc.nat({ max: MORNING.cards.length - 1 });
const terminal = fc.nat({ max: TERMINALS.length - 1 });
const purchases = (
  fate: fc.Arbitrary<Fate>,
  who: fc.Arbitrary<number>,
  where = terminal,
): fc.Arbitrary<Action> =>
  fc.record({
    kind: fc.constant('purchase' as const),
    card: who,
    terminal: where,
    amount: fc.integer({ min: 0, max: 40 }),
    fate,
  });
const loads = (
  fate: fc.Arbitrary<Fate>,
  who: fc.Arbitrary<number>,
  where = terminal,
): fc.Arbitrary<Action> =>
  fc.record({
    kind: fc.constant('load' as const),
    card: who,
    terminal: where,
    amount: fc.integer({ min: 0, max: 100 }),
    fate,
  });

type Disturbance = 'burn' | 'clone' | 'list' | 'resetSam' | 'restore' | 'snapshot';

const disturbances = (
  who: fc.Arbitrary<number>,
  kinds: readonly Disturbance[] = ['burn', 'clone', 'list', 'resetSam', 'restore', 'snapshot'],
): fc.Arbitrary<Action> => fc.record({ kind: fc.constantFrom(...kinds), card: who });

/** Clones, restored images, burnt counters, listed cards, SAMs set back and every kind of bad record. */
export const dirtyWorlds: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: purchases(dirtyFates, card) },
    { weight: 3, arbitrary: loads(dirtyFates, card) },
    { weight: 2, arbitrary: disturbances(card) },
  ),
  { minLength: 4, maxLength: 36 },
);

/** Few cards with many records, so that the holes of late batches open, split and close. */
export const commonDays: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: purchases(commonFates, fc.nat({ max: 1 })) },
    { weight: 2, arbitrary: loads(commonFates, fc.nat({ max: 1 })) },
  ),
  { minLength: 6, maxLength: 30 },
);

/** A month in which most taps are good and everything bad happens, too. */
export function months(shape: WorldShape, actions: number): fc.Arbitrary<readonly Action[]> {
  const who = fc.nat({ max: shape.cards.length - 1 });
  const where = fc.nat({ max: shape.terminals.length - 1 });
  const fates = fc.oneof(
    { weight: 30, arbitrary: good },
    { weight: 4, arbitrary: fc.constantFrom(...DIRTY) },
  );
  const kinds: readonly Disturbance[] = [
    ...(['burn', 'clone', 'clone', 'list', 'resetSam', 'restore', 'restore'] as const),
  ];
  return fc.array(
    fc.oneof(
      { weight: 100, arbitrary: purchases(fates, who, where) },
      { weight: 20, arbitrary: loads(fates, who, where) },
      { weight: 6, arbitrary: disturbances(who, kinds) },
    ),
    { minLength: actions, maxLength: actions },
  );
}

export interface Item {
  readonly terminal: TestTerminal;
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** How many of the world's load orders were made before this record. */
  readonly ordersBefore: number;
}

export interface World {
  readonly records: readonly Item[];
  readonly orders: readonly LoadFields[];
  readonly listed: readonly TestCard[];
}

interface CardState {
  balance: number;
  offline: number;
  online: number;
}

/** Plays the actions. */
class Player {
  readonly items: Item[] = [];
  readonly orders: LoadFields[] = [];
  readonly listed: TestCard[] = [];
  readonly #states = new Map<TestCard, CardState>();
  /** The lowest online counter for which an honest host would still authorise a load. */
  readonly #orderFloor = new Map<TestCard, number>();
  readonly #snapshots = new Map<TestCard, CardState>();
  readonly #sequences = new Map<TestTerminal, number>();
  readonly #counters = new Map<TestTerminal, number>();
  readonly #shape: WorldShape;
  #minutes = 0;

  constructor(shape: WorldShape) {
    this.#shape = shape;
  }

  play(action: Action): void {
    this.#minutes += this.#shape.minutesEach;
    const who = this.#shape.cards[action.card];
    if (who === undefined) return;
    const state = this.#state(who);
    switch (action.kind) {
      case 'clone':
      case 'snapshot':
        this.#snapshots.set(who, { ...state });
        return;
      case 'restore': {
        const image = this.#snapshots.get(who);
        if (image !== undefined) this.#states.set(who, { ...image });
        return;
      }
      case 'burn':
        state.offline++;
        return;
      case 'list':
        this.listed.push(who);
        return;
      case 'resetSam':
        this.#resetSam(action.card);
        return;
      case 'load':
        this.#load(who, state, action);
        return;
      case 'purchase':
        this.#purchase(who, state, action);
    }
  }

  #state(who: TestCard): CardState {
    const known = this.#states.get(who);
    if (known !== undefined) return known;
    const fresh = { balance: 0, offline: 0, online: 0 };
    this.#states.set(who, fresh);
    return fresh;
  }

  #next(counters: Map<TestTerminal, number>, at: TestTerminal): number {
    const next = (counters.get(at) ?? 0) + 1;
    counters.set(at, next);
    return next;
  }

  /** A SAM gives its last numbers once more: to other cards, or to the same one. */
  #resetSam(number: number): void {
    const { terminals } = this.#shape;
    const at = terminals[number % terminals.length];
    if (at === undefined) return;
    this.#counters.set(at, Math.max(0, (this.#counters.get(at) ?? 0) - 3));
  }

  /** The civil date and time at a terminal; the first day begins at six. */
  #when(at: TestTerminal): { readonly date: string; readonly time: string } {
    const { fast, firstDay } = this.#shape;
    const minutes = this.#minutes + (at === fast ? 90 : 0);
    const first = `${firstDay.slice(0, 4)}-${firstDay.slice(4, 6)}-${firstDay.slice(6)}`;
    const now = new Date(Date.parse(`${first}T06:00:00Z`) + minutes * 60_000).toISOString();
    const [date = '', time = ''] = now.slice(0, 19).split('T');
    return { date: date.replaceAll('-', ''), time: time.replaceAll(':', '') };
  }

  #keep(fields: Omit<RecordFields, 'sequence'>): void {
    const sequence = this.#next(this.#sequences, fields.terminal);
    this.#push(fields.terminal, sequence, record({ ...fields, sequence }));
  }

  #push(terminal: TestTerminal, sequence: number, bytes: Uint8Array): void {
    this.items.push({ terminal, sequence, bytes, ordersBefore: this.orders.length });
  }

  #load(who: TestCard, state: CardState, action: Extract<Action, { amount: number }>): void {
    const at = this.#shape.terminals[action.terminal];
    if (at === undefined) return;
    const common = { card: who, terminal: at, amount: action.amount, before: state.balance };
    const fields = {
      ...common,
      counter: state.online,
      kind: 'load' as const,
      ...this.#when(at),
    };
    const floor = this.#orderFloor.get(who) ?? 0;
    const isFunded = action.fate !== 'unfunded' && action.amount > 0;
    if (isFunded && this.#shape.ordered.includes(who) && state.online >= floor) {
      this.orders.push({ ...common, counter: state.online });
      this.#orderFloor.set(who, state.online);
    }
    if (action.fate === 'tornNever') {
      this.#keep({ ...fields, kind: 'uncertain', transactionType: 2 });
      return;
    }
    state.balance += action.amount;
    state.online++;
    this.#orderFloor.set(who, Math.max(floor, state.online));
    if (action.fate === 'tornCommitted') {
      this.#keep({ ...fields, kind: 'uncertain', transactionType: 2 });
    } else if (action.fate !== 'lost' && action.fate !== 'unproven') {
      this.#keep({ ...fields, forged: action.fate === 'forged' });
    }
  }

  #purchase(who: TestCard, state: CardState, action: Extract<Action, { amount: number }>): void {
    const at = this.#shape.terminals[action.terminal];
    if (at === undefined) return;
    const paid = Math.min(action.amount, state.balance);
    const fields = {
      card: who,
      terminal: at,
      amount: paid,
      before: state.balance,
      counter: state.offline,
      terminalCounter: this.#next(this.#counters, at),
      ...this.#when(at),
      hotlistVersion: action.amount % 3,
    };
    if (action.fate === 'tornNever') {
      this.#keep({ ...fields, kind: 'uncertain' });
      return;
    }
    state.balance -= paid;
    state.offline++;
    this.#hold(fields, action.fate);
  }

  /** What the terminal holds of a purchase that the card has made. */
  #hold(fields: Omit<RecordFields, 'sequence'>, fate: Fate): void {
    if (fate === 'tornCommitted' || fate === 'tornRecovered') {
      this.#keep({ ...fields, kind: 'uncertain' });
    }
    if (fate === 'lost' || fate === 'tornCommitted') return;
    if (fate === 'badArithmetic') {
      this.#keep({ ...fields, after: fields.before - fields.amount + 1 });
      return;
    }
    this.#keep({ ...fields, forged: fate === 'forged' });
    if (fate === 'recut') {
      const last = this.items.at(-1);
      if (last !== undefined) this.#push(last.terminal, last.sequence, reEnveloped(last.bytes, 2));
    }
    // A 3DES TAC covers neither counter nor balances: the same TAC again under values of one's own.
    if (fate === 'replayed') this.#keep({ ...fields, counter: fields.counter + 1 });
    if (fate === 'balanceForged') {
      this.#keep({ ...fields, before: fields.before + 7 });
      this.#keep({ ...fields, before: fields.before + 9 });
    }
  }
}

export function makeWorld(actions: readonly Action[], shape = MORNING): World {
  const player = new Player(shape);
  for (const action of actions) player.play(action);
  return { records: player.items, orders: player.orders, listed: player.listed };
}
