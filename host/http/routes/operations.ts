// SPDX-License-Identifier: MIT
/** Watching the host: health, metrics, the audit log, the API's own description. docs/host-api.md */
import type { FastifyInstance } from 'fastify';
import { toHex } from '../../../src/bytes/hex.ts';
import { READERS } from '../../access/roles.table.ts';
import type { ClearingHost } from '../../host.ts';
import type { HostMetrics } from '../metrics.ts';
import { AFTER_QUERY, afterOf, type AfterQuery } from '../schema.ts';
import { AUDIT_LOG, HEALTH } from '../schemas.ts';

/** Rows of the audit log in one page. */
const AUDIT_PAGE = 500;

export function operationsRoutes(
  server: FastifyInstance,
  { host, metrics }: { readonly host: ClearingHost; readonly metrics: HostMetrics },
): void {
  const tags = ['operations'];
  server.get(
    '/v1/health',
    {
      config: { roles: 'public' },
      schema: { summary: 'Whether the host serves', tags, response: { 200: HEALTH } },
    },
    () => ({ status: 'ok', currency: host.currency }),
  );
  server.get(
    '/v1/openapi.json',
    {
      config: { roles: 'public' },
      schema: { summary: 'This API as OpenAPI 3.1', tags, response: { 200: { type: 'object' } } },
    },
    () => server.swagger(),
  );
  server.get(
    '/metrics',
    {
      config: { roles: READERS },
      schema: {
        summary: 'Metrics in the text format of Prometheus',
        tags,
        response: { 200: { content: { 'text/plain': { schema: { type: 'string' } } } } },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
  server.get<{ Querystring: AfterQuery }>(
    '/v1/audit-log',
    {
      config: { roles: READERS },
      schema: {
        summary: 'Who did or tried what, oldest first, page by page',
        tags,
        querystring: AFTER_QUERY,
        response: { 200: AUDIT_LOG },
      },
    },
    (request) => {
      const rows = host.store.auditRows(afterOf(request.query), AUDIT_PAGE);
      return {
        rows: rows.map((row) => ({ ...row, hash: toHex(row.hash) })),
        next: rows.length < AUDIT_PAGE ? null : (rows.at(-1)?.id ?? null),
      };
    },
  );
}
