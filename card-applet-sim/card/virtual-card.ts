// SPDX-License-Identifier: MIT
/**
 * A card that one can hold in a program: power, commands, tears, and its memory as an image. A blank card
 * (card-applet-sim/fmcos) becomes the purse with the commit that completes it.
 */
import type { RandomSource } from '../../src/ports/random.ts';
import { BlankApplet } from '../fmcos/blank-applet.ts';
import { BLANK_DISPATCHER } from '../fmcos/blank-commands.ts';
import { encodeImage, decodeImage } from '../image/card-image.ts';
import { CardTorn } from '../memory/card-torn.ts';
import type { NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import { CardApplet } from './card-applet.ts';
import { CARD_DISPATCHERS } from './card-commands.ts';
import { ACCESS_ADDRESS, LIFE_CYCLE } from './card-map.ts';
import { Session } from './session.ts';
import { answerToReset, type VirtualDevice } from './virtual-device.ts';

const ATR = answerToReset('openpurse');

export class VirtualCard implements VirtualDevice {
  readonly memory: NonVolatileMemory;
  readonly #random: RandomSource;
  #applet: CardApplet;
  /** The applet of a card that is not yet a purse. */
  #blank: BlankApplet | undefined;
  #powerUps = 0;

  constructor(memory: NonVolatileMemory, random: RandomSource) {
    this.memory = memory;
    this.#random = random;
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
    const wasBlank = this.#blank !== undefined;
    this.#blank = this.#isBlank ? new BlankApplet(this.memory, this.#random) : undefined;
    if (wasBlank && this.#blank === undefined) this.#applet = this.#newPurse();
  }

  powerOff(): void {
    this.memory.powerOff();
  }

  process(command: Uint8Array): Uint8Array {
    if (!this.memory.isPowered) throw new CardTorn('the card has no power');
    if (this.#blank !== undefined) return this.#processBlank(this.#blank, command);
    const dispatcher = CARD_DISPATCHERS[this.#applet.suite.name];
    const response = dispatcher.process(this.#applet, this.memory, command);
    this.memory.answer();
    return response;
  }

  #processBlank(blank: BlankApplet, command: Uint8Array): Uint8Array {
    const response = BLANK_DISPATCHER.process(blank, this.memory, command);
    if (!this.#isBlank) {
      // Completed: the directory that was being filled is the selected purse.
      this.#blank = undefined;
      this.#applet = this.#newPurse();
      this.#applet.session.enter('purse');
    }
    this.memory.answer();
    return response;
  }

  get #isBlank(): boolean {
    return this.memory.cells[ACCESS_ADDRESS] === LIFE_CYCLE.blank;
  }

  /** Made anew: what an applet knows of keys and suite is from before the card had its own. */
  #newPurse(): CardApplet {
    return new CardApplet(this.memory, this.#random);
  }

  encodeImage(): Uint8Array {
    return encodeImage(this.memory);
  }
}
