// SPDX-License-Identifier: MIT
/**
 * The host dies at every call of its store while it closes and settles a window; it is opened again and the
 * close is asked for again. Ledger, settlements and payouts are those of a host that never died.
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/hex.ts';
import { openTestHost, type TestHost } from '../unit/host/host-world.ts';
import { disposeAll } from '../unit/host/intake-fixtures.ts';
import {
  ACCOUNT,
  charge,
  openShop,
  shopOf,
  TERMS,
  type Shop,
} from '../unit/host/settlement/settlement-fixtures.ts';
import { Died, mortal, type Death } from '../../simulation/city/world/mortal-store.ts';

/** A shop with a day's sales and a reserve that the close releases; the store counts from here on. */
async function dayOf(death: Death): Promise<{
  readonly shop: Shop;
  readonly state: ReturnType<typeof mortal>['state'];
}> {
  const { wrap, state } = mortal(death);
  const shop = await openShop({ wrapStore: wrap });
  charge(shop, { ...TERMS, basis: 'record' });
  shop.set('SHOP', { account: ACCOUNT, reserveBasisPoints: 1000, reserveDays: 1 });
  await shop.sell();
  await shop.close('2026-02-02');
  shop.set('METRO', { account: ACCOUNT, reserveBasisPoints: 5000, reserveDays: 1 });
  await shop.ride();
  state.isArmed = true;
  return { shop, state };
}

/** Everything that the close leaves behind, the chained journal by its last hash. */
function outcome({ host }: TestHost): object {
  const { store } = host;
  return {
    head: toHex(store.lastEntry()?.hash ?? new Uint8Array()),
    windows: store.windows(),
    settlements: store.windows().map(({ id }) => store.merchantSettlements(id)),
    payouts: store.payouts(),
    reserves: store.heldReserves(),
    balances: store.balances(),
    events: store.settlementEvents('window:2'),
  };
}

describe('a host that dies while it closes a window', () => {
  it('ends as one that lived, wherever it dies', async () => {
    const whole = await dayOf({ call: 0, when: 'before' });
    await whole.shop.close('2026-02-03');
    const { calls } = whole.state;
    whole.state.isArmed = false;
    const expected = outcome(whole.shop.test);
    await disposeAll();
    expect(calls).toBeGreaterThan(60);

    for (let call = 1; call <= calls; call++) {
      const death: Death = { call, when: call % 2 === 0 ? 'after' : 'before' };
      const { shop, state } = await dayOf(death);
      await expect(shop.close('2026-02-03')).rejects.toThrow(Died);
      expect(state.isDead).toBe(true);
      await shop.test.host.close();
      const again = await openTestHost({ durability: 'none' }, shop.test.directory);
      await shopOf(again, shop.clock).close('2026-02-03');
      expect({ death, outcome: outcome(again) }).toEqual({ death, outcome: expected });
      await again.dispose();
    }
  }, 120_000);
});
