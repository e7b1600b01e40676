// SPDX-License-Identifier: MIT
/** A host that sells for SHOP and METRO, with a clock that a test moves. */
import type { Actor } from '../../../../host/access/actor.ts';
import { ANY, type FeeTerms } from '../../../../host/settlement/fee-terms.ts';
import { setFees } from '../../../../host/settlement/schedules.ts';
import { setMerchant, type MerchantChange } from '../../../../host/settlement/merchants.ts';
import { closeWindow, type ClosedWindow } from '../../../../host/settlement/close.ts';
import { merchantPosition } from '../../../../host/settlement/close-checks.ts';
import type { MerchantSettlement } from '../../../../host/settlement/model.ts';
import { checkBooks } from '../../../../host/settlement/close-checks.ts';
import { amount } from '../../../../src/money/amount.ts';
import { instant } from '../../../../src/time/instant.ts';
import { batch, type TestHost } from '../host-world.ts';
import { buy, loaded, other, prepared, purchases, terminal } from '../intake-fixtures.ts';

export const ANN: Actor = { name: 'ann', role: 'operator', merchant: null };
export const ACCOUNT = { number: 'DE02120300000000202051', holder: 'Shop Ltd', bic: '' };
export const DAY = 86_400_000;

/** 3 % to the operator and 1 % to an acquirer, of the window. */
export const TERMS: FeeTerms = {
  basis: 'window',
  recipients: [
    { party: 'operator', name: '' },
    { party: 'acquirer', name: 'ACQ' },
  ],
  tiers: [{ from: amount(0), basisPoints: [300, 100] }],
  minimum: amount(0),
  cap: null,
  residue: 'operator',
};

export interface Shop {
  readonly test: TestHost;
  /** 1 770 000 000 000 is 2026-02-02; move it by whole days. */
  readonly clock: { nowMs: number };
  /** The four purchases of 10 each of SHOP. */
  sell(): Promise<unknown>;
  /** One purchase of METRO after them. */
  ride(): Promise<unknown>;
  close(businessDate?: string): Promise<ClosedWindow>;
  set(merchant: string, changed: MerchantChange): void;
  /** Newest settlement of SHOP. */
  last(merchant?: string): MerchantSettlement | undefined;
  position(merchant?: string): number;
  check(): void;
}

/** A shop; with an account and fees unless told otherwise. */
export async function openShop(options: Parameters<typeof prepared>[0] = {}): Promise<Shop> {
  const clock = { nowMs: 1_770_000_000_000 };
  const test = await prepared({ clock: { now: () => instant(clock.nowMs) }, ...options });
  return shopOf(test, clock);
}

/** The same handles on a host that is open already. */
export function shopOf(test: TestHost, clock: { nowMs: number }): Shop {
  const { settlement, store } = test.host;
  return {
    test,
    clock,
    sell: () => test.upload(batch(terminal, [loaded, ...purchases])),
    ride: () =>
      test.upload(batch(other, [buy(4, 60, { terminal: other, sequence: 1, amount: 7 })])),
    close: (businessDate) =>
      closeWindow(settlement, businessDate === undefined ? {} : { businessDate }, ANN),
    set: (merchant, changed) => void setMerchant(settlement, merchant, changed, ANN),
    last: (merchant = 'SHOP') => store.lastSettlement(merchant),
    position: (merchant = 'SHOP') => merchantPosition(store, merchant),
    check: () => {
      checkBooks(store);
    },
  };
}

export function charge({ test }: Shop, terms: FeeTerms = TERMS): void {
  const schedule = { merchant: ANY, type: ANY, terms, effectiveOn: null, isUsual: false } as const;
  setFees(test.host.settlement, schedule, ANN);
}
