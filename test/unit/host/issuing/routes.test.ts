// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { addUser } from '../../../../host/access/users.ts';
import { buildServer } from '../../../../host/http/server.ts';
import { freshBytes } from '../http-world.ts';
import {
  buy,
  CLERK,
  disposeWorlds,
  issuingWorld,
  load,
  OLD,
  STOCK,
  upload,
} from './issuing-world.ts';

afterEach(disposeWorlds);

/** Asks a host with one loaded card that has bought for 100. */
async function server(): Promise<(url: string) => Promise<{ status: number; body: unknown }>> {
  const world = await issuingWorld();
  await load(world, { card: OLD, amount: 300, before: 0, counter: 0, sequence: 1 });
  await upload(world.test, [buy({ amount: 100, before: 300, counter: 0, sequence: 2 })], 2);
  world.issuing.openHolder({ id: 'ada', name: 'Ada', contact: '' });
  const issue = { serial: STOCK[0].serial, agent: 'KIOSK', holder: 'ada' };
  world.issuing.issue(issue, CLERK);
  const key = addUser(
    { store: world.host.store, random: { bytes: freshBytes }, now: world.host.clock.now() },
    { name: 'clerk', role: 'operator' },
  );
  const built = buildServer({ host: world.host });
  onTestFinished(() => built.close());
  return async (url) => {
    const answer = await built.inject({
      method: 'GET',
      url,
      headers: { authorization: `Bearer ${key}` },
    });
    return { status: answer.statusCode, body: answer.json<unknown>() };
  };
}

describe('the routes of issuing', () => {
  it('tell of a card, a holder, the lots and statistics', async () => {
    const get = await server();
    expect(await get(`/v1/support/cards/${OLD.serial}`)).toMatchObject({
      status: 200,
      body: { currency: 'INR', state: 'active', money: { balance: 200 } },
    });
    expect(await get('/v1/holders/ada')).toMatchObject({ body: { money: 2000, name: 'Ada' } });
    expect(await get('/v1/lots')).toMatchObject({
      body: { lots: [{ lot: '2026A' }, { lot: 'default', spent: 100 }], keyVersions: [{}, {}] },
    });
    expect(await get('/v1/stats?by=merchant')).toMatchObject({
      body: { by: 'merchant', lines: [{ key: 'SHOP', purchases: { count: 1, sum: 100 } }] },
    });
    expect(await get('/v1/stats?from=20260204')).toMatchObject({ body: { by: 'day', lines: [] } });
  });

  it.each([
    ['/v1/support/cards/99', 404, 'CARD_NOT_FOUND'],
    ['/v1/holders/nobody', 404, 'HOLDER_NOT_FOUND'],
    ['/v1/stats?by=colour', 400, 'USAGE'],
    ['/v1/stats?from=yesterday', 400, 'USAGE'],
    ['/v1/stats?since=20260101', 400, 'USAGE'],
  ])('answer %s with %i %s', async (url, status, code) => {
    expect(await (await server())(url)).toMatchObject({ status, body: { code } });
  });
});
