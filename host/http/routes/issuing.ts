// SPDX-License-Identifier: MIT
/** What support and statistics read: GET /v1/support/cards/:serial, /v1/stats, /v1/lots, /v1/holders/:id. */
import type { FastifyInstance } from 'fastify';
import { READERS } from '../../access/roles.table.ts';
import type { ClearingHost } from '../../host.ts';
import { STATISTICS_BY, type StatisticsBy } from '../../issuing/statistics.ts';
import { SERIAL_PARAMS } from '../schemas.ts';

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

/** What an answer has besides is what the commands of the same name print with --json. */
const answer = {
  type: 'object',
  additionalProperties: true,
  required: ['currency'],
  properties: { currency: { type: 'string' } },
} as const;
const said = (summary: string): object => ({
  summary,
  tags: ['issuing'],
  response: { 200: answer },
});

export function issuingRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  const { issuing, currency } = host;
  const config = { roles: READERS };
  server.get<{ Params: { serial: string } }>(
    '/v1/support/cards/:serial',
    {
      config,
      schema: { ...said('Everything that support needs of one card'), params: SERIAL_PARAMS },
    },
    ({ params }) => ({ currency, ...issuing.support(params.serial) }),
  );
  server.get<{ Querystring: StatisticsQuery }>(
    '/v1/stats',
    {
      config,
      schema: {
        ...said('Purchases, loads and refunds by day, merchant, station or lot'),
        querystring: STATISTICS_SCHEMA,
      },
    },
    ({ query: { by = 'day', from = null, to = null } }) => ({
      currency,
      by,
      ...issuing.statistics({ by, from, to }),
    }),
  );
  server.get('/v1/lots', { config, schema: said('Card lots, and cards by key version') }, () => ({
    currency,
    lots: issuing.lots(),
    keyVersions: issuing.keyVersions(),
  }));
  server.get<{ Params: { id: string } }>(
    '/v1/holders/:id',
    {
      config,
      schema: { ...said('A holder with cards and what is owed'), params: HOLDER_PARAMS_SCHEMA },
    },
    ({ params }) => ({ currency, ...issuing.holder(params.id) }),
  );
}
