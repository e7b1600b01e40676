// SPDX-License-Identifier: MIT

const MASK = '[secret]';

/**
 * Key material or a PIN that must not reach a log, an error or a JSON answer by accident: every way of
 * printing it shows a mask. `reveal` is the one way in, easy to search for.
 */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Readonly<Uint8Array>) {
    this.#bytes = bytes.slice();
  }

  /** A copy of the bytes. */
  reveal(): Uint8Array {
    return this.#bytes.slice();
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK;
  }
}
