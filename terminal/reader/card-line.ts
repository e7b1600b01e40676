// SPDX-License-Identifier: MIT
import type { CardChannel } from '../../src/ports/card-channel.ts';

/** A card that is in front of a reader, or in process, as the rest of the program sees it. */
export interface CardLine {
  readonly channel: CardChannel;
  /** Name of the reader; undefined for a card image in process. */
  readonly reader: string | undefined;
  /** What to call it in messages: the reader, or the path of the image. */
  readonly where: string;
  /** Answer to reset, or what the reader made of a contactless card's ATS. */
  readonly atr: Uint8Array;
  /**
   * Resets the card: it forgets what was selected and verified. The line is dead after it; the one that is
   * returned goes on. Undefined where there is no card to reset.
   */
  readonly reset?: () => Promise<CardLine>;
}
