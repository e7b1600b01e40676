// SPDX-License-Identifier: MIT
/**
 * From a command APDU to a response APDU, in the one order of checks that every command shares:
 * CLA, INS, P1/P2, lengths (Lc, then Le), what the applet's gate asks (life cycle, transaction state),
 * and last the command's own checks. It is the only place that turns a refusal into a status word.
 */
import { invariant } from '../../src/errors/invariant.ts';
import { DecodeError } from '../../src/errors/fault.ts';
import {
  decodeCommand,
  encodeResponse,
  NE_SHORT_MAX,
  type CommandApdu,
} from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import type { CommandIndex, Matcher } from './command-index.ts';
import { Refusal } from './refusal.ts';

/** A command of an applet: its header, its lengths, and the handler that gives the response data. */
export interface AppletCommand<A> extends Matcher {
  /** Least and greatest Lc. */
  readonly lc: readonly [number, number];
  /** The size of the response where it is fixed: a smaller Le is answered 6Cxx before any work. */
  readonly replySize: number | null;
  readonly run: (applet: A, command: CommandApdu) => Uint8Array;
}

/** What an applet does around its commands. */
export interface AppletRules<A, E extends AppletCommand<A>> {
  /** The checks between the lengths and the command's own. @throws Refusal */
  readonly gate: (applet: A, entry: E) => void;
  /** After an answer: `entry` is undefined when the header was refused. */
  readonly settle: (applet: A, entry: E | undefined, sw: number) => void;
}

const HEADER_SIZE = 4;
/** 6Cxx: wrong Le, xx bytes are available. ISO/IEC 7816-4 table 6. */
const WRONG_LE = 0x6c00;

/** @throws Refusal 6Cxx when fewer than all `available` bytes are asked for. */
export function checkNe(ne: number, available: number): void {
  if (ne > 0 && ne < available && ne < NE_SHORT_MAX) throw new Refusal(WRONG_LE | available);
}

/** Whether a status word only asks for the same command with another Le. */
export function isWrongLe(sw: number): boolean {
  return sw >> 8 === WRONG_LE >> 8;
}

function decode(bytes: Readonly<Uint8Array>): CommandApdu {
  try {
    return decodeCommand(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw new Refusal(SW.WRONG_LENGTH);
    throw error;
  }
}

export class Dispatcher<A, E extends AppletCommand<A>> {
  readonly #index: CommandIndex<E>;
  readonly #rules: AppletRules<A, E>;

  constructor(index: CommandIndex<E>, rules: AppletRules<A, E>) {
    this.#index = index;
    this.#rules = rules;
  }

  /** @throws CardTorn when a tear fires; nothing else. */
  process(applet: A, memory: NonVolatileMemory, bytes: Readonly<Uint8Array>): Uint8Array {
    const writesBefore = memory.writeCount;
    let entry: E | undefined;
    try {
      if (bytes.length < HEADER_SIZE) throw new Refusal(SW.WRONG_LENGTH);
      entry = this.#index.find(bytes);
      const command = decode(bytes);
      const [least, greatest] = entry.lc;
      const lc = command.data.length;
      if (lc < least || lc > greatest) throw new Refusal(SW.WRONG_LENGTH);
      if (entry.replySize !== null) checkNe(command.ne, entry.replySize);
      this.#rules.gate(applet, entry);
      const data = entry.run(applet, command);
      this.#rules.settle(applet, entry, SW.SUCCESS);
      return encodeResponse({ data, sw: SW.SUCCESS });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      invariant(
        error.isCounted || memory.writeCount === writesBefore,
        `"memory" expected no write by a refused command, got one before status word ${error.sw}`,
      );
      this.#rules.settle(applet, entry, error.sw);
      return encodeResponse({ data: error.data, sw: error.sw });
    }
  }
}
