// SPDX-License-Identifier: MIT
/** `openpurse host …`: the clearing host of the data folder. */
import { isIP } from 'node:net';
import type { Command } from 'commander';
import { Fault } from '../../src/errors/fault.ts';
import { buildServer } from '../../host/http/server.ts';
import { addKeyVersion } from '../../host/keys/key-store.ts';
import {
  reconciliationReport,
  type ReconciliationReport,
} from '../../host/report/reconciliation.ts';
import {
  cardStatement,
  trialBalance,
  type CardStatement,
  type TrialBalance,
} from '../../host/report/statements.ts';
import { stateHash } from '../../host/report/state-hash.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { RULES } from '../../src/clearing/rules.table.ts';
import { closeGracefully, GRACE_MS } from '../../host/http/shutdown.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type SharedOptions,
} from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { addAccessCommands } from './access.ts';
import { addBackupCommands } from './backup.ts';
import { counted, money, table } from '../print/printer.ts';
import { addClockCommands } from './clocks.ts';
import { addMessageCommands } from './messages.ts';

/** What is on this machine. */
export const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** Longer than any request may take. */
const GRACE_SECONDS_MAX = 600;

interface ServeOptions extends SharedOptions {
  readonly port: string;
  readonly address: string;
  readonly allowRemote?: boolean;
  readonly log?: boolean;
  readonly grace: number;
  readonly proxy?: string;
}

export function addHostCommands(program: Command): void {
  const host = program
    .command('host')
    .description('the clearing host: takes batches, keeps the ledger, reconciles');
  withSharedOptions(
    host.command('serve').description('serve terminals over HTTP until interrupted'),
  )
    .option('--port <number>', 'TCP port', '8080')
    .option('--address <ip>', 'address to listen on', '127.0.0.1')
    .option('--allow-remote', 'allow an address that is not loopback')
    .option('--proxy <ip>', 'proxy in front that says in X-Forwarded-For who asks')
    .option('--log', 'write a log line per request to standard error')
    .option(
      '--grace <seconds>',
      'how long requests may take that are under way at its end',
      wholeNumber(0, GRACE_SECONDS_MAX),
      GRACE_MS / 1000,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse host serve\n  openpurse host serve --port 9000 --log\n',
    )
    .action(serve);
  withSharedOptions(
    host.command('report').description('reconciliation: totals, every exception, conservation'),
  )
    .option('--evidence', 'print the signed record of each exception')
    .addHelpText('after', '\nExample:\n  openpurse host report --json\n')
    .action(report);
  withSharedOptions(host.command('trial-balance').description('every account with its balance'))
    .addHelpText('after', '\nExample:\n  openpurse host trial-balance\n')
    .action(printTrialBalance);
  withSharedOptions(host.command('card').description('what the host knows of one card'))
    .argument('<serial>', 'application serial number, 1 to 20 digits')
    .addHelpText('after', '\nExample:\n  openpurse host card 1\n')
    .action(printCard);
  addMessageCommands(host);
  addClockCommands(host);
  withActorOptions(
    host.command('add-key-version').description('add fresh issuer keys of the next version'),
  )
    .addHelpText('after', '\nExample:\n  openpurse host add-key-version\n')
    .action(addVersion);
  addAccessCommands(host);
  addBackupCommands(host);
}

async function serve(options: ServeOptions): Promise<void> {
  const context = new Context(options);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Fault('USAGE', `"--port" expected 0 to 65535, got "${options.port}"`);
  }
  if (!LOOPBACK.has(options.address) && options.allowRemote !== true) {
    throw new Fault(
      'USAGE',
      `"--address" expected a loopback address, got ${options.address}: --allow-remote lifts this`,
    );
  }
  const { proxy } = options;
  if (proxy !== undefined && isIP(proxy) === 0) {
    throw new Fault('USAGE', `"--proxy" expected an IP address, got "${proxy}"`);
  }
  const host = await context.openHost(context.keys(), 1);
  const server = buildServer({
    host,
    withProcessMetrics: true,
    ...(proxy === undefined ? {} : { proxy }),
    ...(options.log === true ? { logTo: process.stderr } : {}),
  });
  const url = await server.listen({ port, host: options.address }).catch(async (cause: unknown) => {
    await server.close();
    await host.close();
    throw new Fault(
      'USAGE',
      `"--port" expected a free port at ${options.address}, got ${port}: ${cause instanceof Error ? cause.message : 'none'}`,
      { cause },
    );
  });
  context.printer.say({
    data: { url, data: context.data.path },
    lines: [`clearing host at ${url}, data in ${context.data.path}`, 'stop it with Ctrl-C'],
  });
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await closeGracefully(server, options.grace * 1000);
  await host.close();
}

async function report(options: SharedOptions & { readonly evidence?: boolean }): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    const result = reconciliationReport(host);
    const lines = reportLines(result, host.currency, options.evidence === true);
    context.printer.say({ data: { ...result, stateHash: stateHash(host.store) }, lines });
    return Promise.resolve();
  });
}

/** The report as people read it. */
export function reportLines(
  report: ReconciliationReport,
  currency: CurrencyCode,
  withEvidence: boolean,
): readonly string[] {
  const { conservation } = report;
  const lines = [
    `${counted(report.records, 'record')} in ${report.batches === 1 ? '1 batch' : `${report.batches} batches`}, ${counted(report.terminals, 'terminal')} enrolled`,
    '',
    ...(report.merchants.length === 0
      ? ['no merchants']
      : table(
          [
            ['merchant', 'payable'],
            ...report.merchants.map((row) => [row.merchant, money(row.payable, currency)]),
          ],
          [1],
        )),
    '',
  ];
  if (report.exceptions.length === 0) lines.push('no exceptions');
  else
    lines.push(
      `${counted(report.exceptions.length, 'exception')}, money at risk ${money(report.moneyAtRisk, currency)} (amounts beside expected and found are minor units)`,
    );
  for (const row of report.exceptions) {
    lines.push(
      `  rule ${row.ruleNumber} ${row.rule} (${row.verdict}, ${row.severity}): ${row.meaning}`,
      `    ${row.subject}; at risk ${money(row.moneyAtRisk, currency)}`,
      `    expected ${row.expected}`,
      `    found    ${row.found}`,
      `    do       ${row.resolution}`,
    );
    if (withEvidence && row.evidence !== null) lines.push(`    record   ${row.evidence}`);
  }
  lines.push('', 'conservation');
  const rows = conservation.checks.map((row) => [
    `  ${row.name}`,
    money(row.ledger, currency),
    `difference ${money(row.difference, currency)}`,
  ]);
  lines.push(
    ...table(rows, [1]),
    `  holder money by the books: ${money(conservation.float, currency)}`,
  );
  return lines;
}

async function printTrialBalance(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    const balance = trialBalance(host.store);
    context.printer.say({
      data: { currency: host.currency, ...balance },
      lines: trialBalanceLines(balance, host.currency),
    });
    return Promise.resolve();
  });
}

/** The trial balance as a table. */
export function trialBalanceLines(
  balance: TrialBalance,
  currency: CurrencyCode,
): readonly string[] {
  const rows = balance.lines.map((line) => [
    line.account,
    line.name,
    line.debit === 0 ? '' : money(line.debit, currency),
    line.credit === 0 ? '' : money(line.credit, currency),
  ]);
  const total = ['', 'total', money(balance.debit, currency), money(balance.credit, currency)];
  return table([['account', 'name', 'debit', 'credit'], ...rows, total], [2, 3]);
}

async function printCard(serial: string, options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    const statement = cardStatement(host.store, serial);
    context.printer.say({
      data: { currency: host.currency, ...statement },
      lines: statementLines(statement, host.currency),
    });
    return Promise.resolve();
  });
}

function statementLines(statement: CardStatement, currency: CurrencyCode): readonly string[] {
  const rows = statement.records.map((record) => [
    record.at,
    record.type + (record.isRecovered ? ' (recovered)' : ''),
    record.counter.toString(),
    money(record.amount, currency),
    money(record.after, currency),
    `${record.terminal} #${record.terminalCounter}`,
    record.merchant,
    record.place,
    record.rule,
  ]);
  const heading = [
    'time',
    'type',
    'counter',
    'amount',
    'balance',
    'terminal',
    'merchant',
    'place',
    'judged',
  ];
  return [
    `card ${statement.serial}, suite ${statement.suite}, key version ${statement.keyVersion}${statement.isHotlisted ? ', HOTLISTED' : ''}`,
    `attested balance ${money(statement.balance, currency)}, next offline counter ${statement.nextOffline}, next online counter ${statement.nextOnline}`,
    ...(rows.length === 0 ? ['no records yet'] : table([heading, ...rows], [2, 3, 4])),
    ...statement.loads.map(
      (load) => `load ${load.id}: ${money(load.amount, currency)}, ${load.state}`,
    ),
    ...statement.gaps.map(
      (gap) =>
        `gap: counters ${gap.from} to ${gap.to === null ? '?' : gap.to - 1}, ${money(gap.value, currency)} missing`,
    ),
    ...statement.findings.map(
      (finding) =>
        `rule ${RULES[finding.rule].number} ${finding.rule}: expected ${finding.expected}, found ${finding.found}`,
    ),
  ];
}

async function addVersion(options: ActorOptions): Promise<void> {
  const context = new Context(options);
  const change = { action: 'host add-key-version', subject: 'issuer keys' };
  const keys = await context.change(change, () => addKeyVersion(context.keyAccess()));
  context.printer.say({
    data: { versions: keys.versions, keyFile: context.data.keyFile },
    lines: [`key versions ${keys.versions.join(', ')} in ${context.data.keyFile}`],
  });
}
