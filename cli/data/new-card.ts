// SPDX-License-Identifier: MIT
/** What a command line says of a new card. */
import { Fault } from '../../src/errors/fault.ts';
import { SYSTEM_RANDOM } from './system.ts';

/** A serial number of 20 digits, at random. */
export function drawSerial(): string {
  const digits = Array.from(SYSTEM_RANDOM.bytes(16), (byte) => (byte % 10).toString());
  return digits.join('').padStart(20, '0');
}

/** @throws USAGE */
export function keyVersionOf(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1 || version > 255) {
    throw new Fault('USAGE', `"--key-version" expected 1 to 255, got "${text}"`);
  }
  return version;
}
