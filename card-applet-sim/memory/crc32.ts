// SPDX-License-Identifier: MIT
/** CRC-32 of ISO/IEC 13239 (polynomial EDB88320, reflected): the checksum of a journal body. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ ((value & 1) === 0 ? 0 : 0xedb88320);
  return value;
});

/** The checksum of `length` bytes from `offset`, as an unsigned number. */
export function crc32(bytes: Readonly<Uint8Array>, offset: number, length: number): number {
  let crc = 0xffffffff;
  for (let index = offset; index < offset + length; index++) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
