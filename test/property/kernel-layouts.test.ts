// SPDX-License-Identifier: MIT
/** Every declared layout: what is encoded decodes to itself, and random bytes never crash a decoder. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/hex.ts';
import { BATCH_HEADER, BATCH_TRAILER } from '../../src/clearing/batch-layout.ts';
import { RECORD } from '../../src/clearing/record.ts';
import type { Layout } from '../../src/codec/struct.ts';
import { DecodeError } from '../../src/errors/fault.ts';
import * as commandLayouts from '../../src/purse/command-layouts.ts';
import * as fileLayouts from '../../src/purse/file-layouts.ts';
import { GREY_LOCK_MAC1 } from '../../src/purse/grey-lock.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';

type AnyLayout = Layout<Record<string, unknown>>;

function isLayout(value: unknown): value is AnyLayout {
  return typeof value === 'object' && value !== null && 'placements' in value && 'decode' in value;
}

/** Layouts at any depth of what modules export, by a readable name. */
function layoutsIn(value: unknown, path: string): { name: string; layout: AnyLayout }[] {
  if (isLayout(value)) return [{ name: path, layout: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => layoutsIn(part, `${path}.${key}`));
}

const LAYOUTS = [
  ...layoutsIn(commandLayouts, 'commands'),
  ...layoutsIn(fileLayouts, 'files'),
  ...layoutsIn(MAC_INPUTS, 'macInputs'),
  ...layoutsIn({ GREY_LOCK_MAC1 }, 'greyLock'),
  ...layoutsIn({ BATCH_HEADER, BATCH_TRAILER, RECORD }, 'clearing'),
];

/**
 * Bytes that the layout takes, found without knowing its fields: random bytes, and wherever a field refuses
 * them, digits that are likely to be a date, a time, a code or text. Offsets come from the refusals.
 */
function acceptable(layout: AnyLayout): fc.Arbitrary<Uint8Array> {
  const fillings = ['20260203', '081530', '000000', '010101', '888888', '4F504201', '060606', '91'];
  return fc.uint8Array({ minLength: layout.size, maxLength: layout.size }).map((random) => {
    const bytes = random.slice();
    for (const { offset, size } of layout.placements) {
      const isTaken = (): boolean => {
        try {
          layout.decode(bytes);
          return true;
        } catch (error) {
          const at = (error as DecodeError).offset;
          return at >= offset + size;
        }
      };
      for (const filling of fillings) {
        if (isTaken()) break;
        for (let index = 0; index < size; index++) {
          const from = (2 * index) % filling.length;
          bytes[offset + index] = Number.parseInt(filling.slice(from, from + 2), 16);
        }
      }
    }
    return bytes;
  });
}

describe.each(LAYOUTS)('the layout $name', ({ layout }) => {
  it('encodes what it decoded to the same bytes, and decodes that to the same value', () => {
    fc.assert(
      fc.property(acceptable(layout), (bytes) => {
        const value = layout.decode(bytes);
        const encoded = layout.encode(value);
        expect(toHex(encoded)).toBe(toHex(bytes));
        expect(layout.decode(encoded)).toEqual(value);
      }),
      { numRuns: 30 },
    );
  });

  it('either decodes random bytes or says which field is wrong', () => {
    const any = fc.uint8Array({ maxLength: layout.size + 3 });
    fc.assert(
      fc.property(any, (bytes) => {
        try {
          expect(layout.decode(bytes)).toBeDefined();
          expect(bytes.length).toBe(layout.size);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
          expect(error.path.startsWith(layout.name)).toBe(true);
          expect(error.offset).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('covers its bytes with fields, none twice and none missing', () => {
    let offset = 0;
    for (const placement of layout.placements) {
      expect(placement.offset).toBe(offset);
      offset += placement.size;
    }
    expect(offset).toBe(layout.size);
  });
});

describe('the layouts under test', () => {
  it('are found in every module that declares some', () => {
    // Two suites of 17 command layouts, six files, two suites of twelve MAC inputs, and four single ones.
    expect(LAYOUTS.length).toBeGreaterThanOrEqual(2 * 17 + 6 + 2 * 12 + 4);
  });
});
