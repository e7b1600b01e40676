// SPDX-License-Identifier: MIT
/**
 * Mutations of real inputs, as arbitraries: an entry of a corpus and a few edits of it. A counterexample
 * shrinks to fewer and simpler edits of the first entry that still fails.
 */
import fc from 'fast-check';

/** A place as a part of 65,536 of the whole, so that it stays in range and shrinks towards the start. */
const place = fc.nat(0xffff);

function placeIn(length: number, part: number): number {
  return Math.floor((part * length) / 0x10000);
}

type ByteEdit =
  | { readonly kind: 'bit'; readonly at: number; readonly bit: number }
  | { readonly kind: 'byte'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'delete'; readonly at: number; readonly size: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'repeat'; readonly at: number; readonly size: number }
  | {
      readonly kind: 'number';
      readonly at: number;
      readonly width: number;
      readonly value: number;
      readonly isLittleEndian: boolean;
    }
  | {
      readonly kind: 'length';
      readonly at: number;
      readonly width: number;
      readonly by: number;
    }
  | { readonly kind: 'splice'; readonly at: number; readonly other: number; readonly from: number };

const byte = fc.nat(255);
/** Where lengths, signs and counters turn over. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff] as const;
const WIDE_EDGES = [...EDGES, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const byteEdit: fc.Arbitrary<ByteEdit> = fc.oneof(
  fc.record({ kind: fc.constant('bit' as const), at: place, bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant('byte' as const),
    at: place,
    value: fc.oneof(fc.constantFrom(...EDGES), byte),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({
    kind: fc.constant('delete' as const),
    at: place,
    size: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: place,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }),
  }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: place,
    size: fc.integer({ min: 1, max: 200 }),
  }),
  fc.record({
    kind: fc.constant('number' as const),
    at: place,
    width: fc.constantFrom(1, 2, 4),
    value: fc.constantFrom(...WIDE_EDGES),
    isLittleEndian: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('length' as const),
    at: place,
    width: fc.constantFrom(1, 2, 4),
    by: fc.integer({ min: -9, max: 9 }),
  }),
  fc.record({ kind: fc.constant('splice' as const), at: place, other: place, from: place }),
);

type NumberEdit = Pick<Extract<ByteEdit, { kind: 'number' }>, 'isLittleEndian' | 'value' | 'width'>;

/** The low bytes of a number at `at`, as far as there is room. */
function withNumber(bytes: Uint8Array, at: number, edit: NumberEdit): Uint8Array {
  const changed = bytes.slice();
  for (let index = 0; index < edit.width; index++) {
    const shift = edit.isLittleEndian ? index : edit.width - 1 - index;
    if (at + index < changed.length) changed[at + index] = Math.floor(edit.value / 256 ** shift);
  }
  return changed;
}

function numberAt(bytes: Uint8Array, at: number, width: number): number {
  return bytes.slice(at, at + width).reduce((value, next) => value * 256 + next, 0);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function editedBytes(bytes: Uint8Array, edit: ByteEdit, corpus: readonly Uint8Array[]): Uint8Array {
  const at = placeIn(bytes.length, edit.at);
  const changed = bytes.slice();
  switch (edit.kind) {
    case 'bit':
      changed[at] = (changed[at] ?? 0) ^ (1 << edit.bit);
      return changed;
    case 'byte':
      changed[at] = edit.value;
      return changed;
    case 'cut':
      return bytes.slice(0, at);
    case 'delete':
      return joined(bytes.slice(0, at), bytes.slice(at + edit.size));
    case 'insert':
      return joined(bytes.slice(0, at), edit.bytes, bytes.slice(at));
    case 'repeat':
      return joined(bytes.slice(0, at + edit.size), bytes.slice(at));
    case 'number':
      return withNumber(bytes, at, edit);
    case 'length': {
      const { width, by } = edit;
      const value = (numberAt(bytes, at, width) + by + 256 ** width) % 256 ** width;
      return withNumber(bytes, at, { width, value, isLittleEndian: false });
    }
    case 'splice': {
      const other = corpus[placeIn(corpus.length, edit.other)] ?? bytes;
      return joined(bytes.slice(0, at), other.slice(placeIn(other.length, edit.from)));
    }
  }
}

export type Edits = (bytes: Uint8Array) => Uint8Array;

/** Up to `max` edits, as a function of bytes; `corpus` is what they splice from. */
export function byteEdits(corpus: readonly Uint8Array[], max = 5): fc.Arbitrary<Edits> {
  return fc
    .array(byteEdit, { maxLength: max })
    .map((edits) => (bytes) => edits.reduce((now, edit) => editedBytes(now, edit, corpus), bytes));
}

/** An entry of the corpus after a few edits, now and then after none. */
export function mutatedBytes(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...corpus), byteEdits(corpus))
    .map(([entry, edits]) => edits(entry));
}

type TextEdit =
  | { readonly kind: 'bit'; readonly at: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'delete'; readonly at: number; readonly size: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'line'; readonly at: number; readonly to: number; readonly isMoved: boolean }
  | { readonly kind: 'lineGone'; readonly at: number }
  | { readonly kind: 'number'; readonly at: number; readonly text: string }
  | { readonly kind: 'repeat'; readonly at: number; readonly size: number }
  | { readonly kind: 'splice'; readonly at: number; readonly other: number; readonly from: number };

/** Numbers as texts have them, at and beyond their edges. */
const NUMBERS = [
  ...['0', '-0', '1', '-1', '00', '0.1', '.5', '1.', '1e3', '1e400', '0x10', 'NaN', 'Infinity'],
  ...['255', '256', '65535', '65536', '4294967295', '4294967296', '9007199254740991'],
  ...[
    '9007199254740992',
    '99999999999999999999',
    '90071992547409.91',
    '45035996273705',
    '0.005',
    '١٢',
  ],
];
/** What texts are told apart by. */
const SIGNS = [
  '"',
  ',',
  ';',
  ':',
  '\n',
  '\r\n',
  '\r',
  '\t',
  ' ',
  '\u0000',
  '\ufeff',
  '\ud800',
  '\\',
];

function textEdit(dictionary: readonly string[]): fc.Arbitrary<TextEdit> {
  const size = fc.integer({ min: 1, max: 60 });
  const token = fc.oneof(fc.constantFrom(...SIGNS, ...NUMBERS, ...dictionary), fc.string());
  return fc.oneof(
    fc.record({ kind: fc.constant('bit' as const), at: place, bit: fc.nat(7) }),
    fc.record({ kind: fc.constant('cut' as const), at: place }),
    fc.record({ kind: fc.constant('delete' as const), at: place, size }),
    fc.record({ kind: fc.constant('insert' as const), at: place, text: token }),
    fc.record({
      kind: fc.constant('line' as const),
      at: place,
      to: place,
      isMoved: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('lineGone' as const), at: place }),
    fc.record({
      kind: fc.constant('number' as const),
      at: place,
      text: fc.constantFrom(...NUMBERS),
    }),
    fc.record({ kind: fc.constant('repeat' as const), at: place, size }),
    fc.record({ kind: fc.constant('splice' as const), at: place, other: place, from: place }),
  );
}

function withLine(text: string, edit: Extract<TextEdit, { kind: 'line' }>): string {
  const lines = text.split('\n');
  const at = placeIn(lines.length, edit.at);
  const line = lines[at] ?? '';
  if (edit.isMoved) lines.splice(at, 1);
  lines.splice(placeIn(lines.length + 1, edit.to), 0, line);
  return lines.join('\n');
}

function withNumberText(text: string, at: number, number: string): string {
  const found = [...text.matchAll(/\d+(?:\.\d+)?/g)];
  const match = found[placeIn(found.length, at)];
  if (match === undefined) return text + number;
  return text.slice(0, match.index) + number + text.slice(match.index + match[0].length);
}

function editedText(text: string, edit: TextEdit, corpus: readonly string[]): string {
  const at = placeIn(text.length, edit.at);
  switch (edit.kind) {
    case 'bit': {
      const flipped = String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << edit.bit));
      return text.slice(0, at) + flipped + text.slice(at + 1);
    }
    case 'cut':
      return text.slice(0, at);
    case 'delete':
      return text.slice(0, at) + text.slice(at + edit.size);
    case 'insert':
      return text.slice(0, at) + edit.text + text.slice(at);
    case 'line':
      return withLine(text, edit);
    case 'lineGone': {
      const lines = text.split('\n');
      return lines.filter((_, index) => index !== placeIn(lines.length, edit.at)).join('\n');
    }
    case 'number':
      return withNumberText(text, edit.at, edit.text);
    case 'repeat':
      return text.slice(0, at + edit.size) + text.slice(at);
    case 'splice': {
      const other = corpus[placeIn(corpus.length, edit.other)] ?? text;
      return text.slice(0, at) + other.slice(placeIn(other.length, edit.from));
    }
  }
}

/** An entry of the corpus after a few edits; `dictionary` has words that the reader knows. */
export function mutatedText(
  corpus: readonly string[],
  dictionary: readonly string[] = [],
): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...corpus), fc.array(textEdit(dictionary), { maxLength: 5 }))
    .map(([entry, edits]) => edits.reduce((now, edit) => editedText(now, edit, corpus), entry));
}

export interface JsonEdit {
  readonly at: number;
  readonly value: unknown;
  /** Instead of the value: take it away, or put it beside its own under a new name. */
  readonly manner: 'add' | 'drop' | 'set';
}

/** A value somewhere in a JSON text replaced by one of another kind or at an edge. */
export const jsonEdit: fc.Arbitrary<JsonEdit> = fc.record({
  at: place,
  value: fc.oneof(
    fc.constantFrom<unknown>(
      ...[null, true, 0, -1, 0.5, 1e300, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53],
      ...[
        '',
        '0',
        'a'.repeat(1001),
        '00'.repeat(32),
        '\u0000',
        '\ud800',
        [],
        {},
        [[]],
        [null],
        [{}],
      ],
    ),
    fc.nat(9),
    fc.string(),
  ),
  manner: fc.constantFrom('set', 'set', 'set', 'drop', 'add'),
});

type Place = readonly [holder: Record<string, unknown>, name: string];

/** Every place of a value, the root's held by `root`. Arrays are held like objects, by their indexes. */
function placesOf(holder: Record<string, unknown>): readonly Place[] {
  return Object.keys(holder).flatMap((name) => {
    const value = holder[name];
    const inside = typeof value === 'object' && value !== null ? value : {};
    return [[holder, name] as const, ...placesOf(inside as Record<string, unknown>)];
  });
}

/** The text with one value changed; a text that is no JSON stays. */
export function editedJson(text: string, { at, value, manner }: JsonEdit): string {
  let root: Record<string, unknown>;
  try {
    root = { value: JSON.parse(text) as unknown };
  } catch {
    return text;
  }
  // The root comes last: without it there is nothing left to look at.
  const [whole, ...inner] = placesOf(root);
  const places = whole === undefined ? inner : [...inner, whole];
  const [holder, name] = places[placeIn(places.length, at)] ?? [root, 'value'];
  if (manner === 'set') holder[name] = value;
  else if (manner === 'drop') Reflect.deleteProperty(holder, name);
  else holder[`${name}2`] = value;
  return 'value' in root ? JSON.stringify(root['value']) : '';
}
