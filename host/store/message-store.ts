// SPDX-License-Identifier: MIT
import type { ActionKind } from '../../src/clearing/actions.table.ts';
import type { HotlistChange } from '../../src/clearing/hotlist.ts';
import type { SequenceRange } from '../../src/clearing/messages.ts';
import type { ParameterLimits } from '../../src/clearing/parameters.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import type { TerminalStanding } from '../../src/clearing/sync-messages.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';

/** A card that is on the hotlist; `version` is the one that put it there. */
export interface HotlistRow {
  readonly serial: string;
  readonly version: number;
  readonly reason: string;
}

/** A change with who made it and why. */
export interface HotlistChangeRow extends HotlistChange {
  readonly reason: string;
  readonly actor: string;
  readonly at: Instant;
}

export interface HotlistVersionRow {
  readonly version: number;
  readonly issuedAt: Instant;
  readonly digest: string;
}

/**
 * `open`: terminals are told of it. `authorised`: its load is in flight. `done`, `failed`, `cancelled`: ends.
 */
export type ActionState = 'authorised' | 'cancelled' | 'done' | 'failed' | 'open';

export interface ActionRow {
  readonly id: string;
  /** In the order in which they were added: 1, 2, 3, … */
  readonly number: number;
  readonly kind: ActionKind;
  readonly serial: string;
  readonly amount: Amount;
  readonly text: string;
  readonly state: ActionState;
  /** The load that carries out a refund; null before it is authorised. */
  readonly load: string | null;
  /** Where it was done. */
  readonly terminal: string | null;
  readonly detail: string;
  readonly actor: string;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
}

export interface ParameterRow {
  readonly version: number;
  /** Empty for all terminals that have none of their own. */
  readonly terminal: string;
  readonly limits: ParameterLimits;
  readonly actor: string;
  readonly issuedAt: Instant;
}

/** What a person said of a terminal; the newest notice holds. */
export interface TerminalNotice {
  readonly terminal: string;
  readonly standing: TerminalStanding;
  readonly reason: string;
  readonly actor: string;
  readonly at: Instant;
}

/** What a terminal said when it last asked: its HotlistAck, and how far it had come. */
export interface TerminalContact {
  readonly terminal: string;
  /** Of its newest request. */
  readonly number: number;
  readonly at: Instant;
  readonly hotlistVersion: number;
  readonly hotlistDigest: string;
  readonly parameters: number;
  readonly actions: number;
  readonly lastSequence: number;
  readonly unsentRecords: number;
  /** Host time less the terminal's, milliseconds; null when it has not compared them yet. */
  readonly clockOffset: number | null;
}

/** Something about a terminal or one of its batches that a person may have to look at. */
export interface TerminalAlert {
  /** Names the matter: the same one is kept once. */
  readonly id: string;
  readonly rule: RuleName;
  readonly terminal: string;
  /** Digest of the batch; null where it is about the terminal. */
  readonly batch: string | null;
  /** Which kind of the rule's matter, in one word: docs/messages.md, Alerts. */
  readonly shade: string;
  readonly expected: string;
  readonly found: string;
  /** Minor units: what depends on it. */
  readonly amount: Amount;
  /** Sequences that the host wants again; null where there are none. */
  readonly range: SequenceRange | null;
  readonly at: Instant;
  /** When the terminal itself made it good. */
  readonly settledAt: Instant | null;
}

/** SAM transaction numbers of a terminal that came in one slice, between two rows of records. */
export interface CounterRun extends SequenceRange {
  readonly firstRecord: number;
  readonly lastRecord: number;
}

/** What the host tells terminals, and what they tell it. */
export interface MessageStore {
  /** By serial. */
  hotlist(): readonly HotlistRow[];
  listing(serial: string): HotlistRow | undefined;
  /** The newest version; version 0 is the empty list that no change has made. */
  newestHotlist(): HotlistVersionRow | undefined;
  hotlistVersion(version: number): HotlistVersionRow | undefined;
  /** Changes with `after < version`, in the order of their versions. */
  hotlistChanges(after: number): readonly HotlistChangeRow[];
  hotlistChangesOf(serial: string): readonly HotlistChangeRow[];
  /** Keeps a change and makes the list follow it. */
  changeHotlist(change: HotlistChangeRow): void;
  insertHotlistVersion(row: HotlistVersionRow): void;

  action(id: string): ActionRow | undefined;
  /** In the order of their numbers; all of them when no state is named. */
  actions(state?: ActionState): readonly ActionRow[];
  insertAction(row: ActionRow): void;
  updateAction(
    row: Pick<ActionRow, 'changedAt' | 'detail' | 'id' | 'load' | 'state' | 'terminal'>,
  ): void;
  actionCount(): number;

  insertParameters(row: ParameterRow): void;
  /** The newest ones of this terminal, or else of all; `''` for those of all. */
  parametersFor(terminal: string): ParameterRow | undefined;
  parametersCount(): number;

  insertNotice(notice: TerminalNotice): void;
  /** In the order in which they were given. */
  notices(terminal: string): readonly TerminalNotice[];
  contact(terminal: string): TerminalContact | undefined;
  saveContact(contact: TerminalContact): void;
  goneRanges(terminal: string): readonly SequenceRange[];
  insertGone(terminal: string, range: SequenceRange, at: Instant): void;

  /** False when the matter is known: the first alert stays. */
  insertAlert(alert: TerminalAlert): boolean;
  settleAlert(id: string, at: Instant): void;
  /** By rule and time; of all terminals when none is named. */
  alerts(terminal?: string): readonly TerminalAlert[];

  insertCounterRun(terminal: string, run: CounterRun): void;
  /** Runs that have a number from `from` to `to`. */
  counterRuns(terminal: string, from: number, to: number): readonly CounterRun[];
  /** Records with `first <= id <= last`, ascending. */
  recordsBetween(
    first: number,
    last: number,
  ): IterableIterator<{ readonly id: number; readonly bytes: Uint8Array }>;
}
