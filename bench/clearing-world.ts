// SPDX-License-Identifier: MIT
/**
 * Signed batches of valid records for the clearing benchmark: cards with a proven load, purchases at
 * random cards, in files as terminals write them. Making them is set-up and is not timed.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { fromHex, toHex } from '../src/bytes/hex.ts';
import { uintBytes } from '../src/bytes/integer.ts';
import { UTC_OFFSET_BIAS } from '../src/clearing/batch-layout.ts';
import { writeBatch } from '../src/clearing/batch-writer.ts';
import { encodeRecord, RECORD_KIND, type ClearingRecord } from '../src/clearing/record.ts';
import { amount, type Amount } from '../src/money/amount.ts';
import { MAC_INPUTS } from '../src/purse/mac-inputs.table.ts';
import { serialNumberBytes } from '../src/purse/serial-number.ts';
import { SUITES } from '../src/purse/suites.table.ts';
import type { IssuerMasterKey, PurseSuite, SuiteName } from '../src/purse/suite.ts';
import { TRANSACTION_TYPES } from '../src/purse/transaction-types.table.ts';

const LOAD_MINOR = 50_000_00;
const DATE = '20260203';
const TIME = '080000';

/** A small deterministic generator: xorshift32, good enough to spread records over cards. */
export function xorshift(seed: number): () => number {
  let state = seed === 0 ? 1 : seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

type RecordFields = Pick<
  ClearingRecord,
  | 'amount'
  | 'balanceAfter'
  | 'balanceBefore'
  | 'counterBefore'
  | 'kind'
  | 'terminalCounter'
  | 'transactionType'
>;

/** Cards and terminals with just enough state to make valid records. */
export class ClearingWorld {
  readonly cards: number;
  readonly suite: PurseSuite;
  readonly #tacMaster: IssuerMasterKey;
  readonly #balances: Uint32Array;
  readonly #counters: Uint16Array;
  readonly #random: () => number;

  constructor(cards: number, suite: SuiteName, tacMaster: Uint8Array) {
    this.cards = cards;
    this.suite = SUITES[suite];
    this.#tacMaster = this.suite.issuerMasterKey(tacMaster, 'tac');
    this.#balances = new Uint32Array(cards).fill(LOAD_MINOR);
    this.#counters = new Uint16Array(cards);
    this.#random = xorshift(cards);
  }

  serial(card: number): Uint8Array {
    return serialNumberBytes((card + 1).toString());
  }

  /** The load that every card begins with. */
  loadRecord(card: number): { readonly bytes: Uint8Array; readonly amount: Amount } {
    const value = amount(LOAD_MINOR);
    const bytes = this.#record(card, terminalId(0), 0, {
      kind: RECORD_KIND.load,
      transactionType: TRANSACTION_TYPES.purseLoad.code,
      counterBefore: 0,
      amount: value,
      balanceBefore: amount(0),
      balanceAfter: value,
      terminalCounter: 0,
    });
    return { bytes, amount: value };
  }

  /**
   * A purchase of 1 to 256 minor units at a random card of those that live at terminal `home` of
   * `terminals`: so the batches of different terminals may be cleared in any order and stay clean.
   */
  purchaseRecord(home: number, terminals: number, sequence: number): Uint8Array {
    const card = (this.#random() % Math.floor(this.cards / terminals)) * terminals + home;
    const terminal = terminalId(home);
    const before = this.#balances[card] ?? 0;
    const paid = Math.min(before, 1 + (this.#random() & 0xff));
    const counter = this.#counters[card] ?? 0;
    this.#balances[card] = before - paid;
    this.#counters[card] = counter + 1;
    return this.#record(card, terminal, sequence, {
      kind: RECORD_KIND.purchase,
      transactionType: TRANSACTION_TYPES.pursePurchase.code,
      counterBefore: counter,
      amount: amount(paid),
      balanceBefore: amount(before),
      balanceAfter: amount(before - paid),
      terminalCounter: sequence,
    });
  }

  #record(card: number, terminal: Uint8Array, sequence: number, fields: RecordFields): Uint8Array {
    const serial = this.serial(card);
    const input = (fields.kind === RECORD_KIND.load ? MAC_INPUTS.loadTac : MAC_INPUTS.purchaseTac)[
      this.suite.name
    ].encode({
      ...fields,
      counterBefore: fields.counterBefore,
      applicationSerialNumber: serial,
      terminalId: terminal,
      date: fromHex(DATE),
      time: fromHex(TIME),
    });
    const tac = new Uint8Array(8);
    tac.set(this.suite.tacKey(this.#tacMaster.cardKey(serial)).mac(input));
    return encodeRecord({
      ...fields,
      algorithmId: this.suite.algorithmId,
      keyVersion: 1,
      flags: 0,
      applicationSerialNumber: serial,
      terminalId: terminal,
      date: DATE,
      time: TIME,
      tac,
      terminalSequence: sequence,
      hotlistVersion: 0,
      place: 'bench',
    });
  }
}

/** The id of the benchmark's terminal `index`. */
export function terminalId(index: number): Uint8Array {
  return uintBytes(0x100000000000 + index, 6);
}

/** Writes batches of `perBatch` records, one terminal after the other in turn; returns the files. */
export async function writeBatches(
  world: ClearingWorld,
  directory: string,
  plan: {
    readonly records: number;
    readonly perBatch: number;
    readonly terminals: number;
    readonly firstBatch: number;
    readonly seed: Uint8Array;
  },
): Promise<readonly string[]> {
  const files: string[] = [];
  for (let written = 0; written < plan.records; written += plan.perBatch) {
    const index = plan.firstBatch + files.length;
    const terminal = terminalId(index % plan.terminals);
    const round = Math.floor(index / plan.terminals);
    const count = Math.min(plan.perBatch, plan.records - written);
    const file = join(directory, `${toHex(terminal)}-${round}.opb`);
    const stream = createWriteStream(file);
    const records = function* (): Generator<Uint8Array> {
      for (let offset = 0; offset < count; offset++) {
        yield world.purchaseRecord(
          index % plan.terminals,
          plan.terminals,
          round * plan.perBatch + offset + 1,
        );
      }
    };
    const header = {
      terminalId: terminal,
      samSerial: new Uint8Array(10),
      batchNumber: round + 1,
      hotlistVersion: 0,
      configVersion: 1,
      closedAtMs: 1_770_000_000_000,
      utcOffsetBiased: UTC_OFFSET_BIAS,
      currencyNumber: 356,
      recordCount: count,
    };
    for (const chunk of writeBatch(header, records(), plan.seed)) stream.write(chunk);
    stream.end();
    await once(stream, 'finish');
    files.push(file);
  }
  return files;
}
