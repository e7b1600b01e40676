// SPDX-License-Identifier: MIT
/** The description of the API, made of the routes themselves. Source: OpenAPI 3.1.0. */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import type { RoleName } from '../access/roles.table.ts';
import { PROBLEM } from './schemas.ts';

export const PROBLEM_TYPE = 'application/problem+json';

const TAGS = [
  { name: 'terminals', description: 'What terminals send and fetch' },
  { name: 'reports', description: 'What the books say' },
  { name: 'merchants', description: 'What a merchant sees of itself' },
  { name: 'exceptions', description: 'The exceptions desk' },
  { name: 'settlement', description: 'Windows, settlements, payouts' },
  { name: 'issuing', description: 'Holders, cards, lots, statistics' },
  { name: 'operations', description: 'Watching the host' },
];

const SECURITY_SCHEMES = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'The API key of a user' },
  terminalSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description:
      'HTTP Message Signature (RFC 9421) with the Ed25519 key of the terminal, with Signature-Input and Content-Digest; see docs/host-api.md',
  },
} as const;

/** Registers the description; must come before the routes, which are registered as a plugin after it. */
export function addOpenApi(server: FastifyInstance): void {
  void server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'openpurse clearing host',
        version: '1',
        description: 'Money in minor units; bytes as upper-case hexadecimal.',
      },
      tags: TAGS,
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    transform: ({ schema, url, route }) => ({ url, schema: described(schema, route.config) }),
  } satisfies FastifyDynamicSwaggerOptions);
}

interface Described extends FastifySchema {
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

function described(
  schema: FastifySchema | undefined,
  config:
    | { readonly roles?: readonly RoleName[] | 'public'; readonly carriesProof?: boolean }
    | undefined,
): Described {
  const { roles = [], carriesProof = false } = config ?? {};
  const problem = { description: 'Refused', content: { [PROBLEM_TYPE]: { schema: PROBLEM } } };
  // Each route has response schemas by status; a test holds them to it.
  const response = { ...(schema?.response as object | undefined), default: problem };
  return {
    ...schema,
    response,
    security: securityOf(roles, carriesProof),
    ...{ 'x-roles': roles },
  };
}

function securityOf(
  roles: readonly RoleName[] | 'public',
  carriesProof: boolean,
): NonNullable<Described['security']> {
  if (roles === 'public') return [{}];
  const people = roles.some((role) => role !== 'terminal') ? [{ apiKey: [] }] : [];
  const terminals = roles.includes('terminal') ? [{ terminalSignature: [] }] : [];
  return [...people, ...terminals, ...(carriesProof ? [{}] : [])];
}
