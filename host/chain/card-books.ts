// SPDX-License-Identifier: MIT
/**
 * Brings one card's rows and the ledger into line with its evidence, inside the caller's transaction.
 * The card is judged with the evidence before and after the change; the difference of the movements is
 * what must be posted, so a decision that falls is reversed by the same mechanism that made it.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import {
  difference,
  addSigned,
  negate,
  signedAmount,
  sum,
  type Amount,
  type SignedAmount,
  ZERO,
} from '../../src/money/amount.ts';
import { invariant } from '../../src/errors/invariant.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { EntryKind } from '../ledger/model.ts';
import { NetPostings } from '../ledger/postings.ts';
import type { MerchantItem } from '../store/settlement-store.ts';
import type { CardRow, HostStore, LoadRow, StoredRecord } from '../store/store.ts';
import type { Advance } from './advance.ts';
import { hotlistVersionOf, isSameEvidence } from './decode-record.ts';
import { storedEvidence, type MerchantOf } from './evidence.ts';
import { withChange, type EvidenceChange } from './evidence-change.ts';
import { OpenMatters } from './open-matters.ts';
import { planStep } from './plan-step.ts';
import { hasOnlyMissing, isSettled, judgeFrom, mayBeJudgedFrom } from './settled.ts';
import type { CardJudgement, ChainRecord, CounterGap, Movement, SettledPoint } from './model.ts';

/** Changes of the sub-ledgers, to be compared with those of their control accounts. */
export interface ShadowDeltas {
  readonly cardBalances: SignedAmount;
  readonly gaps: SignedAmount;
  readonly loadsInFlight: SignedAmount;
}

const ZERO_DELTAS: ShadowDeltas = {
  cardBalances: signedAmount(0),
  gaps: signedAmount(0),
  loadsInFlight: signedAmount(0),
};

/** A change, with what is open of its card before it. */
interface Planned {
  readonly change: EvidenceChange;
  readonly open: OpenMatters;
  /** The row that the record of the change will be, when it is one. */
  readonly recordId: number;
}

/** What `#updateRows` compares a judgement with. */
interface BeforeRows {
  readonly lastRecord: number;
  /** The order of the change among them. */
  readonly loads: readonly LoadRow[];
  readonly open: OpenMatters;
}

/** Collects the postings of many changes by kind of entry, to be posted once per slice. */
export class CardBooks {
  readonly postings = new Map<string, { readonly kind: EntryKind; readonly net: NetPostings }>();
  /** What judged records add to, or take from, their merchants. */
  readonly items: Omit<MerchantItem, 'window'>[] = [];
  deltas: ShadowDeltas = ZERO_DELTAS;
  readonly #store: HostStore;
  readonly #merchantOf: MerchantOf;
  readonly #at: Instant;

  constructor(store: HostStore, merchantOf: MerchantOf, at: Instant) {
    this.#store = store;
    this.#merchantOf = merchantOf;
    this.#at = at;
  }

  /** The net postings of one entry, by its name within the slice. */
  entry(name: string, kind: EntryKind): NetPostings {
    const known = this.postings.get(name);
    if (known !== undefined) return known.net;
    const net = new NetPostings();
    this.postings.set(name, { kind, net });
    return net;
  }

  /** A purchase that continues its card's chain was appended without judging the card anew. */
  countAppended(amount: SignedAmount): void {
    this.#addDeltas({ ...ZERO_DELTAS, cardBalances: difference(signedAmount(0), amount) });
  }

  /** Takes in a change and returns the rule that the new evidence falls under. */
  apply(card: CardRow, change: EvidenceChange): RuleName {
    const open = new OpenMatters(this.#store, card);
    this.#settle(card, open);
    const recordId = change.kind === 'record' ? this.#store.lastRecordId() + 1 : 0;
    const planned: Planned = { change, open, recordId };
    return this.#advance(card, planned) ?? this.#judge(card, planned);
  }

  /** Writes down that the card is settled, where it is: later changes are judged from here. */
  #settle(card: CardRow, open: OpenMatters): void {
    const { balance, lastRecord, nextOffline, nextOnline, serial } = card;
    if (!isSettled(card, () => open.isCalm)) return;
    this.#store.settleCard(serial, { record: lastRecord, balance, nextOffline, nextOnline });
  }

  /** A small step, where the card allows it (advance.ts). */
  #advance(card: CardRow, { change, open, recordId }: Planned): RuleName | undefined {
    const parts = { store: this.#store, open, merchantOf: this.#merchantOf, recordId };
    const step = planStep(card, change, parts);
    if (step === undefined) return undefined;
    if (change.kind === 'record') this.#append(card, change.bytes, recordId);
    if (change.kind === 'load') this.#store.insertLoad(change.load);
    this.#take(card, step, change.kind === 'record' ? recordId : card.lastRecord);
    return step.rule;
  }

  /** Stores a record, which becomes the row that it was planned for. */
  #append({ lastRecord }: CardRow, bytes: Uint8Array, recordId: number): void {
    const id = this.#store.appendRecord(lastRecord, bytes);
    invariant(id === recordId, `a record expected row ${recordId}, got ${id}`);
  }

  /** Writes what a small step changes. */
  #take(card: CardRow, step: Advance, lastRecord: number): void {
    const { serial } = card;
    const net = this.entry(step.entry, step.entry);
    for (const { debit, credit, amount, claim } of step.movements) {
      net.transfer(debit, credit, amount);
      if (claim !== null) this.#addItem(claim, amount, step.rule);
    }
    if (step.removedGap !== null) this.#store.deleteGap(serial, step.removedGap.from);
    for (const gap of step.addedGaps) this.#store.insertGap(serial, gap);
    if (step.removedFinding !== null) this.#store.deleteFinding(serial, step.removedFinding);
    for (const finding of step.addedFindings) this.#store.insertFinding(serial, finding, this.#at);
    if (step.provenLoad !== null) this.#store.setLoadState(serial, step.provenLoad, 'proven');
    const { nextOffline, nextOnline, balance, mode } = step.head;
    // An order waits without a trace on its card.
    if (step.head !== card || lastRecord !== card.lastRecord)
      this.#store.updateCardHead(serial, { nextOffline, nextOnline, balance, mode, lastRecord });
    const gapsAdded = sum(step.addedGaps.map((gap) => gap.value));
    this.#addDeltas({
      cardBalances: difference(balance, card.balance),
      gaps: difference(gapsAdded, step.removedGap?.value ?? ZERO),
      loadsInFlight: step.inFlight,
    });
  }

  /** Judges the card from its settled point on, and with everything where that is not enough. */
  #judge(card: CardRow, planned: Planned): RuleName {
    const point = this.#store.settledPoint(card.serial);
    const near =
      point !== undefined &&
      mayBeJudgedFrom(point, planned.change, this.#merchantOf) &&
      // What was found may be about the past.
      hasOnlyMissing(planned.open.findings)
        ? this.#judgeFrom(card, planned, point)
        : undefined;
    const rule = near ?? this.#judgeFrom(card, planned, null);
    invariant(rule !== undefined, 'a card can be judged with everything');
    return rule;
  }

  /** Undefined when the point is not enough; then nothing has changed. */
  #judgeFrom(card: CardRow, planned: Planned, point: SettledPoint | null): RuleName | undefined {
    const { change, open, recordId } = planned;
    const known = storedEvidence(this.#store, card, this.#merchantOf, { point, open });
    const { evidence, stored } = known;
    const envelopes = envelopesOf(change, stored);
    if (change.kind === 'record' && envelopes.some(isLikeEnvelope(change.bytes))) {
      return duplicateRule(envelopes, change.bytes);
    }
    const after = withChange(evidence, change, recordId, this.#merchantOf);
    const was = judgeFrom(point, evidence);
    const is = judgeFrom(point, after);
    if (was === undefined || is === undefined) return undefined;
    if (!this.#insert(card, planned)) return 'duplicateRecord';
    this.#book(was, is, change.kind === 'decision' ? 'decision' : undefined);
    this.#updateRows(card, is, {
      lastRecord: change.kind === 'record' ? recordId : card.lastRecord,
      loads: change.kind === 'load' ? [...known.loads, change.load] : known.loads,
      open,
    });
    if (envelopes.length > 0) return 'duplicateEnvelope';
    const added = after.records.find((record) => record.id === recordId);
    return added === undefined ? 'uncertainTap' : ruleOf(added, was, is);
  }

  /** Stores a change; false when it was stored before. */
  #insert(card: CardRow, { change, recordId }: Planned): boolean {
    const store = this.#store;
    const { serial } = card;
    switch (change.kind) {
      case 'record':
        this.#append(card, change.bytes, recordId);
        return true;
      case 'uncertain':
        return store.insertUncertain(change.digest, serial, change.bytes);
      case 'load':
        store.insertLoad(change.load);
        this.#addDeltas({ ...ZERO_DELTAS, loadsInFlight: change.load.amount });
        return true;
      case 'listed':
        store.setListedVersion(serial, change.version);
        return true;
      case 'sharedNumber':
        return store.insertSharedNumber(serial, change.number);
      case 'decision':
        store.putDecision(serial, change.decision);
        return true;
    }
  }

  #book(was: CardJudgement, is: CardJudgement, decided: 'decision' | undefined): void {
    const old = new Map(was.movements.map((movement) => [movementId(movement), movement]));
    const removed = new Map(old);
    const added: Movement[] = [];
    for (const movement of is.movements) {
      if (!removed.delete(movementId(movement))) added.push(movement);
    }
    if (removed.size === 0 && added.length === 0) return;
    const kind = decided ?? entryKind([...removed.values()], added);
    const net = this.entry(kind, kind);
    for (const { debit, credit, amount, claim } of removed.values()) {
      net.transfer(credit, debit, amount);
      if (claim !== null) this.#addItem(claim, negate(amount), ruleOf(claim, was, is));
    }
    for (const { debit, credit, amount, claim } of added) {
      net.transfer(debit, credit, amount);
      if (claim !== null) this.#addItem(claim, amount, ruleOf(claim, was, is));
    }
  }

  #updateRows(card: CardRow, is: CardJudgement, { lastRecord, loads, open }: BeforeRows): void {
    const { serial } = card;
    const gapsBefore = openValue(open.gaps);
    if (open.gaps.length + is.gaps.length > 0) this.#store.replaceGaps(serial, is.gaps);
    let inFlight = signedAmount(0);
    for (const load of loads) {
      const state = is.orderStates.get(load.id) ?? load.state;
      if (state === load.state) continue;
      if (load.state === 'inFlight') inFlight = difference(inFlight, load.amount);
      if (state === 'inFlight') inFlight = addSigned(inFlight, load.amount);
      this.#store.setLoadState(serial, load, state);
    }
    this.#updateFindings(card, is, open);
    const { nextOffline, nextOnline, balance } = is;
    const { mode } = is;
    this.#store.updateCardHead(serial, { nextOffline, nextOnline, balance, lastRecord, mode });
    this.#addDeltas({
      cardBalances: difference(balance, card.balance),
      gaps: difference(openValue(is.gaps), gapsBefore),
      loadsInFlight: inFlight,
    });
  }

  #updateFindings(card: CardRow, is: CardJudgement, { findings }: OpenMatters): void {
    const gone = new Map(findings.map((finding) => [finding.key, finding]));
    for (const finding of is.findings) {
      const known = gone.get(finding.key);
      gone.delete(finding.key);
      const isSame =
        known?.expected === finding.expected &&
        known.found === finding.found &&
        known.atRisk === finding.atRisk;
      if (isSame) continue;
      if (known !== undefined) this.#store.deleteFinding(card.serial, finding.key);
      this.#store.insertFinding(card.serial, finding, known?.openedAt ?? this.#at);
    }
    for (const key of gone.keys()) this.#store.deleteFinding(card.serial, key);
  }

  #addItem(claim: ChainRecord, amount: SignedAmount, cause: RuleName): void {
    const { merchantId: merchant, transactionType: type, id: record } = claim;
    this.items.push({ merchant, type, record, amount, cause });
  }

  #addDeltas(more: ShadowDeltas): void {
    this.deltas = {
      cardBalances: addSigned(this.deltas.cardBalances, more.cardBalances),
      gaps: addSigned(this.deltas.gaps, more.gaps),
      loadsInFlight: addSigned(this.deltas.loadsInFlight, more.loadsInFlight),
    };
  }
}

/** Stored records that are the same evidence as a change. */
function envelopesOf(
  change: EvidenceChange,
  stored: readonly StoredRecord[],
): readonly StoredRecord[] {
  if (change.kind !== 'record') return [];
  return stored.filter(({ bytes }) => isSameEvidence(bytes, change.bytes));
}

/** Whether a repeated record came with every byte as before, or only with the same evidence. */
function duplicateRule(envelopes: readonly StoredRecord[], bytes: Uint8Array): RuleName {
  return envelopes.some((stored) => equalBytes(stored.bytes, bytes))
    ? 'duplicateRecord'
    : 'duplicateEnvelope';
}

/** Whether a stored envelope of the same evidence says the same of what is judged. */
function isLikeEnvelope(bytes: Uint8Array): (stored: StoredRecord) => boolean {
  const version = hotlistVersionOf(bytes);
  return (stored) => hotlistVersionOf(stored.bytes) === version;
}

/** What the open gaps keep in 2061. */
function openValue(gaps: readonly CounterGap[]): Amount {
  return sum(gaps.filter((gap) => gap.state === 'open').map((gap) => gap.value));
}

function movementId(movement: Movement): string {
  return `${movement.key}|${movement.debit}|${movement.credit}|${movement.amount}`;
}

function isLate(record: ChainRecord, was: CardJudgement): boolean {
  return record.counter < (record.kind === 'purchase' ? was.nextOffline : was.nextOnline);
}

/** The rule that a record falls under by a judgement, `is`, that was another one before. */
function ruleOf(record: ChainRecord, was: CardJudgement, is: CardJudgement): RuleName {
  return is.ruleOfRecord.get(record.id) ?? (isLate(record, was) ? 'lateRecord' : 'accepted');
}

/** What an entry is called in the journal, by what it takes back and what it adds. */
function entryKind(removed: readonly Movement[], added: readonly Movement[]): EntryKind {
  const begins = (movements: readonly Movement[], ...prefixes: readonly string[]): boolean =>
    movements.some(({ key }) => prefixes.some((prefix) => key.startsWith(prefix)));
  if (begins(removed, 'purchase:', 'held:', 'overspend:', 'load', 'notDone:')) return 'correction';
  if (begins(removed, 'gap:')) return 'lateRecord';
  if (begins(added, 'gap:', 'overspend:', 'held:', 'loadUnfunded:', 'notDone:')) return 'exception';
  if (begins(added, 'load:')) return 'loadProven';
  return begins(added, 'order:') ? 'loadAuthorised' : 'purchase';
}
