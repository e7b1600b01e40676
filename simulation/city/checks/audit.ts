// SPDX-License-Identifier: MIT
/** Lets the auditor look at the host's data, in its own database. */
import type { AuditReport } from '../../../host/audit/model.ts';
import { runAudit, type AuditPlace } from '../../../host/audit/run-audit.ts';
import type { HostBox } from '../world/host-box.ts';

export interface AuditFinding {
  readonly invariant: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

export function auditPlace({ directory }: Pick<HostBox, 'directory'>): AuditPlace {
  return { directory, memoryFile: `${directory}-audit.db` };
}

/** Every finding of the invariants that do not hold. */
export async function audit(place: AuditPlace): Promise<readonly AuditFinding[]> {
  return findingsOf(await runAudit({ ...place, isFull: false }));
}

function findingsOf({ invariants }: AuditReport): readonly AuditFinding[] {
  return invariants
    .filter(({ holds }) => !holds)
    .flatMap(({ invariant, findings }) =>
      findings.map(({ subject, expected, found }) => ({ invariant, subject, expected, found })),
    );
}
