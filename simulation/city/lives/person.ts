// SPDX-License-Identifier: MIT
import type { Station } from '../../../src/gtfs/model.ts';
import type { Purse } from '../truth/purse.ts';

/** Somebody with a card, somewhere to live and mostly somewhere to work. */
export interface Person {
  readonly number: number;
  readonly isCommuter: boolean;
  readonly home: Station;
  readonly work: Station;
  /** The card in the pocket; undefined while there is none. */
  purse: Purse | undefined;
  /** Where the person is. */
  at: Station;
}

/** What somebody means to do on a day, in order. Times are local milliseconds since midnight. */
export type Plan =
  | { readonly at: number; readonly kind: 'buy'; readonly near: Station }
  | { readonly at: number; readonly kind: 'ride'; readonly to: Station };
