// SPDX-License-Identifier: MIT
/** Every error answer is `application/problem+json` (RFC 9457) with a code of the fault catalogue. */
import type { FastifyReply } from 'fastify';
import { FAULTS, type FaultCode } from '../../src/errors/catalogue.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { PROBLEM_TYPE } from './openapi.ts';

/** The body of an error answer, as bytes: to text Fastify would add a charset, which RFC 9457 has not (3). */
export function problemOf(error: unknown): { readonly httpStatus: number; readonly body: Buffer } {
  const { code, detail } = describe(error);
  const { text, httpStatus, advice } = FAULTS[code];
  const problem = {
    type: `urn:openpurse:fault:${code}`,
    title: text,
    status: httpStatus,
    detail,
    code,
    advice,
  };
  return { httpStatus, body: Buffer.from(JSON.stringify(problem)) };
}

/** Sends a fault; what is not a fault is our defect and says nothing of its inside. */
export async function sendProblem(reply: FastifyReply, error: unknown): Promise<void> {
  const { httpStatus, body } = problemOf(error);
  // A 401 says how to ask (RFC 9110, 11.6.1).
  if (httpStatus === 401) void reply.header('www-authenticate', 'Bearer realm="openpurse"');
  await reply.code(httpStatus).type(PROBLEM_TYPE).send(body);
}

function describe(error: unknown): { code: FaultCode; detail: string } {
  if (error instanceof Fault) return { code: error.code, detail: error.message };
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  const detail = error instanceof Error ? error.message : 'unknown';
  if (status === 413) return { code: 'LIMIT_EXCEEDED', detail };
  if (typeof status === 'number' && status >= 400 && status < 500) return { code: 'USAGE', detail };
  return {
    code: 'STORE_UNUSABLE',
    detail: 'the request could not be completed; the log has the reason',
  };
}
