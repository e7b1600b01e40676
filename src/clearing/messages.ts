// SPDX-License-Identifier: MIT
/**
 * What a terminal and the host say to each other besides the batch. JSON; bytes as upper-case
 * hexadecimal, money in minor units. The same values go over HTTP and over an in-process link.
 */
import type { RuleName, Verdict } from './rules.table.ts';
import type { Signed } from './signed.ts';

/** A run of terminal sequences, both ends included. */
export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

/** A run of records of one batch with the same answer; both ends are terminal sequences. */
export interface AckRange extends SequenceRange {
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
  readonly missing: readonly SequenceRange[];
  /**
   * The signed totals are not those of the records. The records were taken, but the terminal keeps them
   * and sends them again: nothing may be erased by this acknowledgement.
   */
  readonly isOutOfBalance?: true;
}

/** An acknowledgement with the host's signature (ack.ts). */
export type SignedAck = Signed;

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
  /** The open refund that this load carries out: it is paid from what is owed to the holder. */
  readonly actionId?: string;
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

/** Asks for the MAC of the command that carries out an action on the card in the field. */
export interface ActionMacRequest {
  readonly terminalId: string;
  readonly number: number;
  readonly actionId: string;
  /** The challenge that the card gave, hexadecimal. */
  readonly challenge: string;
}

/** The MAC of the command of an action, hexadecimal: good for one challenge of one card. */
export interface ActionMac {
  readonly mac: string;
}

/** Takes batches. */
export interface BatchLink {
  uploadBatch(batch: Uint8Array): Promise<SignedAck>;
}

/** Authorises loads. */
export interface LoadLink {
  authoriseLoad(request: LoadRequest): Promise<LoadAuthorisation>;
}

/** Answers signed requests of terminals (sync-messages.ts). */
export interface MessageLink {
  /** A signed `SyncRequest` for a signed `SyncAnswer`. */
  sync(request: Signed): Promise<Signed>;
  /** A signed `ActionMacRequest`. */
  actionMac(request: Signed): Promise<ActionMac>;
}

/** How a terminal reaches the host. Rejects with HOST_UNREACHABLE or HOST_REFUSED. */
export interface HostLink extends BatchLink, LoadLink, MessageLink {}
