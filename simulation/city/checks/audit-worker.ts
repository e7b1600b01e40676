// SPDX-License-Identifier: MIT
/** A worker thread that audits a host once and posts the report. */
import { parentPort, workerData } from 'node:worker_threads';
import { runAudit } from '../../../host/audit/run-audit.ts';
import { invariant } from '../../../src/errors/invariant.ts';
import type { AuditPlace } from './audit.ts';

invariant(parentPort !== null, 'audit-worker expected to run as a worker thread');
// `beginAudit` starts this worker with what it audits, nothing else.
const place = workerData as AuditPlace;
parentPort.postMessage(await runAudit({ ...place, isFull: false }));
