// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import {
  decodeSamFile,
  encodeSamCopy,
  encodeSamFile,
  SAM_COPY_SIZE,
  samCopyOffset,
} from '../../../card-applet-sim/image/sam-copies.ts';
import { faultOf } from '../errors/thrown.ts';

/** The size of a SAM's image, near enough. */
const image = (fill: number): Uint8Array => new Uint8Array(450).fill(fill);

/** A file whose newest state is `image(2)`, and the next write. */
const file = encodeSamFile(image(1));
file.set(encodeSamCopy(2, image(2)), samCopyOffset(2));
const next = { bytes: encodeSamCopy(3, image(3)), offset: samCopyOffset(3) };

describe('the two copies of a SAM', () => {
  it('say the newer state, whichever place it is in', () => {
    expect(decodeSamFile(file)).toEqual({ image: image(2), sequence: 2, isDoubtful: false });
    const written = file.slice();
    written.set(next.bytes, next.offset);
    expect(decodeSamFile(written)).toEqual({ image: image(3), sequence: 3, isDoubtful: false });
  });

  it('say the state before a write that was cut off at any byte, or the one after it', () => {
    for (let reached = 0; reached <= SAM_COPY_SIZE; reached++) {
      const torn = file.slice();
      torn.set(next.bytes.subarray(0, reached), next.offset);
      const { image: found, isDoubtful } = decodeSamFile(torn);
      const isNew = found[0] === 3;
      expect(Buffer.from(found).equals(image(isNew ? 3 : 2))).toBe(true);
      // Cut off among equal bytes the older copy is still whole: then nothing was written.
      const isUntouched = Buffer.from(torn).equals(file);
      expect(isDoubtful).toBe(!isNew && !isUntouched);
    }
  });

  it.each([
    ['a flipped byte of the image', 100],
    ['a flipped byte of the sequence', 11],
  ])('say that they are in doubt when the newer one has %s', (_what, at) => {
    const damaged = file.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(decodeSamFile(damaged)).toEqual({ image: image(1), sequence: 1, isDoubtful: true });
  });

  it('are refused when neither is whole, and when the file was cut', () => {
    const damaged = file.slice();
    for (const at of [100, SAM_COPY_SIZE + 100]) damaged[at] = 0xee;
    for (const bytes of [damaged, file.subarray(0, SAM_COPY_SIZE), new Uint8Array(0)]) {
      expect(faultOf(() => decodeSamFile(bytes)).code).toBe('CARD_IMAGE_INVALID');
    }
  });
});
