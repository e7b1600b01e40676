// SPDX-License-Identifier: MIT
/** What the machines of the terminal ask for, and what comes back. */
import type { LoadAuthorisation, LoadRequest } from '../../src/clearing/messages.ts';
import type { FaultCode } from '../../src/errors/catalogue.table.ts';
import type { Answered, Lost } from '../card/exchange.ts';
import type { NewTap, Tap, TapEvidence } from '../journal/tap.ts';

/** The journal wrote, and it is durable. */
export interface Written {
  readonly kind: 'written';
  readonly tap: Tap;
}

export interface Authorised {
  readonly kind: 'authorised';
  readonly authorisation: LoadAuthorisation;
}

export interface HostFailed {
  readonly kind: 'hostFailed';
  readonly reason: 'hostRefused' | 'hostUnreachable';
  readonly message: string;
}

/** An answer of the card or the SAM, none, or a write. */
export type FlowEvent = Answered | Lost | Written;

export type Transmit =
  | { readonly kind: 'card'; readonly command: Uint8Array }
  | { readonly kind: 'sam'; readonly command: Uint8Array };

export type JournalWrite =
  | { readonly kind: 'approve'; readonly id: number; readonly evidence: TapEvidence }
  | { readonly kind: 'begin'; readonly tap: NewTap }
  | { readonly kind: 'decline'; readonly id: number }
  | {
      readonly kind: 'setAside';
      readonly id: number;
      readonly state: 'suspicious' | 'uncertain';
      readonly tac: Uint8Array | undefined;
    };

/** Something of ours broke before any value moved: the flow ends with a fault. */
export interface Fail {
  readonly kind: 'fail';
  readonly code: FaultCode;
  readonly message: string;
}

export type FlowEffect = Fail | JournalWrite | Transmit;

export interface AskHost {
  readonly kind: 'askHost';
  readonly request: LoadRequest;
}
