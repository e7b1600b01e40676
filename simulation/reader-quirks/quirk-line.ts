// SPDX-License-Identifier: MIT
/**
 * A line to a virtual card through a reader with a quirk, as the terminal sees it behind the adapter for
 * PC/SC: it throws the adapter's faults, or answers with short bytes. It has no deadline of its own.
 */
import type { InProcessChannel } from '../../card-applet-sim/transport/in-process.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { invariant } from '../../src/errors/invariant.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { lineFaultOf, type CardLineFault } from '../../terminal/reader/line-fault.ts';
import { formatPcscCode } from '../../terminal/reader/pcsc-codes.table.ts';
import { readerQuirk, type QuirkName, type Work } from './reader-quirks.table.ts';

/** Where a line begins to misbehave. */
export interface QuirkPlace {
  /** The number of the command on this line, from 1; 0 is the opening of the line. */
  readonly at: number;
  readonly work: Work;
}

export interface QuirkLine {
  readonly channel: CardChannel;
  /** Whether the quirk has met a command. */
  readonly hasFired: boolean;
  /** Delivers the answers that are late, if there are any. */
  deliverLate(): void;
}

/** Too small for any answer with data, large enough for a status word. */
const SMALL_BUFFER = 5;
const LOSES_POWER: ReadonlySet<QuirkName> = new Set(['emptySuccess', 'neighbourReset', 'removed']);
const EMPTY = new Uint8Array(0);
/** What a program that looks for payment cards asks every card for: the card leaves the purse. */
const FOREIGN_SELECT = fromHex(`00A404000E${DF_NAMES.pse}00`);

/** The fault as the adapter makes it of an error of the PC/SC library. */
function pcscFault(code: number): CardLineFault {
  return lineFaultOf(new Error(formatPcscCode(code)));
}

function codeOf(name: QuirkName): number {
  const { pcscCode } = readerQuirk(name);
  invariant(pcscCode !== undefined, `"${name}" expected a number of PC/SC`);
  return pcscCode;
}

class Line implements QuirkLine, CardChannel {
  hasFired = false;
  readonly #card: InProcessChannel;
  readonly #name: QuirkName;
  readonly #place: QuirkPlace;
  readonly #late: (() => void)[] = [];
  #count = 0;
  /** Set when nothing gets through any more. */
  #isDead = false;

  constructor(card: InProcessChannel, name: QuirkName, place: QuirkPlace) {
    this.#card = card;
    this.#name = name;
    this.#place = place;
  }

  get channel(): CardChannel {
    return this;
  }

  async transceive(command: Uint8Array): Promise<Uint8Array> {
    this.#count++;
    if (this.#isDead) return this.#dead();
    if (this.#count < this.#place.at) return this.#card.transceive(command);
    return this.#misbehave(command);
  }

  close(): Promise<void> {
    return this.#card.close();
  }

  deliverLate(): void {
    for (const deliver of this.#late.splice(0)) deliver();
  }

  #misbehave(command: Uint8Array): Promise<Uint8Array> {
    switch (this.#name) {
      case 'cutAnswer':
      case 'smallBuffer':
        return this.#shorten(command);
      case 'neighbourSelect':
        return this.#afterNeighbour(command);
      case 'emptySuccess':
      case 'exclusiveLock':
      case 'lateAnswer':
      case 'mute':
      case 'neighbourReset':
      case 'removed':
        return this.#breakOff(command);
    }
  }

  async #shorten(command: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#card.transceive(command);
    if (answer.length <= SMALL_BUFFER) return answer;
    this.hasFired = true;
    if (this.#name === 'smallBuffer') throw pcscFault(codeOf(this.#name));
    return answer.slice(0, SMALL_BUFFER);
  }

  async #afterNeighbour(command: Uint8Array): Promise<Uint8Array> {
    if (!this.hasFired) {
      this.hasFired = true;
      await this.#card.transceive(FOREIGN_SELECT);
    }
    return this.#card.transceive(command);
  }

  async #breakOff(command: Uint8Array): Promise<Uint8Array> {
    this.hasFired = true;
    this.#isDead = true;
    const answer = this.#place.work === 'done' ? await this.#card.transceive(command) : EMPTY;
    if (this.#name === 'lateAnswer') {
      return new Promise((resolve) => {
        this.#late.push(() => {
          resolve(answer);
        });
      });
    }
    // The card loses its power, and with it whatever was volatile; elsewhere it keeps both.
    if (LOSES_POWER.has(this.#name)) this.#card.remove();
    return this.#name === 'emptySuccess' ? EMPTY : this.#dead();
  }

  #dead(): Promise<Uint8Array> {
    const { pcscCode } = readerQuirk(this.#name);
    // Without a number the command waits behind the one that does not end.
    return pcscCode === undefined
      ? new Promise<never>(() => undefined)
      : Promise.reject(pcscFault(pcscCode));
  }
}

/**
 * Opens a line through a reader with a quirk. `open` presents the card.
 * @throws CardLineFault where the quirk is placed at the opening.
 */
export function openQuirkLine(
  open: () => InProcessChannel,
  name: QuirkName,
  place: QuirkPlace,
): QuirkLine {
  if (place.at === 0) throw pcscFault(codeOf(name));
  return new Line(open(), name, place);
}
