// SPDX-License-Identifier: MIT
/**
 * For every invariant: somebody changes one row of a settled host, or writes one entry that is right in
 * itself. The auditor says just which invariant does not hold and by how much; what must fail with it, by
 * the nature of the change, is listed beside it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayWith } from '../../../../host/audit/replay/replay.ts';
import { serialNumberBytes } from '../../../../src/purse/serial-number.ts';
import type { Replay } from '../../../../host/audit/run-audit.ts';
import { ALL_KEYS, type TestHost } from '../host-world.ts';
import { amountsOf, auditedHost, cards, copyOf, terminal, type AuditCopy } from './audit-world.ts';

let source: TestHost;
beforeAll(async () => {
  source = await auditedHost();
});
afterAll(() => source.dispose());

const [serial, , thirdSerial] = cards.map((card) => serialNumberBytes(card.serial));
const agent = `1030:${terminal.id}`;

/** The row of the debit that the host holds: it took the counter of another one. */
function heldRecord(): number {
  const held = source.host.store.allFindings().find(({ rule }) => rule === 'rollback');
  return held?.recordId ?? 0;
}

/** An acknowledgement without its last range. */
function shortenedAck(): string {
  const ack = JSON.parse(source.host.store.batches()[1]?.ack ?? '') as { records: object[] };
  return JSON.stringify({ ...ack, records: ack.records.slice(0, -1) });
}

interface Tampering {
  readonly title: string;
  readonly change: (copy: AuditCopy) => void;
  readonly found: Readonly<Record<string, readonly number[]>>;
}

const TAMPERINGS: readonly Tampering[] = [
  {
    title: 'I1 entries balance: a leg of an entry grows by 7',
    change: (copy) =>
      copy.sql('UPDATE postings SET amount = amount + 7 WHERE journal = 1 AND account = ?', agent),
    // Every balance after it, and of the account, no longer is the sum; nor is the hash that of the entry.
    found: { I1: [7], I2: [-7, -7, -7, -7, 7], I3: [-7], I14: [0] },
  },
  {
    title: 'I2 trial balance: a balance grows by 5',
    change: (copy) => copy.sql("UPDATE accounts SET balance = balance + 5 WHERE id = '2061'"),
    found: { I2: [5] },
  },
  {
    title: 'I2 trial balance: the balance after a posting falls by 5',
    change: (copy) =>
      copy.sql(
        "UPDATE postings SET balance_after = balance_after - 5 WHERE journal = 2 AND account = '2015'",
      ),
    found: { I2: [-5] },
  },
  {
    title: 'I3 conservation: an entry turns a memo of 30 into money',
    change: (copy) => {
      copy.forge({ kind: 'correction' }, ['2099', -30], ['9020', 30]);
    },
    found: { I3: [30, 30] },
  },
  {
    title: 'I4 cards: the balance of a card grows by 5',
    change: (copy) => copy.sql('UPDATE cards SET balance = balance + 5 WHERE serial = ?', serial),
    // The value on cards is more than any account carries.
    found: { I3: [5], I4: [5], I5: [5] },
  },
  {
    title: 'I4 cards: the counter of a card is set back',
    change: (copy) =>
      copy.sql('UPDATE cards SET next_offline = next_offline - 1 WHERE serial = ?', serial),
    found: { I4: [-30] },
  },
  {
    title: 'I5 sub-ledgers: a merchant gets 9 more in a window',
    change: (copy) =>
      copy.sql(
        "UPDATE window_totals SET gross = gross + 9 WHERE window = 2 AND merchant = 'SHOP' AND type = 6",
      ),
    found: { I5: [9] },
  },
  {
    title: 'I6 open items: a load in flight grows by 9',
    change: (copy) => copy.sql("UPDATE loads SET amount = amount + 9 WHERE state = 'inFlight'"),
    found: { I6: [9] },
  },
  {
    title: 'I7 uniqueness: a held debit is credited beside the one that has its counter',
    change: (copy) =>
      copy.sql(
        "INSERT INTO merchant_items (window, merchant, type, record, amount, cause) VALUES (1, 'SHOP', 6, ?, 200, 'accepted')",
        heldRecord(),
      ),
    // Its card did not pay it, and neither the totals nor the journal credit it.
    found: { I4: [200], I5: [-200, 200], I7: [200] },
  },
  {
    title: 'I8 batch completeness: an acknowledgement leaves out a record of 30',
    change: (copy) => copy.sql('UPDATE batches SET ack = ? WHERE id = 2', shortenedAck()),
    found: { I8: [-30] },
  },
  {
    title: 'I8 batch completeness: a record of 30 vanishes from quarantine',
    change: (copy) => copy.sql("DELETE FROM quarantine WHERE rule = 'tacInvalid'"),
    // The memo of it is still there.
    found: { I5: [30], I8: [-30] },
  },
  {
    title: 'I9 sides: more is paid in taxes than was owed',
    change: (copy) => {
      copy.forge({ kind: 'payout' }, ['2095', -50], ['2099', 50]);
    },
    found: { I9: [50] },
  },
  {
    title: 'I10 fee split: a party gets 3 more of a fee that has no more',
    change: (copy) =>
      copy.sql(
        "UPDATE settlement_lines SET shares = replace(shares, '\"amount\":11', '\"amount\":14') WHERE merchant = 'SHOP'",
      ),
    // Neither is it what the journal credited.
    found: { I10: [3, -3] },
  },
  {
    title: 'I10 fee split: a payout of a settlement shrinks by 4',
    change: (copy) =>
      copy.sql("UPDATE settlements SET payout = payout - 4 WHERE merchant = 'SHOP'"),
    // More is left than was carried over, and the journal paid more.
    found: { I10: [-4, 4] },
  },
  {
    title: 'I11 net positions: a party that is in no line gets 9 of a settlement',
    change: (copy) => {
      copy.forge({ kind: 'settlement', source: 'settlement:1:X' }, ['4010', -9], ['5040', 9]);
    },
    found: { I11: [9] },
  },
  {
    title: 'I12 keys: the load of a card shrinks to less than was spent',
    change: (copy) => copy.sql('UPDATE loads SET amount = 100 WHERE serial = ?', serial),
    // The card has 900 more than it was loaded with.
    found: { I4: [900], I12: [150] },
  },
  {
    title: 'I13 safeguarding: money of holders pays the fees of a bank',
    change: (copy) => {
      copy.forge({ kind: 'bankLine' }, [agent, -500], ['5020', 500]);
    },
    found: { I13: [-60] },
  },
  {
    title: 'I14 evidence chain: an entry gets another time',
    change: (copy) => copy.sql('UPDATE journals SET posted_at = posted_at + 1 WHERE id = 3'),
    found: { I14: [0] },
  },
  {
    title: 'I14 evidence chain: a closed window gets another day',
    change: (copy) => copy.sql("UPDATE windows SET business_date = '2026-02-04' WHERE id = 1"),
    found: { I14: [0] },
  },
  {
    title: 'I14 evidence chain: a bit of a raw batch flips',
    change: ({ directory }) => {
      const [name = ''] = readdirSync(join(directory, 'raw'));
      const bytes = readFileSync(join(directory, 'raw', name));
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      writeFileSync(join(directory, 'raw', name), bytes);
    },
    found: { I14: [0] },
  },
];

describe('the auditor', () => {
  it('finds nothing in the host that is tampered with below', async () => {
    expect(amountsOf(await copyOf(source.directory).audit())).toEqual({});
  });

  it.each(TAMPERINGS.map((row) => [row.title, row] as const))(
    'finds by %s',
    async (_title, row) => {
      const { change, found } = row;
      const copy = copyOf(source.directory);
      change(copy);
      expect(amountsOf(await copy.audit())).toEqual(found);
    },
  );

  const replayOf = ({ directory }: AuditCopy): Replay =>
    replayWith({
      keys: ALL_KEYS,
      currency: 'INR',
      utcOffsetMinutes: 330,
      workers: 0,
      scratch: join(directory, 'replay'),
    });

  it('finds by I15 settlement files that a payout went to another account', async () => {
    const copy = copyOf(source.directory);
    copy.sql("UPDATE payouts SET account_number = 'DE89370400440532013000'");
    const report = await copy.audit({ isFull: true, replay: replayOf(copy) });
    // The order to the bank, the printed summary, and the list of all files.
    expect(amountsOf(report)).toEqual({ I15: [0, 0, 0] });
    const subjects = report.invariants.flatMap(({ findings }) =>
      findings.map((row) => row.subject),
    );
    expect(subjects).toContain('window 1 payouts.pain.001.xml');
  });

  it('finds by I14 evidence chain what the raw batches, cleared again, do not say', async () => {
    const copy = copyOf(source.directory);
    const replay = replayOf(copy);
    expect(amountsOf(await copy.audit({ isFull: true, replay }))).toEqual({});
    copy.sql("UPDATE findings SET at_risk = at_risk - 60 WHERE rule = 'counterGap'");
    copy.sql('UPDATE cards SET listed_version = 1 WHERE serial = ?', thirdSerial);
    const report = await copy.audit({ isFull: true, replay });
    expect(amountsOf(report)).toEqual({ I14: [0, -60] });
    expect(readdirSync(copy.directory)).not.toContain('replay');
  });
});
