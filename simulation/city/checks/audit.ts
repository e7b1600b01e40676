// SPDX-License-Identifier: MIT
/** Lets the auditor look at the host's data, in its own database. */
import type { AuditReport } from '../../../host/audit/model.ts';
import { runAudit } from '../../../host/audit/run-audit.ts';
import { startThread } from '../../../host/threads/start-thread.ts';
import type { HostBox } from '../world/host-box.ts';

export interface AuditFinding {
  readonly invariant: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

/** What the auditor reads, and what it remembers by. */
export interface AuditPlace {
  readonly directory: string;
  readonly memoryFile: string;
}

/** An audit that goes on beside other work. */
export interface AuditUnderWay {
  readonly findings: Promise<readonly AuditFinding[]>;
  /** Ends it, done or not; the auditor's database is then as it was before. */
  readonly stop: () => Promise<void>;
}

/** Without a limit the collector of the thread lets garbage pile up. */
const THREAD_MEMORY = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 } as const;

/** Every finding of the invariants that do not hold. */
export async function audit(box: HostBox): Promise<readonly AuditFinding[]> {
  return findingsOf(await runAudit({ ...placeOf(box), isFull: false }));
}

/** The same in a thread of its own, of the host as it is now. */
export function beginAudit(box: HostBox): AuditUnderWay {
  const worker = startThread('./audit-worker', import.meta.url, {
    workerData: placeOf(box),
    resourceLimits: THREAD_MEMORY,
  });
  const report = new Promise<AuditReport>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      reject(new Error('the audit was stopped'));
    });
  });
  const findings = report.then(findingsOf);
  // It may be stopped before anybody asks what it found.
  findings.catch(() => undefined);
  return {
    findings,
    stop: async () => {
      await worker.terminate();
    },
  };
}

function placeOf(box: HostBox): AuditPlace {
  return { directory: box.directory, memoryFile: `${box.directory}-audit.db` };
}

function findingsOf({ invariants }: AuditReport): readonly AuditFinding[] {
  return invariants
    .filter(({ holds }) => !holds)
    .flatMap(({ invariant, findings }) =>
      findings.map(({ subject, expected, found }) => ({ invariant, subject, expected, found })),
    );
}
