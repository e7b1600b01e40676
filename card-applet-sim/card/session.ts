// SPDX-License-Identifier: MIT
/**
 * What the card forgets when it loses power: selection, security status, challenge, and the INIT context.
 *
 * Transitions of the transaction context. Source: docs/protocol.md, Purse commands; PBOC part 9, 7.4.
 * Any INITIALIZE puts its own context in place of the one before. A commit command, done or refused, ends
 * in `idle`. UPDATE CAPP DATA CACHE goes from `compositeInitialized` to `compositeCached` and stays there.
 * GET CHALLENGE, READ BINARY, READ RECORD, GET RESPONSE, GET BALANCE and GET TRANSACTION PROVE leave the
 * context as it is, and so does any answer 6Cxx. Everything else, known to the card or not, done or
 * refused, ends in `idle`.
 */
import type { Amount } from '../../src/money/amount.ts';
import type { TransactionTypeCode } from '../../src/purse/transaction-types.table.ts';
import type { MacKey } from '../../src/purse/suite.ts';
import type { PurseAccount } from './card-data.ts';
import type { FileRegion } from './card-map.ts';

/** The dedicated file that is selected. `master` is MF. */
export type SelectedFile = 'master' | 'ppse' | 'pse' | 'purse';

/** What every INITIALIZE with an amount leaves behind. */
interface Initialized {
  readonly account: PurseAccount;
  readonly type: TransactionTypeCode;
  readonly amount: Amount;
  readonly terminalId: Uint8Array;
}

/** A record that waits for DEBIT. Later ones with the same place replace earlier ones. */
export interface CachedRecord {
  readonly region: FileRegion;
  /** The slot of a variable file; a cyclic file takes the record as its newest. */
  readonly slot: number | null;
  readonly record: Uint8Array;
}

export interface OfflineTransaction extends Initialized {
  readonly kind: 'cashInitialized' | 'compositeInitialized' | 'purchaseInitialized';
  readonly cardRandom: Uint8Array;
}

export interface CachedTransaction extends Initialized {
  readonly kind: 'compositeCached';
  readonly cardRandom: Uint8Array;
  readonly cache: readonly CachedRecord[];
}

/** The session key of an online transaction is known at INITIALIZE: no SAM takes part. */
export interface OnlineTransaction extends Initialized {
  readonly kind: 'loadInitialized' | 'unloadInitialized';
  readonly sessionKey: MacKey;
}

export interface LimitTransaction {
  readonly kind: 'limitInitialized';
  readonly terminalId: Uint8Array;
  readonly sessionKey: MacKey;
}

export type Transaction =
  | CachedTransaction
  | LimitTransaction
  | OfflineTransaction
  | OnlineTransaction
  | { readonly kind: 'idle' };

export const IDLE: Transaction = Object.freeze({ kind: 'idle' });

export class Session {
  selected: SelectedFile = 'master';
  currentFile: FileRegion | null = null;
  isPinVerified = false;
  isExternallyAuthenticated = false;
  /** The last challenge, until a secured command or EXTERNAL AUTHENTICATE uses it. */
  challenge: Uint8Array | null = null;
  transaction: Transaction = IDLE;

  /** A dedicated file was selected: nothing of the one before holds. */
  enter(selected: SelectedFile): void {
    this.selected = selected;
    this.currentFile = null;
    this.isPinVerified = false;
    this.isExternallyAuthenticated = false;
    this.challenge = null;
    this.transaction = IDLE;
  }
}
