// SPDX-License-Identifier: MIT
/**
 * The auditor: reads a host's database and raw batches, changes neither, and says of every invariant
 * whether it holds. It works out everything by itself from the rows; of the host it shares tables of facts
 * and no code, but for the replay, which is the host itself in an empty folder.
 */
import { join } from 'node:path';
import { cards } from './checks/i04-cards.ts';
import { conservation } from './checks/i03-conservation.ts';
import { entriesBalance } from './checks/i01-entries-balance.ts';
import { batchCompleteness } from './checks/i08-batch-completeness.ts';
import { evidenceChain } from './checks/i14-evidence-chain.ts';
import { feeSplit } from './checks/i10-fee-split.ts';
import { netPositions } from './checks/i11-net-positions.ts';
import { keys } from './checks/i12-keys.ts';
import { openItems } from './checks/i06-open-items.ts';
import { safeguarding } from './checks/i13-safeguarding.ts';
import { sides } from './checks/i09-sides.ts';
import { subLedgers } from './checks/i05-sub-ledgers.ts';
import { trialBalance } from './checks/i02-trial-balance.ts';
import { uniqueness } from './checks/i07-uniqueness.ts';
import { forget, openLedger, openMemory } from './databases.ts';
import { FindingBook } from './findings.ts';
import { showHistory, showState } from './history.ts';
import type { AuditCheck, AuditParts, AuditReport } from './model.ts';
import { progressValue, readProgress, setProgress, writeProgress } from './progress.ts';

/** What the auditor reads, and what it remembers by. */
export interface AuditPlace {
  /** Directory of the host's data: `ledger.db` and `raw/`. */
  readonly directory: string;
  /** The auditor's own database; made when it is not there. */
  readonly memoryFile: string;
}

export interface AuditOptions extends AuditPlace {
  /** Starts over, whatever was audited before. */
  readonly isFull: boolean;
  /** Replays the raw batches and writes files again; left out, nothing is compared with them. */
  readonly replay?: Replay;
}

/** Clears the evidence of a host again and says what differs. */
export type Replay = (parts: AuditParts) => Promise<void>;

const LEFT_OUT = 'not checked: files are written again by a full audit with its replay';

/** Every check. */
const CHECKS: readonly ((parts: AuditParts) => AuditCheck)[] = [
  trialBalance,
  entriesBalance,
  conservation,
  cards,
  subLedgers,
  openItems,
  uniqueness,
  batchCompleteness,
  sides,
  feeSplit,
  netPositions,
  keys,
  safeguarding,
  evidenceChain,
];

/** Audits a host. @throws STORE_UNUSABLE */
export async function runAudit(options: AuditOptions): Promise<AuditReport> {
  return await withDatabases(options, async (parts, checks) => {
    const { findings, from, isFull, memory } = parts;
    const history = showHistory(parts, checks);
    const to = { ...history, window: showState(parts, checks) };
    if (options.replay === undefined) findings.of('I15').note = LEFT_OUT;
    else await options.replay(parts);
    writeProgress(memory, to);
    const invariants = findings.results();
    memory.exec('COMMIT');
    return { holds: invariants.every(({ holds }) => holds), isFull, from, to, invariants };
  });
}

/**
 * Reads what was added to the history of a host that is at work, so that the next audit has less to read. What
 * is wrong with it is kept, and said by that audit; where something else is wrong, all is left to that audit.
 * @throws STORE_UNUSABLE
 */
export async function readAhead(place: AuditPlace): Promise<void> {
  await withDatabases({ ...place, isFull: false }, (parts, checks) => {
    writeProgress(parts.memory, showHistory(parts, checks));
    if (!parts.findings.hasState) parts.memory.exec('COMMIT');
  });
}

/** Opens both databases for `work`; what it writes to the auditor's is kept if it commits. */
async function withDatabases<T>(
  { directory, memoryFile, isFull }: AuditOptions,
  work: (parts: AuditParts, checks: readonly AuditCheck[]) => Promise<T> | T,
): Promise<T> {
  const ledger = openLedger(join(directory, 'ledger.db'));
  try {
    const memory = openMemory(memoryFile);
    try {
      if (isFull) startOver(memory);
      const from = readProgress(memory);
      const parts = { ledger, memory, directory, isFull, from, findings: new FindingBook(memory) };
      return await work(
        parts,
        CHECKS.map((check) => check(parts)),
      );
    } finally {
      memory.close();
    }
  } finally {
    ledger.close();
  }
}

/** Forgets everything but whose signatures count. */
function startOver(memory: AuditParts['memory']): void {
  const key = progressValue(memory, 'hostPublicKey');
  forget(memory);
  if (key !== undefined) setProgress(memory, 'hostPublicKey', key);
}
