// SPDX-License-Identifier: MIT
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { VirtualDevice } from '../card/virtual-device.ts';
import { CardTorn } from '../memory/card-torn.ts';

const NO_ANSWER = new Uint8Array(0);

/** A channel whose card can be taken away. */
export interface InProcessChannel extends CardChannel {
  /** Takes the card out of the field: it loses power, and every later command rejects. */
  remove(): void;
}

function cardGone(problem: string): Fault {
  return new Fault('CARD_GONE', `"card" expected in the field, got ${problem}`);
}

/**
 * Presents a card or a SAM: gives it power and opens a line to it. A tear is an empty answer, the
 * outcome unknown; from then on, and after `remove` or `close`, or once the card was presented again
 * elsewhere, commands reject with CARD_GONE.
 * @throws CARD_GONE when the card is torn again while it recovers.
 */
export function openInProcess(card: VirtualDevice): InProcessChannel {
  try {
    card.powerUp();
  } catch (error) {
    if (error instanceof CardTorn) throw cardGone(error.message);
    throw error;
  }
  const presented = card.powerUps;
  let isOpen = true;
  const leave = (): void => {
    if (isOpen && card.powerUps === presented) card.powerOff();
    isOpen = false;
  };
  return {
    // Async so that a fault is a rejection; the card itself answers at once.
    async transceive(command) {
      if (!isOpen || card.powerUps !== presented) throw cardGone('none');
      try {
        return card.process(command);
      } catch (error) {
        if (!(error instanceof CardTorn)) throw error;
        isOpen = false;
        return NO_ANSWER;
      }
    },
    remove: leave,
    async close() {
      leave();
    },
  };
}
