// SPDX-License-Identifier: MIT
/** Checks of the command tables: a good vector is a command of its row, byte for byte; a bad one is not. */
import { expect } from 'vitest';
import { toHex } from '../../src/bytes/hex.ts';
import { encodeCommand } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { CARD_COMMANDS, type CardCommandRow } from '../../src/purse/card-commands.table.ts';
import {
  SAM_CREDIT,
  SAM_INITIALIZE,
  SAM_INITIALIZE_REPLY,
} from '../../src/purse/command-layouts.ts';
import { PURSE_COMMANDS, type PurseCommandRow } from '../../src/purse/purse-commands.table.ts';
import { SAM_COMMANDS, SAM_KEY_USAGE } from '../../src/purse/sam-commands.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import {
  commandOf,
  expectDecodeError,
  expectLayout,
  rowsOf,
  type AnyLayout,
  type HeaderRow,
  type TableCheck,
} from './table-check.ts';
import type { Vector } from './vector.ts';

const CARD_ROWS: Readonly<Record<string, CardCommandRow>> = CARD_COMMANDS;
const PURSE_ROWS: Readonly<Record<string, PurseCommandRow>> = PURSE_COMMANDS;

/** Card and purse commands go to the same card, so no command may belong to two rows of either. */
const TO_CARD: Readonly<Record<string, HeaderRow>> = {
  ...Object.fromEntries(
    Object.entries(CARD_ROWS).map(([name, { cla, claSecured, ins, p1, p2 }]) => [
      name,
      { classes: [cla, claSecured], ins, p1, p2 },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(PURSE_ROWS).map(([name, { cla, ins, p1, p2 }]) => [
      name,
      { classes: [cla], ins, p1, p2 },
    ]),
  ),
};

const TO_SAM: Readonly<Record<string, HeaderRow>> = Object.fromEntries(
  Object.entries(SAM_COMMANDS).map(([name, { cla, ins, p1, p2 }]) => [
    name,
    { classes: [cla], ins, p1, p2 },
  ]),
);

function suiteOf(vector: Vector): SuiteName {
  return vector.text('suite') === 'aes' ? 'aes' : 'tdes';
}

function purseLayout(vector: Vector): AnyLayout | undefined {
  const row = PURSE_ROWS[vector.name]!;
  const part = vector.text('part') === 'command' ? row.command : row.reply;
  return part?.[suiteOf(vector)] as AnyLayout | undefined;
}

export const PURSE_COMMAND_CHECK: TableCheck = {
  rows: Object.keys(PURSE_COMMANDS),
  variants(name) {
    // The composite cache has no layout: the record is the file's, alike in both suites.
    if (name === 'updateCompositeCache') return ['tdes command'];
    return ['tdes command', 'aes command', 'tdes reply', 'aes reply'];
  },
  variantOf: (vector) => `${vector.text('suite')} ${vector.text('part')}`,
  good(vector) {
    const layout = purseLayout(vector);
    if (vector.text('part') === 'reply') {
      expectLayout(layout!, vector.bytes('hex'), vector.record('value'));
      return;
    }
    const command = commandOf(vector);
    expect(rowsOf(TO_CARD, command)).toEqual([vector.name]);
    expect(toHex(encodeCommand(command))).toBe(vector.text('hex'));
    const reply = PURSE_ROWS[vector.name]!.reply?.[suiteOf(vector)];
    expect(command.ne).toBe(reply?.size ?? 0);
    if (layout !== undefined) expectLayout(layout, command.data, vector.record('value'));
  },
  bad(vector) {
    if (vector.error.text('code') === 'NOT_THIS_ROW') {
      expect(rowsOf(TO_CARD, commandOf(vector))).not.toContain(vector.name);
      return;
    }
    const read = (): unknown =>
      purseLayout(vector)!.decode(
        vector.text('part') === 'reply' ? vector.bytes('hex') : commandOf(vector).data,
      );
    expectDecodeError(vector, read);
  },
};

export const CARD_COMMAND_CHECK: TableCheck = {
  rows: Object.keys(CARD_COMMANDS),
  variants(name) {
    const { cla, claSecured } = CARD_ROWS[name]!;
    return [...(cla === null ? [] : ['plain']), ...(claSecured === null ? [] : ['secured'])];
  },
  variantOf: (vector) => vector.text('form'),
  good(vector) {
    const command = commandOf(vector);
    const { cla, claSecured } = CARD_ROWS[vector.name]!;
    expect(rowsOf(TO_CARD, command)).toEqual([vector.name]);
    expect(command.cla).toBe(vector.text('form') === 'plain' ? cla : claSecured);
    // Secured commands say so in their class byte. ISO/IEC 7816-4, 5.4.1.
    expect((command.cla & 0x04) !== 0).toBe(vector.text('form') === 'secured');
  },
  bad(vector) {
    expect(vector.error.text('code')).toBe('NOT_THIS_ROW');
    expect(rowsOf(TO_CARD, commandOf(vector))).not.toContain(vector.name);
  },
};

interface SamLayouts {
  readonly command: AnyLayout;
  readonly reply: AnyLayout | undefined;
}

function samLayouts(vector: Vector): SamLayouts | undefined {
  const suite = suiteOf(vector);
  if (vector.name === 'initializeForPurchase') {
    return {
      command: SAM_INITIALIZE[suite] as unknown as AnyLayout,
      reply: SAM_INITIALIZE_REPLY[suite] as unknown as AnyLayout,
    };
  }
  if (vector.name !== 'creditForPurchase') return undefined;
  return { command: SAM_CREDIT[suite] as unknown as AnyLayout, reply: undefined };
}

export const SAM_COMMAND_CHECK: TableCheck = {
  rows: Object.keys(SAM_COMMANDS),
  variants: (name) => (/Purchase$/.test(name) ? ['tdes', 'aes'] : ['tdes']),
  variantOf: (vector) => vector.text('suite'),
  good(vector) {
    const command = commandOf(vector);
    expect(rowsOf(TO_SAM, command)).toEqual([vector.name]);
    const layouts = samLayouts(vector);
    if (layouts === undefined) return;
    const { size } = layouts.command;
    expectLayout(layouts.command, command.data.slice(0, size), vector.record('value'));
    expect(toHex(command.data.slice(size))).toBe(vector.optionalText('rest') ?? '');
    expect(command.ne).toBe(layouts.reply?.size ?? 0);
    if (layouts.reply === undefined) return;
    expectLayout(layouts.reply, vector.bytes('reply'), vector.record('replyValue'));
  },
  bad(vector) {
    if (vector.error.text('code') === 'NOT_THIS_ROW') {
      expect(rowsOf(TO_SAM, commandOf(vector))).not.toContain(vector.name);
      return;
    }
    expectDecodeError(vector, () => samLayouts(vector)!.command.decode(commandOf(vector).data));
  },
};

const USAGES: Readonly<Record<string, number>> = SAM_KEY_USAGE;

/** P1 of DELIVERY KEY is usage | levels << 5; as many levels as there are 8 bytes of data. */
function usageOf(vector: Vector): number {
  const { p1, data } = commandOf(vector);
  expect(p1 >> 5).toBe(data.length / 8);
  return p1 & 0x1f;
}

export const SAM_KEY_USAGE_CHECK: TableCheck = {
  rows: Object.keys(SAM_KEY_USAGE),
  good(vector) {
    expect(usageOf(vector)).toBe(vector.number('value'));
    expect(USAGES[vector.name]).toBe(vector.number('value'));
  },
  bad(vector) {
    expect(usageOf(vector)).not.toBe(USAGES[vector.name]);
  },
};

/** The checks that a row announces must be status words of the table. */
export function expectKnownChecks(): void {
  for (const [name, row] of Object.entries(PURSE_ROWS)) {
    for (const check of row.checks) expect(SW[check], `${name}: ${check}`).toBeGreaterThan(0x61ff);
  }
}
