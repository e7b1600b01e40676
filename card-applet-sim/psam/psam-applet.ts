// SPDX-License-Identifier: MIT
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import { PsamData } from './psam-data.ts';
import type { PsamFile } from './psam-map.ts';

/** What CREDIT_SAM_FOR_PURCHASE compares the card's MAC2 with. */
export interface PendingPurchase {
  readonly mac2: Uint8Array;
}

/** The key that DELIVERY KEY left, and what CIPHER DATA has taken so far. */
export interface DeliveredKey {
  readonly suite: SuiteName;
  readonly key: Uint8Array;
  readonly usage: 'mac' | 'tac';
  /** Blocks of a MAC that more blocks will follow; the initial value first. */
  readonly pending: { readonly iv: Uint8Array | null; readonly data: Uint8Array } | null;
}

/** What the SAM forgets when it loses power. */
export class PsamSession {
  currentFile: PsamFile | null = null;
  purchase: PendingPurchase | null = null;
  delivered: DeliveredKey | null = null;
}

export class PsamApplet {
  readonly data: PsamData;
  session = new PsamSession();

  constructor(memory: NonVolatileMemory) {
    this.data = new PsamData(memory);
  }
}

/** Carries out a command of the SAM; gives the response data. */
export type PsamHandler = (applet: PsamApplet, command: CommandApdu) => Uint8Array;

export const NO_RESPONSE_DATA = new Uint8Array(0);
