// SPDX-License-Identifier: MIT
/**
 * The conservation identity over the whole world: what is on the cards, by the cards themselves, and
 * what is on its way must be what the host owes the holders, by its books.
 */
import { ledgerConservation } from '../../host/report/conservation.ts';
import {
  add,
  addSigned,
  difference,
  sum,
  type Amount,
  type SignedAmount,
} from '../../src/money/amount.ts';
import type { World } from '../world/world.ts';
import { trueBalance, type Oracle } from './oracle.ts';

/** Minor units. `difference` is cardBalances + inFlight − float, and 0. */
export interface Conservation {
  readonly cardBalances: Amount;
  /**
   * Debits that left their card and no terminal can prove yet, records not yet at the host, and loads
   * that the host authorised and the card never took.
   */
  readonly inFlight: Amount;
  /** The host's books: purse float, unpresented purchases and loads in flight. */
  readonly float: SignedAmount;
  readonly difference: SignedAmount;
}

/** Computes the identity afresh; every card is asked for its balance. */
export function conservation(world: World, oracle: Oracle, unsent: Amount): Conservation {
  const cardBalances = sum(world.cards.map((card) => trueBalance(card)));
  const notTaken = sum(
    world.host.store
      .loadsInFlight()
      .filter((load) => !oracle.isCredited(load.id))
      .map((load) => load.amount),
  );
  const inFlight = add(add(oracle.unpresented(), notTaken), unsent);
  const { float } = ledgerConservation(world.host.store);
  return {
    cardBalances,
    inFlight,
    float,
    difference: difference(addSigned(cardBalances, inFlight), float),
  };
}
