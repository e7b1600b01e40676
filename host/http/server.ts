// SPDX-License-Identifier: MIT
/**
 * The host over HTTP: puts together what is no request (unreadable-requests.ts), who may ask (access.ts),
 * what is noted (audit-requests.ts, log.ts, metrics.ts), the API's description (openapi.ts) and the routes
 * (routes/, a file for each area).
 */
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { RATES } from '../access/rate-limits.table.ts';
import type { ClearingHost } from '../host.ts';
import { addAccess, type Rates } from './access.ts';
import { addAudit } from './audit-requests.ts';
import { addRequestLog, loggerOptions } from './log.ts';
import { hostMetrics, type HostMetrics } from './metrics.ts';
import { addOpenApi } from './openapi.ts';
import { sendProblem } from './problem.ts';
import { exceptionRoutes } from './routes/exceptions.ts';
import { merchantRoutes } from './routes/merchants.ts';
import { issuingRoutes } from './routes/issuing.ts';
import { messageRoutes } from './routes/messages.ts';
import { operationsRoutes } from './routes/operations.ts';
import { reportRoutes } from './routes/reports.ts';
import { settlementRoutes } from './routes/settlement.ts';
import { terminalRoutes } from './routes/terminals.ts';
import { addShutdown } from './shutdown.ts';
import { addHostCheck, UNREADABLE_REQUESTS } from './unreadable-requests.ts';

/** A request that sends nothing for so long is closed. */
const REQUEST_TIMEOUT_MS = 60_000;

export interface ServerOptions {
  readonly host: ClearingHost;
  /** Where log lines go; none without it. Bodies and keys are never logged. */
  readonly logTo?: NodeJS.WritableStream;
  /** IP address of a proxy in front, whose X-Forwarded-For is believed; none without it. */
  readonly proxy?: string;
  /** `RATES` when left out. */
  readonly rates?: Rates;
  /** Whether the metrics are also those of the process. */
  readonly withProcessMetrics?: boolean;
}

/** Builds the server; the caller listens and closes (shutdown.ts). */
export function buildServer(options: ServerOptions): FastifyInstance {
  const { host, logTo, proxy, rates = RATES, withProcessMetrics = false } = options;
  const { store, clock } = host;
  const server = Fastify({
    ...loggerOptions(logTo),
    ...UNREADABLE_REQUESTS,
    bodyLimit: LIMITS.httpJsonBytes.max,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: proxy ?? false,
    // Names that the schema does not know are refused, not dropped.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  // Schemas of answers describe them; a serializer made of them would drop what they do not name.
  server.setSerializerCompiler(() => (value) => JSON.stringify(value));
  const metrics = hostMetrics(host, clock, withProcessMetrics);
  addHostCheck(server);
  addRequestLog(server);
  countRequests(server, metrics);
  addAccess(server, { store, clock, rates });
  addAudit(server, { store, clock, rates, metrics });
  answerErrors(server);
  addShutdown(server);
  addOpenApi(server);
  // As a plugin after the description's, which sees routes only from then on.
  void server.register((scope, _options, done) => {
    terminalRoutes(scope, { host });
    reportRoutes(scope, { host });
    messageRoutes(scope, { host });
    issuingRoutes(scope, { host });
    merchantRoutes(scope, { host });
    exceptionRoutes(scope, { host });
    settlementRoutes(scope, { host });
    operationsRoutes(scope, { host, metrics });
    done();
  });
  return server;
}

function countRequests(server: FastifyInstance, metrics: HostMetrics): void {
  server.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const labels = { method, route: routeOptions.url ?? 'none', status: `${reply.statusCode}` };
    metrics.request(labels, reply.elapsedTime / 1000);
  });
}

function answerErrors(server: FastifyInstance): void {
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const { statusCode = 500 } = error;
    request.refusal = error;
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
}
