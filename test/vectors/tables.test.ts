// SPDX-License-Identifier: MIT
/**
 * Walks every table of src/ and holds each row against its vectors in test/vectors/tables/. A table, a
 * row or a variant of a row without a good and a bad vector fails here, and so does a vector without a row.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as commands from './command-checks.ts';
import * as fmcos from './fmcos-checks.ts';
import * as other from './other-checks.ts';
import * as purse from './purse-checks.ts';
import type { TableCheck } from './table-check.ts';
import { readTableVectors, type Vector } from './vector.ts';

const SRC = new URL('../../src/', import.meta.url);

/** By the path of the table under src/, then by the name of the exported table. */
const CHECKS: Readonly<Record<string, Readonly<Record<string, TableCheck>>>> = {
  'clearing/actions': { ACTIONS: other.ACTION_CHECK },
  'clearing/limits': { LIMITS: other.LIMIT_CHECK },
  'clearing/rules': { RULES: other.RULE_CHECK },
  'errors/catalogue': { FAULTS: other.FAULT_CHECK },
  'gtfs/limits': { GTFS_LIMITS: other.GTFS_LIMIT_CHECK },
  'iso7816/status-words': { STATUS_WORDS: other.STATUS_WORD_CHECK },
  'money/currencies': { CURRENCIES: other.CURRENCY_CHECK },
  'purse/card-commands': { CARD_COMMANDS: commands.CARD_COMMAND_CHECK },
  'purse/files': {
    FILES: purse.FILE_CHECK,
    DF_NAMES: purse.DF_NAME_CHECK,
    VARIABLE_RECORD: purse.VARIABLE_RECORD_CHECK,
  },
  'purse/fmcos': {
    FMCOS_COMMANDS: fmcos.FMCOS_COMMAND_CHECK,
    FMCOS_FILE_TYPES: fmcos.FMCOS_FILE_TYPE_CHECK,
    FMCOS_KEY_SLOTS: fmcos.FMCOS_KEY_SLOT_CHECK,
  },
  'purse/key-purposes': { KEY_PURPOSES: purse.KEY_PURPOSE_CHECK },
  'purse/mac-inputs': { MAC_INPUTS: purse.MAC_INPUT_CHECK },
  'purse/purse-commands': { PURSE_COMMANDS: commands.PURSE_COMMAND_CHECK },
  'purse/sam-commands': {
    SAM_COMMANDS: commands.SAM_COMMAND_CHECK,
    SAM_KEY_USAGE: commands.SAM_KEY_USAGE_CHECK,
  },
  'purse/session-keys': { SESSION_KEYS: purse.SESSION_KEY_CHECK },
  'purse/suites': { SUITES: purse.SUITE_CHECK },
  'purse/transaction-types': { TRANSACTION_TYPES: purse.TRANSACTION_TYPE_CHECK },
};

/** Exports that are computed from a table of the same file, which has the vectors. */
const DERIVED: readonly string[] = ['SW', 'MAY_ERASE', 'KEY_PURPOSE_NAMES'];

const variantOf = (check: TableCheck, vector: Vector): string => check.variantOf?.(vector) ?? '';
const label = (vector: Vector, index: number): string => `${vector.title} (${index + 1})`;

describe('the tables of src', () => {
  it('are all walked by this test', () => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.table.ts'))
      .map((file) => file.slice(0, -'.table.ts'.length));
    expect(Object.keys(CHECKS)).toEqual(files.sort());
  });

  for (const [table, checks] of Object.entries(CHECKS)) {
    it(`in ${table} are all walked by this test`, () => {
      const source = readFileSync(new URL(`${table}.table.ts`, SRC), 'utf8');
      const names = [...source.matchAll(/^export const ([A-Z][A-Z0-9_]*)/gm)].map((m) => m[1]!);
      const expected = [...Object.keys(checks), ...names.filter((name) => DERIVED.includes(name))];
      expect(names.sort()).toEqual(expected.sort());
    });
  }

  it('announce only status words that the table of status words has', () => {
    commands.expectKnownChecks();
  });
});

describe.each(
  Object.entries(CHECKS).flatMap(([table, checks]) =>
    Object.entries(checks).map(([name, check]) => ({ table, name, check })),
  ),
)('$name of $table', ({ table, name, check }) => {
  const vectors = readTableVectors(table, name);
  const isBad = (vector: Vector): boolean => vector.has('error');

  it('has rows in the order of its vectors', () => {
    const order = [...new Set(vectors.map((vector) => vector.name))];
    expect(order).toEqual(check.rows);
  });

  it.each(check.rows.map((row) => ({ row })))('has good and bad vectors of $row', ({ row }) => {
    for (const variant of check.variants?.(row) ?? ['']) {
      const own = vectors.filter(
        (vector) => vector.name === row && variantOf(check, vector) === variant,
      );
      expect(own.some(isBad), `a bad vector of ${row} ${variant}`).toBe(true);
      expect(
        own.some((vector) => !isBad(vector)),
        `a good vector of ${row} ${variant}`,
      ).toBe(true);
    }
  });

  vectors.forEach((vector, index) => {
    if (isBad(vector)) {
      it(`refuses ${label(vector, index)}`, () => {
        check.bad(vector);
      });
    } else {
      it(`agrees with ${label(vector, index)}`, () => {
        check.good(vector);
      });
    }
  });
});
