// SPDX-License-Identifier: MIT
/** The end of serving: nothing new is taken, what is under way gets its answer, and nothing waits for ever. */
import type { FastifyInstance } from 'fastify';

/** How long requests under way may take, unless told otherwise. */
export const GRACE_MS = 30_000;

/** How often connections that have become idle are looked for while the server closes. */
const IDLE_POLL_MS = 50;

/**
 * Ends connections that become idle while the server closes: a client that keeps its connection for the
 * next request would hold the end up.
 */
export function addShutdown(server: FastifyInstance): void {
  server.addHook('preClose', async () => {
    if (!server.server.listening) return;
    const timer = setInterval(() => {
      server.server.closeIdleConnections();
    }, IDLE_POLL_MS);
    server.server.once('close', () => {
      clearInterval(timer);
    });
  });
}

/**
 * Closes the server. Connections that are still busy after `graceMs` are cut: a batch that was not
 * received whole leaves nothing, and its terminal sends it again.
 */
export async function closeGracefully(server: FastifyInstance, graceMs: number): Promise<void> {
  const timer = setTimeout(() => {
    server.server.closeAllConnections();
  }, graceMs);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}
