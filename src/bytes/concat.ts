// SPDX-License-Identifier: MIT

/** One new array that holds the parts in order. */
export function concat(...parts: readonly Readonly<Uint8Array>[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
