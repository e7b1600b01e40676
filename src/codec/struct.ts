// SPDX-License-Identifier: MIT
/**
 * A layout is declared once and gives encode, decode and the type of the value. Layouts have a fixed
 * length: where the wire carries a length (Lc, a TLV), the caller has cut the bytes by it.
 */
import { DecodeError } from '../errors/fault.ts';
import { invariant } from '../errors/invariant.ts';
import type { Field } from './field.ts';

// A field is contravariant in what it writes, so only `never` fits every field here.
interface AnyField {
  readonly size: number;
  read(bytes: Readonly<Uint8Array>, offset: number, path: string): unknown;
  write(bytes: Uint8Array, offset: number, value: never, path: string): void;
}
/** The fields of a layout by name, in their order on the wire. */
export type Fields = Readonly<Record<string, AnyField>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type Carried<F extends Fields> = {
  [K in keyof F as ValueOf<F[K]> extends undefined ? never : K]: ValueOf<F[K]>;
};

/** Where a field of a layout lies: for printing bytes with their names, and for reading one alone. */
export interface Placement {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** A declared layout of `size` bytes. Constant and reserved fields are checked and left out of the value. */
export interface Layout<T> {
  readonly name: string;
  readonly size: number;
  readonly placements: readonly Placement[];
  /** Where `field` begins. */
  offsetOf(field: string): number;
  encode(value: Readonly<T>): Uint8Array;
  encodeInto(target: Uint8Array, offset: number, value: Readonly<T>): void;
  /** @throws DECODE_FAILED on a wrong length or a field that does not fit. */
  decode(bytes: Readonly<Uint8Array>, path?: string): Readonly<T>;
  /** Decodes `size` bytes from `offset` of a longer array. */
  decodeAt(bytes: Readonly<Uint8Array>, offset: number, path?: string): Readonly<T>;
}

/** The value type of a layout. */
export type LayoutValue<L> = L extends Layout<infer T> ? T : never;

interface PlacedField extends Placement {
  readonly field: AnyField;
  /** Whether the value has it: names that begin with `_` are for the wire alone. */
  readonly isCarried: boolean;
  readonly path: string;
}

function place(layout: string, fields: Fields): readonly PlacedField[] {
  let offset = 0;
  return Object.entries(fields).map(([name, field]) => {
    const { size } = field;
    const isCarried = !name.startsWith('_');
    const placed = { name, offset, size, field, isCarried, path: `${layout}.${name}` };
    offset += size;
    return placed;
  });
}

/** Declares a layout of `fields` in their order on the wire. */
export function struct<F extends Fields>(name: string, fields: F): Layout<Carried<F>> {
  const placements = place(name, fields);
  const size = placements.reduce((total, placement) => total + placement.size, 0);

  function decodeAt(
    bytes: Readonly<Uint8Array>,
    offset: number,
    path = name,
  ): Readonly<Carried<F>> {
    if (offset + size > bytes.length) {
      throw new DecodeError(
        path,
        bytes.length,
        `expected ${size} bytes, got ${bytes.length - offset}`,
      );
    }
    const value: Record<string, unknown> = {};
    for (const placement of placements) {
      const fieldPath = path === name ? placement.path : `${path}.${placement.name}`;
      const read = placement.field.read(bytes, offset + placement.offset, fieldPath);
      if (placement.isCarried) value[placement.name] = read;
    }
    // Every carried field was read by its own declaration just above.
    return Object.freeze(value) as Readonly<Carried<F>>;
  }

  function encodeInto(target: Uint8Array, offset: number, value: Readonly<Carried<F>>): void {
    const values = value as Readonly<Record<string, unknown>>;
    for (const placement of placements) {
      // The value's type is the one that `field` declares: Carried<F> is computed from it.
      const part = values[placement.name] as never;
      placement.field.write(target, offset + placement.offset, part, placement.path);
    }
  }

  return {
    name,
    size,
    placements,
    offsetOf(field) {
      const placement = placements.find((candidate) => candidate.name === field);
      invariant(placement !== undefined, `"field" expected a field of ${name}, got "${field}"`);
      return placement.offset;
    },
    encode(value) {
      const target = new Uint8Array(size);
      encodeInto(target, 0, value);
      return target;
    },
    encodeInto,
    decode(bytes, path = name) {
      if (bytes.length !== size) {
        const problem = bytes.length > size ? 'left-over bytes' : 'too few bytes';
        throw new DecodeError(
          path,
          Math.min(size, bytes.length),
          `expected ${size} bytes, got ${bytes.length}: ${problem}`,
        );
      }
      return decodeAt(bytes, 0, path);
    },
    decodeAt,
  };
}
