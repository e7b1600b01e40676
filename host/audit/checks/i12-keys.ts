// SPDX-License-Identifier: MIT
/**
 * I12, the alarm for leaked keys: whoever has the master key of a version can make valid records of any of
 * its cards, and spend what was never loaded. So what the cards of a version and lot have spent, by every
 * valid record, accepted or held, is held against what was loaded on them; and what a terminal was acknowledged
 * against what cards attest of it.
 */
import { terminalOfRecord } from '../../../src/clearing/record.ts';
import type { AuditCheck, AuditParts } from '../model.ts';
import { amountOf, isPurchase } from '../record-fields.ts';

/** Adds up what records say of their terminals, each different record once; `keep` writes the sums. */
export function terminalValues({ memory }: AuditParts): {
  readonly attested: (bytes: Uint8Array) => void;
  readonly claimed: (terminal: string, amount: number) => void;
  readonly keep: () => void;
} {
  const add = memory.prepare(
    `INSERT INTO sam_value VALUES (?, ?, ?) ON CONFLICT
     DO UPDATE SET claimed = claimed + excluded.claimed, attested = attested + excluded.attested`,
  );
  const sums = new Map<string, { claimed: number; attested: number }>();
  const sumOf = (terminal: string): { claimed: number; attested: number } => {
    const known = sums.get(terminal);
    if (known !== undefined) return known;
    const sum = { claimed: 0, attested: 0 };
    sums.set(terminal, sum);
    return sum;
  };
  return {
    attested(bytes) {
      if (isPurchase(bytes)) sumOf(terminalOfRecord(bytes)).attested += amountOf(bytes);
    },
    claimed(terminal, amount) {
      sumOf(terminal).claimed += amount;
    },
    keep() {
      for (const [terminal, { claimed, attested }] of sums) add.run(terminal, claimed, attested);
      sums.clear();
    },
  };
}

export function keys({ ledger, memory, findings }: AuditParts): AuditCheck {
  const sink = findings.of('I12');
  const check = (subject: string, most: number, value: number, what: string): void => {
    sink.checked++;
    if (value <= most) return;
    const values = { expected: `at most ${most} ${what}`, found: `${value}` };
    sink.state({ subject, ...values, amount: value - most });
  };
  const terminals = memory.prepare<[], { terminal: string; claimed: number; attested: number }>(
    'SELECT terminal, claimed, attested FROM sam_value ORDER BY terminal',
  );
  return {
    sink,
    finish() {
      for (const [lot, { spent, loaded }] of valueByLot({ ledger, memory }))
        check(lot, loaded, spent, 'spent');
      for (const { terminal, claimed, attested } of terminals.iterate())
        check(`terminal ${terminal}`, attested, claimed, 'claimed');
    },
  };
}

interface LotValue {
  readonly spent: number;
  readonly loaded: number;
}

interface CardValue {
  readonly serial: Uint8Array;
  readonly suite: string;
  readonly version: number;
  readonly lot: string;
  readonly loaded: number;
}

/** By key version and personalisation lot: what cards have spent, and what was loaded on them. */
function valueByLot({
  ledger,
  memory,
}: Pick<AuditParts, 'ledger' | 'memory'>): ReadonlyMap<string, LotValue> {
  const spentOf = memory
    .prepare<[Uint8Array], number>('SELECT spent FROM card_marks WHERE serial = ?')
    .pluck();
  const cards = ledger.prepare<[], CardValue>(
    `SELECT cards.serial AS serial, suite, key_version AS version, COALESCE(lot, 'default') AS lot,
     (SELECT COALESCE(SUM(amount), 0) FROM loads
      WHERE loads.serial = cards.serial AND loads.state <> 'notDone') AS loaded
     FROM cards LEFT JOIN card_details ON card_details.serial = cards.serial`,
  );
  const lots = new Map<string, LotValue>();
  for (const { serial, suite, version, lot, loaded } of cards.iterate()) {
    const name = `key version ${version} of suite ${suite}, lot ${lot}`;
    const known = lots.get(name) ?? { spent: 0, loaded: 0 };
    const spent = known.spent + (spentOf.get(serial) ?? 0);
    lots.set(name, { spent, loaded: known.loaded + loaded });
  }
  return lots;
}
