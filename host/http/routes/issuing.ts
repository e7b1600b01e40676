// SPDX-License-Identifier: MIT
/** What support and statistics read: GET /v1/support/cards/:serial, /v1/stats, /v1/lots, /v1/holders/:id. */
import type { FastifyInstance } from 'fastify';
import type { ClearingHost } from '../../host.ts';
import { STATISTICS_BY, type StatisticsBy } from '../../issuing/statistics.ts';
import { SERIAL_PARAMS_SCHEMA } from '../schemas.ts';

/** Who may read what holders own. */
const STAFF = { roles: ['operator', 'approver', 'auditor'] } as const;

const DAY_SCHEMA = { type: 'string', pattern: '^\\d{8}$' } as const;

const STATISTICS_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: { by: { enum: STATISTICS_BY }, from: DAY_SCHEMA, to: DAY_SCHEMA },
} as const;

const HOLDER_PARAMS_SCHEMA = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', maxLength: 32 } },
} as const;

interface StatisticsQuery {
  readonly by?: StatisticsBy;
  readonly from?: string;
  readonly to?: string;
}

export function issuingRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  const { issuing, currency } = host;
  server.get<{ Params: { serial: string } }>(
    '/v1/support/cards/:serial',
    { schema: { params: SERIAL_PARAMS_SCHEMA }, config: STAFF },
    ({ params }) => ({ currency, ...issuing.support(params.serial) }),
  );
  server.get<{ Querystring: StatisticsQuery }>(
    '/v1/stats',
    { schema: { querystring: STATISTICS_SCHEMA }, config: STAFF },
    ({ query: { by = 'day', from = null, to = null } }) => ({
      currency,
      by,
      ...issuing.statistics({ by, from, to }),
    }),
  );
  server.get('/v1/lots', { config: STAFF }, () => ({
    currency,
    lots: issuing.lots(),
    keyVersions: issuing.keyVersions(),
  }));
  server.get<{ Params: { id: string } }>(
    '/v1/holders/:id',
    { schema: { params: HOLDER_PARAMS_SCHEMA }, config: STAFF },
    ({ params }) => ({ currency, ...issuing.holder(params.id) }),
  );
}
