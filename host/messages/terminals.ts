// SPDX-License-Identifier: MIT
/** Terminals as the host knows them from their messages: in use, lost, retired; and how far they are. */
import type { TerminalStanding } from '../../src/clearing/sync-messages.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { TerminalAlert, TerminalContact, TerminalNotice } from '../store/message-store.ts';
import type { HostStore, SequenceRange, TerminalGap, TerminalRow } from '../store/store.ts';

/** What a terminal is by the newest notice. */
export function standingOf(store: HostStore, terminal: string): TerminalStanding {
  return store.notices(terminal).at(-1)?.standing ?? 'active';
}

/** What a terminal was at a moment. */
export function standingAt(store: HostStore, terminal: string, at: Instant): TerminalStanding {
  const before = store.notices(terminal).filter((notice) => notice.at <= at);
  return before.at(-1)?.standing ?? 'active';
}

/** Records a notice; the same standing again changes nothing. @throws TERMINAL_NOT_FOUND */
export function noteTerminal(store: HostStore, notice: TerminalNotice): void {
  enrolled(store, notice.terminal);
  if (standingOf(store, notice.terminal) === notice.standing) return;
  store.transaction(() => {
    store.insertNotice(notice);
  });
}

/** @throws TERMINAL_NOT_FOUND */
export function enrolled(store: HostStore, id: string): TerminalRow {
  const terminal = store.terminal(id);
  if (terminal !== undefined) return terminal;
  throw new Fault('TERMINAL_NOT_FOUND', `"terminal" expected an enrolled one, got ${id}`);
}

/** Everything that is known of one terminal. */
export interface TerminalStatus {
  readonly id: string;
  readonly merchant: string;
  readonly standing: TerminalStanding;
  readonly notices: readonly TerminalNotice[];
  readonly headSequence: number;
  readonly missing: readonly TerminalGap[];
  /** Missing sequences that the terminal says it does not have any more. */
  readonly gone: readonly SequenceRange[];
  /** Records that the terminal says it has and has not sent. */
  readonly unsentRecords: number;
  readonly contact: TerminalContact | null;
  /** Alerts that the terminal has not made good itself. */
  readonly alerts: readonly TerminalAlert[];
  /** Whether one of its SAM's numbers is on two cards: the SAM was copied or reset. */
  readonly isSuspect: boolean;
}

/** The status of every terminal, by id. */
export function terminalStatuses(store: HostStore): readonly TerminalStatus[] {
  return store.terminals().map(({ id, merchant, headSequence }) => {
    const contact = store.contact(id);
    const alerts = store.alerts(id).filter(({ settledAt }) => settledAt === null);
    return {
      id,
      merchant,
      standing: standingOf(store, id),
      notices: store.notices(id),
      headSequence,
      missing: store.terminalGaps(id),
      gone: store.goneRanges(id),
      unsentRecords: contact?.unsentRecords ?? 0,
      contact: contact ?? null,
      alerts,
      isSuspect: store.hasSharedNumber(id),
    };
  });
}
