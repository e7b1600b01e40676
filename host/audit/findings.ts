// SPDX-License-Identifier: MIT
/**
 * Collects findings. Those about history are kept in the auditor's database and said again by every run
 * until one starts over, because a run looks at history once; those about the state are found afresh.
 */
import type { Database } from 'better-sqlite3';
import { signedAmount, type SignedAmount } from '../../src/money/amount.ts';
import { INVARIANTS, type InvariantId } from './invariants.table.ts';

/** Findings of one invariant that are listed; more are counted. */
export const FINDINGS_KEPT = 1000;

/** One thing that does not hold. */
export interface AuditFinding {
  readonly invariant: InvariantId;
  /** What it is about: `card 0001…`, `account 2010`, `entry 7 …`. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** Minor units: what was found less what was expected; 0 where no money is at stake. */
  readonly amount: SignedAmount;
}

export interface InvariantResult {
  readonly invariant: InvariantId;
  readonly name: string;
  readonly statement: string;
  readonly holds: boolean;
  /** How many things this run looked at. */
  readonly checked: number;
  /** Of `findings` at most `FINDINGS_KEPT` are listed. */
  readonly findingCount: number;
  readonly findings: readonly AuditFinding[];
  /** What this run did not look at, and why; null when it looked at everything. */
  readonly note: string | null;
}

type Said = Omit<AuditFinding, 'amount' | 'invariant'> & { readonly amount: number };

/** The findings of one invariant. */
export class FindingSink {
  checked = 0;
  note: string | null = null;
  readonly invariant: InvariantId;
  readonly #memory: Database;
  readonly #state: AuditFinding[] = [];
  #stateCount = 0;

  constructor(invariant: InvariantId, memory: Database) {
    this.invariant = invariant;
    this.#memory = memory;
  }

  /** Something is wrong with a row that is never changed. */
  history({ subject, expected, found, amount }: Said): void {
    this.#memory
      .prepare(
        `INSERT INTO finding_counts VALUES (?, 1)
         ON CONFLICT (invariant) DO UPDATE SET count = count + 1`,
      )
      .run(this.invariant);
    if (this.#historyCount() > FINDINGS_KEPT) return;
    this.#memory
      .prepare('INSERT INTO findings VALUES (?, ?, ?, ?, ?)')
      .run(this.invariant, subject, expected, found, amount);
  }

  /** Something is wrong with what is there now. */
  state({ amount, ...said }: Said): void {
    this.#stateCount++;
    if (this.#state.length >= FINDINGS_KEPT) return;
    this.#state.push({ invariant: this.invariant, ...said, amount: signedAmount(amount) });
  }

  get hasState(): boolean {
    return this.#stateCount > 0;
  }

  result(): InvariantResult {
    const { invariant } = this;
    const history = this.#memory
      .prepare<[string], AuditFinding>('SELECT * FROM findings WHERE invariant = ? ORDER BY rowid')
      .all(invariant);
    const findingCount = this.#historyCount() + this.#stateCount;
    const { name, statement } = INVARIANTS[invariant];
    return {
      invariant,
      name,
      statement,
      holds: findingCount === 0,
      checked: this.checked,
      findingCount,
      findings: [...history, ...this.#state].slice(0, FINDINGS_KEPT),
      note: this.note,
    };
  }

  #historyCount(): number {
    const count = this.#memory
      .prepare<[string], number>('SELECT count FROM finding_counts WHERE invariant = ?')
      .pluck();
    return count.get(this.invariant) ?? 0;
  }
}

/** The findings of all invariants. */
export class FindingBook {
  readonly #memory: Database;
  readonly #sinks = new Map<InvariantId, FindingSink>();

  constructor(memory: Database) {
    this.#memory = memory;
  }

  /** Where the findings of an invariant go: checks of one invariant share it. */
  of(invariant: InvariantId): FindingSink {
    const known = this.#sinks.get(invariant);
    if (known !== undefined) return known;
    const sink = new FindingSink(invariant, this.#memory);
    this.#sinks.set(invariant, sink);
    return sink;
  }

  /** Whether anything is wrong with what is there now. */
  get hasState(): boolean {
    return [...this.#sinks.values()].some((sink) => sink.hasState);
  }

  /** Every invariant that was checked, in their order. */
  results(): readonly InvariantResult[] {
    const ids = Object.keys(INVARIANTS) as InvariantId[];
    return ids.filter((id) => this.#sinks.has(id)).map((id) => this.of(id).result());
  }
}
