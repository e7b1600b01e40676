// SPDX-License-Identifier: MIT
/** What a merchant sees, of itself alone; who reads everything may ask for any. docs/host-api.md */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { visibleMerchant } from '../../access/actor.ts';
import { READERS } from '../../access/roles.table.ts';
import type { ClearingHost } from '../../host.ts';
import {
  merchantExceptions,
  merchantRecords,
  merchantStatement,
} from '../../report/merchant-view.ts';
import { actorOf } from '../access.ts';
import { AFTER_QUERY, afterOf, type AfterQuery } from '../schema.ts';
import {
  MERCHANT_EXCEPTIONS,
  MERCHANT_PARAMS,
  MERCHANT_RECORDS,
  MERCHANT_STATEMENT,
} from '../schemas.ts';

interface OfMerchant {
  Params: { merchant: string };
}

export function merchantRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  const config = { roles: ['merchant', ...READERS] as const };
  const [tags, params] = [['merchants'], MERCHANT_PARAMS];
  const merchantOf = (request: FastifyRequest<OfMerchant>): string =>
    visibleMerchant(actorOf(request), request.params.merchant);
  server.get<OfMerchant>(
    '/v1/merchants/:merchant/statement',
    {
      config,
      schema: {
        summary: 'What is owed to a merchant, and what it was credited by window and type',
        tags,
        params,
        response: { 200: MERCHANT_STATEMENT },
      },
    },
    (request) => merchantStatement(host.store, merchantOf(request), host.currency),
  );
  server.get<OfMerchant & { Querystring: AfterQuery }>(
    '/v1/merchants/:merchant/records',
    {
      config,
      schema: {
        summary: 'The records of its terminals, page by page',
        tags,
        params,
        querystring: AFTER_QUERY,
        response: { 200: MERCHANT_RECORDS },
      },
    },
    (request) => merchantRecords(host.store, merchantOf(request), afterOf(request.query)),
  );
  server.get<OfMerchant>(
    '/v1/merchants/:merchant/exceptions',
    {
      config,
      schema: {
        summary: 'What is open about its records and terminals',
        tags,
        params,
        response: { 200: MERCHANT_EXCEPTIONS },
      },
    },
    (request) => {
      const merchant = merchantOf(request);
      return { merchant, exceptions: merchantExceptions(host.store, merchant) };
    },
  );
}
