// SPDX-License-Identifier: MIT
import type { Answer } from '../card/exchange.ts';

/** One command of a personalisation. */
export interface Step {
  /** What it does, in words: `WRITE KEY DPK (purchase)`. */
  readonly title: string;
  /** `read` leaves the card as it is; `authenticate` counts a try; `write` changes files or keys. */
  readonly kind: 'authenticate' | 'read' | 'write';
  /** The command; `challenge` is what the last GET CHALLENGE brought. */
  readonly command: (challenge: Uint8Array) => Uint8Array;
  /** The answer, of so many bytes, is the challenge of the steps after it. */
  readonly challengeSize?: number;
  /** Bytes at the end of the command that are a key or a PIN: never shown. */
  readonly secretBytes?: number;
  /** Bytes at the end of the command that only the card's challenge tells. */
  readonly challengeBytes?: number;
  /** What the card must answer, where the answer is more than a status word. */
  readonly expected?: Uint8Array;
}

/** Sends a step that only reads, and reports it. */
export type StepSender = (step: Step) => Promise<Answer>;
