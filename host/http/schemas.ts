// SPDX-License-Identifier: MIT
/** JSON schemas of what comes in: Fastify refuses everything else before a route sees it. */

const hex = (bytes: number): object => ({ type: 'string', pattern: `^[0-9A-F]{${2 * bytes}}$` });
const uint = (maximum: number): object => ({ type: 'integer', minimum: 0, maximum });
const macHex = { type: 'string', pattern: '^([0-9A-F]{8}|[0-9A-F]{16})$' } as const;

export const LOAD_REQUEST_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: [
    'terminalId',
    'serial',
    'algorithmId',
    'keyVersion',
    'transactionType',
    'amount',
    'balanceBefore',
    'onlineCounter',
    'cardRandom',
    'mac1',
  ],
  properties: {
    terminalId: hex(6),
    serial: { type: 'string', pattern: '^[0-9]{20}$' },
    algorithmId: uint(255),
    keyVersion: uint(255),
    transactionType: uint(255),
    amount: uint(0xffffffff),
    balanceBefore: uint(0xffffffff),
    onlineCounter: uint(0xffff),
    cardRandom: macHex,
    mac1: macHex,
    actionId: hex(16),
  },
} as const;

/** A signed text: what is in it is checked with its signature. */
export const SIGNED_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['payload', 'signature'],
  properties: {
    payload: { type: 'string' },
    signature: { type: 'string', pattern: '^[0-9A-Fa-f]{128}$' },
  },
} as const;

export const SERIAL_PARAMS_SCHEMA = {
  type: 'object',
  required: ['serial'],
  properties: { serial: { type: 'string', pattern: '^[0-9]{1,20}$' } },
} as const;
