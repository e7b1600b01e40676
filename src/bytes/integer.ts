// SPDX-License-Identifier: MIT
/** Big-endian unsigned integers, the byte order of ISO/IEC 7816-4. */

/** The unsigned integer in `size` (1 to 6) bytes from `offset`. */
export function readUint(bytes: Readonly<Uint8Array>, offset: number, size: number): number {
  // Four bytes or fewer, as nearly every field has, are shifted together.
  if (size === 1) return bytes[offset] ?? 0;
  if (size === 2) return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
  if (size === 4) return word(bytes, offset);
  let value = 0;
  for (let index = offset; index < offset + size; index++) {
    value = value * 256 + (bytes[index] ?? 0);
  }
  return value;
}

function word(bytes: Readonly<Uint8Array>, at: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  return (high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

/** Writes `value` into `size` (1 to 6) bytes from `offset`. The caller has checked the range. */
export function writeUint(bytes: Uint8Array, offset: number, size: number, value: number): void {
  let rest = value;
  for (let index = offset + size - 1; index >= offset; index--) {
    bytes[index] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
}

/** `value` as a new array of `size` bytes. */
export function uintBytes(value: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  writeUint(bytes, 0, size, value);
  return bytes;
}
