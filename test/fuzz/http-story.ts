// SPDX-License-Identifier: MIT
/**
 * Requests that follow each other, as a text, with `----` between them:
 *
 *   POST /v1/loads
 *   as: terminal
 *   content-type: application/json
 *
 *   {"amount": …}
 *
 * `as` is who asks, `seal` what a terminal signs in the body, `body` a file of the corpus that is the body;
 * all other lines are headers. `@exception`, `@request` and `@action` stand for what a test knows
 * only when it runs.
 */
import fc from 'fast-check';
import { editedJson, jsonEdit, mutatedText, type JsonEdit } from './mutate.ts';

export interface StoryRequest {
  readonly method: string;
  readonly url: string;
  /** `as`, `seal` and `body` among them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export type Story = readonly StoryRequest[];

export function parseStory(text: string): Story {
  return text
    .replace(/^(?:#.*\n)+/, '')
    .split('\n----\n')
    .map((part) => parseRequest(part.replace(/\n$/, '')));
}

function parseRequest(text: string): StoryRequest {
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\n');
  const [method = '', url = ''] = first.split(' ');
  const headers = lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)] as const;
  });
  return { method, url, headers, body: end < 0 ? '' : text.slice(end + 2) };
}

export function showStory(story: Story): string {
  return story
    .map(({ method, url, headers, body }) => {
      const lines = headers.map(([name, value]) => `${name}: ${value}`);
      return `${[`${method} ${url}`, ...lines].join('\n')}${body === '' ? '' : `\n\n${body}`}`;
    })
    .join('\n----\n');
}

const METHODS = [
  ...['GET', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'],
  ...['PROPFIND', 'QUERY', 'get', 'G', ''],
];
const WHO = ['operator', 'approver', 'auditor', 'merchant', 'terminal', 'nobody', 'stranger'];
const URL_WORDS = [
  ...['/', '//', '..', '?', '&', '=', '#', '%', '%zz', '%00', '%2f', '%2F', '%E0%A4%A', ';', '*'],
  ...[
    '?after=0',
    '&after=1',
    '?by=lot',
    '?from=99999999',
    '[',
    ']',
    '\\',
    '|',
    '~',
    '@',
    'http://',
  ],
  ...['a'.repeat(120), 'é', '__proto__', 'constructor', '@exception', '@request'],
];
const JSON_WORDS = [
  ...['{', '}', '[', ']', '[]', '{}', 'null', 'true', '""', '"\\u0000"', '"\\ud800"', '1e999'],
  ...['"__proto__":{"a":1},', '"constructor":{"prototype":{}},', '"a":1,', '"amount":1,'],
  ...['['.repeat(3000), '"2026-02-30"', '"0000-00-00"', '"9999-12-31"', '@exception', '@action'],
];
const HEADERS: readonly (readonly [string, string])[] = [
  ...[
    'application/json',
    'application/octet-stream',
    'text/plain',
    'application/json; charset=x',
    '/',
    'multipart/form-data; boundary=x',
  ].map((type) => ['content-type', type] as const),
  ...['sync', 'action', 'none'].map((kind) => ['seal', kind] as const),
  ['authorization', 'Bearer x'],
  ['authorization', 'Basic eDp4'],
  ['authorization', ''],
  ['content-encoding', 'gzip'],
  ['transfer-encoding', 'gzip'],
  ['content-length', '1'],
  ['expect', '100-continue'],
  ['expect', 'a'],
  ['upgrade', 'websocket'],
  ['host', 'b'],
  ['x-forwarded-for', '1'],
  ['accept', 'text/html'],
  ['range', 'bytes=0-1'],
  ['if-none-match', '*'],
  ['x-http-method-override', 'DELETE'],
  ['content-digest', 'sha-256=:x:'],
  ['signature', 'terminal=:x:'],
  ['signature-input', 'terminal=()'],
];

/** A request in which one part or another is not what it was. */
function mutatedRequest(stories: readonly Story[]): fc.Arbitrary<StoryRequest> {
  const requests = stories.flat();
  const urls = mutatedText(
    requests.map(({ url }) => url),
    URL_WORDS,
  );
  const bodies = requests.map(({ body }) => body);
  // One part at a time: a request that is wrong twice is refused for the first.
  const change: fc.Arbitrary<Change> = fc.oneof(
    { weight: 2, arbitrary: urls.map((url) => ({ url: url.replaceAll(/[\s\u0000]/g, '%20') })) },
    { weight: 2, arbitrary: fc.constantFrom(...HEADERS).map((header) => ({ header })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...WHO).map((who) => ({ header: ['as', who] as const })),
    },
    { weight: 1, arbitrary: fc.constantFrom(...METHODS).map((method) => ({ method })) },
    { weight: 2, arbitrary: mutatedText(bodies, JSON_WORDS).map((body) => ({ body })) },
    {
      weight: 5,
      arbitrary: fc.array(jsonEdit, { minLength: 1, maxLength: 3 }).map((values) => ({ values })),
    },
  );
  return fc
    .tuple(
      fc.constantFrom(...stories).chain((story) => fc.constantFrom(...story)),
      fc.oneof({ weight: 4, arbitrary: fc.tuple(change) }, fc.tuple(change, change)),
    )
    .map(([base, changes]) => changes.reduce(changed, base));
}

interface Change {
  readonly method?: string;
  readonly url?: string;
  readonly header?: readonly [string, string];
  readonly body?: string;
  readonly values?: readonly JsonEdit[];
}

function changed(request: StoryRequest, change: Change): StoryRequest {
  const { header, values = [], body = request.body } = change;
  return {
    method: change.method ?? request.method,
    url: change.url ?? request.url,
    headers:
      header === undefined
        ? request.headers
        : [...request.headers.filter(([name]) => name !== header[0]), header],
    body: values.reduce(editedJson, body),
  };
}

/** Requests of the corpus, as they are and mutated. */
export function mutatedStories(stories: readonly Story[]): fc.Arbitrary<Story> {
  const request = mutatedRequest(stories);
  const step = fc.oneof(
    { weight: 3, arbitrary: request.map((one): Story => [one]) },
    fc.constantFrom(...stories.filter((story) => story.length < 12)),
  );
  return fc.array(step, { minLength: 1, maxLength: 8 }).map((steps) => steps.flat());
}
