// SPDX-License-Identifier: MIT
/** The host link over real sockets: what it sends, and what it makes of every kind of answer. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts';
import { hasDigest, readSignedRequest, signRequest } from '../../../src/clearing/signed-request.ts';
import type { LoadRequest } from '../../../src/clearing/messages.ts';
import { httpHostLink } from '../../../terminal/host-link/http.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, response, Buffer.concat(chunks));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server listens at a port; only a pipe has a string.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json =
  (status: number, value: unknown, type = 'application/json'): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
  };

const LOAD: LoadRequest = {
  terminalId: '001122334455',
  serial: '00000000000000000001',
  algorithmId: 0x88,
  keyVersion: 1,
  transactionType: 2,
  amount: 500,
  balanceBefore: 0,
  onlineCounter: 0,
  cardRandom: '00',
  mac1: '00',
};

const MESSAGE = { payload: '{}', signature: '00' };

describe('the host link over HTTP', () => {
  it('posts a batch as bytes and gives the acknowledgement back', async () => {
    const seen: unknown[] = [];
    const baseUrl = await serve((request, response, body) => {
      seen.push([request.method, request.url, request.headers['content-type'], [...body]]);
      json(200, { payload: 'p', signature: 's', other: 1 })(request, response, body);
    });
    const ack = await httpHostLink({ baseUrl }).uploadBatch(Uint8Array.of(1, 2, 3));
    expect(ack).toEqual({ payload: 'p', signature: 's' });
    expect(seen).toEqual([['POST', '/v1/batches', 'application/octet-stream', [1, 2, 3]]]);
  });

  it('posts a load as JSON', async () => {
    const authorisation = { loadId: 'l', date: '20260203', time: '081530', mac2: '00' };
    const baseUrl = await serve((request, response, body) => {
      expect([request.url, JSON.parse(body.toString())]).toEqual(['/v1/loads', LOAD]);
      json(200, authorisation)(request, response, body);
    });
    expect(await httpHostLink({ baseUrl }).authoriseLoad(LOAD)).toEqual(authorisation);
  });

  it('synchronises, below a path too', async () => {
    const answer = { payload: '{}', signature: '00' };
    const baseUrl = await serve((request, response, body) => {
      expect([request.method, request.url]).toEqual(['POST', '/clearing/v1/terminals/sync']);
      expect(JSON.parse(body.toString())).toEqual(MESSAGE);
      json(200, answer)(request, response, body);
    });
    expect(await httpHostLink({ baseUrl: `${baseUrl}/clearing` }).sync(MESSAGE)).toEqual(answer);
  });

  it('asks for the MAC of an action', async () => {
    const baseUrl = await serve((request, response, body) => {
      expect([request.method, request.url]).toEqual(['POST', '/v1/terminals/action-mac']);
      json(200, { mac: '01020304' })(request, response, body);
    });
    expect(await httpHostLink({ baseUrl }).actionMac(MESSAGE)).toEqual({ mac: '01020304' });
  });

  it.each([
    ['an answer without a signature', { payload: '{}' }],
    ['an answer that is no text', { payload: {}, signature: '' }],
    ['a list', []],
  ])('refuses %s', async (_, answer) => {
    const link = httpHostLink({ baseUrl: await serve(json(200, answer)) });
    await expect(link.sync(MESSAGE)).rejects.toMatchObject({ code: 'HOST_REFUSED' });
  });

  it('refuses an acknowledgement without a signature', async () => {
    const link = httpHostLink({ baseUrl: await serve(json(200, { payload: 'p' })) });
    await expect(link.uploadBatch(new Uint8Array(1))).rejects.toMatchObject({
      code: 'HOST_REFUSED',
    });
  });

  it('signs what goes over the wire, and not the batch, which is signed itself', async () => {
    const seed = new Uint8Array(32).fill(3);
    const stamp = { terminalId: '001122334455', createdSeconds: 1, nonce: '00'.repeat(16) };
    const verdicts: unknown[] = [];
    const baseUrl = await serve((request, response, body) => {
      const { headers, method = '', url = '' } = request;
      const read = readSignedRequest({
        'content-digest': String(headers['content-digest']),
        'signature-input': String(headers['signature-input']),
        signature: String(headers['signature']),
      });
      const isSigned = read?.isSignedBy(ed25519PublicKey(seed), { method, url }) ?? false;
      verdicts.push([url, isSigned && hasDigest(body, read!.bodyDigest)]);
      json(500, {})(request, response, body);
    });
    const link = httpHostLink({
      baseUrl: `${baseUrl}/purse`,
      sign: (target, body) => signRequest(seed, stamp, target, body),
    });
    await expect(link.authoriseLoad(LOAD)).rejects.toThrow();
    await expect(link.uploadBatch(Uint8Array.of(1))).rejects.toThrow();
    expect(verdicts).toEqual([
      ['/purse/v1/loads', true],
      ['/purse/v1/batches', false],
    ]);
  });

  it('passes the reason of the host on', async () => {
    const problem = { title: 'Refused', detail: 'terminal 001122334455 is not enrolled' };
    const baseUrl = await serve(json(422, problem, 'application/problem+json'));
    const upload = httpHostLink({ baseUrl }).uploadBatch(new Uint8Array(1));
    await expect(upload).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    await expect(upload).rejects.toThrow('422: terminal 001122334455 is not enrolled');
  });

  it('has words of its own for an error page', async () => {
    const baseUrl = await serve((_, response) => response.writeHead(500).end('<html>'));
    await expect(httpHostLink({ baseUrl }).sync(MESSAGE)).rejects.toThrow('500: no reason');
  });

  it.each([429, 502, 503, 504])('may try again after %i', async (status) => {
    const link = httpHostLink({ baseUrl: await serve(json(status, { title: 'later' })) });
    await expect(link.sync(MESSAGE)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });

  it('says that nobody listens', async () => {
    const baseUrl = await serve(json(200, {}));
    servers[0]?.close();
    const fetching = httpHostLink({ baseUrl }).sync(MESSAGE);
    await expect(fetching).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    await expect(fetching).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait for ever', async () => {
    const baseUrl = await serve(() => undefined);
    const fetching = httpHostLink({ baseUrl, timeoutMs: 50 }).sync(MESSAGE);
    await expect(fetching).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });

  it('does not wait for the end of an answer either', async () => {
    const baseUrl = await serve((_, response) => response.writeHead(200).write('{'));
    const fetching = httpHostLink({ baseUrl, timeoutMs: 50 }).sync(MESSAGE);
    await expect(fetching).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });

  it('stops reading an answer that is too long', async () => {
    const baseUrl = await serve((_, response) => {
      response.writeHead(200).end('x'.repeat(64 * 1024 + 1));
    });
    const asking = httpHostLink({ baseUrl }).authoriseLoad(LOAD);
    await expect(asking).rejects.toMatchObject({ code: 'HOST_REFUSED' });
  });

  it('follows no redirection', async () => {
    const baseUrl = await serve((_, response) =>
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    );
    await expect(httpHostLink({ baseUrl }).sync(MESSAGE)).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
  });

  it.each(['', 'clearing', 'ftp://host', 'file:///etc/passwd'])(
    'refuses the base "%s"',
    (baseUrl) => {
      expect(() => httpHostLink({ baseUrl })).toThrow('"host" expected');
    },
  );
});
