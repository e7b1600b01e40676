// SPDX-License-Identifier: MIT
/**
 * Transaction type identifiers of the purse. Source: PBOC electronic deposit / electronic purse
 * application, as listed alike in every implementation compared (docs/protocol.md, Transaction types).
 * `counter` names the counter that the transaction consumes, `effect` what it does to the balance.
 */
export const TRANSACTION_TYPES = {
  depositLoad: {
    code: 0x01,
    counter: 'online',
    effect: 'credit',
    meaning: 'load of the electronic deposit',
  },
  purseLoad: {
    code: 0x02,
    counter: 'online',
    effect: 'credit',
    meaning: 'load of the electronic purse',
  },
  unload: {
    code: 0x03,
    counter: 'online',
    effect: 'debit',
    meaning: 'unload of the electronic deposit',
  },
  cashWithdraw: {
    code: 0x04,
    counter: 'offline',
    effect: 'debit',
    meaning: 'cash withdrawal from the deposit',
  },
  depositPurchase: {
    code: 0x05,
    counter: 'offline',
    effect: 'debit',
    meaning: 'purchase from the deposit',
  },
  pursePurchase: {
    code: 0x06,
    counter: 'offline',
    effect: 'debit',
    meaning: 'purchase from the purse',
  },
  limitUpdate: {
    code: 0x07,
    counter: 'online',
    effect: 'limit',
    meaning: 'update of the overdraft limit',
  },
  compositePurchase: {
    code: 0x09,
    counter: 'offline',
    effect: 'debit',
    meaning: 'composite purchase',
  },
} as const satisfies Record<
  string,
  {
    code: number;
    counter: 'offline' | 'online';
    effect: 'credit' | 'debit' | 'limit';
    meaning: string;
  }
>;

/** The name of a transaction type. */
export type TransactionTypeName = keyof typeof TRANSACTION_TYPES;
/** The code of a transaction type, one byte. */
export type TransactionTypeCode = (typeof TRANSACTION_TYPES)[TransactionTypeName]['code'];

const BY_CODE: ReadonlyMap<number, TransactionTypeName> = new Map(
  // Object.entries loses the literal keys; they are the table's.
  Object.entries(TRANSACTION_TYPES).map(([name, row]) => [row.code, name as TransactionTypeName]),
);

/** The name of a transaction type code, or undefined when the table has none. */
export function transactionTypeName(code: number): TransactionTypeName | undefined {
  return BY_CODE.get(code);
}

/** The name of a transaction type, or its code where the table has none. */
export function typeName(code: number): string {
  return transactionTypeName(code) ?? code.toString();
}
