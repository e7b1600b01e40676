// SPDX-License-Identifier: MIT
/**
 * The cards of the clearing benchmarks: each with a proven load, and records with valid TACs of what they
 * pay. Making them is set-up and is not timed.
 */
import { fromHex } from '../src/bytes/hex.ts';
import { uintBytes } from '../src/bytes/integer.ts';
import { encodeRecord, RECORD, RECORD_KIND, type ClearingRecord } from '../src/clearing/record.ts';
import { Defect } from '../src/errors/invariant.ts';
import { amount, type Amount } from '../src/money/amount.ts';
import { MAC_INPUTS } from '../src/purse/mac-inputs.table.ts';
import { serialNumberBytes } from '../src/purse/serial-number.ts';
import { SUITES } from '../src/purse/suites.table.ts';
import type { IssuerMasterKey, PurseSuite, SuiteName } from '../src/purse/suite.ts';
import { TRANSACTION_TYPES } from '../src/purse/transaction-types.table.ts';
import { zipf } from './zipf.ts';

const LOAD_MINOR = 50_000_00;
const DATE = '20260203';
const TIME = '080000';

/** A small deterministic generator: xorshift32, good enough to spread records over cards. */
export function xorshift(seed: number): () => number {
  let state = seed === 0 ? 1 : seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

type RecordFields = Pick<
  ClearingRecord,
  | 'amount'
  | 'balanceAfter'
  | 'balanceBefore'
  | 'counterBefore'
  | 'kind'
  | 'terminalCounter'
  | 'transactionType'
>;

/** How often cards and terminals are used: alike, or by Zipf's law with exponent 1. */
export type Skew = 'uniform' | 'zipf';

/** Where and under which number a terminal keeps a record. */
export interface Tap {
  readonly terminal: number;
  readonly sequence: number;
}

/** What a card stands at. */
export interface CardPoint {
  readonly balance: number;
  readonly counter: number;
}

/** No purchase is larger, in minor units, but those of a cloned card. */
const PURCHASE_MAX = 256;
/** Below the last counter of a card, so that hot cards are not used up. */
const COUNTER_MAX = 60_000;

/** Cards with just enough state to make valid records. Card n lives at terminal n modulo `terminals`. */
export class ClearingWorld {
  readonly cards: number;
  readonly suite: PurseSuite;
  readonly #terminals: number;
  readonly #tacMaster: IssuerMasterKey;
  readonly #balances: Uint32Array;
  readonly #counters: Uint16Array;
  readonly #isStopped: Uint8Array;
  readonly #random: () => number;
  readonly #draw: () => number;

  constructor(
    size: { readonly cards: number; readonly terminals: number; readonly skew: Skew },
    suite: SuiteName,
    tacMaster: Uint8Array,
  ) {
    const { cards, terminals } = size;
    this.cards = cards;
    this.suite = SUITES[suite];
    this.#terminals = terminals;
    this.#tacMaster = this.suite.issuerMasterKey(tacMaster, 'tac');
    this.#balances = new Uint32Array(cards).fill(LOAD_MINOR);
    this.#counters = new Uint16Array(cards);
    this.#isStopped = new Uint8Array(cards);
    this.#random = xorshift(cards);
    const slots = this.#slots;
    this.#draw = size.skew === 'zipf' ? zipf(slots, this.#random) : () => this.#random() % slots;
  }

  /** How many cards live at each terminal. */
  get #slots(): number {
    return Math.floor(this.cards / this.#terminals);
  }

  serial(card: number): Uint8Array {
    return serialNumberBytes((card + 1).toString());
  }

  /** The load that every card begins with. */
  loadRecord(card: number): { readonly bytes: Uint8Array; readonly amount: Amount } {
    const value = amount(LOAD_MINOR);
    const tap = { terminal: 0, sequence: 0 };
    const bytes = this.#record(card, tap, {
      kind: RECORD_KIND.load,
      transactionType: TRANSACTION_TYPES.purseLoad.code,
      counterBefore: 0,
      amount: value,
      balanceBefore: amount(0),
      balanceAfter: value,
      terminalCounter: 0,
    });
    return { bytes, amount: value };
  }

  /**
   * A card that can pay, of those that live at a terminal: so the batches of different terminals may be
   * cleared in any order and stay clean.
   */
  drawCard(terminal: number, isWanted: (card: number) => boolean = () => true): number {
    const slots = this.#slots;
    const first = this.#draw();
    for (let step = 0; step < slots; step++) {
      const card = ((first + step) % slots) * this.#terminals + terminal;
      if (this.#canPay(card) && isWanted(card)) return card;
    }
    throw new Defect(`terminal ${terminal} expected a card that can pay`);
  }

  #canPay(card: number): boolean {
    const { balance, counter } = this.point(card);
    return this.#isStopped[card] === 0 && balance >= 2 * PURCHASE_MAX && counter < COUNTER_MAX;
  }

  /** A card that is used no more. */
  stop(card: number): void {
    this.#isStopped[card] = 1;
  }

  point(card: number): CardPoint {
    return { balance: this.#balances[card] ?? 0, counter: this.#counters[card] ?? 0 };
  }

  /** A purchase of 1 to 256 minor units. */
  pay(card: number, tap: Tap): Uint8Array {
    const from = this.point(card);
    const paid = this.#price();
    this.#balances[card] = from.balance - paid;
    this.#counters[card] = from.counter + 1;
    return this.#purchase(card, tap, from, paid);
  }

  /** A record of a purchase that the card knows nothing of. */
  forge(card: number, tap: Tap): Uint8Array {
    const record = RECORD.decode(this.#purchase(card, tap, this.point(card), this.#price()));
    return encodeRecord({ ...record, tac: record.tac.map((byte) => byte ^ 0xff) });
  }

  /** A purchase of a copy of the card that was made when it stood at `from`. */
  payAsCopy(card: number, tap: Tap, from: CardPoint): Uint8Array {
    return this.#purchase(card, tap, from, PURCHASE_MAX + this.#price());
  }

  #price(): number {
    return 1 + (this.#random() & (PURCHASE_MAX - 1));
  }

  #purchase(card: number, tap: Tap, from: CardPoint, paid: number): Uint8Array {
    return this.#record(card, tap, {
      kind: RECORD_KIND.purchase,
      transactionType: TRANSACTION_TYPES.pursePurchase.code,
      counterBefore: from.counter,
      amount: amount(paid),
      balanceBefore: amount(from.balance),
      balanceAfter: amount(from.balance - paid),
      terminalCounter: tap.sequence,
    });
  }

  #record(card: number, tap: Tap, fields: RecordFields): Uint8Array {
    const serial = this.serial(card);
    const terminal = terminalId(tap.terminal);
    const input = (fields.kind === RECORD_KIND.load ? MAC_INPUTS.loadTac : MAC_INPUTS.purchaseTac)[
      this.suite.name
    ].encode({
      ...fields,
      counterBefore: fields.counterBefore,
      applicationSerialNumber: serial,
      terminalId: terminal,
      date: fromHex(DATE),
      time: fromHex(TIME),
    });
    const tac = new Uint8Array(8);
    tac.set(this.suite.tacKey(this.#tacMaster.cardKey(serial)).mac(input));
    return encodeRecord({
      ...fields,
      algorithmId: this.suite.algorithmId,
      keyVersion: 1,
      flags: 0,
      applicationSerialNumber: serial,
      terminalId: terminal,
      date: DATE,
      time: TIME,
      tac,
      terminalSequence: tap.sequence,
      hotlistVersion: 0,
      place: 'bench',
    });
  }
}

/** The id of the benchmark's terminal `index`. */
export function terminalId(index: number): Uint8Array {
  return uintBytes(0x100000000000 + index, 6);
}
