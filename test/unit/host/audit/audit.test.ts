// SPDX-License-Identifier: MIT
/** What an audit goes on from, what it says again, and what only it can see: leaked keys and cloned SAMs. */
import Database from 'better-sqlite3';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InvariantId } from '../../../../host/audit/invariants.table.ts';
import type { AuditReport } from '../../../../host/audit/model.ts';
import { replayWith } from '../../../../host/audit/replay/replay.ts';
import { plusMs } from '../../../../src/time/instant.ts';
import { runAudit } from '../../../../host/audit/run-audit.ts';
import { noteTerminal } from '../../../../host/messages/terminals.ts';
import { formatSerialNumber } from '../../../../src/purse/serial-number.ts';
import { ALL_KEYS, batch, loadRequest, record, testCard, type TestHost } from '../host-world.ts';
import { amountsOf, auditedHost, cards, copyOf, terminal } from './audit-world.ts';

async function openHost(): Promise<TestHost> {
  const test = await auditedHost();
  onTestFinished(() => test.dispose());
  return test;
}

const audit = ({ directory }: TestHost, isFull = false): Promise<AuditReport> =>
  runAudit({ directory, memoryFile: join(directory, 'audit', 'audit.db'), isFull });

const result = (report: AuditReport, id: InvariantId): AuditReport['invariants'][number] =>
  report.invariants.find(({ invariant }) => invariant === id)!;

const next = (amount: number, before: number, counter: number, sequence: number): Uint8Array =>
  record({ terminal, card: cards[0], amount, before, counter, sequence });

describe('an audit', () => {
  it('goes on where the last one ended, while the host has its books open', async () => {
    const test = await openHost();
    const first = await audit(test);
    expect(first).toMatchObject({
      holds: true,
      from: { journal: 0, record: 0 },
      to: { window: 1 },
    });
    await test.upload(batch(terminal, [next(50, 650, 5, 13)], { batchNumber: 3 }));
    const second = await audit(test);
    expect(second).toMatchObject({ holds: true, from: first.to });
    expect([result(second, 'I1').checked, result(second, 'I4').checked]).toEqual([1, 1]);
    const full = await audit(test, true);
    expect(full).toMatchObject({ holds: true, from: { journal: 0 }, to: second.to });
    expect(result(full, 'I1').checked).toBe(full.to.journal);
  });

  it('says again what is wrong with history until one starts over', async () => {
    const test = await openHost();
    const copy = copyOf(test.directory);
    copy.sql('UPDATE journals SET posted_at = posted_at + 1 WHERE id = 3');
    expect(amountsOf(await copy.audit())).toEqual({ I14: [0] });
    copy.sql('UPDATE journals SET posted_at = posted_at - 1 WHERE id = 3');
    expect(amountsOf(await copy.audit())).toEqual({ I14: [0] });
    expect(amountsOf(await copy.audit({ isFull: true }))).toEqual({});
  });

  it('looks again at what is wrong with the state, and only at a card that has changed', async () => {
    const test = await openHost();
    const copy = copyOf(test.directory);
    await copy.audit();
    copy.sql("UPDATE gaps SET value = value + 4 WHERE state = 'open'");
    const report = await copy.audit();
    expect(amountsOf(report)).toEqual({ I4: [4], I6: [4] });
    expect(result(report, 'I4').checked).toBe(1);
    expect(amountsOf(await copy.audit())).toEqual({ I4: [4], I6: [4] });
    copy.sql("UPDATE gaps SET value = value - 4 WHERE state = 'open'");
    expect(amountsOf(await copy.audit())).toEqual({});
  });

  it('finds that a ledger was set back to an earlier copy', async () => {
    const test = await openHost();
    const earlier = copyOf(test.directory);
    await test.upload(batch(terminal, [next(50, 650, 5, 13)], { batchNumber: 3 }));
    await audit(test);
    mkdirSync(join(earlier.directory, 'audit'));
    const memory = join('audit', 'audit.db');
    copyFileSync(join(test.directory, memory), join(earlier.directory, memory));
    const report = await earlier.audit();
    expect(result(report, 'I14').findings).toEqual([
      expect.objectContaining({
        subject: `entry ${report.from.journal}, up to which was audited`,
        found: 'no such entry',
      }),
    ]);
  });

  it('has less to read when history was read ahead, and says what that found', async () => {
    const test = await openHost();
    const copy = copyOf(test.directory);
    copy.sql('UPDATE journals SET posted_at = posted_at + 1 WHERE id = 3');
    await copy.readAhead();
    copy.sql('UPDATE journals SET posted_at = posted_at - 1 WHERE id = 3');
    const report = await copy.audit();
    expect(amountsOf(report)).toEqual({ I14: [0] });
    expect(result(report, 'I1').checked).toBe(0);
    expect(report).toMatchObject({ from: { ...report.to, window: 0 }, to: { window: 1 } });
    expect(result(report, 'I4').checked).toBeGreaterThan(0);
  });

  it('is left what is wrong with the state when history is read ahead', async () => {
    const test = await openHost();
    const copy = copyOf(test.directory);
    const { to } = await copy.audit();
    copy.forge({ kind: 'purchase' }, ['2010', 5], ['2040:SHOP', -5]);
    copy.sql('UPDATE journals SET hash = ? WHERE id = ?', new Uint8Array(32), to.journal);
    await copy.readAhead();
    expect(result(await copy.audit(), 'I14').findings).toEqual([
      expect.objectContaining({
        subject: `entry ${to.journal}, up to which was audited`,
        found: '00'.repeat(32),
      }),
    ]);
  });

  it('finds another key of the host, even when it has signed every window anew', async () => {
    const test = await openHost();
    const copy = copyOf(test.directory);
    await copy.audit();
    copy.sql("UPDATE meta SET value = ? WHERE name = 'hostPublicKey'", '00'.repeat(32));
    expect(result(await copy.audit({ isFull: true }), 'I14').findings).toEqual([
      expect.objectContaining({ subject: 'public key of the host' }),
    ]);
  });

  it('is refused without a ledger, and beside another audit', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'openpurse-audit-'));
    onTestFinished(() => rmSync(empty, { recursive: true }));
    const memoryFile = join(empty, 'audit.db');
    await expect(runAudit({ directory: empty, memoryFile, isFull: false })).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
    });
    expect(readdirSync(empty)).toEqual([]);

    const { directory } = await openHost();
    const other = new Database(memoryFile);
    other.exec('BEGIN IMMEDIATE');
    await expect(runAudit({ directory, memoryFile, isFull: false })).rejects.toThrow(
      /no other audit/,
    );
    other.close();
    await expect(runAudit({ directory, memoryFile, isFull: false })).resolves.toMatchObject({
      holds: true,
    });
  });
});

describe('the alarm for leaked keys', () => {
  it('goes off when the cards of a key version have spent more than was loaded on them', async () => {
    const test = await openHost();
    const forger = { terminal, card: cards[2] };
    const forged = [
      record({ ...forger, kind: 'load', amount: 5000, before: 0, counter: 0, sequence: 13 }),
      record({ ...forger, amount: 2000, before: 5000, counter: 0, sequence: 14 }),
    ];
    await test.upload(batch(terminal, forged, { batchNumber: 3 }));
    // Loaded on cards of this suite: 1000 proven, and 300 that the forged load replaces. Spent: 550 by an
    // honest card and its clone, 2000 by the forger.
    expect(amountsOf(await audit(test))).toEqual({ I12: [1550] });
  });
});

describe('a terminal that was reported lost', () => {
  it('is lost in the replay as well: what it sent afterwards waits there, too', async () => {
    const first = await auditedHost();
    const at = plusMs(first.host.clock.now(), 1);
    const test = await first.reopen({ clock: { now: () => plusMs(at, 1) } });
    onTestFinished(() => test.dispose());
    noteTerminal(test.host.store, {
      ...{ terminal: terminal.id, standing: 'lost', reason: 'stolen', actor: 'ann', at },
    });
    await test.upload(batch(terminal, [next(50, 650, 5, 13)], { batchNumber: 3 }));
    const rules = test.host.store.quarantine().map(({ rule }) => rule);
    expect(rules).toContain('terminalInactive');
    const replay = replayWith({
      ...{ keys: ALL_KEYS, currency: 'INR', utcOffsetMinutes: 330, workers: 0 },
      scratch: join(test.directory, 'replay'),
    });
    const { directory } = test;
    const memoryFile = join(directory, 'audit', 'audit.db');
    expect(amountsOf(await runAudit({ directory, memoryFile, isFull: true, replay }))).toEqual({});
  });
});

describe('a number of a SAM', () => {
  it('on debits of two cards is paid on both only where people decided so', async () => {
    const test = await openHost();
    const card = testCard(4, 'aes');
    await test.host.registerCard(card);
    await test.host.authoriseLoad(
      loadRequest({ card, terminal, amount: 500, before: 0, counter: 0 }),
    );
    const load = record({
      terminal,
      card,
      kind: 'load',
      amount: 500,
      before: 0,
      counter: 0,
      sequence: 13,
    });
    const replayed = { terminal, card, amount: 25, before: 500, counter: 0, sequence: 14 };
    const bytes = record({ ...replayed, terminalCounter: 2 });
    await test.upload(batch(terminal, [load, bytes], { batchNumber: 3 }));
    expect(amountsOf(await audit(test))).toEqual({});
    const shared = test.host.store
      .allFindings()
      .filter(({ rule }) => rule === 'terminalCounterShared');
    expect(shared).toHaveLength(2);
    for (const [index, { serial, key }] of shared.entries()) {
      const target = `held:${key.slice('terminalCounterShared:'.length)}`;
      const decision = { target, action: 'payMerchant', request: `R${index}` } as const;
      test.host.decide({ serial: formatSerialNumber(serial), ...decision });
    }
    expect(amountsOf(await audit(test))).toEqual({});
    const copy = copyOf(test.directory);
    copy.sql("DELETE FROM decisions WHERE request = 'R0'");
    copy.sql("DELETE FROM decisions WHERE request = 'R1'");
    const report = await copy.audit({ isFull: true });
    expect(amountsOf(report)).toEqual({ I7: [25] });
    expect(result(report, 'I7').findings[0]?.subject).toBe(`terminal ${terminal.id} number 2`);
  });
});
