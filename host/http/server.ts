// SPDX-License-Identifier: MIT
/**
 * The host over HTTP. Terminals: POST /v1/batches (application/octet-stream, streamed to disk), POST
 * /v1/loads, and what http/routes/messages.ts has. Operators: GET /v1/report, /v1/trial-balance, /v1/cards/:serial, /v1/health.
 * Loopback only unless the caller names another address.
 */
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { LoadRequest } from '../../src/clearing/messages.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { ClearingHost } from '../host.ts';
import { reconciliationReport } from '../report/reconciliation.ts';
import { cardStatement, trialBalance } from '../report/statements.ts';
import { sendProblem } from './problem.ts';
import { messageRoutes } from './routes/messages.ts';
import { LOAD_REQUEST_SCHEMA, SERIAL_PARAMS_SCHEMA } from './schemas.ts';

const BATCH_TYPE = 'application/octet-stream';
/** A request that sends nothing for so long is closed. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Batches that stream in at the same time; more are told to come back. */
const BATCHES_AT_ONCE = 8;

export interface ServerOptions {
  readonly host: ClearingHost;
  /** Where log lines go; none without it. Bodies and keys are never logged. */
  readonly logTo?: NodeJS.WritableStream;
}

/** Builds the server; the caller listens and closes. */
export function buildServer({ host, logTo }: ServerOptions): FastifyInstance {
  const server = Fastify({
    logger: logTo === undefined ? false : { level: 'info', stream: logTo },
    bodyLimit: LIMITS.httpJsonBytes.max,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Names that the schema does not know are refused, not dropped.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const { statusCode = 500 } = error;
    // A fault says everything in its answer; a defect has its reason here alone.
    if (!(error instanceof Fault) && statusCode >= 500) request.log.error(error);
    return sendProblem(reply, error);
  });
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      new Fault(
        'USAGE',
        `"path" expected a route of this host, got ${request.method} ${request.url}`,
      ),
    ),
  );
  // The body is not buffered: the route gets the stream itself.
  server.addContentTypeParser(BATCH_TYPE, (_request, payload, done) => done(null, payload));
  terminalRoutes(server, host);
  messageRoutes(server, { host });
  operatorRoutes(server, host);
  return server;
}

function terminalRoutes(server: FastifyInstance, host: ClearingHost): void {
  let streaming = 0;
  server.post('/v1/batches', async (request) => {
    if (request.headers['content-type'] !== BATCH_TYPE) {
      throw new Fault(
        'USAGE',
        `"content-type" expected ${BATCH_TYPE}, got ${request.headers['content-type'] ?? 'none'}`,
      );
    }
    const size = Number(request.headers['content-length'] ?? 0);
    if (size > LIMITS.batchBytes.max) {
      throw new Fault(
        'LIMIT_EXCEEDED',
        `"content-length" expected at most ${LIMITS.batchBytes.max}, got ${size}`,
      );
    }
    if (streaming >= BATCHES_AT_ONCE) {
      throw new Fault(
        'HOST_UNREACHABLE',
        `"batches" expected at most ${BATCHES_AT_ONCE} at a time`,
      );
    }
    streaming++;
    try {
      return await host.takeBatch(request.raw.iterator({ destroyOnReturn: false }));
    } finally {
      streaming--;
      // Of a batch that was refused half-way the rest is read and dropped: a client that still sends
      // would not see the answer, and its connection would stay open.
      request.raw.resume();
    }
  });
  server.post<{ Body: LoadRequest }>(
    '/v1/loads',
    { schema: { body: LOAD_REQUEST_SCHEMA } },
    (request) => host.authoriseLoad(request.body),
  );
}

function operatorRoutes(server: FastifyInstance, host: ClearingHost): void {
  server.get('/v1/health', () => ({ status: 'ok', currency: host.currency }));
  server.get('/v1/report', () => reconciliationReport(host));
  server.get('/v1/trial-balance', () => trialBalance(host.store));
  server.get<{ Params: { serial: string } }>(
    '/v1/cards/:serial',
    { schema: { params: SERIAL_PARAMS_SCHEMA } },
    (request) => cardStatement(host.store, request.params.serial),
  );
}
