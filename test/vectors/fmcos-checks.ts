// SPDX-License-Identifier: MIT
/** The table of FMCOS commands against commands as public sequences have them. */
import { expect } from 'vitest';
import {
  FMCOS_COMMANDS,
  FMCOS_FILE_TYPES,
  FMCOS_KEY_SLOTS,
} from '../../src/purse/fmcos.table.ts';
import { KEY_PURPOSE_NAMES, KEY_PURPOSES } from '../../src/purse/key-purposes.table.ts';
import { commandOf, rowsOf, type HeaderRow, type TableCheck } from './table-check.ts';
import type { Vector } from './vector.ts';

const HEADERS: Readonly<Record<string, HeaderRow>> = Object.fromEntries(
  Object.entries(FMCOS_COMMANDS).map(([name, row]) => [name, { ...row, classes: [row.cla] }]),
);

function check(rows: readonly string[], claims: (vector: Vector) => readonly string[]): TableCheck {
  return {
    rows,
    good: (vector) => expect(claims(vector)).toEqual([vector.name]),
    bad(vector) {
      expect(vector.error.text('code')).toBe('NOT_THIS_ROW');
      expect(claims(vector)).not.toContain(vector.name);
    },
  };
}

export const FMCOS_COMMAND_CHECK = check(Object.keys(FMCOS_COMMANDS), (vector) =>
  rowsOf(HEADERS, commandOf(vector)),
);

export const FMCOS_FILE_TYPE_CHECK = check(Object.keys(FMCOS_FILE_TYPES), (vector) => {
  const [type] = commandOf(vector).data;
  const rows = Object.entries(FMCOS_FILE_TYPES);
  return rows.filter(([, { code }]) => code === type).map(([name]) => name);
});

const KEY_INDEX = 1;
const PLAIN = { version: false, tries: true, state: false } as const;

/** The header and the first five bytes of WRITE KEY: the key itself says nothing. */
export const FMCOS_KEY_SLOT_CHECK = check(Object.keys(FMCOS_KEY_SLOTS), (vector) => {
  const bytes = vector.bytes('hex');
  const [id, keyType, fourth] = [bytes[3], bytes[5], bytes[8]];
  return KEY_PURPOSE_NAMES.filter((purpose) => {
    const slot = FMCOS_KEY_SLOTS[purpose];
    const isForm = PLAIN[slot.form] === (fourth === 0xff);
    const isId = (slot.id === 'keyIndex' ? KEY_INDEX : slot.id) === id;
    return isForm && isId && KEY_PURPOSES[purpose].fmcos === keyType;
  });
});
