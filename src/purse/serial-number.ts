// SPDX-License-Identifier: MIT
/** The application serial number: 20 decimal digits, 10 BCD bytes. It identifies the purse, never the UID. */
import { fromHex, toHex } from '../bytes/hex.ts';
import { Fault } from '../errors/fault.ts';

/**
 * The bytes of a serial number; shorter ones are padded with zeros on the left.
 * @throws USAGE on anything but 1 to 20 digits.
 */
export function serialNumberBytes(digits: string): Uint8Array {
  if (!/^\d{1,20}$/.test(digits)) {
    throw new Fault('USAGE', `"serial" expected 1 to 20 decimal digits, got "${digits}"`);
  }
  return fromHex(digits.padStart(20, '0'));
}

/** The 20 digits of a serial number. */
export function formatSerialNumber(bytes: Readonly<Uint8Array>): string {
  return toHex(bytes);
}
