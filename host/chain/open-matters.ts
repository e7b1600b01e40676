// SPDX-License-Identifier: MIT
/** What is open of a card before a change, each read when it is first asked for and then kept. */
import type { CardRow, HostStore, OpenFinding } from '../store/store.ts';
import type { CounterGap } from './model.ts';

/** For one change: whoever has written to the card asks anew. */
export class OpenMatters {
  readonly #store: HostStore;
  readonly #serial: Uint8Array;
  #gaps: readonly CounterGap[] | undefined;
  #findings: readonly OpenFinding[] | undefined;
  #uncertain: ReturnType<HostStore['uncertain']> | undefined;

  constructor(store: HostStore, { serial }: Pick<CardRow, 'serial'>) {
    this.#store = store;
    this.#serial = serial;
  }

  get gaps(): readonly CounterGap[] {
    return (this.#gaps ??= this.#store.gaps(this.#serial));
  }

  get findings(): readonly OpenFinding[] {
    return (this.#findings ??= this.#store.findings(this.#serial));
  }

  /** Taps whose outcome no terminal knows. */
  get uncertain(): ReturnType<HostStore['uncertain']> {
    return (this.#uncertain ??= this.#store.uncertain(this.#serial));
  }

  /** Whether nothing is missing from the card and nothing was found about it. */
  get isCalm(): boolean {
    return this.gaps.length === 0 && this.findings.length === 0;
  }
}
