// SPDX-License-Identifier: MIT
/** Historical bytes: what a card says of itself in its answer to reset. ISO/IEC 7816-4:2020, 12.1.1. */
import { toHex } from '../../src/bytes/hex.ts';
import { printableText } from './printable-text.ts';
import { COMPACT_TAGS } from './atr.table.ts';

/** One compact-TLV object. */
export interface CompactObject {
  /** 0 to 15. */
  readonly tag: number;
  readonly name: string;
  readonly hex: string;
  /** Where all of it is printable ASCII. */
  readonly text: string | undefined;
}

export interface HistoricalBytes {
  readonly hex: string;
  readonly text: string | undefined;
  /** By the category indicator, the first byte. */
  readonly category: 'compactTlv' | 'compactTlvAndStatus' | 'dirReference' | 'none' | 'proprietary';
  /** Empty where the bytes are not compact-TLV, or not well formed. */
  readonly objects: readonly CompactObject[];
  /** Life cycle and status word at the end, category 00. */
  readonly status: string | undefined;
  /** What is wrong with them. */
  readonly problem: string | undefined;
}

const CATEGORY = { compactTlvAndStatus: 0x00, dirReference: 0x10, compactTlv: 0x80 } as const;
/** Life-cycle status and SW1-SW2, the last bytes of category 00. */
const STATUS_SIZE = 3;

/** Historical bytes that follow no rule of ISO/IEC 7816-4. */
export function opaqueBytes(bytes: Readonly<Uint8Array>): HistoricalBytes {
  return {
    hex: toHex(bytes),
    text: printableText(bytes),
    category: 'proprietary',
    objects: [],
    status: undefined,
    problem: undefined,
  };
}

/** Reads the historical bytes of an ATR or ATS; never throws, as any card may send anything. */
export function readHistoricalBytes(bytes: Readonly<Uint8Array>): HistoricalBytes {
  const plain = opaqueBytes(bytes);
  const [indicator] = bytes;
  if (indicator === undefined) return { ...plain, category: 'none' };
  if (indicator === CATEGORY.dirReference) return { ...plain, category: 'dirReference' };
  const body = bytes.slice(1);
  if (indicator === CATEGORY.compactTlv) {
    return { ...plain, category: 'compactTlv', ...readObjects(body) };
  }
  if (indicator === CATEGORY.compactTlvAndStatus && body.length >= STATUS_SIZE) {
    const end = body.length - STATUS_SIZE;
    const status = toHex(body.subarray(end));
    return {
      ...plain,
      category: 'compactTlvAndStatus',
      ...readObjects(body.slice(0, end)),
      status,
    };
  }
  return plain;
}

function readObjects(bytes: Readonly<Uint8Array>): Pick<HistoricalBytes, 'objects' | 'problem'> {
  const objects: CompactObject[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const head = bytes[offset] ?? 0;
    const tag = head >> 4;
    const size = head & 15;
    const value = bytes.subarray(offset + 1, offset + 1 + size);
    if (value.length < size) {
      const problem = `"compact-TLV ${tag}" expected ${size} bytes, got ${value.length}`;
      return { objects: [], problem };
    }
    const name = COMPACT_TAGS[tag] ?? 'unknown object';
    objects.push({ tag, name, hex: toHex(value), text: printableText(value) });
    offset += 1 + size;
  }
  return { objects, problem: undefined };
}
