// SPDX-License-Identifier: MIT
/** Settlement windows, what they settled, and payouts. Documented in docs/host-api.md. */
import type { FastifyInstance } from 'fastify';
import { seesMerchant } from '../../access/actor.ts';
import { OPERATORS, READERS } from '../../access/roles.table.ts';
import type { ClearingHost } from '../../host.ts';
import { closeWindow } from '../../settlement/close.ts';
import { actorOf } from '../access.ts';
import { CLOSE, CLOSED, PAYOUTS, SETTLEMENTS, WINDOW_PARAMS, WINDOWS } from '../desk-schemas.ts';

const tags = ['settlement'];

export function settlementRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  windowRoutes(server, host);
  payoutRoutes(server, host);
}

const READ = { roles: [...READERS, 'merchant'] as const };

function windowRoutes(server: FastifyInstance, host: ClearingHost): void {
  const { store } = host;
  const config = READ;
  server.get(
    '/v1/windows',
    {
      config,
      schema: { summary: 'Every settlement window', tags, response: { 200: WINDOWS } },
    },
    () => ({
      windows: store.windows().map(({ id, state, openedAt, closedAt, businessDate }) => ({
        id,
        state,
        openedAt,
        closedAt,
        businessDate,
      })),
    }),
  );
  server.get<{ Params: { readonly window: string } }>(
    '/v1/windows/:window/settlements',
    {
      config,
      schema: {
        summary: 'What a window settled with each merchant; a merchant sees its own',
        tags,
        params: WINDOW_PARAMS,
        response: { 200: SETTLEMENTS },
      },
    },
    (request) => {
      const actor = actorOf(request);
      const settlements = store.merchantSettlements(Number(request.params.window));
      return {
        settlements: settlements.filter(({ merchant }) => seesMerchant(actor, merchant)),
      };
    },
  );
  server.post<{ Body: { readonly businessDate?: string } }>(
    '/v1/windows',
    {
      config: { roles: OPERATORS },
      schema: {
        summary: 'Closes the open window and settles it; with nothing new the last one stands',
        tags,
        body: CLOSE,
        response: { 200: CLOSED },
      },
    },
    async (request) => {
      const { window, isNew } = await closeWindow(host.settlement, request.body, actorOf(request));
      return { window: window.id, isNew };
    },
  );
}

function payoutRoutes(server: FastifyInstance, { store }: ClearingHost): void {
  server.get(
    '/v1/payouts',
    {
      config: READ,
      schema: {
        summary: 'Every payout and its state; a merchant sees its own',
        tags,
        response: { 200: PAYOUTS },
      },
    },
    (request) => {
      const actor = actorOf(request);
      return {
        payouts: store
          .payouts()
          .filter(({ merchant }) => seesMerchant(actor, merchant))
          .map(({ id, window, merchant, amount, state, endToEndId, createdAt, bankReference }) => ({
            id,
            window,
            merchant,
            amount,
            state,
            endToEndId,
            createdAt,
            bankReference,
          })),
      };
    },
  );
}
