// SPDX-License-Identifier: MIT
/** Lets the auditor look at the host's data, in its own database. */
import { runAudit } from '../../../host/audit/run-audit.ts';
import type { HostBox } from '../world/host-box.ts';

export interface AuditFinding {
  readonly invariant: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

/** Every finding of the invariants that do not hold. */
export async function audit(box: HostBox): Promise<readonly AuditFinding[]> {
  const memoryFile = `${box.directory}-audit.db`;
  const report = await runAudit({ directory: box.directory, memoryFile, isFull: false });
  return report.invariants
    .filter(({ holds }) => !holds)
    .flatMap(({ invariant, findings }) =>
      findings.map(({ subject, expected, found }) => ({ invariant, subject, expected, found })),
    );
}
