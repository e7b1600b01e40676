// SPDX-License-Identifier: MIT
/** The part of nfc-pcsc 0.8.1 that is used; it ships no types of its own. */
declare module 'nfc-pcsc' {
  import type { EventEmitter } from 'node:events';

  /** A change of a reader, as pcsclite reports it: flags in `state`, an ATR with a card. */
  interface ReaderStatus {
    readonly state: number;
    readonly atr?: Buffer;
  }

  /** The reader of @pokusew/pcsclite under that of nfc-pcsc. */
  interface PcscliteReader extends EventEmitter {
    readonly SCARD_STATE_PRESENT: number;
    readonly SCARD_RESET_CARD: number;
    disconnect(disposition: number, done: (error: Error | null | undefined) => void): void;
    on(event: 'status', listener: (status: ReaderStatus) => void): this;
  }

  export interface Reader extends EventEmitter {
    readonly name: string;
    readonly reader: PcscliteReader;
    autoProcessing: boolean;
    connection: { readonly protocol: number | undefined } | null | undefined;
    connect(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    close(): void;
    transmit(command: Buffer, responseMax: number): Promise<Buffer>;
    on(event: 'card', listener: (card: { readonly atr?: Buffer }) => void): this;
    on(event: 'card.off' | 'end', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export class NFC {
    on(event: 'reader', listener: (reader: Reader) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    close(): void;
  }
}
