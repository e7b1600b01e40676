// SPDX-License-Identifier: MIT
/**
 * The clearing host: everything that changes its books goes through here. Opened on a directory, it
 * holds one database, the raw batches and the issuer's keys.
 */
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { equalBytes } from '../src/bytes/compare.ts';
import { toHex } from '../src/bytes/hex.ts';
import { signAck } from '../src/clearing/ack.ts';
import type { HotlistFull } from '../src/clearing/hotlist.ts';
import type {
  ActionMac,
  BatchAck,
  HostLink,
  LoadAuthorisation,
  LoadRequest,
  SignedAck,
} from '../src/clearing/messages.ts';
import { RECORD } from '../src/clearing/record.ts';
import type { Signed } from '../src/clearing/signed.ts';
import { ED25519_KEY_SIZE, ed25519PublicKey, ed25519Sign } from '../src/crypto/ed25519.ts';
import type { RuleName } from '../src/clearing/rules.table.ts';
import type { FaultCode } from '../src/errors/catalogue.table.ts';
import { terminalCounterOfRecord } from '../src/clearing/record.ts';
import { Fault } from '../src/errors/fault.ts';
import { CURRENCIES, type CurrencyCode } from '../src/money/currencies.table.ts';
import type { Clock } from '../src/ports/clock.ts';
import { serialNumberBytes } from '../src/purse/serial-number.ts';
import type { EvidenceChange } from './chain/evidence-change.ts';
import { checkDecision, decidable } from './chain/decidable.ts';
import type { Decision } from './chain/decisions.table.ts';
import { judgeCard } from './chain/fold.ts';
import { evidenceOf, merchantLookup, type MerchantOf } from './chain/evidence.ts';
import { RELEASABLE } from './exceptions/sources/quarantine.ts';
import { BatchIntake, SLICE_RECORDS } from './intake/intake.ts';
import { RawBatches } from './intake/raw-batches.ts';
import { isIssued, SliceIntake } from './intake/slice.ts';
import { Issuing } from './issuing/issuing.ts';
import { registerCard, type NewCardRow } from './issuing/register-card.ts';
import type { IssuerKeys } from './keys/key-store.ts';
import { authoriseLoad } from './loads/authorise.ts';
import { bookRefund, refundOf } from './messages/actions.ts';
import { currentHotlist, planHotlistChange, type HotlistOrder } from './messages/hotlist.ts';
import { answerActionMac, answerSync } from './messages/sync.ts';
import { MERCHANT_NAME } from './settlement/merchant-name.ts';
import { ensureMerchant } from './settlement/merchants.ts';
import type { SettlementParts } from './settlement/parts.ts';
import { settleClosed } from './settlement/settle.ts';
import { ensureWindow } from './settlement/windows.ts';
import { openSqliteStore, type Durability, type OnStatement } from './store/sqlite-store.ts';
import type { CardRow, HostStore, QuarantineRow } from './store/store.ts';
import { VERIFIED } from './verify/verify-records.ts';
import { openVerifier, type Verifier } from './verify/verifier.ts';

export interface HostOptions {
  /** Directory of the host's data: `ledger.db` and `raw/`. */
  readonly directory: string;
  readonly keys: IssuerKeys;
  readonly clock: Clock;
  readonly currency: CurrencyCode;
  /** Minutes ahead of UTC of the dates in load authorisations. */
  readonly utcOffsetMinutes: number;
  /** Verification threads; 0 verifies inline. */
  readonly workers: number;
  /** `fsync` when left out. */
  readonly durability?: Durability;
  /** Records of one transaction; `SLICE_RECORDS` when left out. */
  readonly sliceRecords?: number;
  /** Wraps the store, to watch or to disturb it; for tests and simulations. */
  readonly wrapStore?: (store: HostStore) => HostStore;
  /** Called before every statement of the database; for tests that kill the host between two. */
  readonly onStatement?: OnStatement;
}

/** Rules whose records may be good once a key or a card is known, or a key was mended. */
const RETRIED: ReadonlySet<RuleName> = new Set(['cardNotIssued', 'tacInvalid', 'tacUnverifiable']);

/** Hears what becomes of batches; for metrics. */
export interface HostWatcher {
  /** `durationMs` from the first byte to the acknowledgement. */
  batchTaken(ack: BatchAck, durationMs: number): void;
  batchRefused(code: FaultCode): void;
}

export interface EnrolRequest {
  /** 12 hexadecimal digits. */
  readonly terminalId: string;
  readonly merchant: string;
  readonly publicKey: Uint8Array;
}

export class ClearingHost implements HostLink {
  readonly store: HostStore;
  readonly currency: CurrencyCode;
  readonly clock: Clock;
  readonly publicKey: Uint8Array;
  readonly issuing: Issuing;
  readonly #options: HostOptions;
  readonly #verifier: Verifier;
  readonly #intake: BatchIntake;
  readonly #merchantOf: MerchantOf;
  readonly #watchers: HostWatcher[] = [];

  private constructor(options: HostOptions) {
    mkdirSync(options.directory, { recursive: true });
    this.#options = options;
    this.currency = options.currency;
    this.clock = options.clock;
    this.publicKey = ed25519PublicKey(options.keys.hostSeed);
    const { durability, clock, sliceRecords = SLICE_RECORDS } = options;
    const path = join(options.directory, 'ledger.db');
    const store = openSqliteStore(path, durability, options.onStatement);
    this.store = options.wrapStore?.(store) ?? store;
    ensureWindow(this.store, clock.now());
    this.#merchantOf = merchantLookup(this.store);
    this.issuing = new Issuing({
      store: this.store,
      host: this,
      merchantOf: this.#merchantOf,
      clock,
      utcOffsetMinutes: options.utcOffsetMinutes,
    });
    this.#verifier = openVerifier(options.keys.tacMasterKeys(), options.workers);
    this.#intake = new BatchIntake({
      store: this.store,
      raw: new RawBatches(join(options.directory, 'raw'), durability),
      verifier: this.#verifier,
      clock,
      currencyNumber: CURRENCIES[options.currency].number,
      sliceRecords,
    });
  }

  /**
   * Opens the host, tries held records with the keys that are known now, and finishes batches that a
   * crash left half taken and windows that it left closed but not settled.
   * @throws STORE_UNUSABLE, CONFIG_INVALID
   */
  static async open(options: HostOptions): Promise<ClearingHost> {
    const host = new ClearingHost(options);
    try {
      host.#checkSettings();
      await host.retryHeld();
      await host.#intake.resume();
      await settleClosed(host.settlement);
      return host;
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  /** What the functions of `settlement/` work with: closing windows, merchants, fees, payouts. */
  get settlement(): SettlementParts {
    const { store, currency } = this;
    const { clock, keys, utcOffsetMinutes } = this.#options;
    const sign = (message: Uint8Array): Uint8Array => ed25519Sign(keys.hostSeed, message);
    return { store, clock, utcOffsetMinutes, currency, sign };
  }

  /** What the ledger was begun with stays: amounts and times of records would mean something else. */
  #checkSettings(): void {
    const settings = {
      currency: this.currency,
      utcOffsetMinutes: this.#options.utcOffsetMinutes.toString(),
      // For the auditor, too, who has none of the host's keys.
      hostPublicKey: toHex(this.publicKey),
    };
    for (const [name, value] of Object.entries(settings)) {
      const known = this.store.meta(name);
      if (known === undefined) this.store.setMeta(name, value);
      else if (known !== value) {
        throw new Fault(
          'CONFIG_INVALID',
          `"${name}" expected ${known}, that of this ledger, got ${value}`,
        );
      }
    }
  }

  /** Closes when the batches that were handed in before have been taken. */
  async close(): Promise<void> {
    await this.#intake.drain();
    await this.#verifier.close();
    this.store.close();
  }

  /** Enrols a terminal; the same again changes nothing. @throws TERMINAL_EXISTS, USAGE */
  enrol(request: EnrolRequest): void {
    if (!/^[0-9A-F]{12}$/.test(request.terminalId)) {
      throw new Fault(
        'USAGE',
        `"terminalId" expected 12 upper-case hex digits, got "${request.terminalId}"`,
      );
    }
    if (!MERCHANT_NAME.test(request.merchant)) {
      throw new Fault(
        'USAGE',
        `"merchant" expected 1 to 32 letters, digits, . _ -, got "${request.merchant}"`,
      );
    }
    if (request.publicKey.length !== ED25519_KEY_SIZE) {
      throw new Fault(
        'USAGE',
        `"publicKey" expected ${ED25519_KEY_SIZE} bytes, got ${request.publicKey.length}`,
      );
    }
    const known = this.store.terminal(request.terminalId);
    if (known === undefined) {
      const row = {
        id: request.terminalId,
        merchant: request.merchant,
        publicKey: request.publicKey,
      };
      this.store.transaction(() => {
        const at = this.#options.clock.now();
        this.store.insertTerminal({ ...row, headSequence: 0, headCounter: 0 }, at);
        ensureMerchant(this.store, row.merchant);
      });
      return;
    }
    const isSame =
      known.merchant === request.merchant && equalBytes(known.publicKey, request.publicKey);
    if (!isSame)
      throw new Fault(
        'TERMINAL_EXISTS',
        `"terminalId" expected a new one, ${request.terminalId} is enrolled`,
      );
  }

  /** Registers a card that was personalised. @throws CARD_EXISTS, LOT_NOT_FOUND, CONFIG_INVALID */
  async registerCard(card: NewCardRow): Promise<void> {
    const { serial } = registerCard(this.store, card, this.#options.clock.now());
    await this.#retry((row) => row.rule === 'cardNotIssued' && equalBytes(row.serial, serial));
  }

  /** Tries records again that were held because a key or a card was not known. */
  retryHeld(): Promise<number> {
    return this.#retry(({ rule }) => RETRIED.has(rule));
  }

  async #retry(isWanted: (row: QuarantineRow) => boolean): Promise<number> {
    let released = 0;
    for (const { digest, bytes, rule, serial } of this.store.quarantine().filter(isWanted)) {
      const codes = await this.#verifier.verify(bytes);
      const isForged = codes[0] === VERIFIED.tacInvalid;
      const isStillHeld =
        rule === 'cardNotIssued'
          ? !isIssued(this.store.card(serial), bytes, 0)
          : codes[0] === VERIFIED.keyUnknown || (isForged && rule === 'tacInvalid');
      if (isStillHeld) continue;
      const isReleased = this.store.transaction(() =>
        this.#change(`release:${toHex(digest)}:${rule}`, (slice) => {
          // It may have been released while it was verified.
          if (!slice.release(digest, bytes)) return false;
          slice.take(bytes, codes);
          // What could not be verified may turn out to be forged: held on, under the rule that it would have had.
          if (isForged) return false;
          this.#seeCounter(bytes);
          return true;
        }),
      );
      if (isReleased) released++;
    }
    return released;
  }

  /**
   * Takes a purchase that was held back, and that a person has approved. Again it changes nothing.
   * @throws DECISION_REFUSED when no such purchase is held back.
   */
  async release(digest: string, request: string): Promise<void> {
    const row = this.store.quarantine().find((held) => toHex(held.digest) === digest);
    if (this.store.hasEntry(`release:${request}:quarantineReleased`)) return;
    if (row === undefined || !RELEASABLE.has(row.rule)) {
      throw new Fault(
        'DECISION_REFUSED',
        `"digest" expected a purchase that is held back, got ${digest}`,
      );
    }
    const codes = await this.#verifier.verify(row.bytes);
    this.store.transaction(() => {
      this.#change(`release:${request}`, (slice) => {
        if (!slice.release(row.digest, row.bytes)) return;
        slice.take(row.bytes, codes);
        this.#seeCounter(row.bytes);
      });
    });
  }

  /** A number that a terminal has used is seen, however its record came into a chain. */
  #seeCounter(record: Uint8Array): void {
    const terminal = this.store.terminal(toHex(RECORD.decode(record).terminalId));
    if (terminal === undefined) return;
    const { id, headSequence, headCounter } = terminal;
    const seen = Math.max(headCounter, terminalCounterOfRecord(record));
    this.store.updateTerminalHead(id, headSequence, seen);
  }

  async uploadBatch(batch: Uint8Array): Promise<SignedAck> {
    return this.takeBatch([batch]);
  }

  /** Takes a batch as it streams in; see intake.ts for what it throws. */
  async takeBatch(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<SignedAck> {
    const start = performance.now();
    const ack = await this.#intake.take(chunks).catch((error: unknown) => {
      if (error instanceof Fault)
        for (const watcher of this.#watchers) watcher.batchRefused(error.code);
      throw error;
    });
    const signed = signAck(ack, this.#options.keys.hostSeed);
    for (const watcher of this.#watchers) watcher.batchTaken(ack, performance.now() - start);
    return signed;
  }

  /** Tells `watcher` of every batch from now on. */
  watch(watcher: HostWatcher): void {
    this.#watchers.push(watcher);
  }

  /** Batches that are on disk and not posted whole, and when the oldest of them came. */
  inFlight(): ReturnType<BatchIntake['inFlight']> {
    return this.#intake.inFlight();
  }

  async authoriseLoad(request: LoadRequest): Promise<LoadAuthorisation> {
    const { keys, clock, utcOffsetMinutes } = this.#options;
    const { store } = this;
    const now = clock.now();
    return Promise.resolve(
      store.transaction(() => {
        const refund = refundOf(store, request, now);
        const parts = { store, keys, now, utcOffsetMinutes };
        const { answer, card, order } = authoriseLoad(request, parts);
        if (order !== null) {
          this.#applyTo(card, `load:${order.id}`, { kind: 'load', load: order });
          if (refund !== null) bookRefund(store, refund, order, now);
        }
        return answer;
      }),
    );
  }

  /** Answers what a terminal says and asks; see messages/sync.ts. @throws MESSAGE_REFUSED */
  async sync(request: Signed): Promise<Signed> {
    return Promise.resolve(answerSync({ ...this.#options, store: this.store }, request));
  }

  /** The MAC of an action's command; see messages/sync.ts. @throws MESSAGE_REFUSED */
  async actionMac(request: Signed): Promise<ActionMac> {
    return Promise.resolve(answerActionMac({ ...this.#options, store: this.store }, request));
  }

  /** Puts a card on the hotlist; the list gets a new version. @throws CARD_NOT_FOUND, USAGE */
  hotlistCard(serial: string, reason: string, actor = 'operator'): HotlistFull {
    return this.#changeHotlist({ serial, op: 'add', reason, actor });
  }

  /** Takes a card off it: it was found. The list gets a new version. @throws CARD_NOT_FOUND, USAGE */
  unlistCard(serial: string, reason: string, actor = 'operator'): HotlistFull {
    return this.#changeHotlist({ serial, op: 'remove', reason, actor });
  }

  #changeHotlist(order: Omit<HotlistOrder, 'at'>): HotlistFull {
    const at = this.#options.clock.now();
    this.store.transaction(() => {
      const change = planHotlistChange(this.store, { ...order, at });
      if (change === undefined) return;
      this.#applyTo(change.card, change.source, change.evidence, change.write);
    });
    return this.hotlist();
  }

  /**
   * Books what a person decided of an open matter of a card. `request` names the approved request; the same
   * decision again changes nothing.
   * @throws CARD_NOT_FOUND, DECISION_REFUSED
   */
  decide(decision: Decision & { readonly serial: string; readonly request: string }): void {
    const { serial, target, action, request } = decision;
    const card = this.store.card(serialNumberBytes(serial));
    if (card === undefined)
      throw new Fault('CARD_NOT_FOUND', `"serial" expected an issued card, got ${serial}`);
    const known = this.store.decisions(card.serial).find((row) => row.request === request);
    if (known !== undefined) return;
    const evidence = evidenceOf(this.store, card, this.#merchantOf);
    checkDecision({ target, action }, decidable(evidence, judgeCard(evidence)));
    const row = { target, action, request, decidedAt: this.#options.clock.now() };
    this.store.transaction(() => {
      this.#applyTo(card, `decision:${request}`, { kind: 'decision', decision: row });
    });
  }

  hotlist(): HotlistFull {
    return currentHotlist(this.store);
  }

  #applyTo(card: CardRow, source: string, change: EvidenceChange, alsoInside?: () => void): void {
    this.#change(source, (slice) => {
      slice.books.apply(card, change);
      alsoInside?.();
    });
  }

  /** A change that is a slice of its own: posted and checked inside the caller's transaction. */
  #change<T>(name: string, work: (slice: SliceIntake) => T): T {
    const slice = new SliceIntake(this.store, {
      name,
      merchant: '',
      // Judged from all evidence: no record of a change is appended unseen.
      headCounter: 0xffffffff,
      at: this.#options.clock.now(),
      merchantOf: this.#merchantOf,
      // What is tried again, or released, was received in time or is approved.
      receipt: null,
    });
    const result = work(slice);
    slice.finish();
    return result;
  }
}
