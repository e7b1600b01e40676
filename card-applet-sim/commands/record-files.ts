// SPDX-License-Identifier: MIT
/**
 * Records in the card's memory. A cyclic file counts from 1, the newest; a variable file has slots, and
 * a record in a slot is tag, length of what follows, application-lock byte, data. Source:
 * src/purse/files.table.ts, VARIABLE_RECORD.
 */
import { VARIABLE_RECORD } from '../../src/purse/files.table.ts';
import { Defect } from '../../src/errors/invariant.ts';
import type { CardData, Cycle, CyclicFileName } from '../card/card-data.ts';
import type { FileRegion } from '../card/card-map.ts';
import type { MemoryChange } from '../memory/non-volatile-memory.ts';

/** Tag and length byte. */
const RECORD_HEADER = VARIABLE_RECORD.lockOffset;

function cyclicName(region: FileRegion): CyclicFileName {
  if (region.name === 'ef18' || region.name === 'ef1e') return region.name;
  throw new Defect(`"region" expected a cyclic file, got ${region.name}`);
}

/** A copy of a record of a cyclic file, 1 the newest, or undefined. */
export function cyclicRecord(
  data: CardData,
  region: FileRegion,
  number: number,
): Uint8Array | undefined {
  const { next, count } = data.cycle(cyclicName(region));
  if (number < 1 || number > count) return undefined;
  const { records, size } = region.row;
  const slot = (next - number + records) % records;
  const start = region.address + slot * size;
  return data.memory.cells.slice(start, start + size);
}

/** A record appended to a cyclic file: where it goes and how the cycle stands afterwards. */
export function appendCyclic(
  region: FileRegion,
  cycle: Cycle,
  bytes: Uint8Array,
): { readonly change: MemoryChange; readonly cycle: Cycle } {
  const { records, size } = region.row;
  return {
    change: { address: region.address + cycle.next * size, bytes },
    cycle: { next: (cycle.next + 1) % records, count: Math.min(cycle.count + 1, records) },
  };
}

/** A copy of the record in a slot of a variable file; undefined when the slot is empty. */
export function slotRecord(
  data: CardData,
  region: FileRegion,
  slot: number,
): Uint8Array | undefined {
  const { cells } = data.memory;
  if (slot < 0 || slot >= region.row.records) return undefined;
  const start = region.address + slot * region.row.size;
  if (cells[start + VARIABLE_RECORD.tagOffset] === 0) return undefined;
  const length = RECORD_HEADER + (cells[start + VARIABLE_RECORD.lengthOffset] ?? 0);
  return cells.slice(start, start + Math.min(length, region.row.size));
}

/** The slot of a variable file that holds a tag, or -1. */
export function slotOfTag(data: CardData, region: FileRegion, tag: number): number {
  for (let slot = 0; slot < region.row.records; slot++) {
    const address = region.address + slot * region.row.size + VARIABLE_RECORD.tagOffset;
    if (data.memory.cells[address] === tag) return slot;
  }
  return -1;
}

/** Whether bytes are one whole variable record: a tag, and a length that fits. */
export function isVariableRecord(bytes: Readonly<Uint8Array>): boolean {
  return (
    bytes.length > VARIABLE_RECORD.lockOffset &&
    bytes[VARIABLE_RECORD.tagOffset] !== 0 &&
    bytes[VARIABLE_RECORD.lengthOffset] === bytes.length - RECORD_HEADER
  );
}

/** The change that puts a record into a slot; what is left of the slot becomes zeros. */
export function slotChange(
  region: FileRegion,
  slot: number,
  record: Readonly<Uint8Array>,
): MemoryChange {
  const bytes = new Uint8Array(region.row.size);
  bytes.set(record);
  return { address: region.address + slot * region.row.size, bytes };
}
