// SPDX-License-Identifier: MIT
/** The served description against the rules of OpenAPI, the routes, and what the routes answer. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, loadRequest, record } from './host-world.ts';
import { CARD, serve, signedBy, TERMINAL, type Headers, type HttpWorld } from './http-world.ts';

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-roles'?: unknown;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media & { readonly description: string }>>;
}

interface Document {
  readonly openapi: string;
  readonly info: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
}

interface Asked {
  readonly name: string;
  readonly statusCode: number;
  readonly type: string;
  readonly body: string;
  readonly operation: Operation;
}

const ajv = new Ajv2020({ strict: false });
/** What stands in a path where the description has a parameter. */
const PARAMETERS: Readonly<Record<string, string>> = {
  serial: CARD.serial,
  merchant: TERMINAL.merchant,
};

let document: Document;
let registered: readonly string[];
const answers: Asked[] = [];

/** Bodies with which a route does what it is for; the others get an empty one and refuse it. */
function bodyOf(name: string): { payload?: Buffer; type?: string } {
  if (name === 'POST /v1/batches') {
    const one = { terminal: TERMINAL, card: CARD, counter: 0, amount: 100, before: 900 };
    const bytes = batch(TERMINAL, [record({ ...one, sequence: 3 })]);
    return { payload: Buffer.from(bytes), type: 'application/octet-stream' };
  }
  if (name === 'POST /v1/loads') {
    const load = loadRequest({ card: CARD, terminal: TERMINAL, amount: 5, before: 0, counter: 0 });
    return { payload: Buffer.from(JSON.stringify(load)), type: 'application/json' };
  }
  return name.startsWith('GET ') ? {} : { payload: Buffer.from('{}'), type: 'application/json' };
}

async function ask(world: HttpWorld, name: string, operation: Operation): Promise<Asked> {
  const [method = '', path = ''] = name.split(' ');
  const url = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => PARAMETERS[parameter] ?? '1');
  const { payload, type } = bodyOf(name);
  const isTerminals = (operation['x-roles'] as readonly string[]).includes('terminal');
  const who: Headers = isTerminals
    ? signedBy(TERMINAL, { method, url }, payload ?? '')
    : world.as('operator');
  const answer = await world.server.inject({
    method: method as 'GET',
    url,
    headers: { ...who, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(payload === undefined ? {} : { payload }),
  });
  const answered = String(answer.headers['content-type']).split(';')[0] ?? '';
  return { name, statusCode: answer.statusCode, type: answered, body: answer.body, operation };
}

const operations = (): readonly (readonly [string, Operation])[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  );

/** `GET /v1/report` … of the tree that Fastify prints: a child's line has the rest of its path alone. */
function routesOf(tree: string): readonly string[] {
  const paths: { readonly depth: number; readonly path: string }[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] =
      /^(.*?── )(\/\S*)(?: \(([^)]*)\))?$/.exec(line) ?? [];
    if (part === '') return [];
    while ((paths.at(-1)?.depth ?? -1) >= indent.length) paths.pop();
    const path = (paths.at(-1)?.path ?? '') + part;
    paths.push({ depth: indent.length, path });
    return methods
      .split(', ')
      .filter((verb) => verb !== '' && verb !== 'HEAD')
      .map((verb) => `${verb} ${path}`);
  });
}

beforeAll(async () => {
  const world = await serve();
  await world.server.ready();
  const served = await world.server.inject({ method: 'GET', url: '/v1/openapi.json' });
  document = served.json();
  registered = routesOf(world.server.printRoutes({ commonPrefix: false }));
  // Twice: an empty host, and then one with a batch and something open.
  for (let round = 0; round < 2; round++) {
    for (const [name, operation] of operations()) answers.push(await ask(world, name, operation));
  }
});

describe('the description of the API', () => {
  it('is OpenAPI 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'openpurse clearing host' });
  });

  it('has every route, and no other', () => {
    const described = operations().map(([name]) => name.replaceAll(/\{(\w+)\}/g, ':$1'));
    expect(registered.length).toBeGreaterThan(8);
    expect(described.sort()).toEqual([...registered].sort());
  });

  it('says of every route what it is for, who may use it, and what it answers', () => {
    for (const [name, operation] of operations()) {
      expect(operation.summary, name).toMatch(/\S/);
      expect(operation.tags, name).toHaveLength(1);
      expect(operation['x-roles'], name).toBeDefined();
      expect(operation.responses['200']?.content, name).toBeDefined();
      expect(operation.responses['default']?.content, name).toHaveProperty([
        'application/problem+json',
      ]);
      if (name.startsWith('POST ')) expect(operation.requestBody?.content, name).toBeDefined();
      const known = Object.keys(document.components.securitySchemes);
      const used = (operation.security ?? []).flatMap((way) => Object.keys(way));
      expect(known, name).toEqual(expect.arrayContaining(used));
      expect(operation.security, name).not.toEqual([]);
    }
  });

  it('has every parameter of a path', () => {
    for (const [name, { parameters = [] }] of operations()) {
      const named = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = parameters.filter((one) => one.in === 'path').map((one) => one.name);
      expect(declared, name).toEqual(named);
    }
  });

  it('has schemas that are schemas', () => {
    for (const [name, { responses, requestBody }] of operations()) {
      for (const media of [...Object.values(responses), requestBody ?? {}]) {
        for (const { schema } of Object.values(media.content ?? {})) {
          expect(ajv.validateSchema(schema), name).toBe(true);
        }
      }
    }
  });
});

describe('what the routes answer', () => {
  it('is what the description says', () => {
    const wrong: unknown[] = [];
    for (const { name, statusCode, type, body, operation } of answers) {
      const media = operation.responses[`${statusCode}`] ?? operation.responses['default'];
      const schema = media?.content?.[type]?.schema;
      if (schema === undefined) wrong.push({ name, statusCode, type });
      else if (type.endsWith('json')) {
        const validate: ValidateFunction = ajv.compile(schema);
        if (!validate(JSON.parse(body))) wrong.push({ name, errors: validate.errors });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is an answer to every question, never a failure', () => {
    const failed = answers.filter(({ statusCode }) => statusCode >= 500);
    expect(failed.map(({ name, body }) => ({ name, body }))).toEqual([]);
    const reads = answers.filter(({ name }) => name.startsWith('GET ') && !name.includes('{'));
    expect(reads.filter(({ statusCode }) => statusCode !== 200).map(({ name }) => name)).toEqual(
      [],
    );
  });
});
