// SPDX-License-Identifier: MIT
/**
 * The file that holds a virtual SAM: two copies of its image, each in a place of its own, written in turn.
 * A write that power cuts short spoils only the copy that it was to replace, so that one write to the disk
 * is enough for a commit. A copy is: header, image, SHA-256 of both, zeros up to the size of its place.
 *
 * A copy that is not whole may be a write that never ended, or the newest state gone bad; the bytes do not
 * tell. Whoever opens such a file must treat the last terminal counter as given (`isDoubtful`).
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { concat } from '../../src/bytes/concat.ts';
import { constant, oneOf, uint16, uint48 } from '../../src/codec/field.ts';
import { struct } from '../../src/codec/struct.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { DecodeError, Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';

const FORMAT_VERSION = 1;
/** "OPSC". */
const MAGIC = Uint8Array.of(0x4f, 0x50, 0x53, 0x43);

const HEADER = struct('samCopy', {
  _magic: constant(MAGIC),
  formatVersion: oneOf(uint16, [FORMAT_VERSION]),
  /** Counts writes: the copy with the higher one is the newer. */
  sequence: uint48,
  imageSize: uint16,
});
const DIGEST_SIZE = 32;

/** A block of a disk: a write of one copy never touches the other. */
export const SAM_COPY_SIZE = 4096;
const SAM_FILE_SIZE = 2 * SAM_COPY_SIZE;

/** What the file says. */
export interface SamState {
  readonly image: Uint8Array;
  readonly sequence: number;
  /** One copy is not whole: a commit after this state may have been seen by a terminal. */
  readonly isDoubtful: boolean;
}

/** Where the copy of a sequence lies in the file. */
export function samCopyOffset(sequence: number): number {
  return (sequence % 2) * SAM_COPY_SIZE;
}

/** The bytes of one place. */
export function encodeSamCopy(sequence: number, image: Readonly<Uint8Array>): Uint8Array {
  const signed = concat(
    HEADER.encode({ formatVersion: FORMAT_VERSION, sequence, imageSize: image.length }),
    image,
  );
  const used = signed.length + DIGEST_SIZE;
  invariant(used <= SAM_COPY_SIZE, `"image" expected to fit into its place, got ${used} bytes`);
  return concat(signed, sha256(signed), new Uint8Array(SAM_COPY_SIZE - used));
}

/** A new file; both copies are whole. */
export function encodeSamFile(image: Readonly<Uint8Array>): Uint8Array {
  return concat(encodeSamCopy(0, image), encodeSamCopy(1, image));
}

/** The newest whole copy. @throws CARD_IMAGE_INVALID when there is none. */
export function decodeSamFile(file: Readonly<Uint8Array>): SamState {
  if (file.length !== SAM_FILE_SIZE) {
    const got = `${file.length} bytes`;
    throw new Fault('CARD_IMAGE_INVALID', `"samFile" expected ${SAM_FILE_SIZE} bytes, got ${got}`);
  }
  const copies = [decodeCopy(file, 0), decodeCopy(file, 1)].filter((copy) => copy !== undefined);
  const [newest] = copies.sort((one, other) => other.sequence - one.sequence);
  if (newest === undefined) {
    throw new Fault('CARD_IMAGE_INVALID', '"samFile" expected one of two copies whole, got none');
  }
  return { ...newest, isDoubtful: copies.length < 2 };
}

/** The copy at a place; undefined when it is not whole, or is not the one that belongs there. */
function decodeCopy(
  file: Readonly<Uint8Array>,
  place: 0 | 1,
): Pick<SamState, 'image' | 'sequence'> | undefined {
  const offset = place * SAM_COPY_SIZE;
  const copy = file.subarray(offset, offset + SAM_COPY_SIZE);
  const header = headerOf(copy);
  if (header === undefined || samCopyOffset(header.sequence) !== offset) return undefined;
  const digestAt = HEADER.size + header.imageSize;
  const digest = copy.subarray(digestAt, digestAt + DIGEST_SIZE);
  if (!equalBytes(sha256(copy.subarray(0, digestAt)), digest)) return undefined;
  return { image: copy.slice(HEADER.size, digestAt), sequence: header.sequence };
}

function headerOf(copy: Readonly<Uint8Array>): ReturnType<typeof HEADER.decodeAt> | undefined {
  try {
    return HEADER.decodeAt(copy, 0);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
