// SPDX-License-Identifier: MIT
/** A terminal that stops dead after any one of its effects: ports wrapped so that the n-th call throws. */
import type { CardChannel } from '../../../src/ports/card-channel.ts';
import type { LoadLink } from '../../../src/clearing/messages.ts';
import type { Journal } from '../../../terminal/journal/journal.ts';

/** The process is gone; nothing of the terminal may catch this. */
export class Crash extends Error {
  constructor() {
    super('the terminal lost power');
    this.name = 'Crash';
  }
}

/** Counts effects and ends the world after the one that it was set to. */
export class CrashPlan {
  count = 0;
  readonly #at: number;

  /** Crashes after effect number `at`, which is done; never when 0. */
  constructor(at: number) {
    this.#at = at;
  }

  channel(inner: CardChannel): CardChannel {
    return {
      transceive: async (command) => {
        const answer = await inner.transceive(command);
        this.#passed();
        return answer;
      },
      close: () => inner.close(),
    };
  }

  host(inner: LoadLink): LoadLink {
    return {
      authoriseLoad: async (request) => {
        const answer = await inner.authoriseLoad(request);
        this.#passed();
        return answer;
      },
    };
  }

  /** The journal of which every write is an effect. */
  journal(inner: Journal): Journal {
    const passed = (): void => {
      this.#passed();
    };
    const after =
      <A extends unknown[], R>(write: (...values: A) => R) =>
      (...values: A): R => {
        const result = write(...values);
        passed();
        return result;
      };
    return {
      begin: after((tap) => inner.begin(tap)),
      approve: after((id, evidence) => inner.approve(id, evidence)),
      decline: after((id) => inner.decline(id)),
      setAside: after((id, state, tac) => inner.setAside(id, state, tac)),
      cutBatch: after((cut) => inner.cutBatch(cut)),
      sealBatch: after((number, digest) => {
        inner.sealBatch(number, digest);
      }),
      settleBatch: after((number, held) => inner.settleBatch(number, held)),
      standing: (serial, date) => inner.standing(serial, date),
      taps: (limit) => inner.taps(limit),
      batch: (number) => inner.batch(number),
      batches: () => inner.batches(),
      records: (number) => inner.records(number),
      recordsIn: (range) => inner.recordsIn(range),
      hotlist: () => inner.hotlist(),
      hotlistSerials: () => inner.hotlistSerials(),
      changeHotlist: (delta, at) => {
        inner.changeHotlist(delta, at);
      },
      replaceHotlist: (list, at) => {
        inner.replaceHotlist(list, at);
      },
      setting: (name) => inner.setting(name),
      storeSetting: (name, value) => {
        inner.storeSetting(name, value);
      },
      summary: () => inner.summary(),
      close: () => {
        inner.close();
      },
    };
  }

  #passed(): void {
    this.count++;
    if (this.count === this.#at) throw new Crash();
  }
}
