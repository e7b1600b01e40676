// SPDX-License-Identifier: MIT
/** A worker thread that verifies runs of records. The main thread has the database. */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../src/errors/invariant.ts';
import { RecordVerifier, type TacMasterKeys } from './verify-records.ts';

/** A run of records with a number to match its answer. */
export interface VerifyRequest {
  readonly id: number;
  readonly records: Uint8Array;
}

export interface VerifyReply {
  readonly id: number;
  readonly codes: Uint8Array;
}

invariant(parentPort !== null, 'verify-worker expected to run as a worker thread');
const port = parentPort;
// The verifier pool starts this worker with the key names and keys, nothing else.
const verifier = new RecordVerifier(workerData as TacMasterKeys);
port.on('message', ({ id, records }: VerifyRequest) => {
  const codes = verifier.verify(records);
  port.postMessage({ id, codes } satisfies VerifyReply);
});
