// SPDX-License-Identifier: MIT
/** What the card and the secure module look like to a transport. */
import type { NonVolatileMemory } from '../memory/non-volatile-memory.ts';

export interface VirtualDevice {
  /** Answer to reset. */
  readonly atr: Uint8Array;
  /** Grows with each physical write: a file that was saved at another revision is out of date. */
  readonly revision: number;
  /** How often the device got power: a channel of an earlier power-up has lost it. */
  readonly powerUps: number;
  /** Where tears are placed and physical writes counted. */
  readonly memory: NonVolatileMemory;
  /**
   * Gives power: what was volatile is gone, a torn commit is brought to its old or its new state.
   * @throws CardTorn when a tear was placed in the recovery.
   */
  powerUp(): void;
  powerOff(): void;
  /**
   * Answers one command APDU, well formed or not.
   * @throws CardTorn when a tear fires, and for every command after it until `powerUp`.
   */
  process(command: Uint8Array): Uint8Array;
  /** The memory as a file. */
  encodeImage(): Uint8Array;
}

/** TS: direct convention. ISO/IEC 7816-3, 8.1. */
const TS = 0x3b;
/** T0 and TD1 announce one more interface byte: TD1 T=0, TD2 T=1 and nothing further. */
const NEXT_INTERFACE_BYTE = 0x80;
const TD2 = 0x01;

/** The answer to reset of a card that speaks T=0 and T=1, with historical bytes in ASCII. */
export function answerToReset(historical: string): Uint8Array {
  const bytes = Array.from(historical, (character) => character.charCodeAt(0));
  const checked = [NEXT_INTERFACE_BYTE | bytes.length, NEXT_INTERFACE_BYTE, TD2, ...bytes];
  // TCK: the exclusive or of everything from T0 to TCK is zero. ISO/IEC 7816-3, 8.2.5.
  const check = checked.reduce((sum, byte) => sum ^ byte, 0);
  return Uint8Array.of(TS, ...checked, check);
}
