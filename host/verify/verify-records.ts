// SPDX-License-Identifier: MIT
/** TAC verification of encoded records: pure, so that the same code runs inline and in a worker. */
import { amount } from '../../src/money/amount.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { RECORD_KIND, RECORD_OFFSET, RECORD_SIZE } from '../../src/clearing/record.ts';
import { MAC_INPUTS } from '../../src/purse/mac-inputs.table.ts';
import type { IssuerMasterKey, PurseSuite } from '../../src/purse/suite.ts';
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';

/** What verification says of one record; one byte each, in the order of the records. */
export const VERIFIED = { good: 0, tacInvalid: 1, keyUnknown: 2, untested: 3 } as const;

/** TAC master keys as they go to a worker: `VV-AA` (key version, algorithm id in hex) to key in hex. */
export type TacMasterKeys = Readonly<Record<string, string>>;

/** The name of a TAC master key. */
export function tacKeyName(keyVersion: number, algorithmId: number): string {
  return `${keyVersion}-${algorithmId}`;
}

interface PreparedKey {
  readonly suite: PurseSuite;
  readonly master: IssuerMasterKey;
}

/** Verifies the TACs of many records under a set of master keys, prepared once. */
export class RecordVerifier {
  readonly #keys = new Map<number, PreparedKey>();

  constructor(masters: TacMasterKeys) {
    for (const [name, key] of Object.entries(masters)) {
      const [version = 0, algorithm = 0] = name.split('-').map(Number);
      const suite = suiteByAlgorithm(algorithm);
      if (suite === undefined) continue;
      const master = suite.issuerMasterKey(fromHex(key, 'tac master key'), 'tac');
      this.#keys.set(version * 256 + algorithm, { suite, master });
    }
  }

  /** One byte of `VERIFIED` per record in `records`. */
  verify(records: Uint8Array): Uint8Array {
    const codes = new Uint8Array(records.length / RECORD_SIZE);
    for (let index = 0; index < codes.length; index++) {
      codes[index] = this.#verifyOne(records, index * RECORD_SIZE);
    }
    return codes;
  }

  #verifyOne(records: Uint8Array, offset: number): number {
    const kind = records[offset + RECORD_OFFSET.kind];
    if (kind === RECORD_KIND.uncertain) return VERIFIED.untested;
    const algorithm = records[offset + RECORD_OFFSET.algorithmId] ?? 0;
    const version = records[offset + RECORD_OFFSET.keyVersion] ?? 0;
    const key = this.#keys.get(version * 256 + algorithm);
    if (key === undefined) return VERIFIED.keyUnknown;
    const slice = (from: number, size: number): Uint8Array =>
      records.subarray(offset + from, offset + from + size);
    const serial = slice(RECORD_OFFSET.applicationSerialNumber, 10);
    const { suite } = key;
    const input = (kind === RECORD_KIND.load ? MAC_INPUTS.loadTac : MAC_INPUTS.purchaseTac)[
      suite.name
    ].encode({
      transactionType: records[offset + RECORD_OFFSET.transactionType] ?? 0,
      applicationSerialNumber: serial,
      counterBefore: readUint(records, offset + RECORD_OFFSET.counterBefore, 2),
      amount: amount(readUint(records, offset + RECORD_OFFSET.amount, 4)),
      balanceAfter: amount(readUint(records, offset + RECORD_OFFSET.balanceAfter, 4)),
      terminalId: slice(RECORD_OFFSET.terminalId, 6),
      terminalCounter: readUint(records, offset + RECORD_OFFSET.terminalCounter, 4),
      date: slice(RECORD_OFFSET.date, 4),
      time: slice(RECORD_OFFSET.time, 3),
    });
    const expected = suite.tacKey(key.master.cardKey(serial)).mac(input);
    return isTac(records, offset + RECORD_OFFSET.tac, expected)
      ? VERIFIED.good
      : VERIFIED.tacInvalid;
  }
}

/** Whether the 8-byte field holds `expected`, left-aligned, with zeros after it. */
function isTac(records: Uint8Array, offset: number, expected: Uint8Array): boolean {
  let difference = 0;
  for (let index = 0; index < 8; index++) {
    difference |= (records[offset + index] ?? 0) ^ (expected[index] ?? 0);
  }
  return difference === 0;
}
