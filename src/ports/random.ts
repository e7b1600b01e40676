// SPDX-License-Identifier: MIT

/** Where randomness comes from: the system in the product, a seed in the simulation. */
export interface RandomSource {
  /** `length` fresh bytes; the array is the caller's. */
  bytes(length: number): Uint8Array;
}
