// SPDX-License-Identifier: MIT
/** Finds the command of a header in the order CLA, INS, P1, P2. Source: ISO/IEC 7816-4, 5.4 and 5.6. */
import { readUint } from '../../src/bytes/integer.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { Refusal } from './refusal.ts';

/** The part of a command's row that its header must match; `null` is any value. */
export interface Matcher {
  readonly cla: readonly number[];
  readonly ins: number;
  readonly p1: number | null;
  readonly p2: readonly number[] | null;
}

const HEADER_SIZE = 4;

export class CommandIndex<E extends Matcher> {
  readonly #byClassAndInstruction = new Map<number, E[]>();
  readonly #classes = new Set<number>();
  readonly #instructions = new Set<number>();

  constructor(entries: readonly E[]) {
    for (const entry of entries) {
      this.#instructions.add(entry.ins);
      for (const cla of entry.cla) {
        this.#classes.add(cla);
        const key = (cla << 8) | entry.ins;
        const bucket = this.#byClassAndInstruction.get(key) ?? [];
        bucket.push(entry);
        this.#byClassAndInstruction.set(key, bucket);
      }
    }
  }

  /**
   * @throws Refusal 6E00 for a class that no command has, or that this instruction does not take; 6D00
   * for an instruction that no command has; 6A86 for parameters that none of its commands has.
   */
  find(command: Readonly<Uint8Array>): E {
    const header = readUint(command, 0, HEADER_SIZE);
    const bucket = this.#byClassAndInstruction.get(header >>> 16);
    if (bucket === undefined) throw new Refusal(this.#unknown(header));
    const p1 = (header >>> 8) & 0xff;
    const p2 = header & 0xff;
    for (const entry of bucket) {
      const isMatch = entry.p1 === null || entry.p1 === p1;
      if (isMatch && (entry.p2 === null || entry.p2.includes(p2))) return entry;
    }
    throw new Refusal(SW.WRONG_P1_P2);
  }

  #unknown(header: number): number {
    const isKnownClass = this.#classes.has(header >>> 24);
    const isKnownInstruction = this.#instructions.has((header >>> 16) & 0xff);
    return isKnownClass && !isKnownInstruction ? SW.INS_NOT_SUPPORTED : SW.CLA_NOT_SUPPORTED;
  }
}
