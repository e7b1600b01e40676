// SPDX-License-Identifier: MIT
/**
 * Takes a card out of the field at a chosen command, and at a chosen moment of it: what a holder does who
 * is in a hurry. It is a device, so that any transport can be put in front of it.
 */
import { CardTorn } from '../../card-applet-sim/memory/card-torn.ts';
import { tearAt, type TearMoment } from './tear-on-commit.ts';
import { WrappedCard } from './wrapped-card.ts';

export interface TearPlace {
  /** The number of the command from the moment of placing on, from 1. */
  readonly apdu: number;
  /** `gone`: before the card has the command. A command that writes nothing has no other but `response`. */
  readonly moment: TearMoment | 'gone';
}

/** A card that can be torn at a command; it goes on as before when it is powered again. */
export class TearableCard extends WrappedCard {
  #place: TearPlace | undefined;
  #count = 0;

  /** Places one tear; undefined takes back one that has not happened. Counting begins anew. */
  placeTear(place: TearPlace | undefined): void {
    this.#place = place;
    this.#count = 0;
    if (place === undefined) this.card.memory.removeTear();
  }

  /** Commands that came since the last `placeTear`. */
  get commandCount(): number {
    return this.#count;
  }

  override process(command: Uint8Array): Uint8Array {
    this.#count++;
    const place = this.#place;
    if (place !== undefined && place.apdu === this.#count) {
      this.#place = undefined;
      this.#tear(place.moment);
    }
    return this.card.process(command);
  }

  #tear(moment: TearPlace['moment']): void {
    if (moment === 'gone') {
      this.card.powerOff();
      throw new CardTorn('the card left before the command');
    }
    this.card.memory.placeTear(tearAt(moment));
  }
}
