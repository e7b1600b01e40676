// SPDX-License-Identifier: MIT
import { DecodeError, Fault } from '../../../src/errors/fault.ts';

/** What `act` throws; an error of its own when it throws nothing. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('expected a throw, got none');
}

/** The fault that `act` throws. */
export function faultOf(act: () => unknown): Fault {
  const error = thrownBy(act);
  if (error instanceof Fault) return error;
  throw new Error('expected a Fault', { cause: error });
}

/** Path and offset of the decode error that `act` throws. */
export function decodeErrorOf(act: () => unknown): { path: string; offset: number } {
  const error = thrownBy(act);
  if (!(error instanceof DecodeError)) throw new Error('expected a DecodeError', { cause: error });
  return { path: error.path, offset: error.offset };
}
