// SPDX-License-Identifier: MIT
import type { VirtualDevice } from '../../card-applet-sim/card/virtual-device.ts';
import type { NonVolatileMemory } from '../../card-applet-sim/memory/non-volatile-memory.ts';

/** A device in front of another one, which it is like in everything that it does not override. */
export class WrappedCard implements VirtualDevice {
  protected readonly card: VirtualDevice;

  constructor(card: VirtualDevice) {
    this.card = card;
  }

  get atr(): Uint8Array {
    return this.card.atr;
  }

  get revision(): number {
    return this.card.revision;
  }

  get powerUps(): number {
    return this.card.powerUps;
  }

  get memory(): NonVolatileMemory {
    return this.card.memory;
  }

  powerUp(): void {
    this.card.powerUp();
  }

  powerOff(): void {
    this.card.powerOff();
  }

  process(command: Uint8Array): Uint8Array {
    return this.card.process(command);
  }

  encodeImage(): Uint8Array {
    return this.card.encodeImage();
  }
}
