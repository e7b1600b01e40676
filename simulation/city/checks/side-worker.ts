// SPDX-License-Identifier: MIT
/** The worker thread of side-thread.ts: answers each request with what the host's data says, in their order. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { readAhead, type AuditPlace } from '../../../host/audit/run-audit.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';
import { invariant } from '../../../src/errors/invariant.ts';
import { audit } from './audit.ts';
import type { SideAnswers, SideWork } from './side-thread.ts';

invariant(parentPort !== null, 'side-worker expected to run as a worker thread');
const port = parentPort;
// The side thread starts this worker with the place, nothing else.
const place = workerData as AuditPlace;

const WORK: { readonly [W in SideWork]: () => Promise<SideAnswers[W]> } = {
  async readAhead() {
    await readAhead(place);
    return null;
  },
  audit: () => audit(place),
  stateHash() {
    const store = openSqliteStore(join(place.directory, 'ledger.db'), 'none');
    try {
      return Promise.resolve(stateHash(store));
    } finally {
      store.close();
    }
  },
};

// Requests that come while one is worked at wait for it.
let before: Promise<void> = Promise.resolve();
port.on('message', (work: SideWork) => {
  before = before.then(async () => {
    port.postMessage(await WORK[work]());
  });
});
