// SPDX-License-Identifier: MIT
/** Terminals: batches in, loads, the hotlist. Documented in docs/host-api.md. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LIMITS } from '../../../src/clearing/limits.table.ts';
import type { LoadRequest, SignedAck } from '../../../src/clearing/messages.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { OPERATORS, READERS } from '../../access/roles.table.ts';
import type { ClearingHost } from '../../host.ts';
import { actorOf } from '../access.ts';
import { HOTLIST, LOAD_AUTHORISATION, LOAD_REQUEST, SIGNED_ACK } from '../schemas.ts';

const BATCH_TYPE = 'application/octet-stream';
/** Batches that stream in at the same time; more are told to come back. */
export const BATCHES_AT_ONCE = 8;

export function terminalRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  // The body is not buffered: the route gets the stream itself.
  server.addContentTypeParser(BATCH_TYPE, (_request, payload, done) => done(null, payload));
  server.post(
    '/v1/batches',
    {
      // The batch is signed by its terminal, so that it may come on a disk through anybody's hands.
      config: { roles: ['terminal', ...OPERATORS], carriesProof: true },
      schema: {
        summary: 'Takes a batch; the same one again changes nothing',
        tags: ['terminals'],
        body: { content: { [BATCH_TYPE]: { schema: { contentMediaType: BATCH_TYPE } } } },
        response: { 200: SIGNED_ACK },
      },
      // The intake checks the stream, byte by byte.
      validatorCompiler: () => () => true,
    },
    takeBatches(host),
  );
  server.post<{ Body: LoadRequest }>(
    '/v1/loads',
    {
      config: { roles: ['terminal'] },
      schema: {
        summary: 'Authorises a load that a card has initialized',
        tags: ['terminals'],
        body: LOAD_REQUEST,
        response: { 200: LOAD_AUTHORISATION },
      },
    },
    (request) => {
      const { name } = actorOf(request);
      if (name !== request.body.terminalId) {
        throw new Fault('NOT_ALLOWED', `"terminalId" expected ${name}, which signed the request`);
      }
      return host.authoriseLoad(request.body);
    },
  );
  server.get(
    '/v1/hotlist',
    {
      config: { roles: ['terminal', ...READERS] },
      schema: {
        summary: 'The cards that no terminal may accept',
        tags: ['terminals'],
        response: { 200: HOTLIST },
      },
    },
    () => host.hotlist(),
  );
}

function takeBatches(host: ClearingHost): (request: FastifyRequest) => Promise<SignedAck> {
  let streaming = 0;
  return async ({ headers, raw }) => {
    checkBatchHeaders(headers);
    if (streaming >= BATCHES_AT_ONCE) {
      throw new Fault(
        'HOST_UNREACHABLE',
        `"batches" expected at most ${BATCHES_AT_ONCE} at a time`,
      );
    }
    streaming++;
    try {
      return await host.takeBatch(raw.iterator({ destroyOnReturn: false }));
    } finally {
      streaming--;
      // Of a batch that was refused half-way the rest is read and dropped: a client that still sends
      // would not see the answer, and its connection would stay open.
      raw.resume();
    }
  };
}

function checkBatchHeaders(headers: FastifyRequest['headers']): void {
  if (headers['content-type'] !== BATCH_TYPE) {
    throw new Fault(
      'USAGE',
      `"content-type" expected ${BATCH_TYPE}, got ${headers['content-type'] ?? 'none'}`,
    );
  }
  const size = Number(headers['content-length'] ?? 0);
  if (size > LIMITS.batchBytes.max) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"content-length" expected at most ${LIMITS.batchBytes.max}, got ${size}`,
    );
  }
}
