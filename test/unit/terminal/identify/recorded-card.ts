// SPDX-License-Identifier: MIT
/** Foreign cards as byte recordings: what they answer to which command. */
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import type { CardChannel } from '../../../../src/ports/card-channel.ts';
import { selectByName } from '../../../../terminal/card/commands.ts';
import type { CardLine } from '../../../../terminal/reader/card-line.ts';

/** `3B 80 80 01 01`: what a reader makes of a contactless card that says nothing of itself. */
const PLAIN_ATR = '3B80800101';
const NOT_FOUND = '6A82';
/** Nothing, as PC/SC shows a card that was taken away. */
const GONE = '';

export interface RecordedCard extends CardLine {
  /** Every command that was sent, hexadecimal. */
  readonly sent: readonly string[];
}

export interface Recording {
  readonly atr?: string;
  readonly reader?: string;
  /** Response by the beginning of the command; every other command is 6A82. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Answer to every command that has none of its own. */
  readonly otherwise?: string;
  /** Commands that are answered before the card is taken away. */
  readonly answersMax?: number;
}

export function recordedCard(recording: Recording): RecordedCard {
  const { answers = {}, otherwise = NOT_FOUND, answersMax = Infinity } = recording;
  const sent: string[] = [];
  const channel: CardChannel = {
    transceive(command) {
      const hex = toHex(command);
      sent.push(hex);
      const known = Object.entries(answers).find(([beginning]) => hex.startsWith(beginning));
      const answer = known?.[1] ?? otherwise;
      return Promise.resolve(fromHex(sent.length > answersMax ? GONE : answer));
    },
    close: () => Promise.resolve(),
  };
  const atr = fromHex(recording.atr ?? PLAIN_ATR);
  return { channel, reader: recording.reader, where: 'recording', atr, sent };
}

/** The SELECT of a name, hexadecimal. */
export function select(name: string): string {
  return toHex(selectByName(fromHex(name)));
}

/** One BER-TLV data object of under 128 bytes. */
export function tlv(tag: string, value: string): string {
  return `${tag}${toHex(Uint8Array.of(value.length / 2))}${value}`;
}
