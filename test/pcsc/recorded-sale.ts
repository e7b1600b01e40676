// SPDX-License-Identifier: MIT
/** One sale with fixed clock, keys and randoms, recorded over whatever line it is given. */
import { newRecording } from '../unit/terminal/transcript/recording.ts';
import { newSam, openInProcess, openTerminal, rupees, TestClock } from '../unit/terminal/world.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';

/** What the session calls its reader, so that transcripts of different lines can be equal. */
const READER = 'Desk 00';

/** Sells for 12.50 and returns the transcript. @throws Error unless the sale is approved */
export async function recordSale(
  card: { readonly channel: CardChannel; readonly atr: Uint8Array },
  sam: CardChannel = openInProcess(newSam()),
): Promise<string> {
  const clock = new TestClock();
  const recording = newRecording(clock);
  const samChannel = recording.wrap(sam, 'sam');
  const terminal = await openTerminal({ clock, samChannel });
  const line = { reader: READER, atr: card.atr };
  const channel = recording.wrap(card.channel, 'card', line);
  const { kind } = await terminal.purchase(channel, rupees(1_250));
  if (kind !== 'approved') throw new Error(`sale expected approved, got ${kind}`);
  await channel.close();
  return recording.text;
}
