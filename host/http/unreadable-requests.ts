// SPDX-License-Identifier: MIT
/**
 * Requests that no route sees: node and Fastify refuse them by themselves, each in words of its own. Here
 * they are answered from the fault catalogue, as every other refusal is.
 */
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyHttpOptions, FastifyInstance } from 'fastify';
import { Fault } from '../../src/errors/fault.ts';
import { PROBLEM_TYPE } from './openapi.ts';
import { problemOf, sendProblem } from './problem.ts';

/** What Fastify does with a URL that cannot be decoded, and with bytes that are no HTTP. */
export const UNREADABLE_REQUESTS = {
  frameworkErrors: (error, _request, reply) => {
    void sendProblem(reply, error);
  },
  clientErrorHandler: refuseConnection,
  // Node would answer without a body; `addHostCheck` does it instead.
  http: { requireHostHeader: false },
} satisfies FastifyHttpOptions<Server>;

function refuseConnection(error: ConnectionError, socket: Socket): void {
  // Who is gone gets no answer.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const { httpStatus, body } = problemOf(
    new Fault(
      isTooLarge ? 'LIMIT_EXCEEDED' : 'USAGE',
      `"request" expected HTTP that can be read, got: ${error.message}`,
    ),
  );
  const head = [
    `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus] ?? ''}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${body.length}`,
    'connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body.toString()}`);
  socket.destroySoon();
}

/** Registers what node would else answer for itself; must come before the other checks. */
export function addHostCheck(server: FastifyInstance): void {
  // RFC 9112, 3.2: a request of HTTP/1.1 without a host is refused.
  server.addHook('onRequest', async ({ headers, raw }) => {
    if (headers.host === undefined && raw.httpVersion === '1.1') {
      throw new Fault('USAGE', '"host" expected a header of that name, got none');
    }
  });
  // RFC 9110, 10.1.1: an expectation that is not known need not be refused.
  server.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.server.emit('request', request, response);
  });
}
