// SPDX-License-Identifier: MIT

/**
 * ISO/IEC 9797-1 padding method 2: a byte 80, then zeros to a whole block. A full block is added when the
 * data are already aligned, so that unpadding is never ambiguous.
 */
export function padMethod2(data: Readonly<Uint8Array>, blockSize: number): Uint8Array {
  const padded = new Uint8Array((Math.floor(data.length / blockSize) + 1) * blockSize);
  padded.set(data);
  padded[data.length] = 0x80;
  return padded;
}
