// SPDX-License-Identifier: MIT
import { FAULTS, type FaultCode, type FaultRow } from './catalogue.table.ts';

/** Something outside broke. The code is its identity; the catalogue says the rest. */
export class Fault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
  }

  /** The catalogue row of this fault: party, transient, HTTP status, advice. */
  get row(): FaultRow {
    return FAULTS[this.code];
  }
}

/** Bytes that do not fit their layout: `path` names the field, `offset` its first byte. */
export class DecodeError extends Fault {
  readonly path: string;
  readonly offset: number;

  constructor(path: string, offset: number, problem: string) {
    super('DECODE_FAILED', `"${path}" at byte ${offset} ${problem}`);
    this.name = 'DecodeError';
    this.path = path;
    this.offset = offset;
  }
}
