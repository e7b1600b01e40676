// SPDX-License-Identifier: MIT
import type { Amount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';

/** `approved` requests have been carried out. */
export type RequestState = 'approved' | 'proposed' | 'refused' | 'withdrawn';

/** What somebody asks for and somebody else approves. */
export interface DeskRequest {
  readonly id: string;
  readonly exception: string;
  readonly action: string;
  /** The exception's target as JSON text. */
  readonly target: string;
  /** Minor units that the action moves, as far as is known when it is proposed. */
  readonly value: Amount;
  readonly state: RequestState;
  readonly note: string;
  readonly proposedBy: string;
  readonly proposedAt: Instant;
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
}

export type DeskEventKind =
  'acknowledged' | 'approved' | 'noted' | 'proposed' | 'refused' | 'reopened' | 'withdrawn';

/** One line of an exception's history. */
export interface DeskEvent {
  readonly exception: string;
  readonly at: Instant;
  readonly actor: string;
  readonly kind: DeskEventKind;
  readonly note: string;
}

/** What people asked for, approved and noted of exceptions. */
export interface DeskStore {
  deskRequest(id: string): DeskRequest | undefined;
  /** All requests, or those of one exception, oldest first. */
  deskRequests(exception?: string): readonly DeskRequest[];
  /** Inserts a request or changes its state. */
  putDeskRequest(request: DeskRequest): void;
  deskEvents(exception: string): readonly DeskEvent[];
  insertDeskEvent(event: DeskEvent): void;
  /** The newest event of every exception that has one. */
  lastDeskEvents(): ReadonlyMap<string, DeskEvent>;
  /** The exception as JSON text when it was first touched. */
  deskSnapshot(exception: string): string | undefined;
  /** Keeps the first snapshot alone. */
  insertDeskSnapshot(exception: string, snapshot: string): void;
}
