// SPDX-License-Identifier: MIT
/** A thread beside the simulation that reads the host's data on disk: the auditor, and who hashes its state. */
import type { Worker } from 'node:worker_threads';
import type { AuditPlace } from '../../../host/audit/run-audit.ts';
import { startThread } from '../../../host/threads/start-thread.ts';
import type { AuditFinding } from './audit.ts';

/** What it can be asked for, with the answers. */
export interface SideAnswers {
  /** Of history alone, so that an audit has less to read. */
  readonly readAhead: null;
  readonly audit: readonly AuditFinding[];
  readonly stateHash: string;
}

export type SideWork = keyof SideAnswers;

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** Without a limit the collector of the thread lets garbage pile up. */
const THREAD_MEMORY = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 } as const;

/** Does what it is asked for in the order of the requests, of the host as it is when their turn comes. */
export class SideThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;
  #newest: Promise<unknown> = Promise.resolve();

  constructor(place: AuditPlace) {
    this.#worker = startThread('./side-worker', import.meta.url, {
      workerData: place,
      resourceLimits: THREAD_MEMORY,
    });
    this.#worker.on('message', (answer: unknown) => this.#waiting.shift()?.resolve(answer));
    this.#worker.once('error', (error) => {
      this.#end(error);
    });
    this.#worker.once('exit', () => {
      this.#end(new Error('the thread beside the simulation was stopped'));
    });
  }

  /** Rejects when the thread was stopped, or failed at this or an earlier request. */
  ask<W extends SideWork>(work: W): Promise<SideAnswers[W]> {
    const answer = new Promise<SideAnswers[W]>((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#waiting.push({
        resolve(given) {
          // The worker answers in order, each kind of request with its own kind of answer.
          resolve(given as SideAnswers[W]);
        },
        reject,
      });
      this.#worker.postMessage(work);
    });
    // It may be stopped before anybody wants the answer.
    this.#newest = answer.catch(() => undefined);
    return answer;
  }

  /** When it has done what it was asked for: whoever else wants the auditor's database waits for that. */
  async idle(): Promise<void> {
    await this.#newest;
  }

  /** Ends it, done or not; the auditor's database is then as it was before. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}
