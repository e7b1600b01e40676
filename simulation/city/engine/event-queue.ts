// SPDX-License-Identifier: MIT
import { invariant } from '../../../src/errors/invariant.ts';

interface Entry<T> {
  readonly at: number;
  /** Of two at one time the one that was pushed first comes first: so every run is alike. */
  readonly order: number;
  readonly item: T;
}

const comesBefore = (left: Entry<unknown>, right: Entry<unknown>): boolean =>
  left.at < right.at || (left.at === right.at && left.order < right.order);

/** A heap of what happens next. */
export class EventQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #pushed = 0;

  get size(): number {
    return this.#heap.length;
  }

  push(at: number, item: T): void {
    const heap = this.#heap;
    const entry = { at, order: this.#pushed++, item };
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || comesBefore(above, entry)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  /** The earliest; undefined when nothing is left. */
  pop(): { readonly at: number; readonly item: T } | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry<T>): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const child = this.#earlier(left);
      const below = heap[child];
      invariant(below !== undefined, 'a child of the heap is in it');
      if (comesBefore(entry, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = entry;
  }

  #earlier(left: number): number {
    const [one, other] = [this.#heap[left], this.#heap[left + 1]];
    return one !== undefined && other !== undefined && comesBefore(other, one) ? left + 1 : left;
  }
}
