// SPDX-License-Identifier: MIT
/** What happens on the lines to a card and a SAM, in the order in which it happens. */
import type { FaultCode } from '../../src/errors/catalogue.table.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { TracedCommand, TracedResponse } from '../card/trace.ts';
import type { LineFault } from '../reader/pcsc-codes.table.ts';

export type Role = 'card' | 'sam';

/** Why a command got no response: what is known of the line, or the code of another fault. */
export interface LineFailure {
  readonly kind: FaultCode | LineFault;
  readonly pcscCode: number | undefined;
  readonly message: string;
}

/** A card or a SAM was presented. */
export interface PresentEvent {
  readonly kind: 'present';
  readonly role: Role;
  readonly at: Instant;
  /** Name of the reader; undefined for one in process. */
  readonly reader: string | undefined;
  /** Empty when it is not known. */
  readonly atr: Uint8Array;
}

/** In `entry.hex` every byte of a PIN or a key is `**`, unless the recording reveals them. */
export interface CommandEvent {
  readonly kind: 'command';
  readonly role: Role;
  readonly at: Instant;
  readonly entry: TracedCommand;
}

/** A response, or fewer than two bytes: then the outcome is unknown. */
export interface ResponseEvent {
  readonly kind: 'response';
  readonly role: Role;
  readonly at: Instant;
  readonly entry: TracedResponse;
}

export interface FailedEvent {
  readonly kind: 'failed';
  readonly role: Role;
  readonly at: Instant;
  readonly failure: LineFailure;
}

export type SessionEvent = CommandEvent | FailedEvent | PresentEvent | ResponseEvent;

/** Takes events as they come. It must not throw: money may be moving. */
export type SessionSink = (event: SessionEvent) => void;
