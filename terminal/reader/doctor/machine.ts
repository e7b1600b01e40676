// SPDX-License-Identifier: MIT
/**
 * What `openpurse doctor` asks of the machine it runs on. The real one is this-machine.ts; tests give
 * recorded ones, which are plain data.
 */
import type { ReaderState } from '../pcsc.ts';
import type { SocketAnswer } from './service-socket.ts';

/** Whether the native library behind nfc-pcsc can be loaded. */
export type AddonLoad =
  | { readonly kind: 'loaded'; readonly version: string }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/** What the smart-card service said to a program that wants to use it. */
export type ServiceAnswer =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly message: string }
  /** No answer at all within the deadline. */
  | { readonly kind: 'silent' };

/** Something that a reader, or the card in it, had to say. */
export interface ReaderTrouble {
  /** Undefined: the service itself. */
  readonly reader: string | undefined;
  readonly message: string;
}

export interface ReadersSeen {
  readonly readers: readonly ReaderState[];
  readonly troubles: readonly ReaderTrouble[];
}

export interface Machine {
  /** As `process.platform`. */
  readonly platform: string;
  /** `PCSCLITE_CSOCK_NAME`, where pcsc-lite looks for its service; undefined for the usual place. */
  readonly socketName: string | undefined;
  has(path: string): boolean;
  /** Text of a file; undefined when there is none that may be read. */
  readText(path: string): string | undefined;
  /** Names in a folder; none when there is no such folder. */
  list(path: string): readonly string[];
  /** Last part of the target of a symbolic link. */
  linkName(path: string): string | undefined;
  connect(socket: string): Promise<SocketAnswer>;
  loadAddon(): Promise<AddonLoad>;
  openService(): Promise<ServiceAnswer>;
  /** Only asked when the service has opened. @throws PCSC_UNAVAILABLE */
  lookAtReaders(): Promise<ReadersSeen>;
}
