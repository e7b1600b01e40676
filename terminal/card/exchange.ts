// SPDX-License-Identifier: MIT
/**
 * The one gate through which commands go to a card or a secure module. It tells three things apart: an
 * answer, an answer that came in two steps, and no answer.
 *
 * - 61xx: the rest is fetched with GET RESPONSE. ISO/IEC 7816-4, 11.7.1; T=0 cards do this.
 * - 6Cxx: the command is sent again with the length that the card named; it did nothing. ISO/IEC 7816-4, 5.6.
 * - under two bytes, or CARD_GONE: nothing is known. A card that is taken away in mid-command looks like
 *   success with zero bytes to PC/SC (docs/readers.md), so this is never a refusal.
 * - data and a word of refusal: nothing is known. A card that refuses sends no data (ISO/IEC 7816-4, 5.6),
 *   so a reader has cut the answer, and its last bytes are no status word.
 */
import { concat } from '../../src/bytes/concat.ts';
import { Fault } from '../../src/errors/fault.ts';
import { decodeCommand, encodeCommand, formatSw, NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { SW, statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';

export interface Answered {
  readonly kind: 'answered';
  readonly sw: number;
  readonly data: Uint8Array;
  /** False after 61xx or 6Cxx: then a refusal does not prove that the first command did nothing. */
  readonly isDirect: boolean;
}

/** The command may have been carried out or not. */
export interface Lost {
  readonly kind: 'lost';
}

export type Answer = Answered | Lost;

export const LOST: Lost = Object.freeze({ kind: 'lost' });

/** A card that still has more to say after this many parts is not a purse. */
const PARTS_MAX = 8;

/**
 * Sends a SELECT. A card that is blocked for the time being answers 6A81 or 6283 with the FCI
 * (docs/protocol.md, Life cycle): here data beside such a word is an answer like any other.
 */
export async function exchangeSelect(channel: CardChannel, command: Uint8Array): Promise<Answer> {
  const response = await transceive(channel, command);
  const end = response.length - 2;
  if (end > 0) {
    const sw = ((response[end] ?? 0) << 8) | (response[end + 1] ?? 0);
    if (sw === SW.FUNCTION_NOT_SUPPORTED || sw === SW.SELECTED_FILE_INVALID) {
      return { kind: 'answered', sw, data: response.slice(0, end), isDirect: true };
    }
  }
  return answerTo(channel, command, response);
}

/** Sends an encoded command. Faults other than CARD_GONE pass through. */
export async function exchange(channel: CardChannel, command: Uint8Array): Promise<Answer> {
  return answerTo(channel, command, await transceive(channel, command));
}

function answerTo(
  channel: CardChannel,
  command: Uint8Array,
  response: Uint8Array,
): Answer | Promise<Answer> {
  if (!isWhole(response)) return LOST;
  const end = response.length - 2;
  const sw1 = response[end] ?? 0;
  if (sw1 === 0x61 || sw1 === 0x6c) return exchangeAgain(channel, command, response);
  const sw = (sw1 << 8) | (response[end + 1] ?? 0);
  return { kind: 'answered', sw, data: response.slice(0, end), isDirect: true };
}

/** Data comes with 9000, 61xx and the warnings 62xx and 63xx only. ISO/IEC 7816-4, 5.6. */
function isWhole(response: Uint8Array): boolean {
  if (response.length <= 2) return response.length === 2;
  // By index: this runs for every command of every tap.
  const sw1 = response[response.length - 2] ?? 0;
  return sw1 === 0x90 ? response[response.length - 1] === 0 : sw1 >= 0x61 && sw1 <= 0x63;
}

async function transceive(channel: CardChannel, command: Uint8Array): Promise<Uint8Array> {
  try {
    return await channel.transceive(command);
  } catch (error) {
    if (error instanceof Fault && error.code === 'CARD_GONE') return NOTHING;
    throw error;
  }
}

async function exchangeAgain(
  channel: CardChannel,
  command: Uint8Array,
  first: Uint8Array,
): Promise<Answer> {
  let response = first;
  let data: Uint8Array = NOTHING;
  for (let part = 0; part < PARTS_MAX; part++) {
    const end = response.length - 2;
    const [sw1 = 0, sw2 = 0] = response.subarray(end);
    data = concat(data, response.subarray(0, end));
    if (sw1 !== 0x61 && sw1 !== 0x6c) {
      return { kind: 'answered', sw: (sw1 << 8) | sw2, data, isDirect: false };
    }
    const ne = sw2 === 0 ? NE_SHORT_MAX : sw2;
    const next =
      sw1 === 0x61
        ? encodeCommand({ cla: 0x00, ins: 0xc0, p1: 0, p2: 0, data: NOTHING, ne })
        : encodeCommand({ ...decodeCommand(command), ne });
    response = await transceive(channel, next);
    if (!isWhole(response)) return LOST;
  }
  return LOST;
}

/** Whether the card did what it was told. */
export function isSuccess(answer: Answer): answer is Answered {
  return answer.kind === 'answered' && answer.sw === SW.SUCCESS;
}

/** `9302 MAC invalid`, or that there was no answer: for messages. */
export function describeAnswer(answer: Answer): string {
  if (answer.kind === 'lost') return 'no answer';
  return `${formatSw(answer.sw)} ${statusWordMeaning(answer.sw)}`;
}

const NOTHING = new Uint8Array(0);
