// SPDX-License-Identifier: MIT
/** The routes of the host, as it describes them itself. */
import { buildServer } from '../../host/http/server.ts';
import { openTestHost } from '../unit/host/host-world.ts';
import { code, markdownTable } from './markdown.ts';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly 'x-roles': readonly string[] | 'public';
}

async function describedRoutes(): Promise<readonly Route[]> {
  const test = await openTestHost({ durability: 'none' });
  const server = buildServer({ host: test.host });
  try {
    const answer = await server.inject({ method: 'GET', url: '/v1/openapi.json' });
    const { paths } = answer.json<{ paths: Record<string, Record<string, Route>> }>();
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => ({
        ...route,
        method: method.toUpperCase(),
        path: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      })),
    );
  } finally {
    await server.close();
    await test.dispose();
  }
}

/** Whom a request needs no proof of, besides those with a role. */
function whoOf({ 'x-roles': roles, security }: Route): string {
  if (roles === 'public') return 'everybody';
  const isOpen = security.some((way) => Object.keys(way).length === 0);
  return `${roles.join(', ')}${isOpen ? '; everybody with a signed batch' : ''}`;
}

/** By area, then in the order of their paths. */
function routeTable(routes: readonly Route[]): string {
  const rows = routes.map((route) => [
    route.tags.join(', '),
    code(`${route.method} ${route.path}`),
    whoOf(route),
    route.summary,
  ]);
  const sorted = rows.sort((left, right) => (left.join() < right.join() ? -1 : 1));
  return markdownTable(['Area', 'Route', 'Who', 'What'], sorted);
}

/** Made once: the tables of documents are rendered without waiting. */
export const ROUTE_TABLE = routeTable(await describedRoutes());
