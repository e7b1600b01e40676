// SPDX-License-Identifier: MIT
/** Records that terminals have numbered and never sent. */
import { ZERO } from '../../../src/money/amount.ts';
import { instant } from '../../../src/time/instant.ts';
import type { HostStore } from '../../store/store.ts';
import { exceptionOf, type Exception } from '../model.ts';

export function* terminalExceptions(store: HostStore): Generator<Exception> {
  const seenAt = new Map(store.batches().map((batch) => [batch.terminal, batch.receivedAt]));
  for (const { id, merchant } of store.terminals()) {
    for (const { from, to } of store.terminalGaps(id)) {
      yield exceptionOf(
        {
          rule: 'terminalGap',
          subject: `terminal ${id}`,
          expected: `records ${from} to ${to}`,
          found: 'never received',
          moneyAtRisk: ZERO,
          openedAt: seenAt.get(id) ?? instant(0),
          terminal: id,
          merchant,
        },
        `${from}`,
      );
    }
  }
}
