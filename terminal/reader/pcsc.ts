// SPDX-License-Identifier: MIT
/** The PC/SC readers of this machine, through nfc-pcsc, which is optional: docs/readers.md. */
import { setTimeout as delay } from 'node:timers/promises';
import type { NFC } from 'nfc-pcsc';
import { Fault } from '../../src/errors/fault.ts';
import type { CardLine } from './card-line.ts';
import { requireService } from './doctor/service-socket.ts';
import { CardLineFault } from './line-fault.ts';
import { formatPcscCode, pcscCodeIn, type LineFault } from './pcsc-codes.table.ts';
import { PcscReader, type ReaderEvent } from './pcsc-reader.ts';

/** What a reader looks like from outside. */
export interface ReaderState {
  readonly name: string;
  readonly hasCard: boolean;
  /** Empty without a card. */
  readonly atr: Uint8Array;
}

/** Which reader, and how long to wait for a card and for each of its answers. */
export interface CardWait {
  /** Whether a reader of this name will do. */
  readonly accepts: (name: string) => boolean;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
}

/** Plugging in is noticed by polling; by then a reader that was there has been seen. */
const SETTLE_MS = 500;
/** A card that has left is shown until the next poll of the reader. */
const LEAVING_MS = 200;
const LEAVING: ReadonlySet<LineFault> = new Set(['removed', 'reset']);

/** A predicate for names that have `part` in them, in any case. */
export function nameHas(part: string): (name: string) => boolean {
  const wanted = part.toLowerCase();
  return (name) => name.toLowerCase().includes(wanted);
}

/** All readers, as they come and go. */
export class PcscReaders {
  readonly #nfc: NFC;
  readonly #readers = new Map<string, PcscReader>();
  readonly #listeners = new Set<(event: ReaderEvent) => void>();

  private constructor(nfc: NFC) {
    this.#nfc = nfc;
    nfc.on('error', ({ message }) => {
      this.#tell({ kind: 'error', reader: undefined, message });
    });
    nfc.on('reader', (reader) => {
      this.#readers.set(
        reader.name,
        new PcscReader(reader, (event) => {
          this.#tell(event);
        }),
      );
      this.#tell({ kind: 'reader', reader: reader.name });
      reader.on('end', () => {
        this.#readers.delete(reader.name);
        this.#tell({ kind: 'readerGone', reader: reader.name });
      });
    });
  }

  /** Opens PC/SC and waits until the readers that are there have been seen. @throws PCSC_UNAVAILABLE */
  static async open(): Promise<PcscReaders> {
    // Without a service the library would ask for it again for ever.
    await requireService();
    let nfc: NFC;
    try {
      const library = await import('nfc-pcsc');
      nfc = new library.NFC();
    } catch (cause) {
      throw unavailable(cause);
    }
    const readers = new PcscReaders(nfc);
    let failure: string | undefined;
    const stop = readers.onEvent((event) => {
      if (event.kind === 'error' && event.reader === undefined) failure = event.message;
    });
    await delay(SETTLE_MS);
    stop();
    if (failure !== undefined && readers.#readers.size === 0) {
      await readers.close();
      throw unavailable(new Error(failure));
    }
    return readers;
  }

  readers(): readonly ReaderState[] {
    return [...this.#readers.values()].map(({ name, hasCard, atr }) => ({ name, hasCard, atr }));
  }

  /** Tells `listener` what happens, until the function that is returned is called. */
  onEvent(listener: (event: ReaderEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: ReaderEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /**
   * A line to the next card in a reader that is accepted, or to the one that is there already.
   * @throws READER_NOT_FOUND, CARD_NOT_PRESENTED after the time; CardLineFault of kind `sharing` or
   * `mute`; PCSC_UNAVAILABLE when the service stops.
   */
  async waitForCard({ accepts, timeoutMs, deadlineMs }: CardWait): Promise<CardLine> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const reader = await this.#readyReader(accepts, { end, timeoutMs });
      try {
        return await reader.openLine(deadlineMs);
      } catch (error) {
        // A card that has just left is still shown for a moment.
        const isLeaving = error instanceof CardLineFault && LEAVING.has(error.kind);
        if (!isLeaving || performance.now() >= end) throw error;
        await delay(LEAVING_MS);
      }
    }
  }

  /** The reader that is accepted and has a card that can be talked to, when there is one. */
  async #readyReader(
    accepts: (name: string) => boolean,
    { end, timeoutMs }: { readonly end: number; readonly timeoutMs: number },
  ): Promise<PcscReader> {
    const accepted = (): readonly PcscReader[] =>
      [...this.#readers.values()].filter(({ name }) => accepts(name));
    const found = await this.#firstOf<Fault | PcscReader>(end - performance.now(), (event) => {
      const isOurs = event?.reader === undefined || accepts(event.reader);
      if (event?.kind === 'error' && event.reader === undefined) {
        return unavailable(new Error(event.message));
      }
      if (event?.kind === 'sharing' && isOurs) {
        return new CardLineFault('sharing', event.message, event.code);
      }
      return accepted().find(({ isReady }) => isReady);
    });
    if (found instanceof PcscReader) return found;
    throw found ?? this.#nothingCame(accepted(), timeoutMs);
  }

  /** Resolves when the card of a line has left its reader, or after the time. */
  async waitForRemoval({ reader }: CardLine, timeoutMs: number): Promise<void> {
    const isGone = (): true | undefined =>
      reader === undefined || this.#readers.get(reader)?.hasCard !== true ? true : undefined;
    await this.#firstOf(timeoutMs, isGone);
  }

  /** What `look` finds, now or at an event; undefined after the time. */
  #firstOf<T>(
    timeoutMs: number,
    look: (event: ReaderEvent | undefined) => T | undefined,
  ): Promise<T | undefined> {
    const already = look(undefined);
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve) => {
      const settle = (found: T | undefined): void => {
        clearTimeout(timer);
        stop();
        resolve(found);
      };
      const timer = setTimeout(settle, Math.max(0, timeoutMs), undefined);
      const stop = this.onEvent((event) => {
        const found = look(event);
        if (found !== undefined) settle(found);
      });
    });
  }

  #nothingCame(accepted: readonly PcscReader[], timeoutMs: number): Fault {
    const held = accepted.find(({ hasCard }) => hasCard);
    if (held !== undefined) return held.sharingFault();
    const seconds = Math.round(timeoutMs / 1000);
    if (accepted.length > 0) {
      const names = accepted.map(({ name }) => name).join(', ');
      return new Fault(
        'CARD_NOT_PRESENTED',
        `"card" expected in ${names} within ${seconds} s, got none`,
      );
    }
    const known = [...this.#readers.keys()].join(', ');
    return new Fault(
      'READER_NOT_FOUND',
      `"--reader" expected a reader that fits, got ${known === '' ? 'no reader at all' : `only ${known}`}`,
    );
  }

  /** Lets go of all readers. */
  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([...this.#readers.values()].map((reader) => reader.close()));
    this.#nfc.close();
  }
}

function unavailable(cause: unknown): Fault {
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = pcscCodeIn(text);
  const [firstLine = ''] = text.split('\n');
  const got = code === undefined ? firstLine : formatPcscCode(code);
  return new Fault('PCSC_UNAVAILABLE', `"pcsc" expected readers through nfc-pcsc, got: ${got}`, {
    cause,
  });
}
