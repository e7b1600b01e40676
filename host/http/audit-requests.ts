// SPDX-License-Identifier: MIT
/**
 * Requests that belong into the audit log: every change that a person asked for, with what came of it, and
 * every refusal. It is written before the answer goes out, so that whoever was told has been noted.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Fault } from '../../src/errors/fault.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { audit } from '../access/audit.ts';
import { TokenBuckets } from '../access/token-buckets.ts';
import type { AuditOutcome } from '../store/access-store.ts';
import type { HostStore } from '../store/store.ts';
import type { Rates } from './access.ts';
import type { HostMetrics } from './metrics.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the request was refused; null while it is not. */
    refusal: unknown;
  }
}

export interface AuditParts {
  readonly store: HostStore;
  readonly clock: Clock;
  readonly rates: Rates;
  readonly metrics: HostMetrics;
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Refusals of these are about who asks, whatever is asked for. */
const ACCESS_STATUSES: ReadonlySet<number> = new Set([401, 403, 429]);

/** Registers the hook. */
export function addAudit(
  server: FastifyInstance,
  { store, clock, rates, metrics }: AuditParts,
): void {
  const refusals = new TokenBuckets(rates.auditedRefusals, clock);
  let leftOut = 0;
  server.decorateRequest('refusal', null);
  server.addHook('onSend', async (request, reply, payload) => {
    const outcome = outcomeToLog(request, reply.statusCode);
    if (outcome === null) return payload;
    // Strangers can be refused without end: the log must not fill the disk.
    if (outcome === 'refused' && refusals.take(request.ip) > 0) {
      leftOut++;
      metrics.refusalLeftOut();
      return payload;
    }
    try {
      audit(store, { ...eventOf(request, leftOut), outcome }, clock.now());
      leftOut = 0;
    } catch (error) {
      // The change is made or refused already; what remains is to say that the log lacks it.
      request.log.error(error, 'audit log');
    }
    return payload;
  });
}

function outcomeToLog(request: FastifyRequest, status: number): AuditOutcome | null {
  const isRead = READS.has(request.method);
  // What is no route changes nothing, and nobody decided anything.
  if (request.is404 && status !== 429) return null;
  if (status >= 400 && status < 500) {
    return !isRead || ACCESS_STATUSES.has(status) ? 'refused' : null;
  }
  const isPerson = request.actor !== null && request.actor.role !== 'terminal';
  if (isRead || !isPerson) return null;
  return status >= 500 ? 'failed' : 'done';
}

function eventOf(
  { actor, ip, method, routeOptions, url, refusal }: FastifyRequest,
  leftOut: number,
): {
  actor: string;
  role: NonNullable<FastifyRequest['actor']>['role'] | 'none';
  action: string;
  subject: string;
  detail: string;
} {
  const why = refusal instanceof Fault ? `${refusal.code}: ${refusal.message}` : '';
  const others = leftOut === 0 ? '' : `; before it ${leftOut} refusals were left out`;
  return {
    actor: actor?.name ?? ip,
    role: actor?.role ?? 'none',
    action: `${method} ${routeOptions.url ?? 'no route'}`,
    subject: url,
    detail: `${why}${others}`,
  };
}
