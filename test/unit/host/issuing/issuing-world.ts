// SPDX-License-Identifier: MIT
/** A host with a lot of cards in stock, a clock that moves, and what its books must say at any time. */
import { expect } from 'vitest';
import type { Actor } from '../../../../host/access/actor.ts';
import { account, type AccountId } from '../../../../host/ledger/accounts.table.ts';
import type { ClearingHost } from '../../../../host/host.ts';
import type { Issuing } from '../../../../host/issuing/issuing.ts';
import { owedToHolder } from '../../../../host/issuing/owed.ts';
import { merchantLookup } from '../../../../host/chain/evidence.ts';
import { ledgerConservation } from '../../../../host/report/conservation.ts';
import { amount } from '../../../../src/money/amount.ts';
import { instant, type Instant } from '../../../../src/time/instant.ts';
import {
  batch,
  enrol,
  loadRequest,
  openTestHost,
  record,
  testCard,
  testTerminal,
  type RecordFields,
  type TestCard,
  type TestHost,
} from '../host-world.ts';

export const CLERK: Actor = { name: 'clerk', role: 'operator', merchant: null };
export const SHOP = testTerminal(1, 'SHOP');
export const METRO = testTerminal(2, 'METRO');
/** Of the default lot, in use from the start. */
export const OLD = testCard(1, 'aes');
/** Of lot `2026A`, in stock. */
export const STOCK = [testCard(11, 'aes'), testCard(12, 'aes'), testCard(13, 'aes')] as const;
export const LOT = {
  id: '2026A',
  suite: 'aes',
  keyVersion: 1,
  validFrom: '20260101',
  validUntil: '20281231',
  deposit: amount(2000),
  fee: amount(500),
} as const;

const DAY_MS = 86_400_000;
const START = 1_770_000_000_000;

export interface IssuingWorld {
  readonly test: TestHost;
  readonly host: ClearingHost;
  readonly issuing: Issuing;
  passDays(days: number): void;
  balance(code: Parameters<typeof account>[0], key?: string): number;
}

const opened: TestHost[] = [];

/** Closes the hosts of a test. */
export async function disposeWorlds(): Promise<void> {
  for (const each of opened.splice(0)) await each.dispose();
}

export async function issuingWorld(): Promise<IssuingWorld> {
  let now: Instant = instant(START);
  const clock = { now: () => now };
  const test = await openTestHost({ durability: 'none', clock });
  opened.push(test);
  const { host } = test;
  const { store } = host;
  enrol(host, SHOP, METRO);
  const { issuing } = host;
  issuing.addLot(LOT);
  await host.registerCard({ ...OLD, validity: { from: '20200101', until: '20391231' } });
  for (const card of STOCK) await host.registerCard({ ...card, lot: LOT.id });
  return {
    test,
    host,
    issuing,
    passDays: (days) => void (now = instant(now + days * DAY_MS)),
    balance: (code, key) => store.balance(account(code, key)),
  };
}

/** Loads a card at the shop, proven by its record, as batch `number`. */
export async function load(
  { host, test }: IssuingWorld,
  fields: { card: TestCard; amount: number; before: number; counter: number; sequence: number },
): Promise<string> {
  const terminal = SHOP;
  const { loadId } = await host.authoriseLoad(loadRequest({ ...fields, terminal }));
  const proof = record({ ...fields, terminal, kind: 'load' });
  await upload(test, [proof], fields.sequence);
  return loadId;
}

/** A purchase at the shop or elsewhere. */
export function buy(
  fields: Partial<RecordFields> & Pick<RecordFields, 'amount' | 'before' | 'counter' | 'sequence'>,
): Uint8Array {
  return record({ terminal: SHOP, card: OLD, ...fields });
}

export async function upload(
  test: TestHost,
  records: readonly Uint8Array[],
  batchNumber: number,
  terminal = SHOP,
): Promise<void> {
  await test.upload(batch(terminal, records, { batchNumber }));
}

/** No cent appeared or vanished, and each control account is what its rows add up to. */
export function expectConserved({ host }: IssuingWorld): void {
  const { store } = host;
  expect(ledgerConservation(store)).toMatchObject({ isHeld: true });
  const credit = (id: AccountId): number => 0 - store.balance(id);
  expect(credit(account('2080'))).toBe(store.depositSum());
  const merchantOf = merchantLookup(store);
  let owed = 0;
  for (const card of [...store.cards()]) owed += owedToHolder({ store, merchantOf }, card).owed;
  expect(credit(account('2095'))).toBe(owed);
}
