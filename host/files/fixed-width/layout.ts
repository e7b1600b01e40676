// SPDX-License-Identifier: MIT
/**
 * Fixed-width files, declared: a header line, detail lines, a trailer line. Positions and lengths count
 * bytes of the file's encoding, as such formats do; the first byte is 1. The trailer proves the details:
 * their number, sums of their amounts, and a hash total.
 */
import { invariant } from '../../../src/errors/invariant.ts';

export interface FixedField {
  readonly name: string;
  /** First byte in the line, from 1. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  readonly kind: FixedKind;
  readonly meaning: string;
}

/**
 * `text`: left, padded with spaces. `digits`: a number written as text, left, padded with spaces.
 * `number`: right, padded with zeros. `amount`: as `number`, minor units, decimals implied.
 * `constant`: always `value`. `count`: of the details. `sum`: of the amounts in a field of the details.
 * `hashTotal`: Σ of the last nine digits in a field of the details, cut to the length from the right.
 */
export type FixedKind =
  | { readonly type: 'amount' | 'digits' | 'number' | 'text' }
  | { readonly type: 'constant'; readonly value: string }
  | { readonly type: 'count' }
  | { readonly type: 'hashTotal' | 'sum'; readonly of: string };

export interface FixedLayout {
  readonly name: string;
  readonly encoding: 'gbk' | 'utf8';
  readonly lineEnd: '\n' | '\r\n';
  readonly header: readonly FixedField[];
  readonly detail: readonly FixedField[];
  readonly trailer: readonly FixedField[];
  /** Details in one file at most. */
  readonly detailMax: number;
}

export type FixedValue = number | string;
/** The values of one line by field; constants and totals are not among them. */
export type FixedLine = Readonly<Record<string, FixedValue>>;

export interface FixedFile {
  readonly header: FixedLine;
  readonly details: readonly FixedLine[];
  readonly trailer: FixedLine;
}

/** Digits that a double holds exactly. */
const NUMBER_DIGITS_MAX = 15;

/** The same layout. @throws Defect when its fields do not follow each other without a hole. */
export function fixedLayout<L extends FixedLayout>(layout: L): L {
  for (const line of ['header', 'detail', 'trailer'] as const) {
    let next = 1;
    for (const field of layout[line]) {
      const place = `${layout.name}.${line}.${field.name}`;
      invariant(
        field.start === next,
        `"${place}" expected to start at ${next}, got ${field.start}`,
      );
      checkKind(field, place, layout);
      next += field.length;
    }
  }
  return layout;
}

function checkKind({ kind, length }: FixedField, place: string, layout: FixedLayout): void {
  if (kind.type === 'constant') {
    invariant(kind.value.length === length, `"${place}" expected a value of ${length} characters`);
  }
  if (kind.type === 'hashTotal' || kind.type === 'sum') {
    const isThere = layout.detail.some((field) => field.name === kind.of);
    invariant(isThere, `"${place}" expected a field of the details, got "${kind.of}"`);
  }
  const isNumber = ['amount', 'count', 'hashTotal', 'number', 'sum'].includes(kind.type);
  invariant(
    !isNumber || length <= NUMBER_DIGITS_MAX,
    `"${place}" expected at most ${NUMBER_DIGITS_MAX} digits, got ${length}`,
  );
}

/** Whether the caller gives the value, rather than the layout or the details. */
export function isGiven({ kind }: FixedField): boolean {
  return ['amount', 'digits', 'number', 'text'].includes(kind.type);
}
