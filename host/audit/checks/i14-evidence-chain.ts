// SPDX-License-Identifier: MIT
/**
 * I14: the journal hashes as it was written, closed windows carry the hash of their last entry under the
 * host's signature, and raw batches are as their terminals signed them. The replay is in `replay/`.
 */
import { toHex, fromHex } from '../../../src/bytes/hex.ts';
import { equalBytes } from '../../../src/bytes/compare.ts';
import { ed25519Verify } from '../../../src/crypto/ed25519.ts';
import { sha256 } from '../../../src/crypto/sha256.ts';
import type { FindingSink } from '../findings.ts';
import type { AuditCheck, AuditedBatch, AuditedEntry, AuditParts } from '../model.ts';
import { progressValue, setProgress } from '../progress.ts';

const utf8 = new TextEncoder();
const GENESIS = new Uint8Array(32);

export function evidenceChain(parts: AuditParts): AuditCheck {
  const { ledger, memory, findings, from } = parts;
  const sink = findings.of('I14');
  let last = fromHex(progressValue(memory, 'journalHash') ?? toHex(GENESIS));
  let lastId = from.journal;
  checkAnchor(parts, sink, last);
  const selectKey = ledger
    .prepare<[string], Uint8Array>('SELECT public_key FROM terminals WHERE id = ?')
    .pluck();
  return {
    sink,
    entry(entry) {
      sink.checked++;
      const subject = `entry ${entry.id}`;
      if (entry.id !== lastId + 1) {
        const values = { expected: `entry ${lastId + 1}`, found: `entry ${entry.id}` };
        sink.history({ subject, ...values, amount: 0 });
      }
      const expected = entryDigest(last, entry);
      if (!equalBytes(expected, entry.hash)) {
        const values = { expected: `hash ${toHex(expected)}`, found: toHex(entry.hash) };
        sink.history({ subject, ...values, amount: 0 });
      }
      // What is kept: one changed entry is one finding.
      last = entry.hash;
      lastId = entry.id;
    },
    batch(batch) {
      sink.checked++;
      const key = selectKey.get(batch.row.terminal);
      const problem = batchProblem(batch, key);
      if (problem === undefined) return;
      const subject = `batch ${batch.row.terminal} number ${batch.row.number}`;
      sink.history({ subject, ...problem, amount: 0 });
    },
    keep() {
      setProgress(memory, 'journalHash', toHex(last));
    },
    finish() {
      checkWindows(parts, sink);
    },
  };
}

/** The hash before; then id, source, kind, time and window; then account and amount of each leg: a line each. */
function entryDigest(before: Uint8Array, entry: AuditedEntry): Uint8Array {
  const { id, source, kind, postedAt, window, legs } = entry;
  const head = [id, source, kind, postedAt, window].join(' ');
  const lines = [head, ...legs.map(({ account, amount }) => `${account} ${amount}`)];
  return sha256(before, utf8.encode(lines.join('\n')));
}

/** What was audited before must still be there. */
function checkAnchor({ ledger, from }: AuditParts, sink: FindingSink, hash: Uint8Array): void {
  if (from.journal === 0) return;
  const found = ledger
    .prepare<[number], Uint8Array>('SELECT hash FROM journals WHERE id = ?')
    .pluck()
    .get(from.journal);
  if (found !== undefined && equalBytes(found, hash)) return;
  sink.state({
    subject: `entry ${from.journal}, up to which was audited`,
    expected: `hash ${toHex(hash)}`,
    found: found === undefined ? 'no such entry' : toHex(found),
    amount: 0,
  });
}

function batchProblem(
  { row, read, problem }: AuditedBatch,
  publicKey: Uint8Array | undefined,
): { readonly expected: string; readonly found: string } | undefined {
  const expected = 'the batch as its terminal signed it';
  if (read === undefined) return { expected, found: problem };
  const digest = toHex(read.trailer.digest);
  if (digest !== row.digest) return { expected: `digest ${row.digest}`, found: digest };
  const isSigned = publicKey !== undefined && read.isSignedBy(publicKey);
  return isSigned ? undefined : { expected, found: 'another signature' };
}

interface ClosedWindow {
  readonly id: number;
  readonly closedAt: number | null;
  readonly businessDate: string | null;
  readonly lastRecord: number | null;
  readonly lastJournal: number | null;
  readonly headHash: Uint8Array | null;
  readonly signature: Uint8Array | null;
}

/** Every closed window names the hash of its last entry, and is signed by the host. */
function checkWindows({ ledger, memory }: AuditParts, sink: FindingSink): void {
  const key = hostKey({ ledger, memory }, sink);
  const selectHash = ledger
    .prepare<[number], Uint8Array>('SELECT hash FROM journals WHERE id = ?')
    .pluck();
  const windows = ledger.prepare<[], ClosedWindow>(
    `SELECT id, closed_at AS closedAt, business_date AS businessDate, last_record AS lastRecord,
     last_journal AS lastJournal, head_hash AS headHash, signature
     FROM windows WHERE state <> 'open' ORDER BY id`,
  );
  for (const window of windows.iterate()) {
    sink.checked++;
    const { id, closedAt, businessDate, lastRecord, lastJournal, headHash, signature } = window;
    const say = (expected: string, found: string): void => {
      sink.state({ subject: `window ${id}`, expected, found, amount: 0 });
    };
    const head = headHash ?? new Uint8Array(0);
    const hash = lastJournal === 0 ? GENESIS : selectHash.get(lastJournal ?? 0);
    if (hash === undefined || !equalBytes(hash, head)) {
      say(`the hash of entry ${lastJournal}`, toHex(head));
      continue;
    }
    const values = [id, closedAt, businessDate, lastRecord, lastJournal, toHex(head)];
    const text = utf8.encode(['openpurse window 1', ...values].join('\n'));
    if (signature === null || key === undefined || !ed25519Verify(key, text, signature))
      say('the signature of the host over its head', 'another signature');
  }
}

/** The host's public key as it was when the auditor first saw it. */
function hostKey(
  { ledger, memory }: Pick<AuditParts, 'ledger' | 'memory'>,
  sink: FindingSink,
): Uint8Array | undefined {
  const said = ledger
    .prepare<[], string>("SELECT value FROM meta WHERE name = 'hostPublicKey'")
    .pluck()
    .get();
  const pinned = progressValue(memory, 'hostPublicKey') ?? said;
  if (pinned === undefined) return undefined;
  setProgress(memory, 'hostPublicKey', pinned);
  if (said !== pinned) {
    const values = { expected: pinned, found: said ?? 'none' };
    sink.state({ subject: 'public key of the host', ...values, amount: 0 });
  }
  return fromHex(pinned);
}
