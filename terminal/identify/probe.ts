// SPDX-License-Identifier: MIT
/**
 * Asks a foreign card questions that change nothing. Every SELECT is kept with its answer, so that an
 * unknown card is not just unknown: what was tried can be shown.
 */
import { fromHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { readShortFile, selectByFileId, selectByName } from '../card/commands.ts';
import { exchange, isSuccess, type Answered } from '../card/exchange.ts';

/** A SELECT that was sent, and what the card said. */
export interface SelectAttempt {
  /** What was looked for, for people. */
  readonly title: string;
  /** Name or file identifier, hexadecimal. */
  readonly name: string;
  readonly sw: number;
}

/** A proprietary name (ISO/IEC 7816-5, category F) that no card has. */
const NO_SUCH_NAME = 'F04F504E4F4E45';

export class Probe {
  readonly #channel: CardChannel;
  readonly #selects: SelectAttempt[] = [];

  constructor(channel: CardChannel) {
    this.#channel = channel;
  }

  get selects(): readonly SelectAttempt[] {
    return [...this.#selects];
  }

  /** One command. @throws CARD_GONE when no answer came. */
  async send(command: Uint8Array): Promise<Answered> {
    const answer = await exchange(this.#channel, command);
    if (answer.kind === 'answered') return answer;
    throw new Fault('CARD_GONE', '"card" expected an answer while it was identified, got none');
  }

  /** Whether a success of this card says anything: it must not know a name that no card has. */
  async tellsNamesApart(): Promise<boolean> {
    return (await this.select('a name that no card has', NO_SUCH_NAME)) === undefined;
  }

  /** SELECT by name; the file control information, or undefined when refused. */
  select(title: string, name: string): Promise<Uint8Array | undefined> {
    return this.#select(title, name, selectByName(fromHex(name)));
  }

  /** SELECT by file identifier, four hexadecimal digits. */
  selectFile(title: string, fileId: string): Promise<Uint8Array | undefined> {
    return this.#select(title, fileId, selectByFileId(fromHex(fileId)));
  }

  async #select(title: string, name: string, command: Uint8Array): Promise<Uint8Array | undefined> {
    const answer = await this.send(command);
    this.#selects.push({ title, name, sw: answer.sw });
    return isSuccess(answer) ? answer.data : undefined;
  }

  /** The beginning of a transparent file; undefined when refused. */
  readFile(shortFileId: number, size: number): Promise<Uint8Array | undefined> {
    return this.ask(readShortFile(shortFileId, size));
  }

  /** The data of the answer, or undefined when refused. */
  async ask(command: Uint8Array): Promise<Uint8Array | undefined> {
    const answer = await this.send(command);
    return isSuccess(answer) ? answer.data : undefined;
  }
}
