// SPDX-License-Identifier: MIT
/**
 * The file that holds a card or a secure module: header, file table, memory, SHA-256 of all before it.
 * The file table says where each file lies in the memory; it must be the one of this format version, so
 * that an image is never read with the wrong map.
 */
import { concat } from '../../src/bytes/concat.ts';
import { equalBytes } from '../../src/bytes/compare.ts';
import { constant, oneOf, uint16, uint8, uint32 } from '../../src/codec/field.ts';
import { struct, type LayoutValue } from '../../src/codec/struct.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { DecodeError, Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { CONSTANTS_ADDRESS, CARD_MEMORY_SIZE, FILE_REGIONS } from '../card/card-map.ts';
import { checkCardMemory } from '../card/check-card-memory.ts';
import { NonVolatileMemory, type MemoryKind } from '../memory/non-volatile-memory.ts';
import { checkPsamMemory } from '../psam/check-psam-memory.ts';
import { PSAM_CONSTANTS_ADDRESS, PSAM_FILES, PSAM_MEMORY_SIZE } from '../psam/psam-map.ts';

const FORMAT_VERSION = 1;
const KIND = { card: 1, psam: 2 } as const satisfies Record<MemoryKind, number>;

/** "OPCI". */
const MAGIC = Uint8Array.of(0x4f, 0x50, 0x43, 0x49);

const HEADER = struct('cardImage', {
  _magic: constant(MAGIC),
  formatVersion: oneOf(uint16, [FORMAT_VERSION]),
  kind: oneOf(uint8, [KIND.card, KIND.psam]),
  fileCount: uint8,
  dataStart: uint16,
  memorySize: uint32,
});

const FILE_ENTRY = struct('cardImageFile', {
  fileId: uint16,
  address: uint32,
  recordSize: uint16,
  records: uint8,
});

const DIGEST_SIZE = 32;

interface ImageForm {
  readonly dataStart: number;
  readonly memorySize: number;
  readonly files: readonly LayoutValue<typeof FILE_ENTRY>[];
  /** The first field of the memory that makes no sense, if any. */
  readonly check: (cells: Readonly<Uint8Array>) => string | undefined;
}

const FORMS: Readonly<Record<MemoryKind, ImageForm>> = {
  card: {
    dataStart: CONSTANTS_ADDRESS,
    memorySize: CARD_MEMORY_SIZE,
    files: FILE_REGIONS.map(({ row, address }) => ({
      fileId: row.fileId,
      address,
      recordSize: row.size,
      records: row.records,
    })),
    check: checkCardMemory,
  },
  psam: {
    dataStart: PSAM_CONSTANTS_ADDRESS,
    memorySize: PSAM_MEMORY_SIZE,
    files: PSAM_FILES.map(({ fileId, address, size }) => ({
      fileId,
      address,
      recordSize: size,
      records: 1,
    })),
    check: checkPsamMemory,
  },
};

function tableOf(form: ImageForm): Uint8Array {
  return concat(...form.files.map((file) => FILE_ENTRY.encode(file)));
}

function invalid(field: string, problem: string): Fault {
  return new Fault('CARD_IMAGE_INVALID', `"${field}" ${problem}`);
}

/** The image of a memory: the same bytes for the same memory, and back. */
export function encodeImage(memory: NonVolatileMemory): Uint8Array {
  const form = FORMS[memory.kind];
  invariant(memory.cells.length === form.memorySize, '"memory" expected the size of its form');
  const header = HEADER.encode({
    formatVersion: FORMAT_VERSION,
    kind: KIND[memory.kind],
    fileCount: form.files.length,
    dataStart: form.dataStart,
    memorySize: form.memorySize,
  });
  const body = concat(header, tableOf(form), memory.cells);
  return concat(body, sha256(body));
}

function decodeHeader(image: Readonly<Uint8Array>): LayoutValue<typeof HEADER> {
  try {
    return HEADER.decodeAt(image, 0);
  } catch (error) {
    if (error instanceof DecodeError) {
      throw new Fault('CARD_IMAGE_INVALID', error.message, { cause: error });
    }
    throw error;
  }
}

function checkHeader(
  header: LayoutValue<typeof HEADER>,
  kind: MemoryKind,
  image: Readonly<Uint8Array>,
): void {
  const form = FORMS[kind];
  if (header.kind !== KIND[kind]) {
    throw invalid('cardImage.kind', `expected a ${kind}, got kind ${header.kind}`);
  }
  const expected = {
    fileCount: form.files.length,
    dataStart: form.dataStart,
    memorySize: form.memorySize,
  };
  for (const field of ['fileCount', 'dataStart', 'memorySize'] as const) {
    if (header[field] !== expected[field]) {
      throw invalid(`cardImage.${field}`, `expected ${expected[field]}, got ${header[field]}`);
    }
  }
  const size = HEADER.size + form.files.length * FILE_ENTRY.size + form.memorySize + DIGEST_SIZE;
  if (image.length !== size) {
    const problem = image.length < size ? 'truncated' : 'left-over bytes';
    throw invalid('cardImage', `expected ${size} bytes, got ${image.length}: ${problem}`);
  }
}

/**
 * The memory of an image of this kind, as it was when the image was taken: torn commits included.
 * @throws CARD_IMAGE_INVALID naming the field that is wrong.
 */
export function decodeImage(image: Readonly<Uint8Array>, kind: MemoryKind): NonVolatileMemory {
  const form = FORMS[kind];
  checkHeader(decodeHeader(image), kind, image);
  const memoryStart = HEADER.size + form.files.length * FILE_ENTRY.size;
  const digestStart = memoryStart + form.memorySize;
  if (!equalBytes(image.subarray(HEADER.size, memoryStart), tableOf(form))) {
    throw invalid('cardImage.fileTable', `expected the files of format version ${FORMAT_VERSION}`);
  }
  if (!equalBytes(sha256(image.subarray(0, digestStart)), image.subarray(digestStart))) {
    throw invalid('cardImage.sha256', 'expected the digest of the image, got another');
  }
  const cells = image.slice(memoryStart, digestStart);
  const wrong = form.check(cells);
  if (wrong !== undefined) throw invalid(`cardImage.${wrong}`, 'expected a value in its range');
  return new NonVolatileMemory(kind, cells, form.dataStart);
}

/** Which kind of image this is. @throws CARD_IMAGE_INVALID when it is none. */
export function imageKind(image: Readonly<Uint8Array>): MemoryKind {
  return decodeHeader(image).kind === KIND.card ? 'card' : 'psam';
}
