// SPDX-License-Identifier: MIT
/**
 * The log: one JSON line for each request, and one for each mistake of ours. Headers and bodies are never
 * logged; what could still carry a key is cut out by name.
 */
import { LogController, type FastifyInstance, type FastifyServerOptions } from 'fastify';

const SECRETS = [
  'authorization',
  'signature',
  'key',
  'apiKey',
  'passphrase',
  'mac1',
  'mac2',
  'pin',
];

/** Where and how log lines are written; none without a stream. */
export function loggerOptions(
  logTo: NodeJS.WritableStream | undefined,
): Pick<FastifyServerOptions, 'logController' | 'logger'> {
  if (logTo === undefined) return { logger: false };
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return {
    // The line of `addRequestLog` says more.
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: 'info', stream: logTo, redact: { paths, censor: '[secret]' } },
  };
}

/** Registers the line for each request. */
export function addRequestLog(server: FastifyInstance): void {
  server.addHook('onResponse', async (request, reply) => {
    const { actor, method, url, ip } = request;
    const { statusCode: status, elapsedTime } = reply;
    request.log.info(
      {
        method,
        url,
        status,
        durationMs: Math.round(elapsedTime),
        ip,
        actor: actor?.name ?? null,
        role: actor?.role ?? null,
      },
      'request',
    );
  });
}
