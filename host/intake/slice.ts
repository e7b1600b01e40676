// SPDX-License-Identifier: MIT
/**
 * One slice of a batch: verified records go into their cards' chains and the books, all in one
 * transaction. A purchase that continues its card's chain is appended without reading anything but the
 * card's row; everything else is judged from all of the card's evidence (chain/card-books.ts), which
 * gives the same result for the plain case too, only slower.
 */
import { readUint } from '../../src/bytes/integer.ts';
import {
  RECORD_KIND,
  RECORD_OFFSET,
  RECORD_SIZE,
  serialOfRecord,
  terminalCounterOfRecord,
  terminalOfRecord,
} from '../../src/clearing/record.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { invariant } from '../../src/errors/invariant.ts';
import {
  add,
  addSigned,
  amount,
  negate,
  signedAmount,
  type Amount,
  type SignedAmount,
  ZERO,
} from '../../src/money/amount.ts';
import { suiteByAlgorithm, SUITES } from '../../src/purse/suites.table.ts';
import type { Instant } from '../../src/time/instant.ts';
import { CardBooks } from '../chain/card-books.ts';
import { HELD_RULES } from '../chain/decisions.ts';
import { evidenceBytes, isSameEvidence, judgedBytes } from '../chain/decode-record.ts';
import { account, type AccountId } from '../ledger/accounts.table.ts';
import { checkSides, checkTrialBalance, post } from '../ledger/ledger.ts';
import type { EntryKind } from '../ledger/model.ts';
import { recordsOf, type MerchantOf } from '../chain/evidence.ts';
import type { CardRow, HostStore } from '../store/store.ts';
import { receiptRule, type ReceiptLimits } from './receipt.ts';
import { VERIFIED } from '../verify/verify-records.ts';
import { CounterWatch } from './counter-watch.ts';

/** Entries are posted in this order, so that value is there before it is taken. */
const ENTRY_ORDER: readonly EntryKind[] = [
  'loadAuthorised',
  'loadProven',
  'exception',
  'lateRecord',
  'correction',
  'purchase',
  'quarantine',
  'quarantineReleased',
];

/** Where a slice comes from. */
export interface SliceSource {
  /** Names the slice: the first part of the source of its journal entries. */
  readonly name: string;
  readonly merchant: string;
  /** Highest terminal counter that was seen before this slice. */
  readonly headCounter: number;
  readonly at: Instant;
  readonly merchantOf: MerchantOf;
  /** From which receipt on a purchase is late; null for what a person has released. */
  readonly receipt: ReceiptLimits | null;
}

/** Whether the registry has a card of this suite and key version: else a valid TAC proves nothing. */
export function isIssued(
  card: Pick<CardRow, 'keyVersion' | 'suite'> | undefined,
  records: Uint8Array,
  offset: number,
): boolean {
  return (
    card !== undefined &&
    SUITES[card.suite].algorithmId === records[offset + RECORD_OFFSET.algorithmId] &&
    card.keyVersion === records[offset + RECORD_OFFSET.keyVersion]
  );
}

/** Takes in one slice; use one instance per slice, inside one transaction. */
export class SliceIntake {
  readonly rules: RuleName[] = [];
  headCounter: number;
  readonly #store: HostStore;
  readonly #source: SliceSource;
  readonly #books: CardBooks;
  readonly #counters: CounterWatch;
  /** Whose records these are; empty before the first. */
  #terminal = '';
  /** Appended purchases by transaction type. */
  readonly #appended = new Map<number, { readonly count: number; readonly gross: Amount }>();

  constructor(store: HostStore, source: SliceSource) {
    this.#store = store;
    this.#source = source;
    this.headCounter = source.headCounter;
    this.#books = new CardBooks(store, source.merchantOf, source.at);
    this.#counters = new CounterWatch(store);
  }

  /** Judges every record; `codes` are those of verification. */
  take(records: Uint8Array, codes: Uint8Array): void {
    this.#terminal = terminalOfRecord(records);
    for (let index = 0; index < codes.length; index++) {
      this.rules.push(
        this.#takeOne(records, index * RECORD_SIZE, codes[index] ?? VERIFIED.keyUnknown),
      );
    }
  }

  /** Posts the entries of the slice and checks that control accounts and sub-ledgers moved alike. */
  finish(): void {
    for (const [type, { gross: total }] of this.#appended) {
      this.#books
        .entry(`purchase:${this.#source.merchant}:${type}`, 'purchase')
        .transfer(account('2010'), account('2040', this.#source.merchant), total);
      this.#books.countAppended(total);
    }
    this.#withholdShared();
    this.#credit();
    const touched = new Set<AccountId>();
    const moved = new Map<AccountId, SignedAmount>();
    const entries = [...this.#books.postings].sort(
      ([, left], [, right]) => ENTRY_ORDER.indexOf(left.kind) - ENTRY_ORDER.indexOf(right.kind),
    );
    for (const [name, { kind, net }] of entries) {
      const postings = net.net();
      post(
        this.#store,
        { source: `${this.#source.name}:${name}`, kind, postings },
        this.#source.at,
      );
      for (const posting of postings) {
        touched.add(posting.account);
        const before = moved.get(posting.account) ?? signedAmount(0);
        moved.set(posting.account, addSigned(before, posting.amount));
      }
    }
    const { deltas } = this.#books;
    for (const [control, delta] of [
      ['2010', deltas.cardBalances],
      ['2061', deltas.gaps],
      ['2015', deltas.loadsInFlight],
    ] as const) {
      const booked = moved.get(account(control)) ?? signedAmount(0);
      const expected = negate(delta);
      invariant(
        booked === expected,
        `I5: account ${control} expected to move by ${expected}, got ${booked}`,
      );
    }
    checkSides(this.#store, touched);
    checkTrialBalance(this.#store);
  }

  /** Neither of two cards that have one number of a SAM pays its merchant before somebody has looked. */
  #withholdShared(): void {
    for (const { serial, index, number } of this.#counters.finish(this.#terminal)) {
      const card = this.#store.card(serial);
      invariant(card !== undefined, 'a card whose record is stored is in the registry');
      this.#books.apply(card, { kind: 'sharedNumber', number });
      const rule = index === null ? undefined : this.rules[index];
      if (index === null || rule === undefined || HELD_RULES.has(rule)) continue;
      this.rules[index] = 'terminalCounterShared';
    }
  }

  /** Says of the open window what each merchant was credited in it, and why. */
  #credit(): void {
    const store = this.#store;
    const window = store.openWindow();
    const { merchant } = this.#source;
    for (const [type, { count, gross }] of this.#appended) {
      store.addToWindowTotal({ window, merchant, type, count, gross });
    }
    for (const item of this.#books.items) {
      if (item.amount === ZERO) continue;
      store.insertMerchantItem({ window, ...item });
      const { merchant: credited, type, amount: gross } = item;
      const count = gross < 0 ? -1 : 1;
      store.addToWindowTotal({ window, merchant: credited, type, count, gross });
    }
  }

  #takeOne(records: Uint8Array, offset: number, code: number): RuleName {
    if (code === VERIFIED.tacInvalid) return this.#quarantine(records, offset, 'tacInvalid');
    if (code === VERIFIED.keyUnknown) return this.#quarantine(records, offset, 'tacUnverifiable');
    const serial = records.subarray(
      offset + RECORD_OFFSET.applicationSerialNumber,
      offset + RECORD_OFFSET.applicationSerialNumber + 10,
    );
    const withheld = this.#receiptRule(records, offset);
    if (withheld === undefined && this.#append(serial, records, offset)) return 'accepted';
    const card = this.#store.card(serial);
    if (withheld !== undefined && !this.#isKnown(card, records, offset)) {
      return this.#quarantine(records, offset, withheld);
    }
    if (card === undefined || !isIssued(card, records, offset)) {
      return this.#quarantine(records, offset, 'cardNotIssued');
    }
    return this.#judge(card, records.slice(offset, offset + RECORD_SIZE), code);
  }

  #receiptRule(records: Uint8Array, offset: number): RuleName | undefined {
    const { receipt } = this.#source;
    const isPurchase = records[offset + RECORD_OFFSET.kind] === RECORD_KIND.purchase;
    if (receipt === null || !isPurchase) return undefined;
    return receiptRule(receipt, records, offset);
  }

  /** Whether the record was taken before: what comes again is not late. */
  #isKnown(card: CardRow | undefined, records: Uint8Array, offset: number): boolean {
    if (card === undefined) return false;
    const bytes = records.subarray(offset, offset + RECORD_SIZE);
    for (const stored of recordsOf(this.#store, card)) {
      if (isSameEvidence(stored.bytes, bytes)) return true;
    }
    return false;
  }

  /** Judges the record's card anew from all of its evidence. */
  #judge(card: CardRow, bytes: Uint8Array, code: number): RuleName {
    const isLoad = bytes[RECORD_OFFSET.kind] === RECORD_KIND.load;
    const isFresh = isLoad || terminalCounterOfRecord(bytes) > this.headCounter;
    this.headCounter = Math.max(this.headCounter, terminalCounterOfRecord(bytes));
    if (code === VERIFIED.untested) {
      return this.#books.apply(card, {
        kind: 'uncertain',
        bytes,
        digest: sha256(evidenceBytes(bytes)),
      });
    }
    const rule = this.#books.apply(card, { kind: 'record', bytes, isFresh });
    const isNew = rule !== 'duplicateRecord' && rule !== 'duplicateEnvelope';
    if (!isLoad && isNew) {
      if (isFresh) this.#counters.see(terminalCounterOfRecord(bytes));
      else this.#counters.suspect(bytes, this.rules.length);
    }
    return rule;
  }

  /** Appends the record if it is a purchase that simply comes next on its card. */
  #append(serial: Uint8Array, records: Uint8Array, offset: number): boolean {
    if (records[offset + RECORD_OFFSET.kind] !== RECORD_KIND.purchase) return false;
    const terminalCounter = readUint(records, offset + RECORD_OFFSET.terminalCounter, 4);
    // A terminal number that was seen before may be a replay: judge the whole card.
    if (terminalCounter <= this.headCounter) return false;
    const before = amount(readUint(records, offset + RECORD_OFFSET.balanceBefore, 4));
    const after = amount(readUint(records, offset + RECORD_OFFSET.balanceAfter, 4));
    const paid = amount(readUint(records, offset + RECORD_OFFSET.amount, 4));
    if (add(after, paid) !== before) return false;
    const suite = suiteByAlgorithm(records[offset + RECORD_OFFSET.algorithmId] ?? 0);
    if (suite === undefined) return false;
    const purchase = {
      serial,
      suite: suite.name,
      keyVersion: records[offset + RECORD_OFFSET.keyVersion] ?? 0,
      counter: readUint(records, offset + RECORD_OFFSET.counterBefore, 2),
      before,
      after,
      date: readUint(records, offset + RECORD_OFFSET.date, 4),
    };
    if (!this.#store.appendNext(purchase, records.subarray(offset, offset + RECORD_SIZE))) {
      return false;
    }
    this.headCounter = terminalCounter;
    this.#counters.see(terminalCounter);
    this.#count(records[offset + RECORD_OFFSET.transactionType] ?? 0, paid);
    return true;
  }

  #count(type: number, paid: Amount): void {
    // A record of nothing, such as an entry at a gate, credits nobody: it is no part of a window.
    if (paid === ZERO) return;
    const known = this.#appended.get(type);
    this.#appended.set(type, {
      count: (known?.count ?? 0) + 1,
      gross: add(known?.gross ?? ZERO, paid),
    });
  }

  /** Keeps a record that may not enter a chain; its value is a memo, no money moves. */
  #quarantine(records: Uint8Array, offset: number, rule: RuleName): RuleName {
    const bytes = records.slice(offset, offset + RECORD_SIZE);
    const serial = serialOfRecord(bytes).slice();
    const digest = sha256(judgedBytes(bytes));
    const isNew = this.#store.insertQuarantine({
      digest,
      serial,
      rule,
      receivedAt: this.#source.at,
      bytes,
    });
    if (!isNew) return 'duplicateRecord';
    this.#books
      .entry('quarantine', 'quarantine')
      .transfer(account('9010'), account('9020'), amount(readUint(bytes, RECORD_OFFSET.amount, 4)));
    return rule;
  }

  /** Takes the memo back of a record that is about to be tried again; false when it is not held. */
  release(digest: Uint8Array, bytes: Uint8Array): boolean {
    if (!this.#store.deleteQuarantine(digest)) return false;
    this.#books
      .entry('quarantineReleased', 'quarantineReleased')
      .transfer(account('9020'), account('9010'), amount(readUint(bytes, RECORD_OFFSET.amount, 4)));
    return true;
  }

  /** Applies a change that is not a record: a load order, a listing. */
  get books(): CardBooks {
    return this.#books;
  }
}
