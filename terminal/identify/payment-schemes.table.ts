// SPDX-License-Identifier: MIT
/**
 * Payment applications by the beginning of their names. Source: the schemes' registered identifiers
 * (ISO/IEC 7816-5), as EMV terminals list them. They are named and listed; nothing in them is read. Visa is
 * listed by application: PBOC purses (A0000000038698…) have its registered identifier as well.
 */
export interface PaymentScheme {
  readonly name: string;
  /** Beginning of the application identifier, hexadecimal. */
  readonly aid: string;
}

/** The schemes; a longer name stands before a shorter one with the same beginning. */
export const PAYMENT_SCHEMES: readonly PaymentScheme[] = [
  { name: 'Visa', aid: 'A0000000031010' },
  { name: 'Visa Electron', aid: 'A0000000032010' },
  { name: 'V PAY', aid: 'A0000000032020' },
  { name: 'Visa Interlink', aid: 'A0000000033010' },
  { name: 'Visa Plus', aid: 'A0000000038010' },
  { name: 'Maestro', aid: 'A0000000043060' },
  { name: 'Mastercard', aid: 'A000000004' },
  { name: 'American Express', aid: 'A000000025' },
  { name: 'JCB', aid: 'A000000065' },
  { name: 'Discover', aid: 'A000000152' },
  { name: 'Interac', aid: 'A000000277' },
  { name: 'Discover (Diners Club)', aid: 'A000000324' },
  { name: 'UnionPay', aid: 'A000000333' },
  { name: 'RuPay', aid: 'A000000524' },
];
