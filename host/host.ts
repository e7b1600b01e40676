// SPDX-License-Identifier: MIT
/**
 * The clearing host: everything that changes its books goes through here. Opened on a directory, it
 * holds one database, the raw batches and the issuer's keys.
 */
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { signAck } from '../src/clearing/ack.ts';
import { hotlistDigest } from '../src/clearing/hotlist.ts';
import type {
  Hotlist,
  HostLink,
  LoadAuthorisation,
  LoadRequest,
  SignedAck,
} from '../src/clearing/messages.ts';
import { ed25519PublicKey } from '../src/crypto/ed25519.ts';
import { Fault } from '../src/errors/fault.ts';
import type { CurrencyCode } from '../src/money/currencies.table.ts';
import type { Clock } from '../src/ports/clock.ts';
import { formatSerialNumber, serialNumberBytes } from '../src/purse/serial-number.ts';
import type { SuiteName } from '../src/purse/suite.ts';
import type { EvidenceChange } from './chain/card-books.ts';
import { BatchIntake } from './intake/intake.ts';
import { RawBatches } from './intake/raw-batches.ts';
import { SliceIntake } from './intake/slice.ts';
import type { IssuerKeys } from './keys/key-store.ts';
import { authoriseLoad } from './loads/authorise.ts';
import { openSqliteStore, type Durability } from './store/sqlite-store.ts';
import type { CardRow, HostStore } from './store/store.ts';
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
  readonly publicKey: Uint8Array;
  readonly #options: HostOptions;
  readonly #verifier: Verifier;
  readonly #intake: BatchIntake;

  private constructor(options: HostOptions) {
    mkdirSync(options.directory, { recursive: true });
    this.#options = options;
    this.currency = options.currency;
    this.publicKey = ed25519PublicKey(options.keys.hostSeed);
    this.store = openSqliteStore(join(options.directory, 'ledger.db'), options.durability);
    this.#verifier = openVerifier(options.keys.tacMasterKeys(), options.workers);
    const raw = new RawBatches(join(options.directory, 'raw'), options.durability);
    const { store } = this;
    this.#intake = new BatchIntake({ store, raw, verifier: this.#verifier, clock: options.clock });
  }

  /** Opens the host and finishes batches that a crash left half taken. @throws STORE_UNUSABLE */
  static async open(options: HostOptions): Promise<ClearingHost> {
    const host = new ClearingHost(options);
    host.#checkCurrency();
    await host.#intake.resume();
    return host;
  }

  #checkCurrency(): void {
    const known = this.store.meta('currency');
    if (known === undefined) this.store.setMeta('currency', this.currency);
    else if (known !== this.currency) {
      throw new Fault(
        'CONFIG_INVALID',
        `"currency" expected ${known}, the currency of this ledger, got ${this.currency}`,
      );
    }
  }

  async close(): Promise<void> {
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
    if (!/^[A-Za-z0-9._-]{1,32}$/.test(request.merchant)) {
      throw new Fault(
        'USAGE',
        `"merchant" expected 1 to 32 letters, digits, . _ -, got "${request.merchant}"`,
      );
    }
    const known = this.store.terminal(request.terminalId);
    if (known === undefined) {
      const row = {
        id: request.terminalId,
        merchant: request.merchant,
        publicKey: request.publicKey,
      };
      this.store.insertTerminal(
        { ...row, headSequence: 0, headCounter: 0 },
        this.#options.clock.now(),
      );
      return;
    }
    const isSame =
      known.merchant === request.merchant &&
      Buffer.compare(Buffer.from(known.publicKey), Buffer.from(request.publicKey)) === 0;
    if (!isSame)
      throw new Fault(
        'TERMINAL_EXISTS',
        `"terminalId" expected a new one, ${request.terminalId} is enrolled`,
      );
  }

  /** Registers a card that was personalised. @throws CARD_EXISTS */
  async registerCard(card: {
    serial: string;
    suite: SuiteName;
    keyVersion: number;
  }): Promise<void> {
    const serial = serialNumberBytes(card.serial);
    if (this.store.card(serial) !== undefined) {
      throw new Fault('CARD_EXISTS', `"serial" expected a new one, ${card.serial} is issued`);
    }
    this.store.insertCard({ ...card, serial }, this.#options.clock.now());
    await this.retryHeld();
  }

  /** Tries records again that were held because a key or a card was not known. */
  async retryHeld(): Promise<number> {
    const held = this.store
      .quarantine()
      .filter((row) => row.rule === 'cardNotIssued' || row.rule === 'tacUnverifiable');
    let released = 0;
    for (const { digest, bytes, rule, serial } of held) {
      const codes = await this.#verifier.verify(bytes);
      const isStillHeld =
        rule === 'cardNotIssued' ? this.store.card(serial) === undefined : codes[0] === 2;
      if (isStillHeld) continue;
      this.#change(`release:${Buffer.from(digest).toString('hex')}`, (slice) => {
        slice.release(digest, bytes);
        slice.take(bytes, codes);
      });
      released++;
    }
    return released;
  }

  async uploadBatch(batch: Uint8Array): Promise<SignedAck> {
    return this.takeBatch([batch]);
  }

  /** Takes a batch as it streams in; see intake.ts for what it throws. */
  async takeBatch(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<SignedAck> {
    return signAck(await this.#intake.take(chunks), this.#options.keys.hostSeed);
  }

  async authoriseLoad(request: LoadRequest): Promise<LoadAuthorisation> {
    const { keys, clock, utcOffsetMinutes } = this.#options;
    const parts = { store: this.store, keys, now: clock.now(), utcOffsetMinutes };
    const { answer, card, order } = authoriseLoad(request, parts);
    if (order !== null) this.#applyTo(card, `load:${order.id}`, { kind: 'load', load: order });
    return Promise.resolve(answer);
  }

  /** Puts a card on the hotlist; the list gets a new version. @throws CARD_NOT_FOUND */
  hotlistCard(serial: string, reason: string): Hotlist {
    const card = this.store.card(serialNumberBytes(serial));
    if (card === undefined)
      throw new Fault('CARD_NOT_FOUND', `"serial" expected an issued card, got ${serial}`);
    if (card.listedVersion !== null) return this.hotlist();
    const version = this.hotlist().version + 1;
    this.#applyTo(
      card,
      `listed:${formatSerialNumber(card.serial)}:${version}`,
      { kind: 'listed', version },
      () =>
        this.store.insertHotlisted({ serial: formatSerialNumber(card.serial), version, reason }),
    );
    return this.hotlist();
  }

  hotlist(): Hotlist {
    const rows = this.store.hotlist();
    const version = Math.max(0, ...rows.map((row) => row.version));
    const serials = rows.map((row) => row.serial);
    return { version, serials, digest: hotlistDigest(version, serials) };
  }

  fetchHotlist(): Promise<Hotlist> {
    return Promise.resolve(this.hotlist());
  }

  #applyTo(card: CardRow, source: string, change: EvidenceChange, alsoInside?: () => void): void {
    this.#change(source, (slice) => {
      slice.books.apply(card, change);
      alsoInside?.();
    });
  }

  /** A change that is a slice of its own: posted and checked in one transaction. */
  #change(name: string, work: (slice: SliceIntake) => void): void {
    const { store } = this;
    store.transaction(() => {
      const slice = new SliceIntake(store, {
        name,
        merchant: '',
        // Judged from all evidence: no record of a change is appended unseen.
        headCounter: 0xffffffff,
        at: this.#options.clock.now(),
        merchantOf: (id) => store.terminal(id)?.merchant ?? '',
      });
      work(slice);
      slice.finish();
    });
  }
}
