// SPDX-License-Identifier: MIT
/**
 * Writes the blocks of a pcapng file, little-endian (draft-ietf-opsawg-pcapng, sections 3 and 4): one
 * section, its interfaces, then packets.
 */
import { concat } from '../../src/bytes/concat.ts';
import type { Instant } from '../../src/time/instant.ts';
import {
  BLOCK_TYPES,
  BYTE_ORDER_MAGIC,
  DIRECTION_FLAGS,
  OPTIONS,
  RESOLUTION_MILLISECONDS,
} from './pcapng.table.ts';

export interface Packet {
  /** Number of the interface, from 0, in the order of their descriptions. */
  readonly interfaceId: number;
  readonly at: Instant;
  readonly direction: 'received' | 'sent';
  readonly data: Uint8Array;
  /** Bytes of the whole packet, of which `data` may be the beginning. */
  readonly originalLength: number;
  readonly comment: string;
}

/** Begins a file. */
export function sectionHeader(application: string): Uint8Array {
  // Version 1.0; the length of the section is not known: -1.
  const body = concat(
    uint32(BYTE_ORDER_MAGIC),
    uint16(1),
    uint16(0),
    uint32(0xffffffff),
    uint32(0xffffffff),
  );
  return block(BLOCK_TYPES.sectionHeader, body, option(OPTIONS.userApplication, utf8(application)));
}

/** An interface whose timestamps are milliseconds. */
export function interfaceDescription(linkType: number, name: string): Uint8Array {
  // Reserved, and packets of any length.
  const body = concat(uint16(linkType), uint16(0), uint32(0));
  return block(
    BLOCK_TYPES.interfaceDescription,
    body,
    option(OPTIONS.interfaceName, utf8(name)),
    option(OPTIONS.timestampResolution, Uint8Array.of(RESOLUTION_MILLISECONDS)),
  );
}

export function enhancedPacket(packet: Packet): Uint8Array {
  const { interfaceId, at, data, originalLength, comment, direction } = packet;
  const body = concat(
    uint32(interfaceId),
    uint32(Math.floor(at / 2 ** 32)),
    uint32(at % 2 ** 32),
    uint32(data.length),
    uint32(originalLength),
    padded(data),
  );
  return block(
    BLOCK_TYPES.enhancedPacket,
    body,
    option(OPTIONS.comment, utf8(comment)),
    option(OPTIONS.flags, uint32(DIRECTION_FLAGS[direction])),
  );
}

/** Type and length, the body, its options, and the length again. */
function block(type: number, body: Uint8Array, ...options: readonly Uint8Array[]): Uint8Array {
  const end = concat(uint16(OPTIONS.endOfOptions), uint16(0));
  const content = concat(body, ...options, end);
  const length = uint32(content.length + 12);
  return concat(uint32(type), length, content, length);
}

/** The length of an option is of 2 bytes. */
const OPTION_BYTES_MAX = 0xffff;

function option(code: number, value: Uint8Array): Uint8Array {
  const fitting = value.subarray(0, OPTION_BYTES_MAX);
  return concat(uint16(code), uint16(fitting.length), padded(fitting));
}

/** Section 3.1: everything ends at a multiple of 4 bytes. */
export function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return whole;
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >>> 8);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
