// SPDX-License-Identifier: MIT
/**
 * Verification off the main thread, which has the database: one worker per spare core. Small runs are
 * verified inline, where a message to a worker would cost more than the work.
 */
import { Worker } from 'node:worker_threads';
import { Defect, invariant } from '../../src/errors/invariant.ts';
import { RECORD_SIZE } from '../../src/clearing/record.ts';
import { RecordVerifier, type TacMasterKeys } from './verify-records.ts';
import type { VerifyReply } from './verify-worker.ts';

/** Runs below this many records are verified inline. */
const INLINE_RECORDS = 512;

export interface Verifier {
  /** One byte of `VERIFIED` per record. */
  verify(records: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (codes: Uint8Array) => void;
  readonly reject: (reason: Error) => void;
}

/** A worker runs from TypeScript under a loader in development, and as built otherwise. */
function startWorker(masters: TacMasterKeys): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const file = new URL(isSource ? './verify-worker.ts' : './verify-worker.js', import.meta.url);
  return new Worker(file, { workerData: masters, execArgv: isSource ? ['--import', 'tsx'] : [] });
}

/** Opens a verifier with `workers` threads, started when first needed; 0 verifies everything inline. */
export function openVerifier(masters: TacMasterKeys, workers: number): Verifier {
  const inline = new RecordVerifier(masters);
  const pool: Worker[] = [];
  const waiting = new Map<number, Waiting>();
  let nextId = 0;

  function grow(): Worker {
    const worker = startWorker(masters);
    worker.on('message', ({ id, codes }: VerifyReply) => {
      waiting.get(id)?.resolve(codes);
      waiting.delete(id);
    });
    worker.on('error', (cause: Error) => {
      for (const { reject } of waiting.values())
        reject(new Defect(`verify worker: ${cause.message}`));
      waiting.clear();
    });
    pool.push(worker);
    return worker;
  }

  return {
    async verify(records) {
      invariant(records.length % RECORD_SIZE === 0, '"records" expected whole records');
      if (workers === 0 || records.length < INLINE_RECORDS * RECORD_SIZE)
        return inline.verify(records);
      const id = nextId++;
      const worker = pool.length < workers ? grow() : pool[id % pool.length];
      invariant(worker !== undefined, 'a worker was started');
      const codes = new Promise<Uint8Array>((resolve, reject) =>
        waiting.set(id, { resolve, reject }),
      );
      worker.postMessage({ id, records });
      return codes;
    },
    async close() {
      await Promise.all(pool.map((worker) => worker.terminate()));
    },
  };
}
