// SPDX-License-Identifier: MIT
/** `openpurse audit`: whether the books of the host in this folder hold, by a program of its own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { AuditFinding } from '../../host/audit/findings.ts';
import { INVARIANTS } from '../../host/audit/invariants.table.ts';
import type { AuditReport } from '../../host/audit/model.ts';
import { replayWith } from '../../host/audit/replay/replay.ts';
import { runAudit, type Replay } from '../../host/audit/run-audit.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { EXIT } from '../print/failure.ts';
import { counted, money, table } from '../print/printer.ts';
import { startProgress } from '../print/progress.ts';

interface AuditCommandOptions extends SharedOptions {
  readonly full?: boolean;
  readonly replay: boolean;
}

export function addAuditCommand(program: Command): void {
  withSharedOptions(
    program
      .command('audit')
      .description('check the books of the host from its rows and raw batches, changing neither'),
  )
    .option('--full', 'start over, clear the raw batches again and write settlement files again')
    .option('--no-replay', 'with --full, neither clear nor write again: needs no keys')
    .addHelpText(
      'after',
      '\nThe host may serve meanwhile. Without --full an audit goes on where the last one ended.\n' +
        'Exit code 0 when every invariant holds, 3 when one does not.\n' +
        '\nExamples:\n  openpurse audit\n  openpurse audit --full --json\n',
    )
    .action(audit);
}

async function audit(options: AuditCommandOptions): Promise<void> {
  const context = new Context(options);
  const { data, printer } = context;
  if (!existsSync(join(data.host, 'ledger.db'))) {
    throw new Fault('USAGE', `"--data" expected a folder with a host, got ${data.path}`);
  }
  const isFull = options.full === true;
  const progress = startProgress(100, { isJson: printer.isJson, unit: '%' });
  const replay =
    isFull && options.replay
      ? replayOf(context, (done) => {
          progress.at(done, 'replay');
        })
      : undefined;
  const report = await runAudit({
    directory: data.host,
    memoryFile: join(data.audit, 'audit.db'),
    isFull,
    ...(replay !== undefined && { replay }),
  }).finally(() => {
    progress.stop();
  });
  const { currency } = context.config;
  printer.say({ data: { currency, ...report }, lines: auditLines(report, currency) });
  if (!report.holds) process.exitCode = EXIT.notApproved;
}

function replayOf(context: Context, onPercent: (percent: number) => void): Replay {
  return replayWith({
    ...context.config,
    keys: context.keys(),
    workers: 1,
    scratch: context.data.in('audit', 'replay'),
    onBatch: (done, of) => {
      onPercent(Math.round((done / of) * 100));
    },
  });
}

/** The report as people read it. */
function auditLines(report: AuditReport, currency: CurrencyCode): readonly string[] {
  const { isFull, from, to, invariants, holds } = report;
  const lines = [
    isFull || from.journal === 0
      ? `audited from the beginning to entry ${to.journal} and record ${to.record}`
      : `audited from entry ${from.journal} to ${to.journal}, from record ${from.record} to ${to.record}`,
    '',
    ...table(
      [
        ['invariant', '', '', 'checked'],
        ...invariants.map((row) => [
          row.invariant,
          row.name,
          row.holds ? 'holds' : `FAILS ${row.findingCount}`,
          row.checked.toString(),
        ]),
      ],
      [3],
    ),
  ];
  for (const { note, invariant } of invariants)
    if (note !== null) lines.push(`${invariant}: ${note}`);
  for (const { findings, findingCount, invariant } of invariants) {
    lines.push(...findings.flatMap((finding) => findingLines(finding, currency)));
    const more = findingCount - findings.length;
    if (more > 0) lines.push('', `and ${more} more of ${invariant}`);
    if (findingCount > 0) {
      const { meaning, action } = INVARIANTS[invariant];
      lines.push(`    means    ${meaning}`, `    do       ${action}`);
    }
  }
  const failing = invariants.filter((row) => !row.holds).length;
  const verdict = holds
    ? `all ${invariants.length} invariants hold`
    : `${counted(failing, 'invariant')} ${failing === 1 ? 'does' : 'do'} not hold`;
  return [...lines, '', verdict];
}

function findingLines(finding: AuditFinding, currency: CurrencyCode): readonly string[] {
  const { invariant, subject, expected, found, amount } = finding;
  return [
    '',
    `  ${invariant} ${subject}: ${money(amount, currency)}`,
    `    expected ${expected}`,
    `    found    ${found}`,
  ];
}
