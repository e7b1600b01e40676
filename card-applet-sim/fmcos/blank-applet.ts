// SPDX-License-Identifier: MIT
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import type { RandomSource } from '../../src/ports/random.ts';
import { CardApplet } from '../card/card-applet.ts';
import { Session } from '../card/session.ts';
import type { MemoryChange, NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import { contentsChanges, contentsOf, type BlankContents } from './blank-map.ts';

/** What a command of a blank card works on: `session` and the security state are new after a power-up. */
export class BlankApplet {
  readonly memory: NonVolatileMemory;
  readonly #random: RandomSource;
  readonly session = new Session();
  /** EXTERNAL AUTHENTICATE with the transport key succeeded since the master file was selected. */
  isAuthenticated = false;

  constructor(memory: NonVolatileMemory, random: RandomSource) {
    this.memory = memory;
    this.#random = random;
  }

  get contents(): BlankContents {
    return contentsOf(this.memory.cells);
  }

  /** The same card as the commands of the purse see it; its suite is that of the directory's name. */
  get asPurse(): CardApplet {
    const applet = new CardApplet(this.memory, this.#random);
    applet.session = this.session;
    return applet;
  }

  /** Commits changes together with the new contents: the card has both or neither. */
  commit(contents: BlankContents, changes: readonly MemoryChange[] = []): void {
    const cells = this.memory.cells.slice();
    for (const { address, bytes } of changes) cells.set(bytes, address);
    this.memory.commit([...changes, ...contentsChanges(cells, contents)]);
  }
}

/** Carries out a command whose header and lengths were checked; gives the response data. */
export type BlankHandler = (applet: BlankApplet, command: CommandApdu) => Uint8Array;
