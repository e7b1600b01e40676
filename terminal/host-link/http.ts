// SPDX-License-Identifier: MIT
/**
 * The clearing host over HTTP. Paths and bodies: docs/host-api.md. Nothing that comes back is believed:
 * it is cut at a size, read as JSON, and its form is checked; signatures are checked by whoever uses it.
 */
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { HostLink, LoadAuthorisation } from '../../src/clearing/messages.ts';
import type { Signed } from '../../src/clearing/signed.ts';
import type { RequestTarget, SignatureHeaders } from '../../src/clearing/signed-request.ts';
import { Fault } from '../../src/errors/fault.ts';

export interface HttpHostOptions {
  /** Such as `http://127.0.0.1:8080`; a path in it is kept. */
  readonly baseUrl: string;
  /** For one request from first byte to last. */
  readonly timeoutMs?: number;
  /** Signs what is not signed itself; without it the host takes batches alone. */
  readonly sign?: RequestSigner;
}

/** Makes the headers that sign a request, see src/clearing/signed-request.ts. */
export type RequestSigner = (target: RequestTarget, body: Uint8Array) => SignatureHeaders;

/** A range of an acknowledgement takes some 90 bytes of JSON, inside a JSON string. */
const ACK_BYTES_MAX = 16 * 1024 * 1024;
/** A full hotlist and all actions: a serial has 20 digits, quoted inside a quoted text; an action 400 bytes. */
const SYNC_BYTES_MAX = 64 * 1024 + 25 * LIMITS.hotlistEntries.max + 500 * LIMITS.openActions.max;
const TIMEOUT_MS = 30_000;
const TRY_AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Characters of a host's own words that go into a message. */
const REASON_MAX = 500;

interface Exchange {
  readonly path: string;
  readonly init: Request;
  readonly bytesMax: number;
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

const utf8 = new TextEncoder();

type JsonObject = Readonly<Record<string, unknown>>;

/** A host link over HTTP. @throws CONFIG_INVALID when the base URL is none. */
export function httpHostLink(options: HttpHostOptions): HostLink {
  const { baseUrl, timeoutMs = TIMEOUT_MS, sign } = options;
  const base = checkedBase(baseUrl);
  const ask = (exchange: Exchange): Promise<JsonObject> => request(base, timeoutMs, exchange);
  const askSigned = (exchange: Exchange): Promise<JsonObject> =>
    ask(sign === undefined ? exchange : signed(base, exchange, sign));
  return {
    async uploadBatch(batch) {
      // The batch has its own signature, and gets through when the terminal's clock is wrong.
      const init = post('application/octet-stream', batch);
      return signedOf(await ask({ path: 'v1/batches', init, bytesMax: ACK_BYTES_MAX }));
    },
    async authoriseLoad(load) {
      const init = post('application/json', utf8.encode(JSON.stringify(load)));
      const bytesMax = LIMITS.httpJsonBytes.max;
      return authorisationOf(await askSigned({ path: 'v1/loads', init, bytesMax }));
    },
    async sync(message) {
      const init = post('application/json', utf8.encode(JSON.stringify(message)));
      return signedOf(await ask({ path: 'v1/terminals/sync', init, bytesMax: SYNC_BYTES_MAX }));
    },
    async actionMac(message) {
      const init = post('application/json', utf8.encode(JSON.stringify(message)));
      const bytesMax = LIMITS.httpJsonBytes.max;
      const answer = await ask({ path: 'v1/terminals/action-mac', init, bytesMax });
      return { mac: textMember(answer, 'mac') };
    },
  };
}

function checkedBase(baseUrl: string): string {
  const isHttp = URL.canParse(baseUrl) && /^https?:$/.test(new URL(baseUrl).protocol);
  if (!isHttp) {
    throw new Fault('CONFIG_INVALID', `"host" expected an http or https URL, got "${baseUrl}"`);
  }
  return baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
}

function post(type: string, body: Uint8Array): Request {
  return { method: 'POST', headers: { 'content-type': type }, body };
}

function signed(base: string, exchange: Exchange, sign: RequestSigner): Exchange {
  const { path, init } = exchange;
  const { pathname, search } = new URL(path, base);
  const target = { method: init.method, url: pathname + search };
  const headers = { ...init.headers, ...sign(target, init.body ?? new Uint8Array(0)) };
  return { ...exchange, init: { ...init, headers } };
}

async function request(base: string, timeoutMs: number, exchange: Exchange): Promise<JsonObject> {
  const { path, init, bytesMax } = exchange;
  const url = new URL(path, base);
  const { status, text } = await roundTrip(url, { ...init, timeoutMs, bytesMax });
  const body = parseObject(text);
  if (status >= 200 && status < 300) {
    if (body === undefined) throw refused(url, 'a JSON object', 'something else');
    return body;
  }
  const reason = reasonOf(body) ?? 'no reason';
  // The host is there, and not in a state to answer: another try may differ.
  if (TRY_AGAIN.has(status)) {
    throw new Fault(
      'HOST_UNREACHABLE',
      `"${url.href}" expected an answer, got ${status}: ${reason}`,
    );
  }
  throw refused(url, 'to be accepted', `${status}: ${reason}`);
}

function refused(url: URL, expected: string, got: string): Fault {
  return new Fault('HOST_REFUSED', `"${url.href}" expected ${expected}, got ${got}`);
}

async function roundTrip(
  url: URL,
  options: Request & { readonly timeoutMs: number; readonly bytesMax: number },
): Promise<{ readonly status: number; readonly text: string }> {
  const { timeoutMs, bytesMax, ...init } = options;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { ...init, signal, redirect: 'error' });
    return { status: response.status, text: await readText(response, url, bytesMax) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    const problem = error instanceof Error ? (causeOf(error) ?? error.message) : 'an unknown error';
    const message = `"${url.href}" expected an answer within ${timeoutMs} ms, got ${problem}`;
    throw new Fault('HOST_UNREACHABLE', message, { cause: error });
  }
}

/** fetch says `fetch failed`; what failed is in its cause. */
function causeOf({ cause }: Error): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

async function readText(response: Response, url: URL, bytesMax: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    // fetch's body is a stream of bytes; its type says `any`.
    const bytes = part as Uint8Array;
    size += bytes.length;
    if (size > bytesMax) throw refused(url, `at most ${bytesMax} bytes`, 'more');
    parts.push(bytes);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** `detail`, or else `title`, of an application/problem+json answer. RFC 9457, 3.1. */
function reasonOf(body: JsonObject | undefined): string | undefined {
  const reason = [body?.['detail'], body?.['title']].find((value) => typeof value === 'string');
  return reason?.slice(0, REASON_MAX);
}

function textMember(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value === 'string') return value;
  throw new Fault(
    'HOST_REFUSED',
    `"${name}" expected a text in the host's answer, got ${typeof value}`,
  );
}

function signedOf(body: JsonObject): Signed {
  return { payload: textMember(body, 'payload'), signature: textMember(body, 'signature') };
}

function authorisationOf(body: JsonObject): LoadAuthorisation {
  return {
    loadId: textMember(body, 'loadId'),
    date: textMember(body, 'date'),
    time: textMember(body, 'time'),
    mac2: textMember(body, 'mac2'),
  };
}
