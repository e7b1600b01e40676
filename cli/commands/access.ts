// SPDX-License-Identifier: MIT
/** `openpurse host user …` and `host audit-log`: who may do what at the host, and who did. */
import type { Command } from 'commander';
import { CONSOLE, type Actor } from '../../host/access/actor.ts';
import { checkAuditLog } from '../../host/access/audit.ts';
import { addUser, renewKey, revokeUser, type KeyParts } from '../../host/access/users.ts';
import type { ClearingHost } from '../../host/host.ts';
import type { AuditRow } from '../../host/store/access-store.ts';
import type { HostStore } from '../../host/store/store.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type SharedOptions,
} from '../context.ts';
import { SYSTEM_RANDOM } from '../data/system.ts';
import { wholeNumber } from '../parse-options.ts';
import { EXIT } from '../print/failure.ts';
import { counted, table } from '../print/printer.ts';

interface AddOptions extends ActorOptions {
  readonly role: string;
  readonly merchant?: string;
}

interface LogOptions extends SharedOptions {
  readonly limit: number;
}

const LOG_ROWS_MAX = 100_000;
const LOG_ROWS = 50;

/** Adds the commands to the group `host`. */
export function addAccessCommands(host: Command): void {
  const user = host.command('user').description('people and programs that may use the host');
  withActorOptions(user.command('add').description('add a user and print the API key, once'))
    .argument('<name>', '1 to 32 letters, digits, . _ -')
    .requiredOption('--role <role>', 'operator, approver, auditor or merchant')
    .option('--merchant <id>', 'the merchant whose data a user of that role sees')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse host user add alice --role operator\n  openpurse host user add shop --role merchant --merchant SHOP\n',
    )
    .action(add);
  withSharedOptions(user.command('list').description('list the users'))
    .addHelpText('after', '\nExample:\n  openpurse host user list\n')
    .action(list);
  withActorOptions(
    user.command('new-key').description('give a user another API key; the old one ends'),
  )
    .argument('<name>', 'the user')
    .addHelpText('after', '\nExample:\n  openpurse host user new-key alice\n')
    .action(newKey);
  withActorOptions(user.command('revoke').description('take the API key of a user away, for good'))
    .argument('<name>', 'the user')
    .addHelpText('after', '\nExample:\n  openpurse host user revoke alice\n')
    .action(revoke);
  withSharedOptions(
    host.command('audit-log').description('who did or tried what at the host; checks the log'),
  )
    .option('--limit <rows>', 'newest rows to print', wholeNumber(1, LOG_ROWS_MAX), LOG_ROWS)
    .addHelpText('after', '\nExample:\n  openpurse host audit-log --limit 100\n')
    .action(auditLog);
}

/** Whoever could make users could make an approver of its own proposals. */
function checkMayManage(actor: Actor): void {
  if (actor.role === 'approver' || actor.name === CONSOLE.name) return;
  throw new Fault('NOT_ALLOWED', `"role" expected approver, got ${actor.role}`);
}

const keyParts = ({ store, clock }: ClearingHost): KeyParts => ({
  store,
  random: SYSTEM_RANDOM,
  now: clock.now(),
});

async function add(name: string, options: AddOptions): Promise<void> {
  const context = new Context(options);
  const { role, merchant } = options;
  const who = merchant === undefined ? role : `${role} of ${merchant}`;
  const change = { action: 'host user add', subject: `user ${name}, ${who}` };
  const key = await context.change(change, (host, actor) => {
    checkMayManage(actor);
    return addUser(keyParts(host), { name, role, ...(merchant === undefined ? {} : { merchant }) });
  });
  context.printer.say({
    data: { name, role, merchant: merchant ?? null, key },
    lines: [`${name}, ${who}. The API key, which is shown this once:`, key],
  });
}

async function newKey(name: string, options: ActorOptions): Promise<void> {
  const context = new Context(options);
  const change = { action: 'host user new-key', subject: `user ${name}` };
  const key = await context.change(change, (host, actor) => {
    checkMayManage(actor);
    return renewKey(keyParts(host), name);
  });
  context.printer.say({
    data: { name, key },
    lines: [`the new API key of ${name}, which is shown this once:`, key],
  });
}

async function revoke(name: string, options: ActorOptions): Promise<void> {
  const context = new Context(options);
  const change = { action: 'host user revoke', subject: `user ${name}` };
  await context.change(change, ({ store, clock }, actor) => {
    checkMayManage(actor);
    revokeUser(store, name, clock.now());
  });
  context.printer.say({ data: { name, isRevoked: true }, lines: [`${name} has no key any more`] });
}

async function list(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), async ({ store }) => {
    const users = store.users().map(({ name, role, merchant, keyId, createdAt, revokedAt }) => ({
      name,
      role,
      merchant,
      keyId,
      createdAt: iso(createdAt),
      revokedAt: revokedAt === null ? null : iso(revokedAt),
    }));
    const rows = users.map((user) => [
      user.name,
      user.role,
      user.merchant ?? '',
      user.keyId,
      user.createdAt,
      user.revokedAt === null ? '' : `revoked ${user.revokedAt}`,
    ]);
    const heading = ['name', 'role', 'merchant', 'key id', 'since', ''];
    const lines = rows.length === 0 ? ['no users'] : table([heading, ...rows]);
    context.printer.say({ data: { users }, lines });
  });
}

async function auditLog(options: LogOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), async ({ store }) => {
    const check = checkAuditLog(store);
    const rows = newestRows(store, options.limit);
    const isWhole = check.brokenAt === null;
    const verdict = isWhole
      ? `${counted(check.rows, 'row')} in all, each follows from the one before it`
      : `row ${check.brokenAt} does not follow from the one before it: the log was changed`;
    context.printer.say({
      data: {
        rows: rows.map((row) => ({ ...row, at: iso(row.at), hash: toHex(row.hash) })),
        total: check.rows,
        brokenAt: check.brokenAt,
        isWhole,
      },
      lines: [...table(rows.map(logLine)), verdict],
    });
    if (!isWhole) process.exitCode = EXIT.fault;
  });
}

function newestRows(store: HostStore, limit: number): readonly AuditRow[] {
  const last = store.lastAuditRow()?.id ?? 0;
  return store.auditRows(Math.max(0, last - limit), limit);
}

function logLine({ id, at, actor, role, action, subject, outcome, detail }: AuditRow): string[] {
  return [`${id}`, iso(at), `${actor} (${role})`, action, subject, outcome, detail];
}

const iso = (at: number): string => new Date(at).toISOString();
