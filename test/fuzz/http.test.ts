// SPDX-License-Identifier: MIT
/**
 * Requests to the real server, over a socket: right ones, mutated ones, and bytes that are none. Whatever
 * comes is answered, never with a fault of the server, and every error is one of the catalogue.
 */
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/hex.ts';
import { ACTION_MAC_REQUEST, SYNC_REQUEST } from '../../src/clearing/sync-messages.ts';
import { ed25519Sign } from '../../src/crypto/ed25519.ts';
import { FAULTS, type FaultCode } from '../../src/errors/catalogue.table.ts';
import { expectBooksRight } from '../unit/host/books-check.ts';
import {
  expectProblem,
  serve,
  signedBy,
  TERMINAL,
  type Headers,
  type HttpWorld,
  type Person,
} from '../unit/host/http-world.ts';
import { corpusBytes, corpusTexts, hexText } from './corpus.ts';
import {
  mutatedStories,
  parseStory,
  showStory,
  type Story,
  type StoryRequest,
} from './http-story.ts';
import { hunt, HUNT_TIMEOUT_MS } from './hunt.ts';
import { mutatedBytes } from './mutate.ts';
import { ask, type RawAnswer } from './raw-http.ts';

/** Nobody is to be refused for asking too often here. */
const NO_LIMIT = { burst: 1e9, perSecond: 1e9 };
const RATES = { user: NO_LIMIT, terminal: NO_LIMIT, address: NO_LIMIT, auditedRefusals: NO_LIMIT };
const SEALS = { sync: SYNC_REQUEST, action: ACTION_MAC_REQUEST } as const;
const BATCHES = corpusBytes('batch');
const utf8 = new TextEncoder();

async function listen(): Promise<HttpWorld & { readonly port: number }> {
  const world = await serve({ rates: RATES });
  await world.server.listen({ host: '127.0.0.1', port: 0 });
  return { ...world, port: (world.server.server.address() as AddressInfo).port };
}

/** An error is a problem of the catalogue, and of no fault of ours. */
function expectAnswer({ statusCode, headers, body }: RawAnswer, isHead = false): void {
  expect(statusCode, body).toBeLessThan(500);
  if (statusCode < 400) return;
  if (isHead) {
    expect(headers['content-type']).toBe('application/problem+json');
    return;
  }
  const { code } = JSON.parse(body) as { code: FaultCode };
  expect(Object.keys(FAULTS), body).toContain(code);
  expectProblem({ statusCode, headers, body }, code);
}

/** Plays stories to one server, and remembers what it was told for the requests that come after. */
class Asker {
  readonly statuses = new Map<number, number>();
  readonly #world: HttpWorld & { readonly port: number };
  readonly #known = {
    '@exception': 'E0123456789',
    '@request': 'R0123456789-1',
    '@action': 'none',
  };

  constructor(world: HttpWorld & { readonly port: number }) {
    this.#world = world;
  }

  async play(story: Story): Promise<void> {
    for (const request of story) await this.#ask(request);
    expectBooksRight(this.#world.test.host.store);
    const health = await ask(this.#world.port, bytesOf('GET', '/v1/health', [], new Uint8Array(0)));
    expect(health?.statusCode).toBe(200);
  }

  async #ask(request: StoryRequest): Promise<void> {
    const url = this.#filled(request.url);
    const own = new Map(request.headers);
    const body = this.#body(request, own);
    const [who, isHead] = [own.get('as') ?? 'nobody', request.method === 'HEAD'];
    const headers = request.headers.filter(([name]) => !['as', 'body', 'seal'].includes(name));
    const proof = this.#proof(who, { method: request.method, url }, body);
    const given = new Set(headers.map(([name]) => name));
    const all = [...headers, ...Object.entries(proof).filter(([name]) => !given.has(name))];
    const answer = await ask(this.#world.port, bytesOf(request.method, url, all, body));
    if (answer === undefined) return;
    this.statuses.set(answer.statusCode, (this.statuses.get(answer.statusCode) ?? 0) + 1);
    expectAnswer(answer, isHead);
    this.#note(answer.body);
  }

  #filled(text: string): string {
    return Object.entries(this.#known).reduce((now, [name, is]) => now.replaceAll(name, is), text);
  }

  #body({ body }: StoryRequest, own: ReadonlyMap<string, string>): Uint8Array {
    const file = BATCHES.find(({ name }) => `batch/${name}` === own.get('body'));
    if (file !== undefined) return file.bytes;
    const text = this.#filled(body);
    const seal = own.get('seal');
    if (seal !== 'sync' && seal !== 'action') return utf8.encode(text);
    // The text itself is signed, whatever it is: a terminal may send what is no JSON.
    const { domain } = SEALS[seal];
    const signature = toHex(ed25519Sign(TERMINAL.seed, utf8.encode(domain + text)));
    return utf8.encode(JSON.stringify({ payload: text, signature }));
  }

  #proof(who: string, target: { method: string; url: string }, body: Uint8Array): Headers {
    if (who === 'terminal') return signedBy(TERMINAL, target, body);
    if (who === 'stranger') return { authorization: 'Bearer opk_0000' };
    return who === 'nobody' ? {} : this.#world.as(who as Person);
  }

  #note(body: string): void {
    this.#known['@exception'] =
      /"id":"(E[0-9A-F]{10})"/.exec(body)?.[1] ?? this.#known['@exception'];
    this.#known['@request'] = /"(R[0-9A-F]{10}-\d+)"/.exec(body)?.[1] ?? this.#known['@request'];
    this.#known['@action'] = /"actions":\["(\w+)"/.exec(body)?.[1] ?? this.#known['@action'];
  }
}

/** A request as it goes over the wire; what a header says of the length of the body stands. */
function bytesOf(
  method: string,
  url: string,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array,
): Uint8Array {
  const names = headers.map(([name]) => name);
  const added: readonly (readonly [string, string])[] = [
    ['host', 'openpurse'],
    ['connection', 'close'],
    ['content-length', String(body.length)],
  ];
  const missing = added.filter(([name]) => !names.includes(name));
  const lines = [...headers, ...missing].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Uint8Array.from([...utf8.encode(head), ...body]);
}

describe('requests to the host', () => {
  const entries = corpusTexts('http');

  it.each(entries)('$name has answers of the catalogue alone', async ({ text }) => {
    await new Asker(await listen()).play(parseStory(text));
  });

  it('of the corpus are taken', async () => {
    for (const name of ['reads.http', 'batches.http', 'load.http', 'desk.http', 'sync.http']) {
      const asker = new Asker(await listen());
      await asker.play(parseStory(entries.find((entry) => entry.name === name)?.text ?? ''));
      expect(asker.statuses.get(200), name).toBeGreaterThan(1);
    }
  });

  it(
    'have answers of the catalogue alone, whatever they are',
    async () => {
      const statuses = new Set<number>();
      await hunt({
        input: mutatedStories(entries.map(({ text }) => parseStory(text))),
        usual: 60,
        show: showStory,
        check: async (story) => {
          const world = await listen();
          try {
            const asker = new Asker(world);
            await asker.play(story);
            for (const status of asker.statuses.keys()) statuses.add(status);
          } finally {
            await world.close();
          }
        },
      });
      for (const status of [200, 400, 401, 403, 404]) expect([...statuses]).toContain(status);
    },
    HUNT_TIMEOUT_MS,
  );
});

describe('bytes that may be no request', () => {
  const entries = corpusBytes('http-bytes');

  it.each(entries)('$name: the host answers from the catalogue', async ({ bytes }) => {
    const { port } = await listen();
    const answer = await ask(port, bytes);
    if (answer !== undefined) expectAnswer(answer);
  });

  it(
    'have answers of the catalogue alone, and the host goes on',
    async () => {
      const { port, test } = await listen();
      await hunt({
        input: mutatedBytes(entries.map(({ bytes }) => bytes)),
        usual: 250,
        show: hexText,
        check: async (bytes) => {
          const answer = await ask(port, bytes);
          if (answer !== undefined) expectAnswer(answer, bytes[0] === 'H'.charCodeAt(0));
        },
      });
      expect(
        (await ask(port, bytesOf('GET', '/v1/health', [], new Uint8Array(0))))?.statusCode,
      ).toBe(200);
      expectBooksRight(test.host.store);
    },
    HUNT_TIMEOUT_MS,
  );
});
