// SPDX-License-Identifier: MIT
/** Keeps what every card contributes, and holds the sum against the accounts of the ledger. */
import { account, type AccountCode } from '../../../host/ledger/accounts.table.ts';
import type { HostStore } from '../../../host/store/store.ts';
import {
  amount,
  difference,
  negate,
  signedAmount,
  sumSigned,
  type SignedAmount,
} from '../../../src/money/amount.ts';
import type { CityConservation } from '../result.ts';
import type { CardShare } from './card-check.ts';
import { Violation } from './violation.ts';

/** What accounts with a credit balance hold together. Minor units. */
export function credited(store: HostStore, codes: readonly AccountCode[]): SignedAmount {
  return negate(sumSigned(codes.map((code) => store.balance(account(code)))));
}

export class Conservation {
  readonly #shares = new Map<string, CardShare>();
  readonly #sums = { honest: 0, inFlight: 0, compromised: 0 };

  /** What a card contributes from now on. */
  take(serial: string, share: CardShare): void {
    const before = this.#shares.get(serial);
    for (const name of ['honest', 'inFlight', 'compromised'] as const) {
      this.#sums[name] += share[name] - (before?.[name] ?? 0);
    }
    this.#shares.set(serial, share);
  }

  now(store: HostStore): CityConservation {
    const float = credited(store, ['2010', '2061', '2015']);
    const { honest, inFlight, compromised } = this.#sums;
    return {
      honest: amount(honest),
      inFlight: signedAmount(inFlight),
      compromised: signedAmount(compromised),
      float,
      difference: difference(signedAmount(honest + inFlight + compromised), float),
    };
  }

  /** @throws Violation when money appeared or vanished */
  check(store: HostStore): void {
    const { float, difference: off } = this.now(store);
    if (off === 0) return;
    throw new Violation('conservation', {
      subject: 'purse float, unpresented purchases and loads in flight',
      expected: `${float + off}, as cards and the host's view of them add up`,
      found: `${float} in the ledger, ${off} off`,
    });
  }
}
