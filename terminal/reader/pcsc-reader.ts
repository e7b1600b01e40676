// SPDX-License-Identifier: MIT
/**
 * One PC/SC reader: whether it has a card, and lines to that card. Rules: docs/readers.md.
 *
 * - No automatic processing: its SELECT has a short buffer, and our terminal selects for itself.
 * - A line belongs to one presence of one card: when the card leaves, every line to it is dead.
 * - A command ends with an answer, a fault of PC/SC or its deadline. An answer under two bytes is passed
 *   on as it came: the outcome is unknown (`terminal/card/exchange.ts`).
 * - After a reset by another program only disconnect and connect help, so every line begins with them
 *   when the one before it broke.
 */
import type { Reader } from 'nfc-pcsc';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { within, withDeadline } from '../card/deadline.ts';
import type { CardLine } from './card-line.ts';
import { CardLineFault, lineFaultOf } from './line-fault.ts';
import { formatPcscCode } from './pcsc-codes.table.ts';

/** What happens at the readers, for whoever waits or watches. */
export type ReaderEvent =
  | { readonly kind: 'card'; readonly reader: string; readonly atr: Uint8Array }
  | { readonly kind: 'cardGone' | 'reader' | 'readerGone'; readonly reader: string }
  | {
      readonly kind: 'sharing';
      readonly reader: string;
      readonly message: string;
      readonly code: number;
    }
  | { readonly kind: 'error'; readonly reader: string | undefined; readonly message: string };

/** Room for an answer: 256 bytes and the status word, or those of an extended command. */
const SHORT_ANSWER = 258;
const EXTENDED_ANSWER = 65_538;
/** A card that is there and cannot be connected to for so long is held by another program. */
const SHARING_MS = 1500;
/** A mute card may not keep a command from ending. */
const CLOSE_MS = 1000;

const NO_ATR = new Uint8Array(0);
const SHARING_VIOLATION = 0x8010000b;

/** A reader that is plugged in. */
export class PcscReader {
  readonly name: string;
  readonly #reader: Reader;
  readonly #tell: (event: ReaderEvent) => void;
  #isPresent = false;
  #isConnected = false;
  #isBroken = false;
  #atr: Uint8Array = NO_ATR;
  /** Grows with every card that comes or goes. */
  #presence = 0;
  #sharingTimer: NodeJS.Timeout | undefined;

  constructor(reader: Reader, tell: (event: ReaderEvent) => void) {
    this.name = reader.name;
    this.#reader = reader;
    this.#tell = tell;
    reader.autoProcessing = false;
    reader.on('error', ({ message }) => {
      tell({ kind: 'error', reader: this.name, message });
    });
    reader.on('card', ({ atr }) => {
      this.#isConnected = true;
      this.#cardCame(atr ?? this.#atr);
    });
    reader.on('card.off', () => {
      this.#cardLeft();
    });
    reader.reader.on('status', ({ state, atr }) => {
      this.#statusChanged(state, atr);
    });
  }

  get hasCard(): boolean {
    return this.#isPresent;
  }

  /** Whether a line can be opened. */
  get isReady(): boolean {
    return this.#isPresent && this.#isConnected;
  }

  get atr(): Uint8Array {
    return this.#atr;
  }

  /** The library says nothing when it may not connect: a card that stays unconnected is another's. */
  #statusChanged(state: number, atr: Buffer | undefined): void {
    const isPresent = (state & this.#reader.reader.SCARD_STATE_PRESENT) !== 0;
    if (isPresent && !this.#isPresent) {
      this.#isPresent = true;
      this.#atr = Uint8Array.from(atr ?? NO_ATR);
      this.#presence++;
      this.#sharingTimer = setTimeout(() => {
        this.#tell({
          kind: 'sharing',
          reader: this.name,
          message: this.sharingFault().message,
          code: SHARING_VIOLATION,
        });
      }, SHARING_MS);
    } else if (!isPresent && this.#isPresent) {
      this.#cardLeft();
    }
  }

  #cardCame(atr: Uint8Array): void {
    clearTimeout(this.#sharingTimer);
    this.#isPresent = true;
    this.#atr = Uint8Array.from(atr);
    this.#tell({ kind: 'card', reader: this.name, atr: this.#atr });
  }

  #cardLeft(): void {
    clearTimeout(this.#sharingTimer);
    if (!this.#isPresent) return;
    this.#isPresent = false;
    this.#isConnected = false;
    this.#isBroken = false;
    this.#atr = NO_ATR;
    this.#presence++;
    this.#tell({ kind: 'cardGone', reader: this.name });
  }

  /** Why a card that is there cannot be talked to. */
  sharingFault(): CardLineFault {
    const message = `"card" in ${this.name} expected to be free, got ${formatPcscCode(SHARING_VIOLATION)}: close the program that uses it (another terminal, gpg's scdaemon, a browser or e-ID middleware)`;
    return new CardLineFault('sharing', message, SHARING_VIOLATION);
  }

  /**
   * A line to the card that is there now. @throws CardLineFault when there is none, or it cannot be
   * connected to.
   */
  async openLine(deadlineMs: number): Promise<CardLine> {
    if (!this.#isPresent) throw this.#removed();
    if (!this.#isConnected) throw this.sharingFault();
    if (this.#isBroken || !this.#isUsable)
      await within(deadlineMs, this.#connectAgain(), 'a new connection');
    const presence = this.#presence;
    let isClosed = false;
    const line: CardChannel = {
      transceive: async (command) => {
        const isGone = isClosed || presence !== this.#presence;
        // Without a connection the library throws before anything is sent.
        if (isGone || !this.#isUsable) throw this.#removed();
        return this.#transmit(command);
      },
      close: () => {
        isClosed = true;
        return Promise.resolve();
      },
    };
    const channel = withDeadline(line, deadlineMs);
    return {
      channel,
      reader: this.name,
      where: this.name,
      atr: this.#atr,
      reset: () => {
        if (isClosed || presence !== this.#presence) return Promise.reject(this.#removed());
        return this.#resetLine(deadlineMs);
      },
    };
  }

  async #transmit(command: Uint8Array): Promise<Uint8Array> {
    const room = isExtended(command) ? EXTENDED_ANSWER : SHORT_ANSWER;
    // Broken until it has answered: a line after a deadline or a fault begins anew.
    this.#isBroken = true;
    try {
      const response = await this.#reader.transmit(Buffer.from(command), room);
      this.#isBroken = response.length < 2;
      return Uint8Array.from(response);
    } catch (error) {
      throw lineFaultOf(error);
    }
  }

  /** The library may lose its connection to a card that left and came back, and not tell. */
  get #isUsable(): boolean {
    return this.#reader.connection?.protocol !== undefined;
  }

  /** @throws CardLineFault when the card has left or does not come up again. */
  async #resetLine(deadlineMs: number): Promise<CardLine> {
    // The lines that are open belong to the card as it was.
    this.#presence++;
    this.#isBroken = true;
    await within(deadlineMs, this.#disconnectWithReset(), 'a reset');
    return this.openLine(deadlineMs);
  }

  #disconnectWithReset(): Promise<void> {
    const { reader } = this.#reader;
    return new Promise((resolve, reject) => {
      reader.disconnect(reader.SCARD_RESET_CARD, (error) => {
        if (error) reject(lineFaultOf(error));
        else resolve();
      });
    });
  }

  async #connectAgain(): Promise<void> {
    // Without a connection of its own the library would not disconnect what is connected below it.
    this.#reader.connection ??= { protocol: undefined };
    try {
      await this.#reader.disconnect();
    } catch {
      // What could not be disconnected is gone; connect says what is wrong, if anything still is.
    }
    try {
      await this.#reader.connect();
    } catch (error) {
      throw lineFaultOf(error);
    }
    if (!this.#isUsable) {
      throw new CardLineFault(
        'reset',
        `"card" in ${this.name} expected a new connection, got none`,
      );
    }
    this.#isBroken = false;
  }

  #removed(): CardLineFault {
    return new CardLineFault('removed', `"card" expected in ${this.name}, got none`);
  }

  /** Lets go of the card and ends the watch on the reader, which else keeps the process alive. */
  async close(): Promise<void> {
    clearTimeout(this.#sharingTimer);
    try {
      if (this.#isConnected)
        await within(CLOSE_MS, this.#reader.disconnect(), 'the end of the connection');
    } catch {
      // A mute card or a reader that is gone: the connection ends with the process.
    }
    this.#reader.close();
  }
}

/** An extended length field begins with 00 and is followed by more. ISO/IEC 7816-4, 5.2. */
function isExtended(command: Uint8Array): boolean {
  return command.length >= 7 && command[4] === 0;
}
