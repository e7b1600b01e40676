// SPDX-License-Identifier: MIT
import type { HostStore } from '../../../host/store/store.ts';

/** A store that tells of every call of a verb, before and after it: two moments each. */
export function countedStore(store: HostStore, onMoment: (moment: number) => void): HostStore {
  let moment = 0;
  return new Proxy(store, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== 'function' || name === 'close') return verb;
      return (...values: unknown[]): unknown => {
        onMoment(++moment);
        const result = verb.apply(target, values) as unknown;
        onMoment(++moment);
        return result;
      };
    },
  });
}
