// SPDX-License-Identifier: MIT
/**
 * Who asks, and may they: every request passes here before its route. People send `Authorization: Bearer`
 * with their API key, terminals sign (src/clearing/signed-request.ts). A route says who may use it in
 * `config.roles`; one that says nothing cannot be served.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  hasDigest,
  readSignedRequest,
  type SignatureHeaders,
} from '../../src/clearing/signed-request.ts';
import { Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { hasRole, type Actor } from '../access/actor.ts';
import { RATES, type RateName, type RateRow } from '../access/rate-limits.table.ts';
import type { RoleName } from '../access/roles.table.ts';
import { terminalOfRequest } from '../access/terminal-requests.ts';
import { TokenBuckets } from '../access/token-buckets.ts';
import { userOfKey } from '../access/users.ts';
import type { HostStore } from '../store/store.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route; `public`: everybody, nothing of anybody's is in it. */
    roles?: readonly RoleName[] | 'public';
    /** What comes in is signed itself, so that it may be carried by anybody: no key is needed. */
    carriesProof?: boolean;
  }
  interface FastifyRequest {
    /** Null until it is known, and for strangers on public routes. */
    actor: Actor | null;
    /** The digest that the signature says the body has; null where nothing was signed. */
    bodyDigest: Uint8Array | null;
  }
}

export type Rates = Readonly<Record<RateName, Pick<RateRow, 'burst' | 'perSecond'>>>;

export interface AccessParts {
  readonly store: HostStore;
  readonly clock: Clock;
  readonly rates?: Rates;
}

const BEARER = /^Bearer (\S{1,200})$/;
const EMPTY = new Uint8Array(0);

/** Who asks, on a route that is not public. */
export function actorOf(request: FastifyRequest): Actor {
  invariant(request.actor !== null, 'a request that reached its route has an actor');
  return request.actor;
}

/** Registers the checks; must come before the routes. */
export function addAccess(
  server: FastifyInstance,
  { store, clock, rates = RATES }: AccessParts,
): void {
  const buckets = {
    user: new TokenBuckets(rates.user, clock),
    terminal: new TokenBuckets(rates.terminal, clock),
    address: new TokenBuckets(rates.address, clock),
  };
  server.decorateRequest('actor', null);
  server.decorateRequest('bodyDigest', null);
  server.addHook('onRoute', ({ method, url, config }) => {
    invariant(config?.roles !== undefined, `route ${String(method)} ${url} says who may use it`);
  });
  server.addHook('onRequest', async (request, reply) => {
    const { actor, fault } = recognise(request, { store, clock });
    const kind = actor === null ? 'address' : actor.role === 'terminal' ? 'terminal' : 'user';
    limit(reply, buckets[kind].take(actor?.name ?? request.ip));
    if (fault !== null) throw fault;
    request.actor = actor;
    checkRoles(request, actor);
  });
  server.addHook('preValidation', async (request) => {
    checkUnreadBody(request);
  });
  addJsonParser(server);
}

interface Recognised {
  readonly actor: Actor | null;
  /** Why what was shown proves nothing; null where nothing was shown, too. */
  readonly fault: Fault | null;
}

const wrongKey = (): Fault =>
  new Fault('NOT_AUTHENTICATED', '"authorization" expected Bearer and the API key of a user');

function recognise(
  request: FastifyRequest,
  { store, clock }: Pick<AccessParts, 'clock' | 'store'>,
): Recognised {
  const { authorization, 'signature-input': input } = request.headers;
  if (authorization !== undefined) {
    const actor = userOfKey(store, BEARER.exec(authorization)?.[1] ?? '');
    return actor === undefined ? { actor: null, fault: wrongKey() } : { actor, fault: null };
  }
  if (input === undefined) return { actor: null, fault: null };
  try {
    const signed = readSignedRequest(signatureHeaders(request));
    if (signed === undefined) {
      throw new Fault(
        'NOT_AUTHENTICATED',
        '"signature-input" expected the components and parameters of docs/host-api.md',
      );
    }
    request.bodyDigest = signed.bodyDigest;
    const target = { method: request.method, url: request.url };
    return { actor: terminalOfRequest({ store, now: clock.now() }, signed, target), fault: null };
  } catch (error) {
    if (error instanceof Fault) return { actor: null, fault: error };
    throw error;
  }
}

/** A header that came twice is no header of ours. */
function signatureHeaders({ headers }: FastifyRequest): SignatureHeaders {
  const text = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    'content-digest': text('content-digest'),
    'signature-input': text('signature-input'),
    signature: text('signature'),
  };
}

function limit(reply: FastifyReply, waitSeconds: number): void {
  if (waitSeconds === 0) return;
  void reply.header('retry-after', waitSeconds);
  throw new Fault('RATE_LIMITED', `"requests" expected fewer, the next one in ${waitSeconds} s`);
}

function checkRoles(request: FastifyRequest, actor: Actor | null): void {
  const { roles, carriesProof = false } = request.routeOptions.config;
  // What is no route of ours has none, and is answered 404 to everybody.
  if (roles === undefined || roles === 'public') return;
  if (actor === null) {
    if (carriesProof) return;
    throw new Fault(
      'NOT_AUTHENTICATED',
      '"authorization" expected the API key of a user, or the signature of a terminal, got neither',
    );
  }
  if (hasRole(actor, roles)) return;
  throw new Fault('NOT_ALLOWED', `"role" expected ${roles.join(' or ')}, got ${actor.role}`);
}

const wrongBody = (): Fault =>
  new Fault('NOT_AUTHENTICATED', '"content-digest" expected that of the body');

/** Nothing but JSON is read here, and of a signed request only what was signed. */
function addJsonParser(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done) => {
      const { bodyDigest } = request;
      if (bodyDigest !== null && !hasDigest(body, bodyDigest)) {
        done(wrongBody());
        return;
      }
      request.bodyDigest = null;
      void parse(request, body.toString(), done);
    },
  );
}

/** A signed request whose body no parser has compared has none, unless the body is signed itself. */
function checkUnreadBody(request: FastifyRequest): void {
  const { bodyDigest, body } = request;
  if (bodyDigest === null || request.routeOptions.config.carriesProof === true) return;
  const isEmpty = body === undefined || body === null;
  if (!isEmpty || !hasDigest(EMPTY, bodyDigest)) throw wrongBody();
}
