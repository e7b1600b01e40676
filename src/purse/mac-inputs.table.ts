// SPDX-License-Identifier: MIT
/**
 * What each MAC and TAC is computed over: fields in their exact order, per suite, and under which key.
 * Sources: 3DES suite, PBOC part 2, 5.5.2 to 5.5.6, with the published worked examples recomputed
 * (test/vectors/README.md); AES suite, this project's (docs/protocol.md, Two crypto suites).
 * IV is zero everywhere. Counters are values before the increment unless the name says `After`.
 */
import { amount4, bytes, uint16, uint24, uint32, uint8, type Field } from '../codec/field.ts';
import { struct, type Fields, type Layout } from '../codec/struct.ts';
import type { SuiteName } from './suite.ts';

const MAC_FIELDS = {
  amount: amount4,
  applicationSerialNumber: bytes(10),
  balanceAfter: amount4,
  balanceBefore: amount4,
  counterBefore: uint16,
  date: bytes(4),
  newLimit: uint24,
  offlineCounterAfter: uint16,
  oldLimit: uint24,
  terminalCounter: uint32,
  terminalId: bytes(6),
  time: bytes(3),
  transactionType: uint8,
} as const satisfies Fields;

type MacFieldName = keyof typeof MAC_FIELDS;
type MacFieldValue<N extends MacFieldName> =
  (typeof MAC_FIELDS)[N] extends Field<infer T> ? T : never;
type InputLayout<N extends MacFieldName> = Layout<{ [K in N]: MacFieldValue<K> }>;

function input<const N extends MacFieldName>(name: string, ...names: readonly N[]): InputLayout<N> {
  const fields = Object.fromEntries(names.map((field) => [field, MAC_FIELDS[field]]));
  // The record was built of exactly these names, which the type of `struct` cannot follow.
  return struct(name, fields) as unknown as InputLayout<N>;
}

/** The same fields in both suites. */
function both<const N extends MacFieldName>(
  name: string,
  ...names: readonly N[]
): { readonly tdes: InputLayout<N>; readonly aes: InputLayout<N> } {
  const layout = input(name, ...names);
  return { tdes: layout, aes: layout };
}

/** The AES TAC has one form for every type; for a load the terminal counter is zero. */
const AES_TAC = input(
  'tac',
  'transactionType',
  'applicationSerialNumber',
  'counterBefore',
  'amount',
  'balanceAfter',
  'terminalId',
  'terminalCounter',
  'date',
  'time',
);

/** The inputs by the name of their MAC. */
export const MAC_INPUTS = {
  loadMac1: {
    key: 'load',
    by: 'card',
    ...both('loadMac1', 'balanceBefore', 'amount', 'transactionType', 'terminalId'),
  },
  loadMac2: {
    key: 'load',
    by: 'host',
    ...both('loadMac2', 'amount', 'transactionType', 'terminalId', 'date', 'time'),
  },
  loadTac: {
    key: 'tac',
    by: 'card',
    tdes: input(
      'loadTac',
      'balanceAfter',
      'counterBefore',
      'amount',
      'transactionType',
      'terminalId',
      'date',
      'time',
    ),
    aes: AES_TAC,
  },
  purchaseMac1: {
    key: 'purchase',
    by: 'sam',
    ...both('purchaseMac1', 'amount', 'transactionType', 'terminalId', 'date', 'time'),
  },
  purchaseMac2: {
    key: 'purchase',
    by: 'card',
    tdes: input('purchaseMac2', 'amount'),
    aes: input('purchaseMac2', 'amount', 'balanceAfter', 'offlineCounterAfter'),
  },
  purchaseTac: {
    key: 'tac',
    by: 'card',
    tdes: input(
      'purchaseTac',
      'amount',
      'transactionType',
      'terminalId',
      'terminalCounter',
      'date',
      'time',
    ),
    aes: AES_TAC,
  },
  unloadMac1: {
    key: 'unload',
    by: 'card',
    ...both('unloadMac1', 'balanceBefore', 'amount', 'transactionType', 'terminalId'),
  },
  unloadMac2: {
    key: 'unload',
    by: 'host',
    ...both('unloadMac2', 'amount', 'transactionType', 'terminalId', 'date', 'time'),
  },
  unloadMac3: {
    key: 'unload',
    by: 'card',
    ...both(
      'unloadMac3',
      'balanceAfter',
      'counterBefore',
      'amount',
      'transactionType',
      'terminalId',
      'date',
      'time',
    ),
  },
  limitMac1: {
    key: 'limit',
    by: 'card',
    ...both('limitMac1', 'balanceBefore', 'oldLimit', 'transactionType', 'terminalId'),
  },
  limitMac2: {
    key: 'limit',
    by: 'host',
    ...both('limitMac2', 'newLimit', 'transactionType', 'terminalId', 'date', 'time'),
  },
  limitTac: {
    key: 'tac',
    by: 'card',
    tdes: input(
      'limitTac',
      'balanceAfter',
      'counterBefore',
      'newLimit',
      'transactionType',
      'terminalId',
      'date',
      'time',
    ),
    // The amount of a limit update is the new limit.
    aes: AES_TAC,
  },
} as const satisfies Record<string, MacInputRow>;

interface MacInputRow extends Readonly<Record<SuiteName, { readonly size: number }>> {
  readonly key: 'limit' | 'load' | 'purchase' | 'tac' | 'unload';
  readonly by: 'card' | 'host' | 'sam';
}

/** The name of a MAC or TAC. */
export type MacInputName = keyof typeof MAC_INPUTS;
