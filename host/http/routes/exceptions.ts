// SPDX-License-Identifier: MIT
/** The exceptions desk: what is open, and what people propose and approve. Documented in docs/host-api.md. */
import type { FastifyInstance } from 'fastify';
import { OPERATORS, READERS } from '../../access/roles.table.ts';
import { ExceptionDesk } from '../../exceptions/desk.ts';
import type { ClearingHost } from '../../host.ts';
import type { DeskRequest } from '../../store/desk-store.ts';
import { actorOf } from '../access.ts';
import {
  DECISION_NOTE,
  EXCEPTION_CASE,
  EXCEPTION_PARAMS,
  EXCEPTIONS,
  NOTED,
  NOTED_IDS,
  PROPOSAL,
  REQUEST,
  REQUEST_PARAMS,
  REQUESTS,
} from '../desk-schemas.ts';

interface Noted {
  Body: { readonly ids: readonly string[]; readonly note: string };
}
interface OfRequest {
  Params: { readonly id: string };
  Body: { readonly note: string };
}

const tags = ['exceptions'];

export function exceptionRoutes(
  server: FastifyInstance,
  { host }: { readonly host: ClearingHost },
): void {
  const desk = new ExceptionDesk(host);
  readRoutes(server, host, desk);
  noteRoutes(server, desk);
  decisionRoutes(server, desk);
}

function readRoutes(server: FastifyInstance, host: ClearingHost, desk: ExceptionDesk): void {
  const config = { roles: [...READERS, 'merchant'] as const };
  server.get(
    '/v1/exceptions',
    {
      config,
      schema: {
        summary: 'What is open; a merchant sees its own',
        tags,
        response: { 200: EXCEPTIONS },
      },
    },
    (request) => ({ exceptions: desk.list(actorOf(request)) }),
  );
  server.get<{ Params: { readonly id: string } }>(
    '/v1/exceptions/:id',
    {
      config,
      schema: {
        summary: 'One exception: both values, evidence, requests, history',
        tags,
        params: EXCEPTION_PARAMS,
        response: { 200: EXCEPTION_CASE },
      },
    },
    (request) => desk.show(request.params.id, actorOf(request)),
  );
  server.get(
    '/v1/requests',
    {
      config: { roles: READERS },
      schema: {
        summary: 'What was proposed, and what became of it',
        tags,
        response: { 200: REQUESTS },
      },
    },
    () => ({ requests: host.store.deskRequests() }),
  );
}

function noteRoutes(server: FastifyInstance, desk: ExceptionDesk): void {
  const config = { roles: OPERATORS };
  server.post<Noted>(
    '/v1/exceptions/acknowledgements',
    {
      config,
      schema: {
        summary: 'Quiets exceptions until they change',
        tags,
        body: NOTED,
        response: { 200: NOTED_IDS },
      },
    },
    (request) => {
      const { ids, note } = request.body;
      desk.acknowledge(ids, note, actorOf(request));
      return { ids };
    },
  );
  server.post<Noted>(
    '/v1/exceptions/notes',
    {
      config,
      schema: {
        summary: 'Writes a note into the history of exceptions',
        tags,
        body: NOTED,
        response: { 200: NOTED_IDS },
      },
    },
    (request) => {
      const { ids, note } = request.body;
      desk.note(ids, note, actorOf(request));
      return { ids };
    },
  );
}

function decisionRoutes(server: FastifyInstance, desk: ExceptionDesk): void {
  server.post<{ Body: Noted['Body'] & { readonly action: string } }>(
    '/v1/requests',
    {
      config: { roles: OPERATORS },
      schema: {
        summary: 'Proposes an action on exceptions, all or none; nothing moves yet',
        tags,
        body: PROPOSAL,
        response: { 200: REQUESTS },
      },
    },
    (request) => {
      const { ids, action, note } = request.body;
      return { requests: desk.propose(ids, action, note, actorOf(request)) };
    },
  );
  const ofRequest = {
    tags,
    params: REQUEST_PARAMS,
    body: DECISION_NOTE,
    response: { 200: REQUEST },
  };
  server.post<OfRequest>(
    '/v1/requests/:id/approval',
    {
      config: { roles: ['approver'] },
      schema: { ...ofRequest, summary: 'Carries out what somebody else proposed' },
    },
    (request): Promise<DeskRequest> =>
      desk.approve(request.params.id, request.body.note, actorOf(request)),
  );
  server.post<OfRequest>(
    '/v1/requests/:id/refusal',
    {
      config: { roles: OPERATORS },
      schema: { ...ofRequest, summary: 'Refuses a request, or withdraws what is your own' },
    },
    (request) => desk.refuse(request.params.id, request.body.note, actorOf(request)),
  );
}
