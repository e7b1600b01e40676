// SPDX-License-Identifier: MIT
/**
 * The last check of I14: the evidence of a host, cleared again by a host in an empty folder, gives the same
 * state. Given again are terminals, cards, load requests, the hotlist and the raw batches, each batch at
 * the time at which it was received. Order does not matter (docs/ledger.md, Why order cannot matter).
 */
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LoadRequest } from '../../../src/clearing/messages.ts';
import type { CurrencyCode } from '../../../src/money/currencies.table.ts';
import type { SuiteName } from '../../../src/purse/suite.ts';
import { instantOf } from '../../../src/time/civil.ts';
import { instant, type Instant } from '../../../src/time/instant.ts';
import { ClearingHost } from '../../host.ts';
import type { IssuerKeys } from '../../keys/key-store.ts';
import { openLedger } from '../databases.ts';
import type { AuditParts } from '../model.ts';
import type { Replay } from '../run-audit.ts';
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
    if (isUnfinished(parts)) return;
    rmSync(options.scratch, { recursive: true, force: true });
    try {
      const scratch = await openScratch(options);
      try {
        register(parts, scratch);
        await giveLoads(parts, scratch, options.utcOffsetMinutes);
        giveHotlist(parts, scratch);
        await giveBatches(parts, scratch, options);
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

/** Terminals and cards. */
function register({ ledger }: AuditParts, { host }: Scratch): void {
  const terminals = ledger.prepare<[], { id: string; merchant: string; publicKey: Uint8Array }>(
    'SELECT id, merchant, public_key AS publicKey FROM terminals',
  );
  const cards = ledger.prepare<
    [],
    { serial: Uint8Array; suite: SuiteName; keyVersion: number; issuedAt: number }
  >('SELECT serial, suite, key_version AS keyVersion, issued_at AS issuedAt FROM cards');
  host.store.transaction(() => {
    for (const row of terminals.iterate())
      host.store.insertTerminal({ ...row, headSequence: 0, headCounter: 0 }, instant(0));
    for (const { issuedAt, ...card } of cards.iterate())
      host.store.insertCard(card, instant(issuedAt));
  });
}

/** Load requests as they came, at the time of their answer. */
async function giveLoads(
  { ledger, findings }: AuditParts,
  scratch: Scratch,
  utcOffsetMinutes: number,
): Promise<void> {
  const loads = ledger.prepare<[], { id: string; amount: number; request: string; at: string }>(
    'SELECT id, amount, request, at FROM loads ORDER BY serial, number',
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

function giveHotlist({ ledger }: AuditParts, { host }: Scratch): void {
  const rows = ledger.prepare<[], { serial: string; reason: string }>(
    'SELECT serial, reason FROM hotlist ORDER BY version',
  );
  for (const { serial, reason } of rows.iterate()) host.hotlistCard(serial, reason);
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
  let done = 0;
  for (const { rawFile, receivedAt } of rows.iterate()) {
    scratch.setTime(instant(receivedAt));
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
