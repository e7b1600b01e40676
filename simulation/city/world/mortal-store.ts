// SPDX-License-Identifier: MIT
/** A store that dies at one of its calls, as a process does. */
import type { HostStore } from '../../../host/store/store.ts';

/** What a dead store throws. */
export class Died extends Error {}

/** Where the host dies: before the call of this number, or after it. */
export interface Death {
  readonly call: number;
  readonly when: 'after' | 'before';
}

/** A store that stops for good at one call, as a process does. `calls` counts from when it is armed. */
export function mortal(death: Death): {
  readonly wrap: (store: HostStore) => HostStore;
  readonly state: { calls: number; isArmed: boolean; isDead: boolean };
} {
  const state = { calls: 0, isArmed: false, isDead: false };
  const wrap = (store: HostStore): HostStore =>
    new Proxy(store, {
      get(target, name) {
        const verb: unknown = Reflect.get(target, name);
        if (typeof verb !== 'function' || name === 'close') return verb;
        return (...values: unknown[]): unknown => {
          if (!state.isArmed) return verb.apply(target, values) as unknown;
          if (state.isDead) throw new Died();
          const isHere = ++state.calls === death.call;
          if (isHere && death.when === 'before') {
            state.isDead = true;
            throw new Died();
          }
          const result = verb.apply(target, values) as unknown;
          if (isHere) {
            state.isDead = true;
            // Nobody will read what it gave, and a database that is being read cannot be closed.
            if (result instanceof Object && 'return' in result)
              (result as Iterator<unknown>).return?.();
            throw new Died();
          }
          return result;
        };
      },
    });
  return { wrap, state };
}
