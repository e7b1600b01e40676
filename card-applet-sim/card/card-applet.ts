// SPDX-License-Identifier: MIT
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import type { RandomSource } from '../../src/ports/random.ts';
import type { PurseSuite } from '../../src/purse/suite.ts';
import type { NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import { CardData } from './card-data.ts';
import { ReadyKeys } from './card-keys-ready.ts';
import { Session } from './session.ts';

/** What a command of the card works on: `session` is new after each power-up, the rest stays. */
export class CardApplet {
  readonly data: CardData;
  readonly keys: ReadyKeys;
  readonly random: RandomSource;
  session = new Session();

  constructor(memory: NonVolatileMemory, random: RandomSource) {
    this.data = new CardData(memory);
    this.keys = new ReadyKeys(this.data);
    this.random = random;
  }

  get suite(): PurseSuite {
    return this.data.suite;
  }
}

/** Carries out a command whose header, lengths and state were checked; gives the response data. */
export type CardHandler = (applet: CardApplet, command: CommandApdu) => Uint8Array;

/** The response of a command that answers with its status word alone. */
export const NO_RESPONSE_DATA = new Uint8Array(0);
