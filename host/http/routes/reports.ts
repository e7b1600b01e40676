// SPDX-License-Identifier: MIT
/** What the books say: the report, the trial balance, a card. Documented in docs/host-api.md. */
import type { FastifyInstance } from 'fastify';
import { READERS } from '../../access/roles.table.ts';
import type { ClearingHost } from '../../host.ts';
import { reconciliationReport } from '../../report/reconciliation.ts';
import { cardStatement, trialBalance } from '../../report/statements.ts';
import { CARD_STATEMENT, REPORT, SERIAL_PARAMS, TRIAL_BALANCE } from '../schemas.ts';

export function reportRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  const config = { roles: READERS };
  const tags = ['reports'];
  server.get(
    '/v1/report',
    { config, schema: { summary: 'The reconciliation report', tags, response: { 200: REPORT } } },
    () => reconciliationReport(host),
  );
  server.get(
    '/v1/trial-balance',
    {
      config,
      schema: {
        summary: 'Every account with its balance',
        tags,
        response: { 200: TRIAL_BALANCE },
      },
    },
    () => trialBalance(host.store),
  );
  server.get<{ Params: { serial: string } }>(
    '/v1/cards/:serial',
    {
      config,
      schema: {
        summary: 'What the host knows of one card, and how each record was judged',
        tags,
        params: SERIAL_PARAMS,
        response: { 200: CARD_STATEMENT },
      },
    },
    (request) => cardStatement(host.store, request.params.serial),
  );
}
