// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { PURSE_COMMANDS, type PurseCommandRow } from '../../../src/purse/purse-commands.table.ts';
import { MAC_INPUTS } from '../../../src/purse/mac-inputs.table.ts';
import { SAM_INITIALIZE } from '../../../src/purse/command-layouts.ts';
import { TRANSACTION_TYPES, typeName } from '../../../src/purse/transaction-types.table.ts';

const ROWS: Readonly<Record<string, PurseCommandRow>> = PURSE_COMMANDS;

describe('the purse commands', () => {
  // Lc and Le of the 3DES suite are the field's, those of the AES suite this project's decision 5.
  it.each([
    ['initializeForLoad', 0x0b, 0x10, 0x0b, 0x18],
    ['initializeForPurchase', 0x0b, 0x0f, 0x0b, 0x13],
    ['initializeForCashWithdraw', 0x0b, 0x0f, 0x0b, 0x13],
    ['initializeForCompositePurchase', 0x0b, 0x0f, 0x0b, 0x13],
    ['initializeForLimitUpdate', 0x07, 0x13, 0x07, 0x1b],
    ['initializeForUnload', 0x0b, 0x10, 0x0b, 0x18],
    ['creditForLoad', 0x0b, 0x04, 0x0f, 0x08],
    ['debitForPurchase', 0x0f, 0x08, 0x13, 0x10],
    ['debitForUnload', 0x0b, 0x04, 0x0f, 0x08],
    ['updateOverdrawLimit', 0x0e, 0x04, 0x12, 0x08],
    ['getTransactionProof', 0x02, 0x08, 0x02, 0x10],
    ['getBalance', undefined, 0x04, undefined, 0x04],
    ['updateCompositeCache', undefined, undefined, undefined, undefined],
  ])('give %s its lengths', (name, ...lengths) => {
    const { command, reply } = ROWS[name]!;
    const sizes = [command?.tdes.size, reply?.tdes.size, command?.aes.size, reply?.aes.size];
    expect(sizes).toEqual(lengths);
  });

  it('stand in INS, P1 order', () => {
    const order = Object.values(ROWS).map(({ ins, p1 }) => ins * 256 + (p1 ?? 0));
    expect(order).toEqual(order.toSorted((left, right) => left - right));
  });

  it('accept in each state besides idle exactly the commands that finish it', () => {
    const after = (state: string): string[] =>
      Object.entries(ROWS)
        .filter(([, row]) => row.after !== 'any' && row.after.some((name) => name === state))
        .map(([name]) => name);
    expect(after('idle')).toEqual([]);
    expect(after('loadInitialized')).toEqual(['creditForLoad']);
    expect(after('unloadInitialized')).toEqual(['debitForUnload']);
    expect(after('limitInitialized')).toEqual(['updateOverdrawLimit']);
    expect(after('purchaseInitialized')).toEqual(['debitForPurchase']);
    expect(after('cashInitialized')).toEqual(['debitForPurchase']);
    expect(after('compositeInitialized')).toEqual(['updateCompositeCache']);
    expect(after('compositeCached')).toEqual(['debitForPurchase', 'updateCompositeCache']);
  });
});

describe('the SAM commands', () => {
  it('have the lengths of the field in 3DES: 14h before the diversification data', () => {
    expect(SAM_INITIALIZE.tdes.size).toBe(0x14);
    expect(SAM_INITIALIZE.aes.size).toBe(0x14 + 4 + 4 + 10);
  });
});

describe('the AES TAC', () => {
  it('covers serial, counter and balance, whatever the transaction', () => {
    const names = MAC_INPUTS.loadTac.aes.placements.map(({ name }) => name);
    expect(names).toEqual([
      'transactionType',
      'applicationSerialNumber',
      'counterBefore',
      'amount',
      'balanceAfter',
      'terminalId',
      'terminalCounter',
      'date',
      'time',
    ]);
    expect(MAC_INPUTS.purchaseTac.aes).toBe(MAC_INPUTS.loadTac.aes);
    expect(MAC_INPUTS.limitTac.aes).toBe(MAC_INPUTS.loadTac.aes);
  });
});

describe('transaction types', () => {
  it('stand in numeric order, each code once', () => {
    const codes = Object.values(TRANSACTION_TYPES).map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].toSorted((left, right) => left - right));
  });
});

describe('a transaction type', () => {
  it.each([
    [0x02, 'purseLoad'],
    [0x7f, '127'],
  ])('%i is called %s', (code, name) => {
    expect(typeName(code)).toBe(name);
  });
});
