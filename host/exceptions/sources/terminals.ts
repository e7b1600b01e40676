// SPDX-License-Identifier: MIT
/** Terminals: records that they numbered and never sent, lost ones, and the alerts of their batches. */
import { ZERO } from '../../../src/money/amount.ts';
import { instant } from '../../../src/time/instant.ts';
import { standingOf } from '../../messages/terminals.ts';
import type { TerminalAlert } from '../../store/message-store.ts';
import type { HostStore, TerminalRow } from '../../store/store.ts';
import { exceptionOf, type OpenMatter } from '../model.ts';

export function* terminalExceptions(store: HostStore): Generator<OpenMatter> {
  for (const terminal of store.terminals()) {
    const isLost = standingOf(store, terminal.id) === 'lost';
    const gaps = store.terminalGaps(terminal.id);
    for (const { from, to, since } of gaps) {
      yield exceptionOf(
        {
          rule: 'terminalGap',
          subject: `terminal ${terminal.id}`,
          expected: `records ${from} to ${to}`,
          found: isLost ? 'never received, and the terminal is lost' : 'never received',
          moneyAtRisk: ZERO,
          openedAt: since,
          terminal: terminal.id,
          merchant: terminal.merchant,
        },
        `${from}`,
      );
    }
    if (isLost) yield lost(store, terminal);
    for (const alert of store.alerts(terminal.id)) {
      if (alert.settledAt === null) yield ofAlert(alert, terminal);
    }
  }
}

function lost(store: HostStore, { id, merchant }: TerminalRow): OpenMatter {
  const notice = store.notices(id).at(-1);
  const unsent = store.contact(id)?.unsentRecords;
  return exceptionOf({
    rule: 'terminalLost',
    subject: `terminal ${id}`,
    expected: 'every record that it made',
    found: `lost: ${notice?.reason ?? 'no reason given'}; it last said that it had ${unsent ?? 'an unknown number of'} unsent records`,
    moneyAtRisk: ZERO,
    // A terminal is lost by a notice.
    openedAt: notice?.at ?? instant(0),
    terminal: id,
    merchant,
  });
}

function ofAlert(alert: TerminalAlert, { id, merchant }: TerminalRow): OpenMatter {
  const { rule, expected, found, amount, at, batch } = alert;
  return exceptionOf(
    {
      rule,
      subject: `terminal ${id}`,
      expected,
      found,
      moneyAtRisk: amount,
      openedAt: at,
      terminal: id,
      merchant,
      evidence: batch === null ? [] : [`batch ${batch}`],
    },
    alert.id,
  );
}
