// SPDX-License-Identifier: MIT
/**
 * I12, the alarm for leaked keys: whoever has the master key of a version can make valid records of any of
 * its cards, and spend what was never loaded. So what the cards of a version have spent, by every valid
 * record, accepted or held, is held against what was loaded on them; and what a terminal was acknowledged
 * against what cards attest of it.
 */
import { suiteByAlgorithm } from '../../../src/purse/suites.table.ts';
import type { AuditCheck, AuditParts } from '../model.ts';
import { isPurchase, recordFields } from '../record-fields.ts';

/** Adds up what records say, each different one once. */
export function keyValues({ memory }: AuditParts): {
  attested(bytes: Uint8Array): void;
  claimed(terminal: string, amount: number): void;
} {
  const addKey = memory.prepare(
    `INSERT INTO key_value VALUES (?, ?, ?) ON CONFLICT
     DO UPDATE SET spent = spent + excluded.spent`,
  );
  const addSam = memory.prepare(
    `INSERT INTO sam_value VALUES (?, ?, ?) ON CONFLICT
     DO UPDATE SET claimed = claimed + excluded.claimed, attested = attested + excluded.attested`,
  );
  return {
    attested(bytes) {
      if (!isPurchase(bytes)) return;
      const { algorithm, keyVersion, amount, terminal } = recordFields(bytes);
      addKey.run(algorithm, keyVersion, amount);
      addSam.run(terminal, 0, amount);
    },
    claimed: (terminal, amount) => void addSam.run(terminal, amount, 0),
  };
}

export function keys({ ledger, memory, findings }: AuditParts): AuditCheck {
  const sink = findings.of('I12');
  const loaded = ledger
    .prepare<[string, number], number>(
      `SELECT COALESCE(SUM(loads.amount), 0) FROM loads JOIN cards ON cards.serial = loads.serial
       WHERE suite = ? AND key_version = ? AND state <> 'notDone'`,
    )
    .pluck();
  const spentRows = memory.prepare<[], { algorithm: number; version: number; spent: number }>(
    'SELECT algorithm, version, spent FROM key_value ORDER BY algorithm, version',
  );
  const terminals = memory.prepare<[], { terminal: string; claimed: number; attested: number }>(
    'SELECT terminal, claimed, attested FROM sam_value ORDER BY terminal',
  );
  return {
    sink,
    finish() {
      for (const { algorithm, version, spent } of spentRows.iterate()) {
        sink.checked++;
        const suite = suiteByAlgorithm(algorithm)?.name ?? '';
        const most = loaded.get(suite, version) ?? 0;
        if (spent <= most) continue;
        const values = { expected: `at most ${most} spent`, found: `${spent}` };
        const subject = `key version ${version} of suite ${suite}`;
        sink.state({ subject, ...values, amount: spent - most });
      }
      for (const { terminal, claimed, attested } of terminals.iterate()) {
        sink.checked++;
        if (claimed <= attested) continue;
        const values = { expected: `at most ${attested} claimed`, found: `${claimed}` };
        sink.state({ subject: `terminal ${terminal}`, ...values, amount: claimed - attested });
      }
    },
  };
}
