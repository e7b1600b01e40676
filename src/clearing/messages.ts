// SPDX-License-Identifier: MIT
/**
 * What a terminal and the host say to each other besides the batch. JSON; bytes as upper-case
 * hexadecimal, money in minor units. The same values go over HTTP and over an in-process link.
 */
import type { RuleName, Verdict } from './rules.table.ts';

/** A run of records of one batch with the same answer; both ends are terminal sequences. */
export interface AckRange {
  readonly from: number;
  readonly to: number;
  readonly verdict: Verdict;
  readonly rule: RuleName;
}

/** The host's answer to a batch: the licence to erase, per record. */
export interface BatchAck {
  readonly terminalId: string;
  readonly batchNumber: number;
  /** SHA-256 of header and records, hexadecimal. */
  readonly digest: string;
  /** `duplicate`: this very batch was taken before; nothing changed and the first answer is repeated. */
  readonly result: 'accepted' | 'duplicate';
  readonly records: readonly AckRange[];
  /** Ranges of terminal sequences that the host has never seen. */
  readonly missing: readonly { readonly from: number; readonly to: number }[];
}

/** An acknowledgement with the host's Ed25519 signature over `ACK_DOMAIN` ‖ the UTF-8 text of `payload`. */
export interface SignedAck {
  readonly payload: string;
  readonly signature: string;
}

/** What is signed begins with this, so that no other signed message can pass for an acknowledgement. */
export const ACK_DOMAIN = 'openpurse ack 1';

/** A terminal asks the host to authorise a load that the card has initialized. */
export interface LoadRequest {
  readonly terminalId: string;
  readonly serial: string;
  readonly algorithmId: number;
  readonly keyVersion: number;
  readonly transactionType: number;
  readonly amount: number;
  readonly balanceBefore: number;
  readonly onlineCounter: number;
  readonly cardRandom: string;
  readonly mac1: string;
}

/** The host's MAC2 with the host date and time that it covers. */
export interface LoadAuthorisation {
  readonly loadId: string;
  readonly date: string;
  readonly time: string;
  readonly mac2: string;
}

/** The cards that no terminal may accept. */
export interface Hotlist {
  readonly version: number;
  /** Serial numbers, ascending. */
  readonly serials: readonly string[];
  /** SHA-256 over version and serials, hexadecimal (see `hotlistDigest`). */
  readonly digest: string;
}

/** How a terminal reaches the host. Rejects with HOST_UNREACHABLE or HOST_REFUSED. */
export interface HostLink {
  uploadBatch(batch: Uint8Array): Promise<SignedAck>;
  authoriseLoad(request: LoadRequest): Promise<LoadAuthorisation>;
  fetchHotlist(): Promise<Hotlist>;
}
