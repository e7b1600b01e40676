// SPDX-License-Identifier: MIT
/** Keeps keys that were made ready, where that takes as long as using them. */
import type { KeyObject } from 'node:crypto';

/** More than the terminals of a large acquirer that are at work at a time. */
const READY_MAX = 4096;

/** A bounded number of keys by name. */
export class KeyCache {
  readonly #keys = new Map<string, KeyObject>();

  /** The key of a name, made by `make` when it is not at hand. */
  get(name: string, make: () => KeyObject): KeyObject {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = make();
    if (this.#keys.size >= READY_MAX) this.#keys.clear();
    this.#keys.set(name, key);
    return key;
  }
}
