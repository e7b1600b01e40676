// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/time/instant.ts';
import { batch, record } from './host-world.ts';
import { CARD, serve, TERMINAL, type HttpWorld } from './http-world.ts';

const BATCHES = {
  method: 'POST',
  url: '/v1/batches',
  headers: { 'content-type': 'application/octet-stream' },
} as const;

/** Samples by name with labels. */
async function metricsOf({ server, as }: HttpWorld): Promise<ReadonlyMap<string, number>> {
  const answer = await server.inject({ method: 'GET', url: '/metrics', headers: as('auditor') });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const samples = answer.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
}

describe('the metrics', () => {
  it('count batches, records by verdict, acknowledgements, exceptions and requests', async () => {
    const world = await serve();
    const one = { terminal: TERMINAL, card: CARD, amount: 0, before: 0 };
    const first = batch(TERMINAL, [
      record({ ...one, counter: 0, sequence: 1 }),
      record({ ...one, counter: 1, sequence: 2 }),
      record({ ...one, counter: 2, sequence: 5, forged: true }),
    ]);
    for (const payload of [first, first, Uint8Array.of(1)]) {
      await world.server.inject({ ...BATCHES, payload: Buffer.from(payload) });
    }
    const metrics = await metricsOf(world);
    expect(Object.fromEntries(metrics)).toMatchObject({
      'openpurse_batches_total{result="accepted"}': 1,
      'openpurse_batches_total{result="duplicate"}': 1,
      'openpurse_batches_refused_total{code="DECODE_FAILED"}': 1,
      'openpurse_records_total{verdict="post"}': 2,
      'openpurse_records_total{verdict="reject"}': 1,
      openpurse_ack_seconds_count: 2,
      'openpurse_exceptions_open{rule="tacInvalid"}': 1,
      'openpurse_exceptions_open{rule="terminalGap"}': 1,
      openpurse_window_open: 1,
      openpurse_batches_in_flight: 0,
      openpurse_ledger_lag_seconds: 0,
      'openpurse_http_request_seconds_count{method="POST",route="/v1/batches",status="200"}': 2,
      'openpurse_http_request_seconds_count{method="POST",route="/v1/batches",status="400"}': 1,
    });
  });

  it('have the age of the open window', async () => {
    let now = 1_770_000_000_000;
    const world = await serve({ hostOptions: { clock: { now: () => instant(now) } } });
    now += 90_000;
    expect((await metricsOf(world)).get('openpurse_window_age_seconds')).toBe(90);
  });

  it('have the batch that is on disk and not posted yet, and how long it has waited', async () => {
    let now = 1_770_000_000_000;
    const seen: unknown[] = [];
    const world = await serve({
      hostOptions: {
        clock: { now: () => instant(now) },
        wrapStore: (store) => ({
          ...store,
          insertBatch(row) {
            now += 2500;
            seen.push(world.test.host.inFlight());
            store.insertBatch(row);
          },
        }),
      },
    });
    await world.test.upload(batch(TERMINAL, []));
    expect(seen).toEqual([{ count: 1, since: 1_770_000_000_000 }]);
    expect(world.test.host.inFlight()).toEqual({ count: 0, since: null });
  });

  it('have one label for all paths that are no route', async () => {
    const world = await serve();
    for (const url of ['/a', '/b?x=1']) await world.server.inject({ method: 'GET', url });
    const names = [...(await metricsOf(world)).keys()];
    const count = 'openpurse_http_request_seconds_count{method="GET",route="none",status="400"}';
    expect(names.filter((name) => name.includes('route="none"') && /_count/.test(name))).toEqual([
      count,
    ]);
  });

  it('have those of the process where it is the host alone', async () => {
    const world = await serve({ withProcessMetrics: true });
    expect((await metricsOf(world)).get('process_resident_memory_bytes')).toBeGreaterThan(0);
  });
});
