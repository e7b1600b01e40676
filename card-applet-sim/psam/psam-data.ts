// SPDX-License-Identifier: MIT
/** What the SAM's memory says, by name, and its keys made ready. */
import { readUint, uintBytes } from '../../src/bytes/integer.ts';
import { concat } from '../../src/bytes/concat.ts';
import type { KeyPurpose } from '../../src/purse/key-purposes.table.ts';
import { diversifyLevels } from '../../src/purse/suite-tdes.ts';
import type { IssuerMasterKey, SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import type { MemoryChange, NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import {
  DIVERSIFICATION_ORDER,
  KEY_SLOTS,
  PSAM_CONSTANTS,
  PSAM_CONSTANTS_ADDRESS,
  PSAM_KEY,
  PSAM_KEY_USAGE,
  PSAM_KEYS_ADDRESS,
  PSAM_STATE,
  PSAM_STATE_ADDRESS,
  TERMINAL_ID_ADDRESS,
  TERMINAL_ID_SIZE,
  type PsamKeyUsage,
} from './psam-map.ts';

const COUNTER_ADDRESS = PSAM_STATE_ADDRESS + PSAM_STATE.offsetOf('terminalCounter');
const COUNTER_SIZE = 4;
const ERRORS_ADDRESS = PSAM_STATE_ADDRESS + PSAM_STATE.offsetOf('mac2Errors');

/** The card key that a key of the SAM is the master of. */
const PURPOSE: Readonly<Record<PsamKeyUsage, KeyPurpose>> = {
  purchase: 'purchase',
  tac: 'tac',
  mac: 'maintenance',
};

/** A master key of the SAM: takes diversification data down to a card key. */
interface PsamMaster {
  readonly key: Uint8Array;
  readonly aes: IssuerMasterKey | undefined;
}

/** Which key of the SAM. */
export interface KeyReference {
  readonly suite: SuiteName;
  readonly usage: PsamKeyUsage;
  readonly version: number;
}

export class PsamData {
  readonly memory: NonVolatileMemory;
  readonly mac2ErrorMax: number;
  readonly #isInnermostFirst: boolean;
  readonly #masters = new Map<number, PsamMaster>();

  constructor(memory: NonVolatileMemory) {
    this.memory = memory;
    const constants = PSAM_CONSTANTS.decodeAt(memory.cells, PSAM_CONSTANTS_ADDRESS);
    this.mac2ErrorMax = constants.mac2ErrorMax;
    this.#isInnermostFirst =
      constants.diversificationOrder === DIVERSIFICATION_ORDER.innermostFirst;
  }

  get terminalId(): Uint8Array {
    return this.memory.cells.slice(TERMINAL_ID_ADDRESS, TERMINAL_ID_ADDRESS + TERMINAL_ID_SIZE);
  }

  get terminalCounter(): number {
    return readUint(this.memory.cells, COUNTER_ADDRESS, COUNTER_SIZE);
  }

  get mac2Errors(): number {
    return this.memory.cells[ERRORS_ADDRESS] ?? 0;
  }

  counterChange(terminalCounter: number): MemoryChange {
    return { address: COUNTER_ADDRESS, bytes: uintBytes(terminalCounter, COUNTER_SIZE) };
  }

  errorsChange(mac2Errors: number): MemoryChange {
    return { address: ERRORS_ADDRESS, bytes: Uint8Array.of(mac2Errors) };
  }

  /** The key of a card out of a master key, or undefined when the SAM does not hold it. */
  cardKey(reference: KeyReference, levels: readonly Uint8Array[]): Uint8Array | undefined {
    const master = this.#master(reference);
    if (master === undefined) return undefined;
    if (levels.length === 0) return concat(master.key);
    if (master.aes !== undefined) return master.aes.cardKey(concat(...levels));
    const outermostFirst = this.#isInnermostFirst ? levels.toReversed() : levels;
    return diversifyLevels(master.key, outermostFirst);
  }

  /** Master keys are looked up and made ready once: personalisation alone writes them. */
  #master({ suite, usage, version }: KeyReference): PsamMaster | undefined {
    const { algorithmId } = SUITES[suite];
    const name = (algorithmId << 16) | (PSAM_KEY_USAGE[usage] << 8) | version;
    const known = this.#masters.get(name);
    if (known !== undefined) return known;
    for (let slot = 0; slot < KEY_SLOTS; slot++) {
      const row = PSAM_KEY.decodeAt(this.memory.cells, PSAM_KEYS_ADDRESS + slot * PSAM_KEY.size);
      const isMatch = row.usage === PSAM_KEY_USAGE[usage] && row.version === version;
      if (!isMatch || row.algorithmId !== algorithmId) continue;
      const isAes = suite === 'aes';
      const aes = isAes ? SUITES.aes.issuerMasterKey(row.key, PURPOSE[usage]) : undefined;
      const master: PsamMaster = { key: row.key, aes };
      this.#masters.set(name, master);
      return master;
    }
    return undefined;
  }
}
