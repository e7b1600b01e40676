// SPDX-License-Identifier: MIT
/**
 * What terminals say and ask (docs/messages.md). The signature in the body says who asks: no other proof is
 * needed, and a terminal that is not in use any more still learns that it is.
 */
import type { FastifyInstance } from 'fastify';
import type { Signed } from '../../../src/clearing/signed.ts';
import { READERS } from '../../access/roles.table.ts';
import type { ClearingHost } from '../../host.ts';
import { terminalStatuses } from '../../messages/terminals.ts';
import { ACTION_MAC, CARD_ACTIONS, SIGNED, TERMINALS } from '../message-schemas.ts';

export function messageRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  const signed = {
    body: SIGNED,
    tags: ['terminals'],
  };
  server.post<{ Body: Signed }>(
    '/v1/terminals/sync',
    {
      config: { roles: ['terminal'], carriesProof: true },
      schema: {
        ...signed,
        summary: 'Says what is new: hotlist, parameters, actions, what is wanted again',
        response: { 200: SIGNED },
      },
    },
    ({ body }) => host.sync(body),
  );
  server.post<{ Body: Signed }>(
    '/v1/terminals/action-mac',
    {
      config: { roles: ['terminal'], carriesProof: true },
      schema: {
        ...signed,
        summary: 'The MAC of the command that an action needs',
        response: { 200: ACTION_MAC },
      },
    },
    ({ body }) => host.actionMac(body),
  );
  server.get(
    '/v1/terminals',
    {
      config: { roles: READERS },
      schema: {
        summary: 'Every terminal: standing, last contact, what is missing, alerts',
        tags: ['terminals'],
        response: { 200: TERMINALS },
      },
    },
    () => ({ terminals: terminalStatuses(host.store) }),
  );
  server.get(
    '/v1/actions',
    {
      config: { roles: READERS },
      schema: {
        summary: 'Every action and what became of it',
        tags: ['terminals'],
        response: { 200: CARD_ACTIONS },
      },
    },
    () => ({ actions: host.store.actions() }),
  );
}
