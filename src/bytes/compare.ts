// SPDX-License-Identifier: MIT

/** Equality without an early exit, so that its time tells nothing of where a MAC differs. */
export function equalBytes(left: Readonly<Uint8Array>, right: Readonly<Uint8Array>): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index++) {
    difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  }
  return difference === 0;
}

/** Order of byte strings, as memcmp: negative, zero or positive. */
export function compareBytes(left: Readonly<Uint8Array>, right: Readonly<Uint8Array>): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Whether every byte is zero: an erased counter, an absent TAC. */
export function isZero(bytes: Readonly<Uint8Array>): boolean {
  return bytes.every((byte) => byte === 0);
}
