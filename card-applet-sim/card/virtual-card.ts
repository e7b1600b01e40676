// SPDX-License-Identifier: MIT
/** A card that one can hold in a program: power, commands, tears, and its memory as an image. */
import type { RandomSource } from '../../src/ports/random.ts';
import { encodeImage, decodeImage } from '../image/card-image.ts';
import { CardTorn } from '../memory/card-torn.ts';
import type { NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import { CardApplet } from './card-applet.ts';
import { CARD_DISPATCHERS } from './card-commands.ts';
import { Session } from './session.ts';
import { answerToReset, type VirtualDevice } from './virtual-device.ts';

const ATR = answerToReset('openpurse');

export class VirtualCard implements VirtualDevice {
  readonly memory: NonVolatileMemory;
  readonly #applet: CardApplet;
  #powerUps = 0;

  constructor(memory: NonVolatileMemory, random: RandomSource) {
    this.memory = memory;
    this.#applet = new CardApplet(memory, random);
  }

  /** The card of an image. @throws CARD_IMAGE_INVALID */
  static fromImage(image: Readonly<Uint8Array>, random: RandomSource): VirtualCard {
    return new VirtualCard(decodeImage(image, 'card'), random);
  }

  get atr(): Uint8Array {
    return ATR.slice();
  }

  get powerUps(): number {
    return this.#powerUps;
  }

  get revision(): number {
    return this.memory.writeCount;
  }

  powerUp(): void {
    this.#powerUps += 1;
    this.#applet.session = new Session();
    this.memory.powerUp();
  }

  powerOff(): void {
    this.memory.powerOff();
  }

  process(command: Uint8Array): Uint8Array {
    if (!this.memory.isPowered) throw new CardTorn('the card has no power');
    const dispatcher = CARD_DISPATCHERS[this.#applet.suite.name];
    const response = dispatcher.process(this.#applet, this.memory, command);
    this.memory.answer();
    return response;
  }

  encodeImage(): Uint8Array {
    return encodeImage(this.memory);
  }
}
