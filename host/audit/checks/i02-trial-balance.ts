// SPDX-License-Identifier: MIT
/**
 * I2: every posting says the balance that it left behind, every account has the sum of its postings, and
 * all of them sum to zero. The auditor adds up the postings by itself; other checks use its sums.
 */
import type { Database } from 'better-sqlite3';
import type { AuditCheck, AuditParts } from '../model.ts';

/** Accounts whose sums are kept in memory before they are written. */
const CACHED_ACCOUNTS = 20_000;

/** Sums of postings by account, cached. */
class AccountSums {
  readonly #cache = new Map<string, number>();
  readonly #select;
  readonly #upsert;

  constructor(memory: Database) {
    this.#select = memory
      .prepare<[string], number>('SELECT sum FROM account_sums WHERE account = ?')
      .pluck();
    this.#upsert = memory.prepare('INSERT OR REPLACE INTO account_sums VALUES (?, ?)');
  }

  add(account: string, amount: number): number {
    const sum = (this.#cache.get(account) ?? this.#select.get(account) ?? 0) + amount;
    this.#cache.set(account, sum);
    if (this.#cache.size > CACHED_ACCOUNTS) this.flush();
    return sum;
  }

  flush(): void {
    for (const [account, sum] of this.#cache) this.#upsert.run(account, sum);
    this.#cache.clear();
  }
}

export function trialBalance({ ledger, memory, findings }: AuditParts): AuditCheck {
  const sink = findings.of('I2');
  const sums = new AccountSums(memory);
  const selectSum = memory
    .prepare<[string], number>('SELECT sum FROM account_sums WHERE account = ?')
    .pluck();
  return {
    sink,
    entry({ id, legs }) {
      for (const { account, amount, balanceAfter } of legs) {
        sink.checked++;
        const sum = sums.add(account, amount);
        if (sum === balanceAfter) continue;
        const subject = `account ${account} after entry ${id}`;
        const values = { expected: `${sum}`, found: `${balanceAfter}` };
        sink.history({ subject, ...values, amount: balanceAfter - sum });
      }
    },
    keep() {
      sums.flush();
    },
    finish() {
      let accounts = 0;
      const rows = ledger.prepare<[], { id: string; balance: number }>(
        'SELECT id, balance FROM accounts ORDER BY id',
      );
      for (const { id, balance } of rows.iterate()) {
        sink.checked++;
        const sum = selectSum.get(id);
        if (sum !== undefined) accounts++;
        if ((sum ?? 0) === balance) continue;
        const values = { expected: `${sum ?? 0}, the sum of its postings`, found: `${balance}` };
        sink.state({ subject: `account ${id}`, ...values, amount: balance - (sum ?? 0) });
      }
      const known = memory.prepare<[], number>('SELECT COUNT(*) FROM account_sums').pluck().get();
      if (known !== accounts) {
        const values = { expected: `${known} accounts`, found: `${accounts}` };
        sink.state({ subject: 'accounts with postings', ...values, amount: 0 });
      }
      const total =
        memory
          .prepare<[], number>('SELECT COALESCE(SUM(sum), 0) FROM account_sums')
          .pluck()
          .get() ?? 0;
      if (total !== 0) {
        sink.state({ subject: 'postings', expected: '0', found: `${total}`, amount: total });
      }
    },
  };
}
