// SPDX-License-Identifier: MIT
/** Runs plans on one card and tells what goes over the line. */
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { decodeCommand } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { exchange, LOST, type Answer } from '../../terminal/card/exchange.ts';
import { DEFAULT_APPLICATIONS } from '../../terminal/card/select.ts';
import { withTrace, type TraceEntry, type TraceSink } from '../../terminal/card/trace.ts';
import { maskSecrets } from '../../terminal/transcript/mask.ts';
import type { CardPlan, Step } from './plan.ts';

/** How a line ended. `lost`: the card did not answer, and what it did is not known. */
export type LineOutcome = 'done' | 'lost' | 'refused';

export interface CardSessionOptions {
  readonly currency: CurrencyCode;
  readonly sink: (entry: TraceEntry) => void;
  /** Fetches the rest after 61xx, and sends again after 6Cxx. */
  readonly follows: boolean;
}

export class CardSession {
  #channel: CardChannel;
  readonly #options: CardSessionOptions;
  /** Of the purse that is selected; INITIALIZE and the proof are built by it. */
  #suite: SuiteName | undefined;

  constructor(channel: CardChannel, options: CardSessionOptions) {
    this.#options = options;
    this.#channel = this.#traced(channel);
  }

  /** Goes on over the line to a card that was reset, which has nothing selected. */
  present(channel: CardChannel): void {
    this.#channel = this.#traced(channel);
    this.#suite = undefined;
  }

  #traced(channel: CardChannel): CardChannel {
    const { currency, sink } = this.#options;
    const masked: TraceSink = (entry, bytes) => {
      sink(entry.kind === 'command' ? maskSecrets(entry, bytes) : entry);
    };
    return withTrace(channel, masked, { role: 'card', currency });
  }

  /** Sends the steps up to the first that the card does not do. @throws USAGE when no purse is selected */
  async run({ name, steps }: CardPlan): Promise<LineOutcome> {
    for (const step of steps) {
      const command = this.#commandOf(name, step);
      const answer = await this.#send(command);
      if (answer.kind === 'lost') return 'lost';
      if (answer.sw === step.mayEndWith) return 'done';
      // 61xx is success with more to fetch; it is only seen where it is not followed.
      if (answer.sw !== SW.SUCCESS && answer.sw >> 8 !== 0x61) return 'refused';
      this.#noteSelection(command);
    }
    return 'done';
  }

  #commandOf(name: string, { command }: Step): Uint8Array {
    if (command instanceof Uint8Array) return command;
    if (this.#suite !== undefined) return command[this.#suite];
    throw new Fault('USAGE', `"${name}" expected a selected purse, got none: select aes, or 3des`);
  }

  async #send(command: Uint8Array): Promise<Answer> {
    if (this.#options.follows) return exchange(this.#channel, command);
    const response = await this.#channel.transceive(command).catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'CARD_GONE') return new Uint8Array(0);
      throw error;
    });
    if (response.length < 2) return LOST;
    const [high = 0, low = 0] = response.subarray(-2);
    return { kind: 'answered', sw: (high << 8) | low, data: response.slice(0, -2), isDirect: true };
  }

  #noteSelection(command: Uint8Array): void {
    const { ins, p1, data } = decodeCommand(command);
    if (ins !== CARD_COMMANDS.select.ins || p1 !== 0x04) return;
    const name = toHex(data);
    this.#suite = DEFAULT_APPLICATIONS.find(({ aid }) => name.startsWith(aid))?.suite;
  }
}
