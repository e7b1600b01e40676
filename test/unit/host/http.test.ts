// SPDX-License-Identifier: MIT
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { request as httpRequest } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { openAck } from '../../../src/clearing/ack.ts';
import { LIMITS } from '../../../src/clearing/limits.table.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { ask } from '../../fuzz/raw-http.ts';
import { batch, loadRequest, record, type TestHost } from './host-world.ts';
import { CARD, expectProblem, serve, signedBy, TERMINAL } from './http-world.ts';

const BINARY = { 'content-type': 'application/octet-stream' };
const terminal = TERMINAL;
const card = CARD;
const purchase = (sequence: number): Uint8Array =>
  record({ terminal, card, counter: sequence - 1, amount: 0, before: 0, sequence });

describe('POST /v1/batches', () => {
  it('takes a batch and answers with a signed acknowledgement', async () => {
    const { server, test } = await serve();
    const payload = Buffer.from(batch(terminal, [purchase(1), purchase(2)]));
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/batches',
      headers: BINARY,
      payload,
    });
    expect(answer.statusCode).toBe(200);
    const ack = openAck(answer.json(), test.host.publicKey);
    expect(ack.records).toEqual([{ from: 1, to: 2, verdict: 'post', rule: 'accepted' }]);
  });

  it('refuses a damaged batch and names the place', async () => {
    const { server } = await serve();
    const bytes = batch(terminal, [purchase(1)]);
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/batches',
      headers: BINARY,
      payload: Buffer.from(bytes),
    });
    expect(expectProblem(answer, 'DECODE_FAILED')).toContain('batch.records[0].checksum');
  });

  it.each([
    ['another content type', { 'content-type': 'application/json' }, '{}', 'USAGE'],
    ['text', { 'content-type': 'text/plain' }, 'batch', 'USAGE'],
    ['no body', BINARY, '', 'DECODE_FAILED'],
    ['no body and no type', {}, undefined, 'USAGE'],
    ['half a header', BINARY, 'OPB', 'DECODE_FAILED'],
  ] as const)('refuses %s', async (_name, headers, payload, code) => {
    const { server, test } = await serve();
    const before = stateHash(test.host.store);
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/batches',
      headers,
      ...(payload === undefined ? {} : { payload: Buffer.from(payload) }),
    });
    expectProblem(answer, code);
    expect(stateHash(test.host.store)).toBe(before);
    expect(test.rawFiles()).toEqual([]);
  });

  it('refuses a body that says it is above the limit', async () => {
    const { server } = await serve();
    const answer = await server.inject({
      method: 'POST',
      url: '/v1/batches',
      headers: { ...BINARY, 'content-length': String(LIMITS.batchBytes.max + 1) },
      payload: Buffer.from('OPB'),
    });
    expectProblem(answer, 'LIMIT_EXCEEDED');
  });
});

describe('a request that no route sees', () => {
  it.each([
    ['a URL that cannot be decoded', 'GET /v1/%zz HTTP/1.1\r\nhost: x', 'USAGE'],
    [
      'a parameter that is too long',
      `GET /v1/cards/${'1'.repeat(101)} HTTP/1.1\r\nhost: x`,
      'USAGE',
    ],
    ['no HTTP', 'hello', 'USAGE'],
    ['no host', 'GET /v1/health HTTP/1.1', 'USAGE'],
    [
      'a head that is too long',
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(17_000)}`,
      'LIMIT_EXCEEDED',
    ],
  ] as const)('has an answer of the catalogue: %s', async (_what, head, code) => {
    const { server } = await serve();
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const answer = await ask(port, Buffer.from(`${head}\r\n\r\n`));
    expectProblem(answer ?? { statusCode: 0, headers: {}, body: '{}' }, code);
  });

  it('is answered all the same with an expectation that is not known', async () => {
    const { server } = await serve();
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const head = 'GET /v1/health HTTP/1.1\r\nhost: x\r\nexpect: more\r\n\r\n';
    expect(await ask(port, Buffer.from(head))).toMatchObject({ statusCode: 200 });
  });
});

describe('POST /v1/batches over a socket', () => {
  async function listen(): Promise<{ port: number; test: TestHost }> {
    const { server, test } = await serve();
    await server.listen({ host: '127.0.0.1', port: 0 });
    return { port: (server.server.address() as AddressInfo).port, test };
  }

  function post(
    port: number,
    pieces: readonly Uint8Array[],
  ): Promise<{
    statusCode: number;
    headers: Readonly<Record<string, unknown>>;
    body: string;
  }> {
    return new Promise((resolve, reject) => {
      const options = { port, host: '127.0.0.1', path: '/v1/batches', method: 'POST' };
      const request = httpRequest({ ...options, headers: BINARY }, (answer) => {
        let body = '';
        answer.on('data', (part: Buffer) => (body += part.toString()));
        answer.on('end', () => {
          resolve({ statusCode: answer.statusCode ?? 0, headers: answer.headers, body });
        });
      });
      request.on('error', reject);
      for (const piece of pieces) request.write(piece);
      request.end();
    });
  }

  it('takes a batch in pieces of any size', async () => {
    const { port, test } = await listen();
    const bytes = batch(terminal, [purchase(1), purchase(2), purchase(3)]);
    const pieces = [bytes.slice(0, 7), bytes.slice(7, 200), bytes.slice(200)];
    const answer = await post(port, pieces);
    expect(openAck(JSON.parse(answer.body), test.host.publicKey).result).toBe('accepted');
    expect(test.host.store.recordCount()).toBe(3);
  });

  it('answers a stream that goes on behind its batch, and keeps nothing', async () => {
    const { port, test } = await listen();
    const endless = Array.from({ length: 10 }, () => new Uint8Array(1 << 20));
    const answer = await post(port, [batch(terminal, [purchase(1)]), ...endless]);
    expect(expectProblem(answer, 'DECODE_FAILED')).toContain('left-over bytes');
    expect(test.rawFiles()).toEqual([]);
  });

  it('answers a client that still sends a batch which was refused at its first record', async () => {
    const { port, test } = await listen();
    const bytes = batch(terminal, [purchase(1)]);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    const rest = Array.from({ length: 8 }, () => new Uint8Array(1 << 20));
    expectProblem(await post(port, [bytes, ...rest]), 'DECODE_FAILED');
    // The connection was not left open: closing the server (afterEach) would hang on it.
    expect(test.rawFiles()).toEqual([]);
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const { port, test } = await listen();
    const bytes = batch(terminal, [purchase(1), purchase(2)]);
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `POST /v1/batches HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: ${bytes.length}\r\n\r\n`,
        );
        socket.write(bytes.slice(0, 100), () => {
          socket.destroy();
          resolve();
        });
      });
    });
    // The next upload is answered after the broken one has been cleaned up.
    expect((await post(port, [bytes])).statusCode).toBe(200);
    await expect.poll(() => test.rawFiles().length).toBe(1);
    expect(test.rawFiles()[0]).toMatch(/\.opb$/);
  });
});

const TO_LOADS = { method: 'POST', url: '/v1/loads' } as const;

describe('POST /v1/loads', () => {
  const good = loadRequest({ card, terminal, amount: 500, before: 0, counter: 0 });
  const post = async (
    body: object | string,
  ): Promise<{ statusCode: number; headers: Record<string, unknown>; body: string }> => {
    const { server } = await serve();
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return server.inject({
      ...TO_LOADS,
      headers: { ...signedBy(terminal, TO_LOADS, payload), 'content-type': 'application/json' },
      payload,
    });
  };

  it('authorises a load', async () => {
    const answer = await post(good);
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      loadId: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
      date: expect.stringMatching(/^\d{8}$/) as string,
      time: expect.stringMatching(/^\d{6}$/) as string,
      mac2: expect.stringMatching(/^[0-9A-F]{16}$/) as string,
    });
  });

  it('refuses a wrong MAC1', async () => {
    expectProblem(await post({ ...good, mac1: '0011223344556677' }), 'LOAD_REFUSED');
  });

  it.each([
    ['garbage', '{"terminalId":', 'USAGE'],
    ['an empty body', '', 'USAGE'],
    ['an array', '[]', 'USAGE'],
    ['an unknown field', { ...good, note: 'x' }, 'USAGE'],
    ['a missing field', { ...good, mac1: undefined }, 'USAGE'],
    ['text for a number', { ...good, amount: '500' }, 'USAGE'],
    ['a fraction', { ...good, amount: 1.5 }, 'USAGE'],
    ['a negative amount', { ...good, amount: -1 }, 'USAGE'],
    ['lower-case hex', { ...good, terminalId: 'aabbccddeeff' }, 'USAGE'],
    ['the terminal of somebody else', { ...good, terminalId: '0000000000FF' }, 'NOT_ALLOWED'],
    ['a body above the limit', `{"x":"${'x'.repeat(LIMITS.httpJsonBytes.max)}"}`, 'LIMIT_EXCEEDED'],
  ] as const)('refuses %s', async (_name, body, code) => {
    expectProblem(await post(body), code);
  });

  it('does not repeat a MAC in its refusal', async () => {
    const answer = await post({ ...good, mac1: '0011223344556677' });
    expect(answer.body).not.toContain('0011223344556677');
  });
});

describe('the other routes', () => {
  it('answers an unknown route with a problem', async () => {
    const { server } = await serve();
    const answer = await server.inject({ method: 'GET', url: '/v1/secrets' });
    expect(expectProblem(answer, 'USAGE')).toContain('GET /v1/secrets');
  });

  it('gives the hotlist, its digest and its version', async () => {
    const { server, test } = await serve();
    test.host.hotlistCard(card.serial, 'lost');
    const target = { method: 'GET', url: '/v1/hotlist' } as const;
    const answer = await server.inject({ ...target, headers: signedBy(terminal, target) });
    expect(answer.json()).toEqual(test.host.hotlist());
    expect(test.host.hotlist()).toMatchObject({ version: 1, serials: [card.serial] });
  });

  it.each(['/v1/health', '/v1/report', '/v1/trial-balance', `/v1/cards/${card.serial}`])(
    'answers %s',
    async (url) => {
      const { server, as } = await serve();
      const answer = await server.inject({ method: 'GET', url, headers: as('auditor') });
      expect(answer.statusCode).toBe(200);
    },
  );

  it('answers an unknown card with a problem', async () => {
    const { server, as } = await serve();
    const headers = as('operator');
    const answer = await server.inject({ method: 'GET', url: '/v1/cards/77', headers });
    expectProblem(answer, 'CARD_NOT_FOUND');
  });

  it('answers a serial number that is none with a problem', async () => {
    const { server, as } = await serve();
    const headers = as('operator');
    const answer = await server.inject({ method: 'GET', url: '/v1/cards/x', headers });
    expectProblem(answer, 'USAGE');
  });

  it('says nothing of a broken store to the client, and writes the reason to the log', async () => {
    let log = '';
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        log += chunk.toString();
        done();
      },
    });
    const { server, test, as } = await serve({ logTo: sink });
    test.host.store.close();
    const headers = as('operator');
    const answer = await server.inject({ method: 'GET', url: '/v1/report', headers });
    expect(expectProblem(answer, 'STORE_UNUSABLE')).not.toContain('database');
    expect(log).toContain('The database connection is not open');
  });

  it('logs neither bodies, MACs, keys nor signatures', async () => {
    let log = '';
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        log += chunk.toString();
        done();
      },
    });
    const { server, as, keys } = await serve({ logTo: sink });
    const load = loadRequest({ card, terminal, amount: 500, before: 0, counter: 0 });
    const signatures: string[] = [];
    for (const mac1 of [load.mac1, '0011223344556677', 'not hex']) {
      const payload = JSON.stringify({ ...load, mac1 });
      const signed = signedBy(terminal, TO_LOADS, payload);
      signatures.push(signed['signature']!);
      const headers = { ...signed, 'content-type': 'application/json' };
      await server.inject({ ...TO_LOADS, payload, headers });
    }
    await server.inject({ method: 'GET', url: '/v1/report', headers: as('operator') });
    const wrong = `${keys.auditor.slice(0, -1)}_`;
    const headers = { authorization: `Bearer ${wrong}` };
    await server.inject({ method: 'GET', url: '/v1/report', headers });
    expect(log).toContain('/v1/loads');
    expect(log).toContain('"the-operator"');
    const macs = [load.mac1, '0011223344556677', 'not hex', load.cardRandom];
    for (const secret of [...macs, ...signatures, ...Object.values(keys), wrong]) {
      expect(log).not.toContain(secret);
    }
  });
});
