// SPDX-License-Identifier: MIT
/**
 * Verification off the main thread, which has the database: one worker per spare core. Small runs are
 * verified inline, where a message to a worker would cost more than the work.
 */
import type { Worker } from 'node:worker_threads';
import { Defect, invariant } from '../../src/errors/invariant.ts';
import { RECORD_SIZE } from '../../src/clearing/record.ts';
import { startThread } from '../threads/start-thread.ts';
import { RecordVerifier, type TacMasterKeys } from './verify-records.ts';
import type { VerifyReply } from './verify-worker.ts';

/** Runs below this many records are verified inline. */
const INLINE_RECORDS = 512;
/** A run of records is under 1 MiB: without a limit the collector of a worker lets garbage pile up. */
const WORKER_MEMORY = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 } as const;

export interface Verifier {
  /** One byte of `VERIFIED` per record. */
  verify(records: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (codes: Uint8Array) => void;
  readonly reject: (reason: Error) => void;
}

/** A worker with the runs that it has not answered yet. */
interface PoolMember {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** Opens a verifier with `workers` threads, started when first needed; 0 verifies everything inline. */
export function openVerifier(masters: TacMasterKeys, workers: number): Verifier {
  const inline = new RecordVerifier(masters);
  const pool: PoolMember[] = [];
  let nextId = 0;

  /** A worker that has died is taken out, so that the next run starts another one. */
  function remove(member: PoolMember, reason: string): void {
    const index = pool.indexOf(member);
    if (index >= 0) pool.splice(index, 1);
    for (const { reject } of member.waiting.values())
      reject(new Defect(`verify worker: ${reason}`));
    member.waiting.clear();
  }

  function grow(): PoolMember {
    const options = { workerData: masters, resourceLimits: WORKER_MEMORY };
    const worker = startThread('./verify-worker', import.meta.url, options);
    const member: PoolMember = { worker, waiting: new Map() };
    member.worker.on('message', ({ id, codes }: VerifyReply) => {
      member.waiting.get(id)?.resolve(codes);
      member.waiting.delete(id);
    });
    member.worker.on('error', (cause: Error) => {
      remove(member, cause.message);
    });
    member.worker.on('exit', () => {
      remove(member, 'ended');
    });
    pool.push(member);
    return member;
  }

  return {
    async verify(records) {
      invariant(records.length % RECORD_SIZE === 0, '"records" expected whole records');
      if (workers === 0 || records.length < INLINE_RECORDS * RECORD_SIZE)
        return inline.verify(records);
      const id = nextId++;
      const member = pool.length < workers ? grow() : pool[id % pool.length];
      invariant(member !== undefined, 'a worker was started');
      const codes = new Promise<Uint8Array>((resolve, reject) =>
        member.waiting.set(id, { resolve, reject }),
      );
      member.worker.postMessage({ id, records });
      return codes;
    },
    async close() {
      await Promise.all([...pool].map(({ worker }) => worker.terminate()));
    },
  };
}
