// SPDX-License-Identifier: MIT
/**
 * What needs the host itself: I15 (rewrite-files.ts), and the last check of I14: the evidence of a host, cleared
 * again by a host in an empty folder, gives the same state. Given again are terminals, cards, decisions, load
 * requests, the hotlist, notices of lost terminals, the raw batches and what was released from quarantine;
 * lists, notices and batches at their times. Order does not matter (docs/ledger.md, Why order cannot matter).
 */
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { toHex } from '../../../src/bytes/hex.ts';
import type { LoadRequest } from '../../../src/clearing/messages.ts';
import { ZERO } from '../../../src/money/amount.ts';
import type { CurrencyCode } from '../../../src/money/currencies.table.ts';
import type { SuiteName } from '../../../src/purse/suite.ts';
import { instantOf } from '../../../src/time/civil.ts';
import { instant, type Instant } from '../../../src/time/instant.ts';
import { CHAIN_MODE } from '../../chain/model.ts';
import { ClearingHost } from '../../host.ts';
import type { IssuerKeys } from '../../keys/key-store.ts';
import type { TerminalNotice } from '../../store/message-store.ts';
import type { CardHead, DecisionRow } from '../../store/store.ts';
import { openLedger } from '../databases.ts';
import type { AuditParts } from '../model.ts';
import { amountOf } from '../record-fields.ts';
import type { Replay } from '../run-audit.ts';
import { compareFiles } from './rewrite-files.ts';
import { compareStates } from './compare-states.ts';

export interface ReplayOptions {
  /** Verify the TACs: the keys of all versions that were ever used. */
  readonly keys: IssuerKeys;
  readonly currency: CurrencyCode;
  readonly utcOffsetMinutes: number;
  /** Verification threads; 0 verifies inline. */
  readonly workers: number;
  /** An empty folder is made here, and removed afterwards. */
  readonly scratch: string;
  /** Called with batches done and batches in all. */
  readonly onBatch?: (done: number, of: number) => void;
}

/** A host in the scratch folder, and the time that it believes it is. */
interface Scratch {
  readonly host: ClearingHost;
  setTime(at: Instant): void;
}

/** The replay for `runAudit`. */
export function replayWith(options: ReplayOptions): Replay {
  return async (parts) => {
    compareFiles(parts, options.scratch, options.currency);
    if (isUnfinished(parts)) return;
    rmSync(options.scratch, { recursive: true, force: true });
    try {
      const scratch = await openScratch(options);
      try {
        register(parts, scratch);
        await giveLoads(parts, scratch, options.utcOffsetMinutes);
        giveHotlist(parts, scratch);
        await giveBatches(parts, scratch, options);
        await giveReleases(parts, scratch);
      } finally {
        await scratch.host.close();
      }
      const replayed = openLedger(join(options.scratch, 'ledger.db'));
      try {
        compareStates(parts, replayed);
      } finally {
        replayed.close();
      }
    } finally {
      rmSync(options.scratch, { recursive: true, force: true });
    }
  };
}

/** A snapshot may have parts of a batch; a damaged batch is a finding already. Neither can be replayed. */
function isUnfinished({ memory, findings }: AuditParts): boolean {
  const records = memory
    .prepare<[], number>('SELECT COUNT(*) FROM evidence WHERE flags & 3 <> 3 AND flags & 2 = 2')
    .pluck()
    .get();
  if (records === 0) return false;
  findings.of('I14').note =
    `not replayed: ${records} records are of batches that are being taken, or cannot be read`;
  return true;
}

async function openScratch(options: ReplayOptions): Promise<Scratch> {
  const { scratch: directory, keys, currency, utcOffsetMinutes, workers } = options;
  let now = instant(0);
  const host = await ClearingHost.open({
    directory,
    keys,
    clock: { now: () => now },
    currency,
    utcOffsetMinutes,
    workers,
    durability: 'none',
  });
  return {
    host,
    setTime: (at) => {
      now = at;
    },
  };
}

/** Terminals, cards, and what people decided of them: evidence like any other, so it may come first. */
function register({ ledger }: AuditParts, { host }: Scratch): void {
  const terminals = ledger.prepare<[], { id: string; merchant: string; publicKey: Uint8Array }>(
    'SELECT id, merchant, public_key AS publicKey FROM terminals',
  );
  const cards = ledger.prepare<[], IssuedCard>(
    'SELECT serial, suite, key_version AS keyVersion, issued_at AS issuedAt, valid_until AS validity FROM cards',
  );
  const decisions = ledger.prepare<[], DecisionRow & { readonly serial: Uint8Array }>(
    'SELECT serial, target, action, request, decided_at AS decidedAt FROM decisions',
  );
  host.store.transaction(() => {
    for (const row of terminals.iterate())
      host.store.insertTerminal({ ...row, headSequence: 0, headCounter: 0 }, instant(0));
    for (const { issuedAt, validity, ...card } of cards.iterate()) {
      // BCD: the hexadecimal digits are the decimal ones.
      const validUntil = validity === null ? null : validity.toString(16);
      host.store.insertCard({ ...card, validUntil }, instant(issuedAt));
    }
    for (const { serial, ...decision } of decisions.iterate()) {
      host.store.putDecision(serial, decision);
      host.store.updateCardHead(serial, CONTESTED);
    }
  });
}

interface IssuedCard {
  readonly serial: Uint8Array;
  readonly suite: SuiteName;
  readonly keyVersion: number;
  readonly issuedAt: number;
  readonly validity: number | null;
}

/** A card without records of which every one is to be judged. */
const CONTESTED: CardHead = {
  nextOffline: 0,
  nextOnline: 0,
  balance: ZERO,
  lastRecord: 0,
  mode: CHAIN_MODE.contested,
};

/** Load requests as they came, at the time of their answer. */
async function giveLoads(
  { ledger, findings }: AuditParts,
  scratch: Scratch,
  utcOffsetMinutes: number,
): Promise<void> {
  const loads = ledger.prepare<[], { id: string; amount: number; request: string; at: string }>(
    `SELECT loads.id AS id, amount, request, at
     FROM loads LEFT JOIN load_messages ON load_messages.id = messages
     ORDER BY serial, counter, number`,
  );
  for (const { id, amount, request, at } of loads.iterate()) {
    try {
      const local = { date: at.slice(0, 8), time: at.slice(8) };
      scratch.setTime(instantOf(local, utcOffsetMinutes));
      // The text was written by the host; what is wrong in it is refused.
      await scratch.host.authoriseLoad(JSON.parse(request) as LoadRequest);
    } catch (error) {
      const values = { expected: 'a load that the host authorises', found: messageOf(error) };
      findings.of('I14').state({ subject: `load ${id}`, ...values, amount });
    }
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Every version of the hotlist, at its time. */
function giveHotlist({ ledger }: AuditParts, { host, ...scratch }: Scratch): void {
  const rows = ledger.prepare<[], HotlistRow>(
    'SELECT serial, op, reason, actor, at FROM hotlist_changes ORDER BY version, serial',
  );
  for (const { serial, op, reason, actor, at } of rows.iterate()) {
    scratch.setTime(instant(at));
    if (op === 'add') host.hotlistCard(serial, reason, actor);
    else host.unlistCard(serial, reason, actor);
  }
}

interface HotlistRow {
  readonly serial: string;
  readonly op: 'add' | 'remove';
  readonly reason: string;
  readonly actor: string;
  readonly at: number;
}

/** What a person released from quarantine is released again. */
async function giveReleases({ ledger, findings }: AuditParts, { host }: Scratch): Promise<void> {
  const isHeld = ledger.prepare<[Uint8Array], number>('SELECT 1 FROM quarantine WHERE digest = ?');
  for (const { digest, bytes } of host.store.quarantine()) {
    if (isHeld.get(digest) !== undefined) continue;
    try {
      await host.release(toHex(digest), `replay:${toHex(digest)}`);
    } catch (error) {
      const values = { expected: 'a record that is still held', found: messageOf(error) };
      const subject = `record in quarantine ${toHex(digest)}`;
      findings.of('I14').state({ subject, ...values, amount: amountOf(bytes) });
    }
  }
}

/** The raw batches that were acknowledged, in their order. */
async function giveBatches(
  { ledger, directory, findings }: AuditParts,
  scratch: Scratch,
  { onBatch }: ReplayOptions,
): Promise<void> {
  const of = ledger.prepare<[], number>('SELECT COUNT(*) FROM batches').pluck().get() ?? 0;
  const rows = ledger.prepare<[], { rawFile: string; receivedAt: number }>(
    'SELECT raw_file AS rawFile, received_at AS receivedAt FROM batches ORDER BY id',
  );
  const giveNotices = noticesOf({ ledger }, scratch);
  let done = 0;
  for (const { rawFile, receivedAt } of rows.iterate()) {
    scratch.setTime(instant(receivedAt));
    giveNotices(receivedAt);
    const name = basename(rawFile);
    try {
      await scratch.host.takeBatch([new Uint8Array(readFileSync(join(directory, 'raw', name)))]);
    } catch (error) {
      const values = { expected: 'a batch that the host takes', found: messageOf(error) };
      findings.of('I14').state({ subject: `batch ${name}`, ...values, amount: 0 });
    }
    onBatch?.(++done, of);
  }
}

/**
 * Tells the host of lost and retired terminals as it was told: what a notice does to a record depends on
 * which of the two came first. Gives a function that tells what was known at a time.
 */
function noticesOf(
  { ledger }: Pick<AuditParts, 'ledger'>,
  { host }: Scratch,
): (at: number) => void {
  const notices = ledger
    .prepare<[], TerminalNotice>(
      'SELECT terminal, standing, reason, actor, at FROM terminal_notices ORDER BY id',
    )
    .all();
  let told = 0;
  return (at) => {
    for (let next = notices[told]; next !== undefined && next.at <= at; next = notices[++told]) {
      host.store.insertNotice(next);
    }
  };
}
