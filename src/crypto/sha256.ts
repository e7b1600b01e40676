// SPDX-License-Identifier: MIT
/** SHA-256. Source: FIPS 180-4. */
import { createHash, hash, type Hash } from 'node:crypto';
import { concat } from '../bytes/concat.ts';

/** Where the parts of what is hashed are put together: nearly always they are those of one record. */
const scratch = new Uint8Array(1024);

/** The digest of 32 bytes. */
export function sha256(...parts: readonly Readonly<Uint8Array>[]): Uint8Array {
  const [first, second] = parts;
  const whole = first !== undefined && second === undefined ? first : together(parts);
  // In one call: a hash object costs more than the hashing of a record.
  return new Uint8Array(hash('sha256', whole, 'buffer'));
}

function together(parts: readonly Readonly<Uint8Array>[]): Readonly<Uint8Array> {
  let size = 0;
  for (const part of parts) size += part.length;
  if (size > scratch.length) return concat(...parts);
  let at = 0;
  for (const part of parts) {
    scratch.set(part, at);
    at += part.length;
  }
  return scratch.subarray(0, size);
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
