// SPDX-License-Identifier: MIT
import { toHex } from '../bytes/hex.ts';
import type { Placement } from './struct.ts';

/** One printed field: its bytes in hexadecimal and its name. */
export interface LaidOutField {
  readonly name: string;
  readonly hex: string;
}

/** Lays the fields of a layout over bytes, for traces and bug reports. */
export function layOutBytes(
  layout: { readonly placements: readonly Placement[]; readonly size: number },
  bytes: Readonly<Uint8Array>,
): readonly LaidOutField[] {
  const fields = layout.placements
    .filter((placement) => placement.offset < bytes.length)
    .map(({ name, offset, size }) => ({ name, hex: toHex(bytes.slice(offset, offset + size)) }));
  if (bytes.length > layout.size) {
    fields.push({ name: '(left over)', hex: toHex(bytes.slice(layout.size)) });
  }
  return fields;
}
