// SPDX-License-Identifier: MIT
/** SHA-256. Source: FIPS 180-4. */
import { createHash, type Hash } from 'node:crypto';

/** The digest of 32 bytes. */
export function sha256(...parts: readonly Readonly<Uint8Array>[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part as Uint8Array);
  return Uint8Array.from(hash.digest());
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
