// SPDX-License-Identifier: MIT
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSamFile, takeSam } from '../../../cli/data/sam-file.ts';
import { writeImage } from '../../../cli/data/card-files.ts';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { SAM_COPY_SIZE } from '../../../card-applet-sim/image/sam-copies.ts';
import { issuePsam, psamInitialize } from '../card/psam-fixtures.ts';
import { temporaryFolder } from '../../scenario/cli-runner.ts';

let path: string;
const newImage = (): Uint8Array => issuePsam('aes').encodeImage();

beforeEach(() => {
  path = join(temporaryFolder(), 'sam.card');
});

/** The terminal counters that the SAM of the file gives, one after the other. */
async function counters(count: number): Promise<readonly number[]> {
  const { sam, release } = takeSam(path);
  const channel = sam.open();
  const given: number[] = [];
  for (let time = 0; time < count; time++) {
    const answer = await channel.transceive(fromHex(psamInitialize('aes')));
    given.push(Number.parseInt(toHex(answer.subarray(0, 4)), 16));
  }
  // Nothing is saved here: what was given is in the file already, as after a crash.
  release();
  return given;
}

/** Spoils the copy in a place: 0 for even counts of writes, 1 for odd ones. */
function spoil(place: 0 | 1): void {
  const file = readFileSync(path);
  file.fill(0xee, place * SAM_COPY_SIZE + 50, place * SAM_COPY_SIZE + 90);
  writeFileSync(path, file);
}

describe('the file of a SAM', () => {
  it('has every counter that was given, and keeps its size', async () => {
    createSamFile(path, newImage());
    const { length } = readFileSync(path);
    expect(await counters(3)).toEqual([1, 2, 3]);
    expect(await counters(2)).toEqual([4, 5]);
    expect(readFileSync(path)).toHaveLength(length);
  });

  it.each([0, 1] as const)(
    'gives no counter twice when the copy in place %i is spoilt',
    async (place) => {
      createSamFile(path, newImage());
      const given = await counters(3);
      spoil(place);
      const later = await counters(2);
      expect(new Set([...given, ...later]).size).toBe(5);
      // The skipped counter is durable, too, and the copy that was spoilt is whole again.
      spoil(place === 0 ? 1 : 0);
      const last = await counters(1);
      expect(new Set([...given, ...later, ...last]).size).toBe(6);
    },
  );

  it('of version 0.1, a plain image, goes on where it was', async () => {
    createSamFile(path, newImage());
    await counters(4);
    const { sam, release } = takeSam(path);
    const plain = sam.device.encodeImage();
    release();
    writeImage(path, plain);
    expect(await counters(2)).toEqual([5, 6]);
    expect(await counters(1)).toEqual([7]);
  });

  it('is refused and left as it is when both copies are spoilt, and is not kept locked', () => {
    createSamFile(path, newImage());
    spoil(0);
    spoil(1);
    copyFileSync(path, `${path}.before`);
    const invalid = expect.objectContaining({
      code: 'CARD_IMAGE_INVALID',
      message: expect.stringContaining(path) as string,
    }) as Error;
    expect(() => takeSam(path)).toThrow(invalid);
    expect(() => takeSam(path)).toThrow(invalid);
    expect(readFileSync(path)).toEqual(readFileSync(`${path}.before`));
  });
});
