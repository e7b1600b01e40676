// SPDX-License-Identifier: MIT
/**
 * What terminals say and ask (docs/messages.md). The signature in the body says who asks: no other proof is
 * needed, and a terminal that is not in use any more still learns that it is.
 */
import type { FastifyInstance } from 'fastify';
import type { Signed } from '../../../src/clearing/signed.ts';
import type { ClearingHost } from '../../host.ts';
import { terminalStatuses } from '../../messages/terminals.ts';
import { SIGNED_SCHEMA } from '../schemas.ts';

export function messageRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  const signed = { schema: { body: SIGNED_SCHEMA } };
  server.post<{ Body: Signed }>(
    '/v1/terminals/sync',
    { ...signed, config: { roles: ['terminal'] } },
    ({ body }) => host.sync(body),
  );
  server.post<{ Body: Signed }>(
    '/v1/terminals/action-mac',
    { ...signed, config: { roles: ['terminal'] } },
    ({ body }) => host.actionMac(body),
  );
  const read = { config: { roles: ['operator', 'approver', 'auditor'] } };
  server.get('/v1/terminals', read, () => ({ terminals: terminalStatuses(host.store) }));
  server.get('/v1/hotlist', { config: { roles: [...read.config.roles, 'terminal'] } }, () =>
    host.hotlist(),
  );
  server.get('/v1/actions', read, () => ({ actions: host.store.actions() }));
}
