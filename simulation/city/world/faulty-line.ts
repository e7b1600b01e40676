// SPDX-License-Identifier: MIT
import type { CardChannel } from '../../../src/ports/card-channel.ts';
import { CardLineFault } from '../../../terminal/reader/line-fault.ts';

/**
 * A line that fails at one command and from then on, as the adapter for readers reports it when its deadline
 * is over. `isDone`: whether the card carries the command out, too late for anybody to hear.
 */
export function faultyLine(
  channel: CardChannel,
  { at, isDone }: { readonly at: number; readonly isDone: boolean },
): CardChannel {
  let count = 0;
  return {
    async transceive(command) {
      count++;
      if (count < at) return channel.transceive(command);
      if (count === at && isDone) await channel.transceive(command);
      throw new CardLineFault('mute', '"card" expected an answer before the deadline');
    },
    close: () => channel.close(),
  };
}
