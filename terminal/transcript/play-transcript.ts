// SPDX-License-Identifier: MIT
/**
 * Plays the terminal's side of a transcript: sends what was sent, and stops at the first answer that is not
 * the one that was recorded. Where no answer was recorded there is nothing to compare.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { formatSw } from '../../src/iso7816/apdu.ts';
import { statusWordMeaning } from '../../src/iso7816/status-words.table.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { maskHex, MASKED_BYTE } from './mask.ts';
import type { RecordedExchange, RecordedPresence, Transcript } from './parse-transcript.ts';
import type { Role } from './session-event.ts';

/** Who answers now, presentation by presentation. */
export interface Player {
  /** Opens the line of a presentation; undefined when nobody answers for this role. */
  present(
    presence: RecordedPresence,
  ): Promise<{ readonly channel: CardChannel; readonly atr: Uint8Array } | undefined>;
}

export interface PlayOptions {
  /** Whether only status words are compared: a card draws other random numbers each time. */
  readonly isStatusOnly: boolean;
  /** Told before a command is sent. */
  readonly onExchange?: (exchange: RecordedExchange) => void;
}

export interface Played {
  /** Commands that were sent, by role. */
  readonly sent: Readonly<Record<Role, number>>;
  /** Of these, those of which no answer was recorded. */
  readonly notCompared: number;
  /** Commands that nobody was there to answer. */
  readonly skipped: number;
}

/** Where an answer was another one than recorded. */
export interface Difference {
  /** Of the transcript. */
  readonly line: number;
  readonly expected: string;
  readonly got: string;
}

export type PlayEnd =
  | ({ readonly kind: 'different'; readonly difference: Difference } & Played)
  | ({ readonly kind: 'same' } & Played);

/**
 * Plays `transcript`. Nothing is sent when one of its commands, of a role that is answered, was masked: the
 * caller finds out with `maskedLine`. @throws what a line throws but CARD_GONE, which is no answer.
 */
export async function playTranscript(
  { exchanges }: Transcript,
  player: Player,
  { isStatusOnly, onExchange }: PlayOptions,
): Promise<PlayEnd> {
  const sent: Record<Role, number> = { card: 0, sam: 0 };
  const lines = new Map<RecordedPresence, CardChannel | undefined>();
  let notCompared = 0;
  let skipped = 0;
  for (const exchange of exchanges) {
    const { presence } = exchange;
    if (!lines.has(presence)) {
      const line = await player.present(presence);
      lines.set(presence, line?.channel);
      const other = line === undefined || isStatusOnly ? undefined : atrOf(presence, line.atr);
      if (other !== undefined)
        return { kind: 'different', difference: other, sent, notCompared, skipped };
    }
    const channel = lines.get(presence);
    if (channel === undefined) {
      skipped++;
      continue;
    }
    onExchange?.(exchange);
    const response = await answerOf(channel, exchange);
    sent[presence.role]++;
    if (!hasAnswer(exchange)) {
      notCompared++;
      continue;
    }
    const difference = compare(exchange, response, isStatusOnly);
    if (difference !== undefined)
      return { kind: 'different', difference, sent, notCompared, skipped };
  }
  return { kind: 'same', sent, notCompared, skipped };
}

/** The line of the first command to `role` that has masked bytes, and so cannot be sent again. */
export function maskedLine({ exchanges }: Transcript, role: Role): number | undefined {
  return exchanges.find(
    ({ presence, command }) => presence.role === role && command.includes(MASKED_BYTE),
  )?.line;
}

/** An answer to reset that is not known was not recorded. */
function atrOf({ role, line, atr }: RecordedPresence, got: Uint8Array): Difference | undefined {
  if (atr.length === 0 || equalBytes(atr, got)) return undefined;
  return { line, expected: `${role} present ${toHex(atr)}`, got: toHex(got) };
}

function hasAnswer({ answer }: RecordedExchange): boolean {
  return answer.kind === 'bytes' && answer.bytes.length >= 2;
}

/** Masked bytes are sent as zeros: only to who was recorded, who takes them for any. */
async function answerOf(channel: CardChannel, exchange: RecordedExchange): Promise<Uint8Array> {
  try {
    return await channel.transceive(fromHex(exchange.command.replaceAll(MASKED_BYTE, '00')));
  } catch (error) {
    const isNoAnswer =
      error instanceof Fault && (error.code === 'CARD_GONE' || !hasAnswer(exchange));
    if (isNoAnswer) return new Uint8Array(0);
    throw error;
  }
}

function compare(
  { answer, line, command, presence }: RecordedExchange,
  response: Uint8Array,
  isStatusOnly: boolean,
): Difference | undefined {
  const recorded = answer.kind === 'bytes' ? answer.bytes : new Uint8Array(0);
  const isSame =
    response.length >= 2 &&
    (isStatusOnly
      ? equalBytes(recorded.subarray(-2), response.subarray(-2))
      : equalBytes(recorded, response));
  if (isSame) return undefined;
  const told = isStatusOnly ? statusOf : wholeOf;
  const to = `${presence.role} > ${maskHex(command)}`;
  return { line, expected: `${told(recorded)} to ${to}`, got: told(response) };
}

function wholeOf(response: Uint8Array): string {
  return response.length <= 2 ? statusOf(response) : `${toHex(response)} (${statusOf(response)})`;
}

function statusOf(response: Uint8Array): string {
  if (response.length < 2) return 'no answer';
  const [high = 0, low = 0] = response.subarray(-2);
  const sw = (high << 8) | low;
  return `${formatSw(sw)} ${statusWordMeaning(sw)}`;
}
