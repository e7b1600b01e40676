// SPDX-License-Identifier: MIT
/** Checks of the purse's other tables: files, keys, session keys, MAC inputs, suites, transaction types. */
import { expect } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { uintBytes } from '../../src/bytes/integer.ts';
import { decodeCommand } from '../../src/iso7816/apdu.ts';
import {
  CARDHOLDER_DATA,
  INTEROPERABILITY_DATA,
  LOG_RECORD,
  PUBLIC_DATA,
  TRIP_RECORD,
} from '../../src/purse/file-layouts.ts';
import { DF_NAMES, FILES, VARIABLE_RECORD, type FileRow } from '../../src/purse/files.table.ts';
import { KEY_PURPOSES, type KeyPurpose } from '../../src/purse/key-purposes.table.ts';
import { MAC_INPUTS, type MacInputName } from '../../src/purse/mac-inputs.table.ts';
import { SESSION_KEYS, type SessionName } from '../../src/purse/session-keys.table.ts';
import type { MacKey, SuiteName } from '../../src/purse/suite.ts';
import { suiteByAlgorithm, SUITES } from '../../src/purse/suites.table.ts';
import {
  TRANSACTION_TYPES,
  transactionTypeName,
  type TransactionTypeName,
} from '../../src/purse/transaction-types.table.ts';
import { slowCmac, slowDesMac } from './slow-crypto.ts';
import {
  commandOf,
  expectDecodeError,
  expectLayout,
  type AnyLayout,
  type TableCheck,
} from './table-check.ts';
import { asJson, type Vector } from './vector.ts';

const BOTH_SUITES = (): readonly string[] => ['tdes', 'aes'];
const suiteText = (vector: Vector): string => vector.text('suite');
const suiteOf = (vector: Vector): SuiteName => (vector.text('suite') === 'aes' ? 'aes' : 'tdes');

const FILE_ROWS: Readonly<Record<string, FileRow>> = FILES;
const FILE_LAYOUTS: Readonly<Record<string, AnyLayout>> = {
  ef15: PUBLIC_DATA,
  ef16: CARDHOLDER_DATA,
  ef17: INTEROPERABILITY_DATA,
  ef18: LOG_RECORD,
  ef1e: TRIP_RECORD,
};

/** The files that a SELECT by identifier and a READ by short identifier name, each on its own. */
function filesOf(vector: Vector): { readonly selected: string[]; readonly read: string[] } {
  const fileId = toHex(decodeCommand(vector.bytes('select')).data);
  const { ins, p1, p2 } = decodeCommand(vector.bytes('read'));
  const shortFileId = ins === 0xb0 ? p1 & 0x1f : p2 >> 3;
  const named = (isMeant: (row: FileRow) => boolean): string[] =>
    Object.keys(FILE_ROWS).filter((name) => isMeant(FILE_ROWS[name]!));
  return {
    selected: named((row) => toHex(uintBytes(row.fileId, 2)) === fileId),
    read: named((row) => row.shortFileId === shortFileId),
  };
}

export const FILE_CHECK: TableCheck = {
  rows: Object.keys(FILES),
  good(vector) {
    const row = FILE_ROWS[vector.name]!;
    expect(filesOf(vector)).toEqual({ selected: [vector.name], read: [vector.name] });
    // A transparent file is read by READ BINARY, a file of records by READ RECORD.
    const { ins } = decodeCommand(vector.bytes('read'));
    expect(ins).toBe(row.structure === 'transparent' ? 0xb0 : 0xb2);
    if (!vector.has('hex')) return;
    const bytes = vector.bytes('hex');
    const layout = FILE_LAYOUTS[vector.name];
    if (layout === undefined) {
      expect(bytes.length).toBeLessThanOrEqual(row.size);
      expect(bytes[VARIABLE_RECORD.lengthOffset]).toBe(bytes.length - 2);
      expect(bytes[VARIABLE_RECORD.lockOffset]).toBe(VARIABLE_RECORD.lockOpen);
      return;
    }
    expect(layout.size).toBe(row.size);
    expectLayout(layout, bytes, vector.record('value'));
  },
  bad(vector) {
    if (vector.error.text('code') === 'NOT_THIS_ROW') {
      const { selected, read } = filesOf(vector);
      expect([...selected, ...read]).not.toContain(vector.name);
      return;
    }
    expectDecodeError(vector, () => FILE_LAYOUTS[vector.name]!.decode(vector.bytes('hex')));
  },
};

const DIRECTORY_NAMES: Readonly<Record<string, string>> = DF_NAMES;

export const DF_NAME_CHECK: TableCheck = {
  rows: Object.keys(DF_NAMES),
  good(vector) {
    const { data, p1 } = commandOf(vector);
    expect(p1).toBe(0x04);
    expect(toHex(data)).toBe(DIRECTORY_NAMES[vector.name]);
    // ISO/IEC 7816-4, 12.2.3: a DF name has 1 to 16 bytes, an application identifier 5 at least.
    expect(data.length).toBeGreaterThanOrEqual(5);
    expect(data.length).toBeLessThanOrEqual(16);
    if (vector.has('text')) expect(String.fromCharCode(...data)).toBe(vector.text('text'));
  },
  bad(vector) {
    expect(Object.values(DIRECTORY_NAMES)).not.toContain(toHex(commandOf(vector).data));
  },
};

const VARIABLE: Readonly<Record<string, number>> = VARIABLE_RECORD;

/** The byte of a variable record that a row speaks of: at its offset, or for `lockOpen` the lock byte. */
function variableByte(vector: Vector): number | undefined {
  const offset = vector.name === 'lockOpen' ? VARIABLE_RECORD.lockOffset : VARIABLE[vector.name]!;
  return vector.bytes('hex')[offset];
}

export const VARIABLE_RECORD_CHECK: TableCheck = {
  rows: Object.keys(VARIABLE_RECORD),
  good(vector) {
    expect(variableByte(vector)).toBe(vector.number('value'));
    if (vector.name === 'lockOpen') expect(VARIABLE_RECORD.lockOpen).toBe(vector.number('value'));
  },
  bad: (vector) => expect(variableByte(vector)).not.toBe(vector.number('value')),
};

function sessionKeyOf(vector: Vector, session: SessionName): MacKey {
  return SUITES[suiteOf(vector)].sessionMasterKey(vector.bytes('cardKey')).sessionKey({
    session,
    cardRandom: vector.bytes('cardRandom'),
    counter: vector.number('counter'),
    terminalCounter: vector.number('terminalCounter'),
  });
}

/** Two MACs of different lengths by our session key and by the vector's, the second by the oracle. */
function sessionMacs(vector: Vector): { ours: string[]; known: string[] } {
  const probes = [fromHex('00'), fromHex('00112233445566778899AABBCCDDEEFF')];
  const session = vector.name as SessionName;
  expect(Object.keys(SESSION_KEYS)).toContain(session);
  const known = vector.bytes('sessionKey');
  return {
    ours: probes.map((probe) => toHex(sessionKeyOf(vector, session).mac(probe))),
    known: probes.map((probe) =>
      toHex(
        suiteOf(vector) === 'aes'
          ? slowCmac(known, probe).slice(0, 8)
          : slowDesMac(known, probe).slice(0, 4),
      ),
    ),
  };
}

export const SESSION_KEY_CHECK: TableCheck = {
  rows: Object.keys(SESSION_KEYS),
  variants: BOTH_SUITES,
  variantOf: suiteText,
  good(vector) {
    const { ours, known } = sessionMacs(vector);
    expect(ours).toEqual(known);
  },
  bad(vector) {
    const { ours, known } = sessionMacs(vector);
    expect(ours).not.toEqual(known);
  },
};

function macInputLayout(vector: Vector): AnyLayout {
  return MAC_INPUTS[vector.name as MacInputName][suiteOf(vector)];
}

function macKeyOf(vector: Vector): MacKey {
  const { key } = MAC_INPUTS[vector.name as MacInputName];
  if (key === 'tac') return SUITES[suiteOf(vector)].tacKey(vector.bytes('cardKey'));
  return sessionKeyOf(vector, key);
}

const BYTE_FIELDS: readonly string[] = ['applicationSerialNumber', 'date', 'terminalId', 'time'];

function macInput(vector: Vector): Uint8Array {
  const value = Object.entries(vector.record('value')).map(([name, part]) => [
    name,
    BYTE_FIELDS.includes(name) ? fromHex(String(part)) : part,
  ]);
  return macInputLayout(vector).encode(Object.fromEntries(value) as Record<string, unknown>);
}

export const MAC_INPUT_CHECK: TableCheck = {
  rows: Object.keys(MAC_INPUTS),
  variants: BOTH_SUITES,
  variantOf: suiteText,
  good(vector) {
    const layout = macInputLayout(vector);
    const input = macInput(vector);
    expect(toHex(input)).toBe(vector.text('hex'));
    expect(asJson(layout.decode(input))).toEqual(vector.record('value'));
    expect(toHex(macKeyOf(vector).mac(input))).toBe(vector.text('mac'));
    // Every bit of every field is covered.
    for (const { offset, size, name } of layout.placements) {
      for (const at of [offset, offset + size - 1]) {
        const other = input.slice();
        other[at]! ^= 0x01;
        expect(toHex(macKeyOf(vector).mac(other)), name).not.toBe(vector.text('mac'));
      }
    }
  },
  bad(vector) {
    expect(Object.keys(vector.record('value'))).toContain(vector.error.text('field'));
    expect(toHex(macKeyOf(vector).mac(macInput(vector)))).not.toBe(vector.text('mac'));
  },
};

function cardKeyOf(vector: Vector): string {
  const suite = SUITES[suiteOf(vector)];
  const master = suite.issuerMasterKey(vector.bytes('masterKey'), vector.name as KeyPurpose);
  return toHex(master.cardKey(vector.bytes('serial')));
}

export const KEY_PURPOSE_CHECK: TableCheck = {
  rows: Object.keys(KEY_PURPOSES),
  variants: BOTH_SUITES,
  variantOf: suiteText,
  good(vector) {
    expect(cardKeyOf(vector)).toBe(vector.text('cardKey'));
    if (!vector.has('fmcos')) return;
    const { aes, fmcos, name } = KEY_PURPOSES[vector.name as KeyPurpose];
    expect({ aes, fmcos, keyName: name }).toEqual({
      aes: vector.number('aes'),
      fmcos: vector.number('fmcos'),
      keyName: vector.text('keyName'),
    });
  },
  bad: (vector) => expect(cardKeyOf(vector)).not.toBe(vector.text('cardKey')),
};

export const SUITE_CHECK: TableCheck = {
  rows: Object.keys(SUITES),
  good(vector) {
    const suite = suiteByAlgorithm(vector.number('algorithmId'));
    expect(suite).toBe(SUITES[vector.name as SuiteName]);
    expect(suite).toMatchObject({
      name: vector.name,
      algorithmId: vector.number('algorithmId'),
      macSize: vector.number('macSize'),
      cardRandomSize: vector.number('cardRandomSize'),
      blockSize: vector.number('blockSize'),
    });
    expect(suite!.tacKey(new Uint8Array(16)).mac(new Uint8Array(3))).toHaveLength(suite!.macSize);
    expect(suite!.encipher(new Uint8Array(16), new Uint8Array(suite!.blockSize))).toHaveLength(
      suite!.blockSize,
    );
  },
  bad: (vector) => expect(suiteByAlgorithm(vector.number('algorithmId'))).toBeUndefined(),
};

export const TRANSACTION_TYPE_CHECK: TableCheck = {
  rows: Object.keys(TRANSACTION_TYPES),
  good(vector) {
    expect(transactionTypeName(vector.number('code'))).toBe(vector.name);
    expect(TRANSACTION_TYPES[vector.name as TransactionTypeName]).toMatchObject({
      code: vector.number('code'),
      counter: vector.text('counter'),
      effect: vector.text('effect'),
    });
  },
  bad: (vector) => expect(transactionTypeName(vector.number('code'))).not.toBe(vector.name),
};
