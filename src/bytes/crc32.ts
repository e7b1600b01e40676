// SPDX-License-Identifier: MIT
/** CRC-32 with the reflected polynomial EDB88320. Source: ISO/IEC 13239, as in Ethernet and zip. */

const TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of the bytes from `start` up to `end`. */
export function crc32(bytes: Readonly<Uint8Array>, start: number, end: number): number {
  let value = -1;
  for (let index = start; index < end; index++) {
    value = (value >>> 8) ^ (TABLE[(value ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return ~value >>> 0;
}
