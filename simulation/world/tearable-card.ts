// SPDX-License-Identifier: MIT
/**
 * Takes a card out of the field at a chosen command, and at a chosen moment of it: what a holder does who
 * is in a hurry. It is a device, so that any transport can be put in front of it.
 */
import type { VirtualDevice } from '../../card-applet-sim/card/virtual-device.ts';
import { CardTorn } from '../../card-applet-sim/memory/card-torn.ts';
import type { NonVolatileMemory } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import { tearAt, type TearMoment } from './tear-on-commit.ts';

export interface TearPlace {
  /** The number of the command from the moment of placing on, from 1. */
  readonly apdu: number;
  /** `gone`: before the card has the command. A command that writes nothing has no other but `response`. */
  readonly moment: TearMoment | 'gone';
}

/** A card that can be torn at a command; it goes on as before when it is powered again. */
export class TearableCard implements VirtualDevice {
  readonly #card: VirtualDevice;
  #place: TearPlace | undefined;
  #count = 0;

  constructor(card: VirtualDevice) {
    this.#card = card;
  }

  /** Places one tear; undefined takes back one that has not happened. Counting begins anew. */
  placeTear(place: TearPlace | undefined): void {
    this.#place = place;
    this.#count = 0;
    if (place === undefined) this.#card.memory.removeTear();
  }

  /** Commands that came since the last `placeTear`. */
  get commandCount(): number {
    return this.#count;
  }

  get atr(): Uint8Array {
    return this.#card.atr;
  }

  get revision(): number {
    return this.#card.revision;
  }

  get powerUps(): number {
    return this.#card.powerUps;
  }

  get memory(): NonVolatileMemory {
    return this.#card.memory;
  }

  powerUp(): void {
    this.#card.powerUp();
  }

  powerOff(): void {
    this.#card.powerOff();
  }

  process(command: Uint8Array): Uint8Array {
    this.#count++;
    const place = this.#place;
    if (place !== undefined && place.apdu === this.#count) {
      this.#place = undefined;
      this.#tear(place.moment);
    }
    return this.#card.process(command);
  }

  #tear(moment: TearPlace['moment']): void {
    if (moment === 'gone') {
      this.#card.powerOff();
      throw new CardTorn('the card left before the command');
    }
    this.#card.memory.placeTear(tearAt(moment));
  }

  encodeImage(): Uint8Array {
    return this.#card.encodeImage();
  }
}
