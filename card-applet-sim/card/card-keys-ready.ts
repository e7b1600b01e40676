// SPDX-License-Identifier: MIT
/** The card's keys made ready for use, each when it is first needed: personalisation alone writes keys. */
import type { SessionName } from '../../src/purse/session-keys.table.ts';
import type { MacKey, SessionInput, SessionMasterKey } from '../../src/purse/suite.ts';
import type { CardData } from './card-data.ts';

export class ReadyKeys {
  readonly #data: CardData;
  readonly #sessionMasters: Partial<Record<SessionName, SessionMasterKey>> = {};
  #tac: MacKey | undefined;

  constructor(data: CardData) {
    this.#data = data;
  }

  /** A fresh session key. */
  sessionKey(input: SessionInput): MacKey {
    const ready = (this.#sessionMasters[input.session] ??= this.#data.suite.sessionMasterKey(
      this.#data.key(input.session),
    ));
    return ready.sessionKey(input);
  }

  get tac(): MacKey {
    return (this.#tac ??= this.#data.suite.tacKey(this.#data.key('tac')));
  }
}
