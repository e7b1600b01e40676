// SPDX-License-Identifier: MIT
/** The exceptions desk over HTTP: two people, and what a merchant may see. */
import { describe, expect, it } from 'vitest';
import { account } from '../../../host/ledger/accounts.table.ts';
import type { DeskItem } from '../../../host/exceptions/desk.ts';
import type { DeskRequest } from '../../../host/store/desk-store.ts';
import { batch, loadRequest, record } from './host-world.ts';
import {
  CARD,
  OTHER_TERMINAL,
  serve,
  TERMINAL,
  type HttpWorld,
  type Person,
} from './http-world.ts';

/** A card that was cloned: the second debit is that of the merchant whom `merchant` belongs to. */
async function cloned(): Promise<HttpWorld> {
  const world = await serve();
  const { host, upload } = world.test;
  const load = { card: CARD, amount: 100, before: 0, counter: 0 };
  await host.authoriseLoad(loadRequest({ ...load, terminal: OTHER_TERMINAL }));
  const at = { card: CARD, counter: 0, amount: 30, before: 100 };
  await upload(
    batch(OTHER_TERMINAL, [
      record({ ...load, terminal: OTHER_TERMINAL, kind: 'load', sequence: 1 }),
      record({ ...at, terminal: OTHER_TERMINAL, sequence: 2 }),
    ]),
  );
  const later = { sequence: 1, time: '130000', amount: 20 };
  await upload(batch(TERMINAL, [record({ ...at, terminal: TERMINAL, ...later })]));
  return world;
}

async function ask(
  world: HttpWorld,
  person: Person,
  [method, url, payload]: readonly ['GET' | 'POST', string, object?],
): Promise<{ readonly status: number; readonly body: never }> {
  const answer = await world.server.inject({
    method,
    url,
    headers: world.as(person),
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json() };
}

interface Asked {
  readonly requests: readonly DeskRequest[];
}
interface Listed {
  readonly exceptions: readonly DeskItem[];
}

async function forkOf(world: HttpWorld, person: Person): Promise<DeskItem> {
  const { exceptions }: Listed = (await ask(world, person, ['GET', '/v1/exceptions'])).body;
  const fork = exceptions.find(({ rule }) => rule === 'cloneFork');
  if (fork === undefined) throw new Error('no fork');
  return fork;
}

describe('the desk over HTTP', () => {
  it('pays a held claim when a second person approves', async () => {
    const world = await cloned();
    const { id } = await forkOf(world, 'operator');
    const proposal = { ids: [id], action: 'payMerchant', note: 'receipt seen' };
    const first: Asked = (await ask(world, 'approver', ['POST', '/v1/requests', proposal])).body;
    const url = `/v1/requests/${first.requests[0]?.id ?? ''}/approval`;
    const note = { note: 'agreed' };
    expect(await ask(world, 'operator', ['POST', url, note])).toMatchObject({ status: 403 });
    expect(await ask(world, 'approver', ['POST', url, note])).toMatchObject({
      status: 403,
      body: {
        detail: expect.stringMatching(/expected somebody other than the-approver/) as string,
      },
    });
    const refusal = { ...proposal, action: 'refuseMerchant' };
    const again: Asked = (await ask(world, 'operator', ['POST', '/v1/requests', refusal])).body;
    const other = `/v1/requests/${again.requests[0]?.id ?? ''}/approval`;
    expect(await ask(world, 'approver', ['POST', other, note])).toMatchObject({
      status: 200,
      body: { state: 'approved', decidedBy: 'the-approver' },
    });
    expect(world.test.host.store.balance(account('2075'))).toBe(0);
  });

  it('shows a merchant its own, without what belongs to others', async () => {
    const world = await cloned();
    const full = await forkOf(world, 'operator');
    expect(full.expected).toContain(OTHER_TERMINAL.id);
    const own = await forkOf(world, 'merchant');
    expect(JSON.stringify(own)).not.toContain(OTHER_TERMINAL.id);
    expect(own).toMatchObject({ found: full.found, actions: [], target: null });
    const note = { ids: [own.id], note: 'staff only' };
    await ask(world, 'operator', ['POST', '/v1/exceptions/notes', note]);
    const told = await ask(world, 'merchant', ['GET', `/v1/exceptions/${own.id}`]);
    expect(told).toMatchObject({ status: 200 });
    expect(JSON.stringify(told)).not.toContain('staff only');
    expect(JSON.stringify(told)).not.toContain(OTHER_TERMINAL.id);
    expect(await ask(world, 'merchant', ['GET', '/v1/requests'])).toMatchObject({ status: 403 });
  });

  it('closes a window for an operator, and shows a merchant its own settlement', async () => {
    const world = await cloned();
    expect(await ask(world, 'auditor', ['POST', '/v1/windows', {}])).toMatchObject({ status: 403 });
    expect(await ask(world, 'operator', ['POST', '/v1/windows', {}])).toMatchObject({
      status: 200,
      body: { window: 1, isNew: true },
    });
    interface Settled {
      readonly settlements: readonly { readonly merchant: string }[];
    }
    const url = '/v1/windows/1/settlements';
    const all: Settled = (await ask(world, 'auditor', ['GET', url])).body;
    expect(all.settlements.map(({ merchant }) => merchant)).toEqual([OTHER_TERMINAL.merchant]);
    const own: Settled = (await ask(world, 'merchant', ['GET', url])).body;
    expect(own.settlements).toEqual([]);
  });
});
