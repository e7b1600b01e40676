// SPDX-License-Identifier: MIT
/** The terminals of a run over the network: batches over loopback sockets to POST /v1/batches. */
import { readFileSync } from 'node:fs';
import { Fault } from '../src/errors/fault.ts';
import { serveOrder } from './processes.ts';
import { sendInTurn } from './send-in-turn.ts';

export interface ClientJob {
  readonly order: { readonly port: number; readonly files: readonly string[] };
  /** A batch was answered so many ms after its first byte; or, before all of them, the first one is sent. */
  readonly news: { readonly milliseconds: number } | 'begin';
  readonly result: null;
}

async function upload(port: number, file: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: readFileSync(file),
  });
  const answer = await response.text();
  if (!response.ok) throw new Fault('HOST_REFUSED', `"batch" expected to be taken, got ${answer}`);
}

serveOrder<ClientJob>(async ({ port, files }, tell) => {
  tell('begin');
  await sendInTurn(
    files,
    (file) => upload(port, file),
    (_file, milliseconds) => {
      tell({ milliseconds });
    },
  );
  return null;
});
