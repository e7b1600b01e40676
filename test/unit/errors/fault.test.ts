// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { DecodeError, Fault } from '../../../src/errors/fault.ts';
import { Defect, invariant } from '../../../src/errors/invariant.ts';

describe('a fault', () => {
  it('is an error with the row of its code', () => {
    const cause = new Error('ECONNREFUSED');
    const fault = new Fault('HOST_UNREACHABLE', 'no answer', { cause });
    expect(fault).toBeInstanceOf(Error);
    expect(fault.name).toBe('Fault');
    expect(fault.message).toBe('no answer');
    expect(fault.cause).toBe(cause);
    expect(fault.row).toMatchObject({ party: 'host', transient: true, httpStatus: 503 });
  });
});

describe('a decode error', () => {
  it('names the field and its first byte', () => {
    const error = new DecodeError('record.date', 39, 'expected a date');
    expect(error).toBeInstanceOf(Fault);
    expect(error.code).toBe('DECODE_FAILED');
    expect(error).toMatchObject({ name: 'DecodeError', path: 'record.date', offset: 39 });
    expect(error.message).toBe('"record.date" at byte 39 expected a date');
  });
});

describe('an invariant', () => {
  it('passes when its condition holds', () => {
    expect(() => invariant(true, 'never seen')).not.toThrow();
  });

  it('throws a defect, which is no fault, when its condition does not hold', () => {
    expect(() => invariant(false, 'unbalanced')).toThrow(new Defect('unbalanced'));
    expect(new Defect('unbalanced')).not.toBeInstanceOf(Fault);
  });
});
