// SPDX-License-Identifier: MIT
/** Big-endian unsigned integers, the byte order of ISO/IEC 7816-4. */

/** The unsigned integer in `size` (1 to 6) bytes from `offset`. */
export function readUint(bytes: Readonly<Uint8Array>, offset: number, size: number): number {
  let value = 0;
  for (let index = offset; index < offset + size; index++) {
    value = value * 256 + (bytes[index] ?? 0);
  }
  return value;
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
