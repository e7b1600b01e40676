// SPDX-License-Identifier: MIT
/** SAMs for tests, and the commands a terminal sends them. */
import { fromHex } from '../../../src/bytes/hex.ts';
import { VirtualPsam } from '../../../card-applet-sim/psam/virtual-psam.ts';
import {
  personalisePsam,
  type PsamOptions,
} from '../../../card-applet-sim/personalise/personalise-psam.ts';
import { ALGORITHM, apdu, DATE, hex, ISSUER, SERIAL, TERMINAL, TIME } from './card-fixtures.ts';
import type { Suite } from './oracle.ts';

export const MASTER = {
  purchase: '0F1E2D3C4B5A69788796A5B4C3D2E1F0',
  tac: 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF',
  mac: 'B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF',
} as const;
export const KEY_VERSION = 2;

export function psamOptions(options: Partial<PsamOptions> = {}): PsamOptions {
  return {
    serial: '987654321',
    terminalId: fromHex(TERMINAL),
    masterKeys: (['tdes', 'aes'] as const).flatMap((suite) =>
      (['purchase', 'tac', 'mac'] as const).map((usage) => ({
        suite,
        usage,
        version: KEY_VERSION,
        key: fromHex(MASTER[usage]),
      })),
    ),
    keyIndex: 1,
    issuerId: fromHex(ISSUER),
    receiverId: fromHex(ISSUER),
    startDate: '20240101',
    expiryDate: '20401231',
    ...options,
  };
}

/** One SAM holds the keys of both suites. */
export function issuePsam(_suite: Suite, options: Partial<PsamOptions> = {}): VirtualPsam {
  const psam = new VirtualPsam(personalisePsam(psamOptions(options)));
  psam.powerUp();
  return psam;
}

export interface SamRequest {
  readonly random?: string;
  readonly counter?: string;
  readonly amount?: number;
  readonly type?: string;
  readonly version?: number;
  readonly algorithm?: string;
  readonly balance?: number;
  readonly levels?: string;
}

/** INIT_SAM_FOR_PURCHASE. */
export function psamInitialize(suite: Suite, request: SamRequest = {}): string {
  const random = request.random ?? (suite === 'aes' ? '1122334455667788' : '11223344');
  const common =
    random +
    (request.counter ?? '0005') +
    hex(request.amount ?? 100, 4) +
    (request.type ?? '06') +
    DATE +
    TIME +
    hex(request.version ?? KEY_VERSION, 1) +
    (request.algorithm ?? ALGORITHM[suite]);
  const tail = suite === 'aes' ? hex(request.balance ?? 1000, 4) + SERIAL : SERIAL.slice(4);
  return apdu('80700000', common + (request.levels ?? tail));
}
