// SPDX-License-Identifier: MIT
/**
 * The store of the host: one port, so that another database can take SQLite's place. Everything is
 * synchronous inside one transaction; a store that is asynchronous underneath runs it in a worker.
 */
import type { Decision } from '../chain/decisions.table.ts';
import type {
  ChainMode,
  CounterGap,
  Finding,
  LoadOrder,
  OrderState,
  SettledPoint,
  SharedNumber,
} from '../chain/model.ts';
import type { AccountId } from '../ledger/accounts.table.ts';
import type { EntryKind, JournalEntry } from '../ledger/model.ts';
import type { AccessStore } from './access-store.ts';
import type { ClockStore } from './clock-store.ts';
import type { BankStore } from './bank-store.ts';
import type { DeskStore } from './desk-store.ts';
import type { IssuingStore } from './issuing-store.ts';
import type { OperationsStore } from './operations-store.ts';
import type { MessageStore } from './message-store.ts';
import type { SettlementStore } from './settlement-store.ts';
import type { SequenceRange } from '../../src/clearing/messages.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import type { Amount, SignedAmount } from '../../src/money/amount.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { Instant } from '../../src/time/instant.ts';

/** A card in the registry, with the head of its chain. */
export interface CardRow {
  readonly serial: Uint8Array;
  readonly suite: SuiteName;
  readonly keyVersion: number;
  readonly nextOffline: number;
  readonly nextOnline: number;
  /** The newest attested balance: the card's part of account 2010. */
  readonly balance: Amount;
  readonly lastRecord: number;
  readonly mode: ChainMode;
  readonly listedVersion: number | null;
  /** The last day of its validity, YYYYMMDD; null when it has none. */
  readonly validUntil: string | null;
}

/** A purchase that may be the next one of its card. */
export interface NextPurchase {
  readonly serial: Uint8Array;
  readonly suite: SuiteName;
  readonly keyVersion: number;
  /** The offline counter before the purchase. */
  readonly counter: number;
  readonly before: Amount;
  readonly after: Amount;
  /** The date as it lies in the record: BCD YYYYMMDD as one number. */
  readonly date: number;
}

export type CardHead = Pick<
  CardRow,
  'balance' | 'lastRecord' | 'mode' | 'nextOffline' | 'nextOnline'
>;

export interface TerminalRow {
  readonly id: string;
  readonly merchant: string;
  readonly publicKey: Uint8Array;
  readonly headSequence: number;
  readonly headCounter: number;
}

export type { SequenceRange } from '../../src/clearing/messages.ts';

/** Sequences that a terminal has not sent, and since when the host knows. */
export interface TerminalGap extends SequenceRange {
  readonly since: Instant;
}

export interface BatchRow {
  readonly terminal: string;
  readonly number: number;
  readonly digest: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly recordCount: number;
  readonly receivedAt: Instant;
  /** Name of the file in the folder of raw batches. */
  readonly rawFile: string;
  /** The acknowledgement as JSON text. */
  readonly ack: string;
  /** Σ of the amounts of its purchases. */
  readonly gross: Amount;
}

export interface StoredRecord {
  readonly id: number;
  readonly previous: number;
  readonly bytes: Uint8Array;
}

/** A record and an earlier received one of the same card at another terminal, `seconds` apart. */
export interface TravelAlert {
  readonly record: number;
  readonly other: number;
  readonly seconds: number;
  readonly foundAt: Instant;
}

export interface LoadRow extends LoadOrder {
  readonly serial: Uint8Array;
  readonly state: OrderState;
}

/** A load with the messages that made it, as JSON text: the same request gets the same answer. */
export interface NewLoad extends LoadRow {
  readonly request: string;
  readonly answer: string;
}

/** Names a load of a card. */
export type LoadKey = Pick<LoadOrder, 'counter' | 'number'>;

/** A decision of a person on one card, with the request that was approved. */
export interface DecisionRow extends Decision {
  readonly request: string;
  readonly decidedAt: Instant;
}

export interface QuarantineRow {
  readonly digest: Uint8Array;
  readonly serial: Uint8Array;
  readonly rule: RuleName;
  readonly receivedAt: Instant;
  readonly bytes: Uint8Array;
}

export interface OpenFinding extends Finding {
  readonly serial: Uint8Array;
  readonly openedAt: Instant;
}

export interface PostedEntry extends JournalEntry {
  readonly id: number;
  readonly postedAt: Instant;
  readonly kind: EntryKind;
  /** The settlement window that was open. */
  readonly window: number;
  /** SHA-256 over the entry and the hash of the entry before it (ledger/entry-hash.ts). */
  readonly hash: Uint8Array;
}

/** The control sums that the conservation identity compares, all minor units, all zero or more. */
export interface ControlSums {
  /** Σ of the cards' attested balances. */
  readonly cardBalances: Amount;
  /** Σ of the values of the open gaps. */
  readonly gaps: Amount;
  /** Σ of the loads in flight. */
  readonly loadsInFlight: Amount;
}

/** The store in full: evidence and ledger here, the rest in a port for each part of the host. */
export interface HostStore
  extends
    EvidenceStore,
    SettlementStore,
    MessageStore,
    DeskStore,
    IssuingStore,
    AccessStore,
    BankStore,
    ClockStore,
    OperationsStore {}

export interface EvidenceStore {
  /** Runs `work` in one transaction; nests by savepoint; what it throws rolls everything back. */
  transaction<T>(work: () => T): T;
  /** Runs reads that see one state together; thousands of them cost half of what they cost each alone. */
  snapshot<T>(reads: () => T): T;
  close(): void;

  meta(name: string): string | undefined;
  setMeta(name: string, value: string): void;

  insertTerminal(terminal: TerminalRow, enrolledAt: Instant): void;
  terminal(id: string): TerminalRow | undefined;
  terminals(): readonly TerminalRow[];
  updateTerminalHead(id: string, headSequence: number, headCounter: number): void;
  terminalGaps(id: string): readonly TerminalGap[];
  replaceTerminalGaps(id: string, gaps: readonly TerminalGap[]): void;

  insertCard(
    card: Pick<CardRow, 'keyVersion' | 'serial' | 'suite'> & Partial<Pick<CardRow, 'validUntil'>>,
    issuedAt: Instant,
  ): void;
  card(serial: Uint8Array): CardRow | undefined;
  cards(): IterableIterator<CardRow>;
  /**
   * Appends a purchase and moves its card's head past it, if the card is issued with this suite and key
   * version, is not contested and not expired, and has just this counter and balance; else changes nothing. The hot path
   * of the intake: everything that it needs of the card is asked for here.
   */
  appendNext(purchase: NextPurchase, bytes: Uint8Array): boolean;
  updateCardHead(serial: Uint8Array, head: CardHead): void;
  settleCard(serial: Uint8Array, point: SettledPoint): void;
  /** The newest settled point of a card that was written down (chain/settled.ts). */
  settledPoint(serial: Uint8Array): SettledPoint | undefined;
  setListedVersion(serial: Uint8Array, version: number | null): void;

  /** Appends a record that was judged: what it moved is said by merchant items. */
  appendRecord(previous: number, bytes: Uint8Array): number;
  record(id: number): StoredRecord | undefined;
  recordCount(): number;
  /** The row of the newest record; 0 when there is none. */
  lastRecordId(): number;
  /** Records with `id > after`, oldest first, at most `limit`. */
  recordsAfter(after: number, limit: number): readonly StoredRecord[];
  travelAlerts(): readonly TravelAlert[];
  insertTravelAlert(alert: TravelAlert): void;

  gaps(serial: Uint8Array): readonly CounterGap[];
  insertGap(serial: Uint8Array, gap: CounterGap): void;
  deleteGap(serial: Uint8Array, from: number): void;
  replaceGaps(serial: Uint8Array, gaps: readonly CounterGap[]): void;

  insertLoad(load: NewLoad): void;
  /** The loads of a card in the order of their numbers; from an online counter on, where it is given. */
  loads(serial: Uint8Array, fromCounter?: number): readonly LoadRow[];
  loadCount(serial: Uint8Array): number;
  loadAnswer(serial: Uint8Array, load: LoadKey): string | undefined;
  loadsInFlight(): readonly LoadRow[];
  setLoadState(serial: Uint8Array, load: LoadKey, state: OrderState): void;

  /** False when the very same bytes are there already. */
  insertUncertain(digest: Uint8Array, serial: Uint8Array, bytes: Uint8Array): boolean;
  uncertain(serial: Uint8Array): readonly { readonly id: number; readonly bytes: Uint8Array }[];
  insertQuarantine(row: QuarantineRow): boolean;
  quarantine(): readonly QuarantineRow[];
  /** False when it was not there. */
  deleteQuarantine(digest: Uint8Array): boolean;

  /** By terminal, counter and the other card. */
  sharedNumbers(serial: Uint8Array): readonly SharedNumber[];
  /** False when it is known. */
  insertSharedNumber(serial: Uint8Array, number: SharedNumber): boolean;
  /** Whether a number of this terminal's SAM is on two cards. */
  hasSharedNumber(terminal: string): boolean;

  decisions(serial: Uint8Array): readonly DecisionRow[];
  /** Keeps a decision; one on the same target takes the place of an earlier one. */
  putDecision(serial: Uint8Array, decision: DecisionRow): void;

  findings(serial: Uint8Array): readonly OpenFinding[];
  allFindings(): readonly OpenFinding[];
  insertFinding(serial: Uint8Array, finding: Finding, openedAt: Instant): void;
  deleteFinding(serial: Uint8Array, key: string): void;

  batchByDigest(digest: string): BatchRow | undefined;
  insertBatch(batch: BatchRow): void;
  /** Batches of a terminal with this number, or with this count of records and this gross. */
  batchesLike(
    batch: Pick<BatchRow, 'gross' | 'number' | 'recordCount' | 'terminal'>,
  ): readonly BatchRow[];
  batches(): readonly BatchRow[];

  balance(account: AccountId): SignedAmount;
  setBalance(account: AccountId, balance: SignedAmount): void;
  /** Σ of all balances. */
  trialTotal(): SignedAmount;
  balances(): readonly { readonly account: AccountId; readonly balance: SignedAmount }[];
  /** Id and hash of the newest entry; undefined in an empty ledger. */
  lastEntry(): { readonly id: number; readonly hash: Uint8Array } | undefined;
  /** Inserts an entry with its running balances, in the order of its legs. @throws on a source that is already posted. */
  insertEntry(entry: PostedEntry, balancesAfter: readonly SignedAmount[]): void;
  hasEntry(source: string): boolean;
  entries(): IterableIterator<PostedEntry>;
  /** Entries with `after < id <= last`, oldest first. */
  entriesBetween(after: number, last: number): IterableIterator<PostedEntry>;
  controlSums(): ControlSums;
}
