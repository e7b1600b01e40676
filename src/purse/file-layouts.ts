// SPDX-License-Identifier: MIT
/** What the elementary files hold. Sources as in files.table.ts; offsets follow from the order. */
import { amount4, bcd, bytes, uint16, uint24, uint8 } from '../codec/field.ts';
import { struct } from '../codec/struct.ts';

/** EF15, 30 bytes: who issued the application and which one it is. Dates BCD YYYYMMDD. */
export const PUBLIC_DATA = struct('publicData', {
  issuerId: bytes(8),
  applicationType: uint8,
  applicationVersion: uint8,
  applicationSerialNumber: bytes(10),
  startDate: bcd(4),
  expiryDate: bcd(4),
  issuerFci: bytes(2),
});

/** EF16, 55 bytes. */
export const CARDHOLDER_DATA = struct('cardholderData', {
  cardholderType: uint8,
  isStaff: uint8,
  name: bytes(20),
  identityNumber: bytes(32),
  identityType: uint8,
});

/** EF17, 60 bytes. */
export const INTEROPERABILITY_DATA = struct('interoperabilityData', {
  country: bytes(4),
  province: bytes(2),
  city: bytes(2),
  interoperability: uint16,
  cardCategory: uint8,
  rfu: bytes(49),
});

/** EF18, 23 bytes a record: the counter after the increment. */
export const LOG_RECORD = struct('logRecord', {
  counterAfter: uint16,
  overdraftLimit: uint24,
  amount: amount4,
  transactionType: uint8,
  terminalId: bytes(6),
  date: bytes(4),
  time: bytes(3),
});

/** EF1E, 48 bytes a record. `station` is line and station as 7 bytes, the operator's own coding. */
export const TRIP_RECORD = struct('tripRecord', {
  tripType: uint8,
  terminal: bytes(8),
  industry: uint8,
  station: bytes(7),
  amount: amount4,
  balance: amount4,
  date: bytes(4),
  time: bytes(3),
  city: bytes(2),
  institution: bytes(8),
  maximumFare: amount4,
  maximumMinutes: uint16,
});

/** Trip types of EF1E. Source: T-Union readers. */
export const TRIP_TYPE = {
  none: 0x00,
  purseIn: 0x03,
  purseOut: 0x04,
  purseSupplement: 0x08,
} as const;

/** Industry of EF1E. Source: T-Union readers. */
export const INDUSTRY = { metro: 0x01, bus: 0x02 } as const;

/** PSAM EF17, 25 bytes: public data of the SAM's purchase application. */
export const SAM_PUBLIC_DATA = struct('samPublicData', {
  keyIndex: uint8,
  issuerId: bytes(8),
  receiverId: bytes(8),
  startDate: bcd(4),
  expiryDate: bcd(4),
});
