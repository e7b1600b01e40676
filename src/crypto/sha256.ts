// SPDX-License-Identifier: MIT
/** SHA-256. Source: FIPS 180-4. */
import { createHash, hash, type Hash } from 'node:crypto';
import { concat } from '../bytes/concat.ts';

/** The digest of 32 bytes. */
export function sha256(...parts: readonly Readonly<Uint8Array>[]): Uint8Array {
  const [first, second] = parts;
  const whole = first !== undefined && second === undefined ? first : concat(...parts);
  // In one call: a hash object costs more than the hashing of a record.
  return new Uint8Array(hash('sha256', whole, 'buffer'));
}

/** A digest that is fed piece by piece, for streams in constant memory. */
export class Sha256 {
  readonly #hash: Hash = createHash('sha256');

  update(part: Readonly<Uint8Array>): this {
    this.#hash.update(part as Uint8Array);
    return this;
  }

  digest(): Uint8Array {
    return Uint8Array.from(this.#hash.digest());
  }
}
