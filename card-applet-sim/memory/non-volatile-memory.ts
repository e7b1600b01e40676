// SPDX-License-Identifier: MIT
/**
 * Non-volatile memory with a redo journal. All changes of one command are one commit:
 *
 * 1. the journal body is written: for each change its address, its length and its bytes;
 * 2. the marker is written: body length, CRC-32 of the body, and a valid byte that comes last;
 * 3. each change is applied at its address;
 * 4. the marker is cleared.
 *
 * A marker that is whole means that the new state is decided: recovery applies the body again, which may
 * be done any number of times. Otherwise the old state stands. Because the valid byte is the last of the
 * marker and the marker is all zeros before step 2, a torn marker is never taken for a whole one.
 *
 * Every step above is one physical write and can be torn before it, inside it (only its first bytes
 * reach the cells) or after it. Source: the rule "all of these steps or none", docs/protocol.md, Purse
 * commands.
 */
import { readUint, writeUint } from '../../src/bytes/integer.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { CardTorn } from './card-torn.ts';
import { crc32 } from '../../src/bytes/crc32.ts';

/** What the memory belongs to. */
export type MemoryKind = 'card' | 'psam';

/** One change: new bytes at an address. */
export interface MemoryChange {
  readonly address: number;
  readonly bytes: Readonly<Uint8Array>;
}

/**
 * Where power is lost: at the `write`-th physical write from now (the next one is 1), or, with the phase
 * `response`, when the next command has done its work and its answer is on the line.
 */
export type Tear =
  | { readonly phase: 'after' | 'before'; readonly write: number }
  | {
      readonly phase: 'inside';
      readonly write: number;
      /** How many bytes reach the cells; half of the write when left out. */
      readonly bytes?: number;
    }
  | { readonly phase: 'response' };

/** Marker: body length 2, CRC-32 4, valid byte 1. */
const MARKER_SIZE = 7;
const MARKER_VALID_OFFSET = 6;
const MARKER_VALID = 0xa5;
const NO_MARKER = new Uint8Array(MARKER_SIZE);
/** An entry of the body: address 2, length 2, then the bytes. */
const ENTRY_HEADER = 4;
const ADDRESS_MAX = 0xffff;
/** Where the body of a commit is put together before it is written; longer ones get an array of their own. */
const BODY_SCRATCH = new Uint8Array(1024);

/** The bytes that a change takes in the journal. */
function journalBytes(change: MemoryChange): number {
  return ENTRY_HEADER + change.bytes.length;
}

/** The bytes of memory that a journal with room for `bodySize` bytes takes. */
export function journalSize(bodySize: number): number {
  return MARKER_SIZE + bodySize;
}

export class NonVolatileMemory {
  readonly kind: MemoryKind;
  readonly #cells: Uint8Array;
  /** The journal lies at address 0; everything from here on is data. */
  readonly #dataStart: number;
  #writeCount = 0;
  #tear: Tear | null = null;
  #tearAtWrite = 0;
  #isPowered = false;

  /** Takes a copy of `cells`; the first `dataStart` bytes are the journal. */
  constructor(kind: MemoryKind, cells: Readonly<Uint8Array>, dataStart: number) {
    invariant(cells.length <= ADDRESS_MAX, `"cells" expected 64 KiB at most, got ${cells.length}`);
    invariant(dataStart > MARKER_SIZE, `"dataStart" expected room for a journal, got ${dataStart}`);
    this.kind = kind;
    this.#cells = cells.slice();
    this.#dataStart = dataStart;
  }

  /** The cells, to read. They change with every commit. */
  get cells(): Readonly<Uint8Array> {
    return this.#cells;
  }

  /** Physical writes since this object was made. */
  get writeCount(): number {
    return this.#writeCount;
  }

  get isPowered(): boolean {
    return this.#isPowered;
  }

  /** Places the one tear that is to come; it survives a power-up, so that recovery can be torn too. */
  placeTear(tear: Tear): void {
    this.#tear = tear;
    if (tear.phase === 'response') return;
    invariant(tear.write >= 1, `"tear.write" expected 1 or more, got ${tear.write}`);
    this.#tearAtWrite = this.#writeCount + tear.write;
  }

  /** Takes back a tear that has not happened. */
  removeTear(): void {
    this.#tear = null;
  }

  /** Loses power without a write: the card leaves the field between two commands. */
  powerOff(): void {
    this.#isPowered = false;
  }

  /**
   * Gives power and brings the memory to the old or the new state of a torn commit.
   * @throws CardTorn when a tear was placed at one of its writes.
   */
  powerUp(): void {
    this.#isPowered = true;
    const body = this.#committedBodySize();
    if (body > 0) this.#apply(MARKER_SIZE, body);
    const isDirty = this.#cells.subarray(0, MARKER_SIZE).some((byte) => byte !== 0);
    if (isDirty) this.#write(0, NO_MARKER);
  }

  /**
   * Makes the changes, all or none.
   * @throws CardTorn when a tear was placed at one of its writes.
   */
  commit(changes: readonly MemoryChange[]): void {
    invariant(this.#isPowered, '"memory" expected power for a commit, got none');
    const body = this.#encodeBody(changes);
    this.#write(MARKER_SIZE, body);
    const marker = new Uint8Array(MARKER_SIZE);
    writeUint(marker, 0, 2, body.length);
    writeUint(marker, 2, 4, crc32(body, 0, body.length));
    marker[MARKER_VALID_OFFSET] = MARKER_VALID;
    this.#write(0, marker);
    for (const change of changes) this.#write(change.address, change.bytes);
    this.#write(0, NO_MARKER);
  }

  /** Called when an answer is about to leave. @throws CardTorn when a `response` tear was placed. */
  answer(): void {
    if (this.#tear?.phase !== 'response') return;
    this.#fire('after the command, its answer is lost');
  }

  #encodeBody(changes: readonly MemoryChange[]): Uint8Array {
    let size = 0;
    for (const change of changes) size += journalBytes(change);
    invariant(size > 0, '"changes" expected at least one change, got none');
    invariant(
      size <= this.#dataStart - MARKER_SIZE,
      `"changes" expected at most ${this.#dataStart - MARKER_SIZE} bytes, got ${size}`,
    );
    const body =
      size <= BODY_SCRATCH.length ? BODY_SCRATCH.subarray(0, size) : new Uint8Array(size);
    let offset = 0;
    for (const { address, bytes } of changes) {
      const isInside = address >= this.#dataStart && address + bytes.length <= this.#cells.length;
      invariant(isInside, `"address" expected a place in the data, got ${address}`);
      writeUint(body, offset, 2, address);
      writeUint(body, offset + 2, 2, bytes.length);
      body.set(bytes, offset + ENTRY_HEADER);
      offset += ENTRY_HEADER + bytes.length;
    }
    return body;
  }

  /** The size of a body that the marker vouches for, or 0. */
  #committedBodySize(): number {
    const cells = this.#cells;
    if (cells[MARKER_VALID_OFFSET] !== MARKER_VALID) return 0;
    const size = readUint(cells, 0, 2);
    if (size > this.#dataStart - MARKER_SIZE) return 0;
    if (crc32(cells, MARKER_SIZE, MARKER_SIZE + size) !== readUint(cells, 2, 4)) return 0;
    return this.#isApplicable(size) ? size : 0;
  }

  #isApplicable(size: number): boolean {
    let offset = MARKER_SIZE;
    const end = MARKER_SIZE + size;
    while (offset + ENTRY_HEADER <= end) {
      const address = readUint(this.#cells, offset, 2);
      const length = readUint(this.#cells, offset + 2, 2);
      if (address < this.#dataStart || address + length > this.#cells.length) return false;
      offset += ENTRY_HEADER + length;
    }
    return offset === end;
  }

  #apply(start: number, size: number): void {
    let offset = start;
    while (offset < start + size) {
      const address = readUint(this.#cells, offset, 2);
      const length = readUint(this.#cells, offset + 2, 2);
      offset += ENTRY_HEADER;
      this.#write(address, this.#cells.subarray(offset, offset + length));
      offset += length;
    }
  }

  /** One physical write: the only place that changes a cell. */
  #write(address: number, bytes: Readonly<Uint8Array>): void {
    const number = this.#writeCount + 1;
    const tear = this.#tear;
    const isTorn = tear !== null && tear.phase !== 'response' && this.#tearAtWrite === number;
    if (isTorn && tear.phase === 'before') this.#fire(`before physical write ${number}`);
    this.#writeCount = number;
    if (isTorn && tear.phase === 'inside') {
      const reached = Math.min(bytes.length, tear.bytes ?? bytes.length >> 1);
      this.#cells.set(bytes.subarray(0, reached), address);
      this.#fire(`inside physical write ${number}, after ${reached} of ${bytes.length} bytes`);
    }
    this.#cells.set(bytes, address);
    if (isTorn) this.#fire(`after physical write ${number}`);
  }

  #fire(where: string): never {
    this.#tear = null;
    this.#isPowered = false;
    throw new CardTorn(`the card lost power ${where}`);
  }
}
