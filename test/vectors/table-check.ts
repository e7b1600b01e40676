// SPDX-License-Identifier: MIT
import { expect } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import type { Layout } from '../../src/codec/struct.ts';
import { DecodeError } from '../../src/errors/fault.ts';
import { decodeCommand, type CommandApdu } from '../../src/iso7816/apdu.ts';
import { asJson, type Vector } from './vector.ts';

/** How the rows of one table are held against their vectors. */
export interface TableCheck {
  readonly rows: readonly string[];
  /** What of a row needs vectors of its own: a suite, a direction. Default: one nameless variant. */
  variants?(row: string): readonly string[];
  variantOf?(vector: Vector): string;
  /** The vector's facts hold. */
  good(vector: Vector): void;
  /** The vector is refused, or does not have the row's meaning, as its `error` says. */
  bad(vector: Vector): void;
}

/** A layout whose fields are known at run time only. */
export type AnyLayout = Layout<Record<string, unknown>>;

/** Decodes to the vector's value and encodes it back to the same bytes. */
export function expectLayout(
  layout: AnyLayout,
  bytes: Uint8Array,
  value: Readonly<Record<string, unknown>>,
): void {
  const decoded = layout.decode(bytes);
  expect(asJson(decoded)).toEqual(value);
  const written = Object.entries(value).map(([name, part]) => [
    name,
    decoded[name] instanceof Uint8Array ? fromHex(String(part)) : part,
  ]);
  expect(toHex(layout.encode(Object.fromEntries(written) as Record<string, unknown>))).toBe(
    toHex(bytes),
  );
}

/** Runs `read`, which must throw the decode error of the vector: its code, its path, an offset inside. */
export function expectDecodeError(vector: Vector, read: () => unknown): void {
  let thrown: unknown;
  try {
    read();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(DecodeError);
  const { code, path, offset, message } = thrown as DecodeError;
  expect({ code, path }).toEqual({
    code: vector.error.text('code'),
    path: vector.error.text('path'),
  });
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(offset).toBeLessThanOrEqual(vector.bytes('hex').length);
  expect(message).toContain(`"${path}" at byte ${offset} expected`);
}

/** The header of a command table's row; `null` fits every value. */
export interface HeaderRow {
  readonly classes: readonly (number | null)[];
  readonly ins: number;
  readonly p1: number | null;
  readonly p2: readonly number[] | number | null;
}

/** Whether a command is the row's. */
export function isOfRow(command: CommandApdu, row: HeaderRow): boolean {
  const { cla, ins, p1, p2 } = command;
  const fitsP2 = Array.isArray(row.p2) ? row.p2.includes(p2) : row.p2 === null || row.p2 === p2;
  return (
    row.classes.includes(cla) && row.ins === ins && (row.p1 === null || row.p1 === p1) && fitsP2
  );
}

/** The names of the rows that claim a command: a table without ambiguity gives one at most. */
export function rowsOf(
  rows: Readonly<Record<string, HeaderRow>>,
  command: CommandApdu,
): readonly string[] {
  return Object.entries(rows)
    .filter(([, row]) => isOfRow(command, row))
    .map(([name]) => name);
}

/** The vector's `hex` as a command. */
export function commandOf(vector: Vector): CommandApdu {
  return decodeCommand(vector.bytes('hex'));
}
