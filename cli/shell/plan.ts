// SPDX-License-Identifier: MIT
/** What a line of the shell means, known before anything is sent. */
import type { SuiteName } from '../../src/purse/suite.ts';

/** One command to the card. */
export interface Step {
  /** The encoded command; purse commands may differ by the suite of the selected purse. */
  readonly command: Uint8Array | Readonly<Record<SuiteName, Uint8Array>>;
  /** A status word that ends the line here and is no refusal of it. */
  readonly mayEndWith?: number;
}

export interface CardPlan {
  readonly kind: 'card';
  /** The command's name: `raw`, `select`. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** Its line holds a PIN or a key, and is kept nowhere. */
  readonly isSecret: boolean;
  /** What to know of what was done. */
  readonly note?: string;
}

/** The card gets a reset. */
export interface ResetPlan {
  readonly kind: 'reset';
}

export type Plan =
  | CardPlan
  | ResetPlan
  | { readonly kind: 'askPin' }
  | { readonly kind: 'exit' }
  | { readonly kind: 'help' }
  | { readonly kind: 'trace'; readonly isOn: boolean };
