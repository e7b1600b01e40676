// SPDX-License-Identifier: MIT
/**
 * The slow, obvious audit of a host: every card judged at once from all of its evidence, the accounts
 * added up of the movements of all cards, and both compared with what the host keeps.
 */
import { expect } from 'vitest';
import { RECORD, RECORD_KIND } from '../../../src/clearing/record.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { evidenceOf, recordsOf } from '../../../host/chain/evidence.ts';
import { judgeCard } from '../../../host/chain/fold.ts';
import { ledgerConservation } from '../../../host/report/conservation.ts';
import type { HostStore } from '../../../host/store/store.ts';

export function expectBooksRight(store: HostStore): void {
  expectSharedNumbersRight(store);
  const merchantOf = (id: string): string => store.terminal(id)?.merchant ?? '';
  const accounts = new Map<string, number>();
  const move = (account: string, value: number): void =>
    void accounts.set(account, (accounts.get(account) ?? 0) + value);
  for (const card of [...store.cards()]) {
    const judged = judgeCard(evidenceOf(store, card, merchantOf));
    const name = toHex(card.serial);
    expect({ name, nextOffline: card.nextOffline, nextOnline: card.nextOnline }).toEqual({
      name,
      nextOffline: judged.nextOffline,
      nextOnline: judged.nextOnline,
    });
    expect({ name, balance: card.balance, mode: card.mode }).toEqual({
      name,
      balance: judged.balance,
      mode: judged.mode,
    });
    expect(store.gaps(card.serial)).toEqual(
      [...judged.gaps].sort((left, right) => left.from - right.from),
    );
    const findings = (
      list: readonly { key: string; expected: string; found: string }[],
    ): string[] => list.map(({ key, expected, found }) => `${key} ${expected} ${found}`).sort();
    expect(findings(store.findings(card.serial))).toEqual(findings(judged.findings));
    for (const load of store.loads(card.serial)) {
      expect(`${load.id} ${load.state}`).toBe(
        `${load.id} ${judged.orderStates.get(load.id) ?? ''}`,
      );
    }
    for (const { debit, credit, amount } of judged.movements) {
      move(debit, amount);
      move(credit, 0 - amount);
    }
  }
  for (const { bytes } of store.quarantine()) {
    move('9010', RECORD.decode(bytes).amount);
    move('9020', 0 - RECORD.decode(bytes).amount);
  }
  const kept = store.balances().filter(({ balance }) => balance !== 0);
  const expected = [...accounts].filter(([, balance]) => balance !== 0);
  expect(kept.map(({ account, balance }) => `${account} ${balance}`)).toEqual(
    expected.map(([account, balance]) => `${account} ${balance}`).sort(),
  );
  expect(ledgerConservation(store)).toMatchObject({ isHeld: true });
  expectJournalsRight(store);
}

/** Every entry sums to zero, and the entries add up to the balances. */
function expectJournalsRight(store: HostStore): void {
  const accounts = new Map<string, number>();
  for (const entry of store.entries()) {
    let total = 0;
    for (const { account, amount } of entry.postings) {
      total += amount;
      accounts.set(account, (accounts.get(account) ?? 0) + amount);
    }
    expect(`${entry.source} ${total}`).toBe(`${entry.source} 0`);
  }
  for (const { account, balance } of store.balances()) {
    expect(`${account} ${balance}`).toBe(`${account} ${accounts.get(account) ?? 0}`);
  }
}

/** A card knows of just those SAM numbers that a debit of its own and one of another card have. */
function expectSharedNumbersRight(store: HostStore): void {
  const cardsOf = new Map<string, Set<string>>();
  const cards = [...store.cards()].map((card) => {
    const serial = formatSerialNumber(card.serial);
    const numbers = new Set<string>();
    for (const { bytes } of recordsOf(store, card)) {
      const { kind, terminalId, terminalCounter } = RECORD.decode(bytes);
      if (kind !== RECORD_KIND.purchase) continue;
      const number = `${toHex(terminalId)} ${terminalCounter}`;
      numbers.add(number);
      cardsOf.set(number, (cardsOf.get(number) ?? new Set()).add(serial));
    }
    return { card, serial, numbers };
  });
  for (const { card, serial, numbers } of cards) {
    const expected = [...numbers].flatMap((number) =>
      [...(cardsOf.get(number) ?? [])].filter((o) => o !== serial).map((o) => `${number} ${o}`),
    );
    const known = store
      .sharedNumbers(card.serial)
      .map(({ terminalId, terminalCounter, otherCard }) =>
        [terminalId, terminalCounter, otherCard].join(' '),
      );
    expect(known.sort(), serial).toEqual(expected.sort());
  }
}
