// SPDX-License-Identifier: MIT
/** A server with a host, a terminal, a card and a user of every role; requests as each of them. */
import { toHex } from '../../../src/bytes/hex.ts';
import { signRequest, type RequestStamp } from '../../../src/clearing/signed-request.ts';
import { FAULTS, type FaultCode } from '../../../src/errors/catalogue.table.ts';
import { addUser } from '../../../host/access/users.ts';
import { buildServer, type ServerOptions } from '../../../host/http/server.ts';
import type { HostOptions } from '../../../host/host.ts';
import { afterEach, expect } from 'vitest';
import {
  enrol,
  openTestHost,
  testCard,
  testTerminal,
  type TestHost,
  type TestTerminal,
} from './host-world.ts';

/** What every test's host knows. */
export const TERMINAL = testTerminal(1);
export const CARD = testCard(1, 'aes');
/** A second merchant, of which the first must see nothing. */
export const OTHER_TERMINAL = testTerminal(2);

export type Headers = Readonly<Record<string, string>>;
export type Person = 'approver' | 'auditor' | 'merchant' | 'operator';

export interface HttpWorld {
  readonly server: ReturnType<typeof buildServer>;
  readonly test: TestHost;
  /** The API key of each; the merchant is that of `TERMINAL`. */
  readonly keys: Readonly<Record<Person, string>>;
  as(person: Person): Headers;
  /** For who opens many in one test; what is left is closed after each test. */
  close(): Promise<void>;
}

const opened = new Set<HttpWorld>();
afterEach(async () => {
  for (const world of opened) await world.close();
});

let nextByte = 0;
/** Bytes unlike those before; the same in every run. */
export const freshBytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index === 0 ? nextByte++ : index * 7 + nextByte));

export async function serve(
  options: Partial<Omit<ServerOptions, 'host'>> & {
    readonly hostOptions?: Partial<HostOptions>;
  } = {},
): Promise<HttpWorld> {
  const { hostOptions = {}, ...serverOptions } = options;
  const test = await openTestHost({ durability: 'none', ...hostOptions });
  enrol(test.host, TERMINAL, OTHER_TERMINAL);
  await test.host.registerCard(CARD);
  const parts = {
    store: test.host.store,
    random: { bytes: freshBytes },
    now: test.host.clock.now(),
  };
  const keyOf = (role: Person): string =>
    addUser(parts, {
      name: `the-${role}`,
      role,
      ...(role === 'merchant' ? { merchant: TERMINAL.merchant } : {}),
    });
  const keys = {
    operator: keyOf('operator'),
    approver: keyOf('approver'),
    auditor: keyOf('auditor'),
    merchant: keyOf('merchant'),
  };
  const server = buildServer({ host: test.host, ...serverOptions });
  const world: HttpWorld = {
    ...{ server, test, keys },
    as: (person) => ({ authorization: `Bearer ${keys[person]}` }),
    async close() {
      opened.delete(world);
      await server.close();
      await test.dispose();
    },
  };
  opened.add(world);
  return world;
}

/** The headers of a request that a terminal signs at the time of the test hosts. */
export function signedBy(
  terminal: TestTerminal,
  target: { readonly method: string; readonly url: string },
  body: string | Uint8Array = '',
  stamp: Partial<RequestStamp> = {},
): Headers {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const full = {
    terminalId: terminal.id,
    createdSeconds: 1_770_000_000,
    nonce: toHex(freshBytes(16)),
    ...stamp,
  };
  return { ...signRequest(terminal.seed, full, target, bytes) };
}

/** What every refusal looks like, whatever the code; returns its detail. */
export function expectProblem(
  answer: { statusCode: number; headers: Readonly<Record<string, unknown>>; body: string },
  code: FaultCode,
): string {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const body = JSON.parse(answer.body) as Record<string, unknown>;
  expect(body).toEqual({
    type: `urn:openpurse:fault:${code}`,
    title: FAULTS[code].text,
    status: FAULTS[code].httpStatus,
    detail: body['detail'],
    code,
    advice: FAULTS[code].advice,
  });
  expect(answer.statusCode).toBe(FAULTS[code].httpStatus);
  return String(body['detail']);
}
