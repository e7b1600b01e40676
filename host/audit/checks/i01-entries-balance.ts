// SPDX-License-Identifier: MIT
/** I1: the legs of every entry sum to zero. A ledger has one currency, so every entry has. */
import type { AuditCheck, AuditParts } from '../model.ts';

export function entriesBalance({ findings }: AuditParts): AuditCheck {
  const sink = findings.of('I1');
  return {
    sink,
    entry({ id, source, legs }) {
      sink.checked++;
      const total = legs.reduce((sum, leg) => sum + leg.amount, 0);
      if (total === 0 && legs.length >= 2) return;
      const expected = 'at least two legs that sum to 0';
      const found = `${legs.length} legs that sum to ${total}`;
      sink.history({ subject: `entry ${id} ${source}`, expected, found, amount: total });
    },
  };
}
