// SPDX-License-Identifier: MIT
/**
 * What is owed to acquirers, banks and agents: their shares of fees, and what an agent paid out for the issuer.
 * Each is paid like a merchant, as the merchant of its name: what stands for it moves to that merchant's payable,
 * and is settled and paid out with the window that is open.
 */
import { atLeastZero, negate, ZERO, type Amount } from '../../src/money/amount.ts';
import type { Actor } from '../access/actor.ts';
import { account } from '../ledger/accounts.table.ts';
import type { HostStore } from '../store/store.ts';
import { adjustMerchant } from './adjust.ts';
import type { FeeParty } from './model.ts';
import type { SettlementParts } from './parts.ts';
import { SHARE_ACCOUNTS } from './share-accounts.table.ts';

export interface PartyShare {
  readonly party: Exclude<FeeParty, 'operator'>;
  readonly name: string;
  readonly amount: Amount;
  /** The merchant as whom the party is paid; null while none is registered. */
  readonly payee: string | null;
}

const PARTIES = ['acquirer', 'bank', 'agent'] as const satisfies readonly FeeParty[];

/** What stands for each party, by kind and name. */
export function partyShares(store: HostStore): readonly PartyShare[] {
  const balances = store.balances();
  return PARTIES.flatMap((party) => {
    const prefix = `${SHARE_ACCOUNTS[party]}:`;
    return balances
      .filter(({ account: id, balance }) => id.startsWith(prefix) && balance < 0)
      .map(({ account: id, balance }) => {
        const name = id.slice(prefix.length);
        const amount = atLeastZero(negate(balance));
        return { party, name, amount, payee: payeeOf(store, party, name) };
      });
  });
}

/** The merchant of that name; of an agent that is a terminal, that terminal's merchant. */
function payeeOf(store: HostStore, party: FeeParty, name: string): string | null {
  const merchant = store.merchant(name)?.id;
  if (merchant !== undefined || party !== 'agent') return merchant ?? null;
  return store.terminal(name)?.merchant ?? null;
}

/** Moves what every party with a payee is owed to that payee; returns all, those without one too. */
export function payShares(parts: SettlementParts, actor: Actor): readonly PartyShare[] {
  const { store } = parts;
  const shares = partyShares(store);
  for (const { party, name, amount, payee } of shares) {
    if (payee === null || amount === ZERO) continue;
    adjustMerchant(
      parts,
      {
        merchant: payee,
        amount,
        against: account(SHARE_ACCOUNTS[party], name),
        // Of one account with one newest entry there is one balance to pay.
        source: `shares:${party}:${name}:${store.lastEntry()?.id ?? 0}`,
        reason: `shares of ${party} ${name}`,
      },
      actor,
    );
  }
  return shares;
}
