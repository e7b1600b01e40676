// SPDX-License-Identifier: MIT
/** Who may ask what: keys, signatures, roles, rates, and what of it the audit log has. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/time/instant.ts';
import { ROLES, type RoleName } from '../../../host/access/roles.table.ts';
import { RATES } from '../../../host/access/rate-limits.table.ts';
import { checkAuditLog } from '../../../host/access/audit.ts';
import { revokeUser } from '../../../host/access/users.ts';
import type { AuditRow } from '../../../host/store/access-store.ts';
import { batch, loadRequest, record, testCard } from './host-world.ts';
import {
  CARD,
  expectProblem,
  OTHER_TERMINAL,
  serve,
  signedBy,
  TERMINAL,
  type HttpWorld,
  type Person,
} from './http-world.ts';

const REPORT = { method: 'GET', url: '/v1/report' } as const;
const HOTLIST = { method: 'GET', url: '/v1/hotlist' } as const;
const LOADS = { method: 'POST', url: '/v1/loads' } as const;
const BATCHES = { method: 'POST', url: '/v1/batches' } as const;
const JSON_TYPE = { 'content-type': 'application/json' };
const BINARY = { 'content-type': 'application/octet-stream' };
const PEOPLE: readonly Person[] = ['operator', 'approver', 'auditor', 'merchant'];

const auditRows = ({ test }: HttpWorld): readonly AuditRow[] => test.host.store.auditRows(0, 1000);
/** What the log has of the last request. */
const lastLine = (world: HttpWorld): string => {
  const row = world.test.host.store.lastAuditRow();
  return `${row?.actor} ${row?.role} ${row?.action} ${row?.outcome} ${row?.detail.split(':')[0]}`;
};

interface Operation {
  readonly 'x-roles': readonly RoleName[] | 'public';
  readonly security: readonly object[];
}

async function routesOf({
  server,
}: HttpWorld): Promise<
  readonly { method: 'GET' | 'POST'; url: string; roles: Operation['x-roles']; isOpen: boolean }[]
> {
  const answer = await server.inject({ method: 'GET', url: '/v1/openapi.json' });
  // A test of its own holds the document against its rules.
  const { paths } = answer.json<{
    paths: Readonly<Record<string, Record<string, Operation>>>;
  }>();
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase() as 'GET' | 'POST',
      url: path.replaceAll(/\{\w+\}/g, '1'),
      roles: operation['x-roles'],
      isOpen: operation.security.some((way) => Object.keys(way).length === 0),
    })),
  );
}

describe('every route', () => {
  it('says who may use it, with roles that there are', async () => {
    const routes = await routesOf(await serve());
    expect(routes.length).toBeGreaterThan(8);
    for (const { roles, url } of routes) {
      if (roles === 'public') continue;
      expect(roles, url).not.toEqual([]);
      expect(Object.keys(ROLES), url).toEqual(expect.arrayContaining([...roles]));
    }
  });

  it('lets just those in', async () => {
    const world = await serve({ rates: { ...RATES, user: { burst: 999, perSecond: 1 } } });
    for (const { method, url, roles, isOpen } of await routesOf(world)) {
      const stranger = await world.server.inject({ method, url });
      if (isOpen) expect(stranger.statusCode, url).not.toBe(401);
      else {
        expectProblem(stranger, 'NOT_AUTHENTICATED');
        expect(stranger.headers['www-authenticate']).toBe('Bearer realm="openpurse"');
      }
      for (const person of PEOPLE) {
        const answer = await world.server.inject({ method, url, headers: world.as(person) });
        const mayUse = roles === 'public' || roles.includes(person);
        if (!mayUse) expectProblem(answer, 'NOT_ALLOWED');
        else if (person !== 'merchant') expect([401, 403], url).not.toContain(answer.statusCode);
      }
      const headers = signedBy(TERMINAL, { method, url });
      const terminal = await world.server.inject({ method, url, headers });
      const mayUse = roles === 'public' || roles.includes('terminal');
      if (!mayUse) expectProblem(terminal, 'NOT_ALLOWED');
      else expect([401, 403], url).not.toContain(terminal.statusCode);
    }
  });

  it('cannot be added without roles', async () => {
    const { server } = await serve();
    expect(() => server.get('/v1/forgotten', () => 'x')).toThrow(/says who may use it/);
  });
});

describe('a person', () => {
  it.each([
    ['no Bearer', 'opk_0011223344556677_x'],
    ['another scheme', 'Basic YWxpY2U6eA=='],
    ['nothing behind Bearer', 'Bearer '],
    ['a key that nobody has', `Bearer opk_0011223344556677_${'A'.repeat(43)}`],
    ['a key that never ends', `Bearer ${'A'.repeat(5000)}`],
  ])('with %s is refused', async (_name, authorization) => {
    const { server } = await serve();
    const answer = await server.inject({ ...REPORT, headers: { authorization } });
    const detail = expectProblem(answer, 'NOT_AUTHENTICATED');
    expect(detail).not.toContain('A'.repeat(20));
  });

  it('is out as soon as the key is revoked', async () => {
    const world = await serve();
    const headers = world.as('operator');
    expect((await world.server.inject({ ...REPORT, headers })).statusCode).toBe(200);
    revokeUser(world.test.host.store, 'the-operator', instant(1));
    expectProblem(await world.server.inject({ ...REPORT, headers }), 'NOT_AUTHENTICATED');
  });

  it('with a wrong key is refused at a public route, too', async () => {
    const { server } = await serve();
    const headers = { authorization: 'Bearer x' };
    const answer = await server.inject({ method: 'GET', url: '/v1/health', headers });
    expectProblem(answer, 'NOT_AUTHENTICATED');
  });
});

describe('a terminal', () => {
  const load = JSON.stringify(
    loadRequest({ card: CARD, terminal: TERMINAL, amount: 500, before: 0, counter: 0 }),
  );

  it('is refused when a request comes a second time, also after a restart', async () => {
    const world = await serve();
    const headers = { ...signedBy(TERMINAL, HOTLIST) };
    expect((await world.server.inject({ ...HOTLIST, headers })).statusCode).toBe(200);
    const again = await world.server.inject({ ...HOTLIST, headers });
    expect(expectProblem(again, 'NOT_AUTHENTICATED')).toContain('"nonce"');
    // On disk, so that a restart forgets nothing.
    expect(world.test.host.store.insertNonce(TERMINAL.id, nonceOf(headers), instant(1))).toBe(
      false,
    );
  });

  it.each([
    [-301, 401],
    [-300, 200],
    [300, 200],
    [301, 401],
  ])('with a clock %i s off is answered %i', async (offset, status) => {
    const { server } = await serve();
    const headers = signedBy(TERMINAL, HOTLIST, '', { createdSeconds: 1_770_000_000 + offset });
    const answer = await server.inject({ ...HOTLIST, headers });
    expect(answer.statusCode).toBe(status);
    if (status !== 200)
      expect(answer.body).toMatch(/within 300 s of 1770000000, the time of the h/);
  });

  it('cannot sign for another one, and one that is not enrolled cannot sign', async () => {
    const { server } = await serve();
    for (const terminal of [
      { ...TERMINAL, seed: OTHER_TERMINAL.seed },
      { ...TERMINAL, id: '0000000000FF' },
    ]) {
      const answer = await server.inject({ ...HOTLIST, headers: signedBy(terminal, HOTLIST) });
      expectProblem(answer, 'NOT_AUTHENTICATED');
    }
  });

  it.each([
    ['another body', load.replace('500', '900')],
    ['no body', ''],
    ['a body with a space more', `${load} `],
  ])('has nothing done for %s than the one it signed', async (_name, payload) => {
    const { server, test } = await serve();
    const headers = { ...signedBy(TERMINAL, LOADS, load), ...JSON_TYPE };
    const answer = await server.inject({ ...LOADS, headers, payload });
    expect([400, 401]).toContain(answer.statusCode);
    expect(test.host.store.loadsInFlight()).toEqual([]);
  });

  it('that signed a body is refused when the body was taken away with its type', async () => {
    const { server } = await serve();
    const answer = await server.inject({ ...LOADS, headers: signedBy(TERMINAL, LOADS, load) });
    expect(expectProblem(answer, 'NOT_AUTHENTICATED')).toContain('"content-digest"');
  });

  it('may not sign for the route or the query of another request', async () => {
    const { server } = await serve();
    const headers = signedBy(TERMINAL, HOTLIST);
    for (const url of ['/v1/hotlist?after=1', '/v1/report']) {
      expectProblem(await server.inject({ method: 'GET', url, headers }), 'NOT_AUTHENTICATED');
    }
  });

  it('has its batch taken from whoever brings it, since the batch is signed', async () => {
    const { server } = await serve();
    const bytes = batch(TERMINAL, [
      record({ terminal: TERMINAL, card: CARD, counter: 0, amount: 0, before: 0, sequence: 1 }),
    ]);
    const payload = Buffer.from(bytes);
    const answer = await server.inject({ ...BATCHES, headers: BINARY, payload });
    expect(answer.statusCode).toBe(200);
    // With a key that is wrong, somebody is refused who could have come without.
    const headers = { ...BINARY, authorization: 'Bearer x' };
    expectProblem(await server.inject({ ...BATCHES, headers, payload }), 'NOT_AUTHENTICATED');
  });
});

const nonceOf = (headers: Readonly<Record<string, string>>): string =>
  /nonce="(\w+)"/.exec(headers['signature-input'] ?? '')?.[1] ?? '';

describe('a merchant', () => {
  const clone = testCard(2, 'aes');

  /** Both merchants have a purchase of one card under one counter: a fork. */
  async function contested(): Promise<HttpWorld> {
    const world = await serve();
    await world.test.host.registerCard(clone);
    const purchase = (terminal: typeof TERMINAL, amount: number, place: string): Uint8Array =>
      record({ terminal, card: clone, counter: 0, amount, before: 900, sequence: 1, place });
    await world.test.upload(batch(TERMINAL, [purchase(TERMINAL, 100, 'OURS')]));
    await world.test.upload(batch(OTHER_TERMINAL, [purchase(OTHER_TERMINAL, 777, 'THEIRS')]));
    return world;
  }

  it('sees its own money, records and exceptions', async () => {
    const { server, as } = await contested();
    const get = async (what: string): Promise<Record<string, unknown>> => {
      const url = `/v1/merchants/${TERMINAL.merchant}/${what}`;
      const answer = await server.inject({ method: 'GET', url, headers: as('merchant') });
      expect(answer.statusCode, what).toBe(200);
      return answer.json();
    };
    expect(await get('statement')).toMatchObject({ merchant: 'M1', currency: 'INR' });
    expect(await get('records')).toMatchObject({
      records: [{ terminal: TERMINAL.id, amount: 100, place: 'OURS', serial: clone.serial }],
      next: null,
    });
    const exceptions = await get('exceptions');
    expect(JSON.stringify(exceptions)).toContain(`"terminal":"${TERMINAL.id}"`);
  });

  it('sees nothing of another one, neither by asking nor in what is its own', async () => {
    const { server, as } = await contested();
    for (const what of ['statement', 'records', 'exceptions']) {
      const headers = as('merchant');
      const theirs = `/v1/merchants/${OTHER_TERMINAL.merchant}/${what}`;
      expectProblem(await server.inject({ method: 'GET', url: theirs, headers }), 'NOT_ALLOWED');
      const ours = `/v1/merchants/${TERMINAL.merchant}/${what}`;
      const { body } = await server.inject({ method: 'GET', url: ours, headers });
      for (const secret of [`"${OTHER_TERMINAL.id}"`, 'THEIRS', '777', '"M2"']) {
        expect(body, what).not.toContain(secret);
      }
    }
  });

  it('is any for those who read everything', async () => {
    const { server, as } = await contested();
    const url = `/v1/merchants/${OTHER_TERMINAL.merchant}/records`;
    const answer = await server.inject({ method: 'GET', url, headers: as('auditor') });
    expect(answer.body).toContain('THEIRS');
    const unknown = { method: 'GET', url: '/v1/merchants/NOBODY/records' } as const;
    expectProblem(await server.inject({ ...unknown, headers: as('auditor') }), 'USAGE');
  });
});

describe('too many requests', () => {
  const rate = (burst: number): { burst: number; perSecond: number } => ({ burst, perSecond: 0.1 });
  const world = (): Promise<HttpWorld> =>
    serve({ rates: { ...RATES, user: rate(2), terminal: rate(2), address: rate(3) } });

  it('of one user are refused with the seconds to wait, and others go on', async () => {
    const { server, as } = await world();
    const ask = async (person: Person): Promise<number> =>
      (await server.inject({ ...REPORT, headers: as(person) })).statusCode;
    expect([await ask('operator'), await ask('operator')]).toEqual([200, 200]);
    const answer = await server.inject({ ...REPORT, headers: as('operator') });
    expectProblem(answer, 'RATE_LIMITED');
    expect(answer.headers['retry-after']).toBe('10');
    expect(await ask('auditor')).toBe(200);
  });

  it('of one terminal are refused, and others go on', async () => {
    const { server } = await world();
    const ask = async (terminal: typeof TERMINAL): Promise<number> =>
      (await server.inject({ ...HOTLIST, headers: signedBy(terminal, HOTLIST) })).statusCode;
    const statuses = [await ask(TERMINAL), await ask(TERMINAL), await ask(TERMINAL)];
    expect(statuses).toEqual([200, 200, 429]);
    expect(await ask(OTHER_TERMINAL)).toBe(200);
  });

  it('of strangers and of wrong keys are refused, and known people go on', async () => {
    const { server, as } = await world();
    const wrong = { ...REPORT, headers: { authorization: 'Bearer x' } };
    const statuses: number[] = [];
    for (const request of [wrong, REPORT, wrong, wrong, REPORT]) {
      statuses.push((await server.inject(request)).statusCode);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await server.inject({ ...REPORT, headers: as('operator') })).statusCode).toBe(200);
  });
});

describe('an address', () => {
  const forwarded = { ...REPORT, headers: { 'x-forwarded-for': '203.0.113.9' } };

  it('is what the proxy says that was named', async () => {
    const world = await serve({ proxy: '127.0.0.1' });
    await world.server.inject(forwarded);
    expect(lastLine(world)).toMatch(/^203\.0\.113\.9 none /);
  });

  it.each([{}, { proxy: '192.0.2.1' }])('is that of the connection with %j', async (options) => {
    const world = await serve(options);
    await world.server.inject(forwarded);
    expect(lastLine(world)).toMatch(/^127\.0\.0\.1 none /);
  });
});

describe('the audit log', () => {
  it('has every refusal, with who, what and why', async () => {
    const world = await serve();
    await world.server.inject(REPORT);
    expect(lastLine(world)).toBe('127.0.0.1 none GET /v1/report refused NOT_AUTHENTICATED');
    await world.server.inject({ ...REPORT, headers: world.as('merchant') });
    expect(lastLine(world)).toBe('the-merchant merchant GET /v1/report refused NOT_ALLOWED');
    const payload = JSON.stringify({
      ...loadRequest({ card: CARD, terminal: TERMINAL, amount: 500, before: 0, counter: 0 }),
      mac1: '0011223344556677',
    });
    const headers = { ...signedBy(TERMINAL, LOADS, payload), ...JSON_TYPE };
    await world.server.inject({ ...LOADS, headers, payload });
    expect(lastLine(world)).toBe(`${TERMINAL.id} terminal POST /v1/loads refused LOAD_REFUSED`);
    expect(checkAuditLog(world.test.host.store)).toEqual({ rows: 3, brokenAt: null });
  });

  it('has what people changed, and neither what they read nor what is no route', async () => {
    const world = await serve();
    const headers = world.as('operator');
    await world.server.inject({ ...REPORT, headers });
    await world.server.inject({ method: 'GET', url: '/v1/cards/99', headers });
    await world.server.inject({ method: 'POST', url: '/v1/nothing', headers });
    expect(auditRows(world)).toEqual([]);
    const payload = Buffer.from(batch(TERMINAL, []));
    await world.server.inject({ ...BATCHES, headers: { ...BINARY, ...headers }, payload });
    expect(lastLine(world)).toBe('the-operator operator POST /v1/batches done ');
  });

  it('leaves refusals out when there are too many, and says how many', async () => {
    let now = 1_770_000_000_000;
    const clock = { now: () => instant(now) };
    const auditedRefusals = { burst: 2, perSecond: 1 };
    const world = await serve({ hostOptions: { clock }, rates: { ...RATES, auditedRefusals } });
    for (let times = 0; times < 7; times++) await world.server.inject(REPORT);
    expect(auditRows(world)).toHaveLength(2);
    now += 1000;
    await world.server.inject(REPORT);
    expect(auditRows(world)).toHaveLength(3);
    expect(auditRows(world).at(-1)?.detail).toMatch(/; before it 5 refusals were left out$/);
  });

  it('is given to those who read everything', async () => {
    const world = await serve();
    await world.server.inject(REPORT);
    const url = '/v1/audit-log';
    const answer = await world.server.inject({ method: 'GET', url, headers: world.as('auditor') });
    expect(answer.json()).toMatchObject({ rows: [{ id: 1, outcome: 'refused' }], next: null });
    const after = { method: 'GET', url: `${url}?after=1`, headers: world.as('auditor') } as const;
    expect((await world.server.inject(after)).json()).toEqual({ rows: [], next: null });
    const bad = { method: 'GET', url: `${url}?after=x`, headers: world.as('auditor') } as const;
    expectProblem(await world.server.inject(bad), 'USAGE');
  });

  it('has no key and no signature in it', async () => {
    const world = await serve();
    const headers = signedBy(OTHER_TERMINAL, REPORT);
    await world.server.inject({ ...REPORT, headers });
    const authorization = `Bearer ${world.keys.operator}x`;
    await world.server.inject({ ...REPORT, headers: { authorization } });
    const log = JSON.stringify(auditRows(world));
    expect(auditRows(world)).toHaveLength(2);
    for (const secret of [headers['signature']!, world.keys.operator]) {
      expect(log).not.toContain(secret);
    }
  });
});
