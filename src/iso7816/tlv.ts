// SPDX-License-Identifier: MIT
/**
 * BER-TLV data objects. Source: ISO/IEC 7816-4:2020, 6.3 (BER-TLV) over ISO/IEC 8825-1, 8.1.
 * Tags of one to three bytes, definite lengths of one to four bytes, the shortest coding only.
 */
import { concat } from '../bytes/concat.ts';
import { toHex } from '../bytes/hex.ts';
import { uintBytes } from '../bytes/integer.ts';
import { DecodeError } from '../errors/fault.ts';
import { Defect } from '../errors/invariant.ts';

/** A data object. A constructed tag (bit 6 of its first byte) has children, a primitive one a value. */
export type Tlv =
  | { readonly tag: number; readonly value: Uint8Array }
  | { readonly tag: number; readonly children: readonly Tlv[] };

const DEPTH_MAX = 8;
const CONSTRUCTED = 0x20;

/** Whether a tag is constructed: bit 6 of its leading byte. */
export function isConstructed(tag: number): boolean {
  return ((tag > 0xffff ? tag >> 16 : tag > 0xff ? tag >> 8 : tag) & CONSTRUCTED) !== 0;
}

function tagBytes(tag: number): Uint8Array {
  return uintBytes(tag, tag > 0xffff ? 3 : tag > 0xff ? 2 : 1);
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const size = length > 0xffff ? 3 : length > 0xff ? 2 : 1;
  return concat(Uint8Array.of(0x80 | size), uintBytes(length, size));
}

/** Encodes data objects one after the other. */
export function encodeTlv(...objects: readonly Tlv[]): Uint8Array {
  const parts = objects.map((object) => {
    const isParent = 'children' in object;
    if (isParent !== isConstructed(object.tag)) {
      throw new Defect(
        `"${object.tag.toString(16)}" expected ${isParent ? 'a constructed' : 'a primitive'} tag`,
      );
    }
    const value = isParent ? encodeTlv(...object.children) : object.value;
    return concat(tagBytes(object.tag), lengthBytes(value.length), value);
  });
  return concat(...parts);
}

/**
 * Decodes data objects; filler bytes 00 and FF between them are refused, as are left-over bytes.
 * @throws DECODE_FAILED with the path of tags, such as `tlv.6F.A5`.
 */
export function decodeTlv(bytes: Readonly<Uint8Array>, path = 'tlv'): readonly Tlv[] {
  return decodeObjects(bytes, path, 0, DEPTH_MAX);
}

function decodeObjects(
  bytes: Readonly<Uint8Array>,
  path: string,
  start: number,
  depth: number,
): readonly Tlv[] {
  if (depth === 0) throw new DecodeError(path, start, `expected at most ${DEPTH_MAX} levels`);
  const objects: Tlv[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const tag = readTag(bytes, offset, path, start);
    const length = readLength(bytes, offset + tag.size, path, start);
    const name = `${path}.${toHex(tagBytes(tag.value))}`;
    const from = offset + tag.size + length.size;
    const until = from + length.value;
    if (until > bytes.length) {
      throw new DecodeError(
        name,
        start + from,
        `expected ${length.value} bytes, got ${bytes.length - from}`,
      );
    }
    const value = bytes.slice(from, until);
    objects.push(
      isConstructed(tag.value)
        ? { tag: tag.value, children: decodeObjects(value, name, start + from, depth - 1) }
        : { tag: tag.value, value },
    );
    offset = until;
  }
  return objects;
}

interface Part {
  readonly value: number;
  readonly size: number;
}

function readTag(bytes: Readonly<Uint8Array>, offset: number, path: string, start: number): Part {
  const first = bytes[offset] ?? 0;
  if (first === 0 || first === 0xff) {
    throw new DecodeError(
      path,
      start + offset,
      `expected a tag, got ${toHex(Uint8Array.of(first))}`,
    );
  }
  if ((first & 0x1f) !== 0x1f) return { value: first, size: 1 };
  let value = first;
  for (let size = 2; size <= 3; size++) {
    const byte = bytes[offset + size - 1];
    if (byte === undefined) break;
    value = value * 256 + byte;
    // Numbers below 31 in the long form are against 8825-1, 8.1.2.4, but EMV and PBOC have given them out
    // (9F08, 9F0C in every purse's FCI); as a tag is its bytes, nothing gets ambiguous.
    if ((byte & 0x80) === 0) return { value, size };
    // 8825-1, 8.1.2.4.2: no leading zero septet.
    if (size === 2 && byte === 0x80) break;
  }
  throw new DecodeError(
    path,
    start + offset,
    'expected a tag of one to three bytes in its shortest form',
  );
}

function readLength(
  bytes: Readonly<Uint8Array>,
  offset: number,
  path: string,
  start: number,
): Part {
  const first = bytes[offset];
  if (first === undefined)
    throw new DecodeError(path, start + offset, 'expected a length, got nothing');
  if (first < 0x80) return { value: first, size: 1 };
  const size = first & 0x7f;
  let value = 0;
  for (let index = 1; index <= size; index++) value = value * 256 + (bytes[offset + index] ?? 0);
  const isShortest = size >= 1 && size <= 3 && value >= (size === 1 ? 0x80 : 256 ** (size - 1));
  if (!isShortest || offset + size >= bytes.length) {
    throw new DecodeError(path, start + offset, 'expected a definite length in its shortest form');
  }
  return { value, size: size + 1 };
}

/** The first data object at the end of a path of tags, or undefined. */
export function findTlv(objects: readonly Tlv[], ...tags: readonly number[]): Tlv | undefined {
  const [tag, ...rest] = tags;
  for (const object of objects) {
    if (object.tag !== tag) continue;
    if (rest.length === 0) return object;
    const found = 'children' in object ? findTlv(object.children, ...rest) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value of the primitive data object at the end of a path of tags, or undefined. */
export function tlvValue(
  objects: readonly Tlv[],
  ...tags: readonly number[]
): Uint8Array | undefined {
  const found = findTlv(objects, ...tags);
  return found !== undefined && 'value' in found ? found.value : undefined;
}
