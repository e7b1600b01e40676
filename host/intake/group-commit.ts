// SPDX-License-Identifier: MIT
/**
 * One transaction for all the work that is waiting: a page that several slices change is written once, and
 * one fsync serves them all. What is alone does not wait for company.
 */
import type { HostStore } from '../store/store.ts';

/** Pieces of work of one transaction: the more, the longer the first one waits for its answer. */
const PIECES_MAX = 8;

interface Piece {
  /** Runs the work and keeps its result; may run again after a rollback. */
  readonly run: () => void;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Runs work on a store in the order in which it came, never two pieces at a time. */
export class GroupCommit {
  readonly #store: HostStore;
  readonly #waiting: Piece[] = [];

  constructor(store: HostStore) {
    this.#store = store;
  }

  /**
   * Resolves with the result of `work` when it is committed; rejects when it threw and left no trace.
   * Another piece that throws takes the whole transaction back: `work` then runs once more, alone, so it
   * may change nothing but the store.
   */
  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      if (this.#waiting.length === 0)
        setImmediate(() => {
          this.#commit();
        });
      this.#waiting.push({
        run: () => {
          result = work();
        },
        resolve: () => {
          resolve(result);
        },
        reject,
      });
    });
  }

  #commit(): void {
    const pieces = this.#waiting.splice(0, PIECES_MAX);
    if (this.#waiting.length > 0)
      setImmediate(() => {
        this.#commit();
      });
    if (pieces.length === 1 || !this.#isCommitted(pieces)) {
      for (const piece of pieces) this.#commitAlone(piece);
    }
  }

  #isCommitted(pieces: readonly Piece[]): boolean {
    try {
      this.#store.transaction(() => {
        for (const piece of pieces) piece.run();
      });
    } catch {
      // Which piece it was, and why, is found by running each alone.
      return false;
    }
    for (const piece of pieces) piece.resolve();
    return true;
  }

  #commitAlone(piece: Piece): void {
    try {
      this.#store.transaction(piece.run);
    } catch (error) {
      piece.reject(error);
      return;
    }
    piece.resolve();
  }
}
