// SPDX-License-Identifier: MIT
/** A purchase secure application module that one can hold in a program. */
import { answerToReset, type VirtualDevice } from '../card/virtual-device.ts';
import { decodeImage, encodeImage } from '../image/card-image.ts';
import { CardTorn } from '../memory/card-torn.ts';
import type { NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import { PsamApplet, PsamSession } from './psam-applet.ts';
import { PSAM_DISPATCHER } from './psam-commands.ts';
import { TERMINAL_COUNTER_MAX } from './purchase-commands.ts';

const ATR = answerToReset('openpurse SAM');

export class VirtualPsam implements VirtualDevice {
  readonly memory: NonVolatileMemory;
  readonly #applet: PsamApplet;
  #powerUps = 0;

  constructor(memory: NonVolatileMemory) {
    this.memory = memory;
    this.#applet = new PsamApplet(memory);
  }

  /** The SAM of an image. @throws CARD_IMAGE_INVALID */
  static fromImage(image: Readonly<Uint8Array>): VirtualPsam {
    return new VirtualPsam(decodeImage(image, 'psam'));
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
    this.#applet.session = new PsamSession();
    this.memory.powerUp();
  }

  powerOff(): void {
    this.memory.powerOff();
  }

  process(command: Uint8Array): Uint8Array {
    if (!this.memory.isPowered) throw new CardTorn('the SAM has no power');
    const response = PSAM_DISPATCHER.process(this.#applet, this.memory, command);
    this.memory.answer();
    return response;
  }

  /**
   * Gives up the next terminal counter, durably with the next image: for a SAM of whose last commit nobody
   * can be sure. At the last counter there is nothing left to give.
   */
  skipCounter(): void {
    const { data } = this.#applet;
    if (data.terminalCounter === TERMINAL_COUNTER_MAX) return;
    this.powerUp();
    this.memory.commit([data.counterChange(data.terminalCounter + 1)]);
    this.powerOff();
  }

  encodeImage(): Uint8Array {
    return encodeImage(this.memory);
  }
}
