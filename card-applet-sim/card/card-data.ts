// SPDX-License-Identifier: MIT
/** What the card's memory says, by name. It reads the cells each time: there is no second copy to go stale. */
import { readUint, writeUint } from '../../src/bytes/integer.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { amount, type Amount } from '../../src/money/amount.ts';
import { PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import { KEY_PURPOSE_NAMES, type KeyPurpose } from '../../src/purse/key-purposes.table.ts';
import type { PurseSuite } from '../../src/purse/suite.ts';
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';
import type { MemoryChange, NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import {
  ACCESS_ADDRESS,
  CARD_ACCESS,
  CARD_CONSTANTS,
  CARD_STATE,
  CONSTANTS_ADDRESS,
  KEY_SIZE,
  REGION,
  STATE_ADDRESS,
} from './card-map.ts';

/** ED, the electronic deposit, and EP, the electronic purse. */
export type PurseAccount = 'deposit' | 'purse';

const BALANCE_OFFSET: Readonly<Record<PurseAccount, number>> = {
  deposit: CARD_STATE.offsetOf('depositBalance'),
  purse: CARD_STATE.offsetOf('purseBalance'),
};
const LIMIT_OFFSET = CARD_STATE.offsetOf('overdraftLimit');
const COUNTER_OFFSET = {
  online: CARD_STATE.offsetOf('onlineCounter'),
  offline: CARD_STATE.offsetOf('offlineCounter'),
} as const;
const PROOF_TYPE_OFFSET = CARD_STATE.offsetOf('proofType');
const PROOF_COUNTER_OFFSET = CARD_STATE.offsetOf('proofCounter');
const PROOF_MAC_OFFSET = CARD_STATE.offsetOf('proofMac');
const PROOF_TAC_OFFSET = CARD_STATE.offsetOf('proofTac');
const CYCLE_OFFSET = {
  ef18: { next: CARD_STATE.offsetOf('logNext'), count: CARD_STATE.offsetOf('logCount') },
  ef1e: { next: CARD_STATE.offsetOf('tripNext'), count: CARD_STATE.offsetOf('tripCount') },
} as const;
const CONSTANT_ADDRESS = {
  keyIndex: CONSTANTS_ADDRESS + CARD_CONSTANTS.offsetOf('keyIndex'),
  keyVersion: CONSTANTS_ADDRESS + CARD_CONSTANTS.offsetOf('keyVersion'),
  loadNeedsPin: CONSTANTS_ADDRESS + CARD_CONSTANTS.offsetOf('loadNeedsPin'),
  pinTriesMax: CONSTANTS_ADDRESS + CARD_CONSTANTS.offsetOf('pinTriesMax'),
  maximumBalance: CONSTANTS_ADDRESS + CARD_CONSTANTS.offsetOf('maximumBalance'),
  keys: CONSTANTS_ADDRESS + CARD_CONSTANTS.offsetOf('keys'),
} as const;
const SERIAL_ADDRESS = REGION.ef15.address + PUBLIC_DATA.offsetOf('applicationSerialNumber');
const SERIAL_SIZE = 10;

/** The two cyclic files. */
export type CyclicFileName = keyof typeof CYCLE_OFFSET;

/** How many records a cyclic file holds, and the slot that its next one takes. */
export interface Cycle {
  readonly next: number;
  readonly count: number;
}

/** Which of the two transaction counters. */
export type CounterKind = keyof typeof COUNTER_OFFSET;

export class CardData {
  readonly memory: NonVolatileMemory;
  readonly suite: PurseSuite;

  constructor(memory: NonVolatileMemory) {
    this.memory = memory;
    const algorithmId = memory.cells[CONSTANTS_ADDRESS] ?? 0;
    const suite = suiteByAlgorithm(algorithmId);
    invariant(suite !== undefined, `"algorithmId" expected a suite, got ${algorithmId}`);
    this.suite = suite;
  }

  get keyIndex(): number {
    return this.#byte(CONSTANT_ADDRESS.keyIndex);
  }

  get keyVersion(): number {
    return this.#byte(CONSTANT_ADDRESS.keyVersion);
  }

  get loadNeedsPin(): boolean {
    return this.#byte(CONSTANT_ADDRESS.loadNeedsPin) !== 0;
  }

  get pinTriesMax(): number {
    return this.#byte(CONSTANT_ADDRESS.pinTriesMax);
  }

  get maximumBalance(): number {
    return readUint(this.memory.cells, CONSTANT_ADDRESS.maximumBalance, 4);
  }

  /** A copy of the application serial number, 10 bytes. */
  get applicationSerialNumber(): Uint8Array {
    return this.memory.cells.slice(SERIAL_ADDRESS, SERIAL_ADDRESS + SERIAL_SIZE);
  }

  /** A copy of the card key of a purpose. */
  key(purpose: KeyPurpose): Uint8Array {
    const address = CONSTANT_ADDRESS.keys + KEY_SIZE * KEY_PURPOSE_NAMES.indexOf(purpose);
    return this.memory.cells.slice(address, address + KEY_SIZE);
  }

  balance(account: PurseAccount): Amount {
    return amount(readUint(this.memory.cells, STATE_ADDRESS + BALANCE_OFFSET[account], 4));
  }

  /** The overdraft limit of the account: the purse has none. */
  overdraftLimit(account: PurseAccount): number {
    return account === 'purse' ? 0 : readUint(this.memory.cells, STATE_ADDRESS + LIMIT_OFFSET, 3);
  }

  counter(kind: CounterKind): number {
    return readUint(this.memory.cells, STATE_ADDRESS + COUNTER_OFFSET[kind], 2);
  }

  /** The MAC and the TAC of the last transaction, if it is the one asked for. */
  proof(type: number, counterAfter: number): { mac: Uint8Array; tac: Uint8Array } | undefined {
    const { cells } = this.memory;
    const storedType = this.#byte(STATE_ADDRESS + PROOF_TYPE_OFFSET);
    const storedCounter = readUint(cells, STATE_ADDRESS + PROOF_COUNTER_OFFSET, 2);
    // A card that has made no transaction holds the type 00, which is none.
    if (storedType === 0 || storedType !== type || storedCounter !== counterAfter) return undefined;
    const part = (offset: number): Uint8Array =>
      cells.slice(STATE_ADDRESS + offset, STATE_ADDRESS + offset + this.suite.macSize);
    return { mac: part(PROOF_MAC_OFFSET), tac: part(PROOF_TAC_OFFSET) };
  }

  cycle(file: CyclicFileName): Cycle {
    const { next, count } = CYCLE_OFFSET[file];
    return {
      next: this.#byte(STATE_ADDRESS + next),
      count: this.#byte(STATE_ADDRESS + count),
    };
  }

  /** The access state as it stands. */
  access(): ReturnType<typeof CARD_ACCESS.decodeAt> {
    return CARD_ACCESS.decodeAt(this.memory.cells, ACCESS_ADDRESS);
  }

  get lifeCycle(): number {
    return this.#byte(ACCESS_ADDRESS);
  }

  /** The change that gives the access state new values. */
  accessChange(values: Partial<ReturnType<typeof CARD_ACCESS.decodeAt>>): MemoryChange {
    return {
      address: ACCESS_ADDRESS,
      bytes: CARD_ACCESS.encode({ ...this.access(), ...values }),
    };
  }

  #byte(address: number): number {
    return this.memory.cells[address] ?? 0;
  }
}

/** New values for the purse state; what is not named stays. */
export interface StateValues {
  readonly balance: { readonly account: PurseAccount; readonly after: Amount };
  readonly counter: { readonly kind: CounterKind; readonly after: number };
  readonly overdraftLimit: number;
  readonly proof: {
    readonly type: number;
    readonly mac: Readonly<Uint8Array>;
    readonly tac: Readonly<Uint8Array>;
  };
  readonly cycles: Readonly<Record<CyclicFileName, Cycle>>;
}

/** The change that moves the purse state to new values, in one piece. */
export function stateChange(data: CardData, values: StateValues): MemoryChange {
  const bytes = data.memory.cells.slice(STATE_ADDRESS, STATE_ADDRESS + CARD_STATE.size);
  writeUint(bytes, BALANCE_OFFSET[values.balance.account], 4, values.balance.after);
  writeUint(bytes, COUNTER_OFFSET[values.counter.kind], 2, values.counter.after);
  // The purse has no limit: a transaction on it leaves that of the deposit alone.
  if (values.balance.account === 'deposit') {
    writeUint(bytes, LIMIT_OFFSET, 3, values.overdraftLimit);
  }
  bytes[PROOF_TYPE_OFFSET] = values.proof.type;
  writeUint(bytes, PROOF_COUNTER_OFFSET, 2, values.counter.after);
  bytes.set(values.proof.mac, PROOF_MAC_OFFSET);
  bytes.set(values.proof.tac, PROOF_TAC_OFFSET);
  for (const file of ['ef18', 'ef1e'] as const) {
    bytes[CYCLE_OFFSET[file].next] = values.cycles[file].next;
    bytes[CYCLE_OFFSET[file].count] = values.cycles[file].count;
  }
  return { address: STATE_ADDRESS, bytes };
}
