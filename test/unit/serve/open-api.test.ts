import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { Serving } from '../../support/serving.ts';

const { Validator } = createRequire(import.meta.url)('@seriousme/openapi-schema-validator') as {
  Validator: new () => {
    validate(document: object): Promise<{ valid: boolean; errors?: unknown }>;
    resolveRefs(): Document;
    version: string;
  };
};

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}

interface Document {
  readonly paths: {
    readonly [path: string]: {
      readonly get: {
        readonly parameters?: readonly Parameter[];
        readonly responses: { readonly [status: string]: { readonly content?: { readonly [type: string]: object } } };
      };
    };
  };
}

const PROGRAM =
  'json | groupBy(.path, {n: count()}) | serve(0); json | groupBy(.a, .b, {n: count()}) | serve(0, name: "two"); json | serve(0, name: "log")';

/** What is asked with, so that there is an answer. */
const GIVEN: { readonly [name: string]: string } = { view: 'path', text: 'fil', key: '/a', key1: 'x', key2: '1' };

async function served() {
  const serving = new Serving(PROGRAM);
  serving.batch([{ path: '/a', n: 2 }]);
  serving.batch([{ a: 'x', b: 1, n: 4 }], 1);
  serving.batch([{ any: 1 }], 2);
  const text = (await serving.json('/api')) as unknown as object;
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(text));
  return { serving, valid, errors, version: validator.version, document: valid ? validator.resolveRefs() : undefined };
}

test('/api is a document of OpenAPI, which has each view with its keys', async () => {
  const { valid, errors, version, document } = await served();
  expect([valid, errors ?? []]).toEqual([true, []]);
  expect(version).toBe('3.1');
  expect(Object.keys(document!.paths)).toEqual(
    expect.arrayContaining([
      '/',
      '/events',
      '/healthz',
      '/metrics',
      '/api/run',
      '/v/path',
      '/v/path.parquet',
      '/v/path/{key}',
      '/v/two/{key1}/{key2}',
      '/v/log.json',
    ]),
  );
  expect(document!.paths['/v/log/{key}']).toBe(undefined);
});

test('what it says is so: each of its addresses answers, with the type that it says, and all parameters are known', async () => {
  const { serving, document } = await served();
  for (const [path, { get }] of Object.entries(document!.paths)) {
    const url = new URL(`http://x${path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(GIVEN[name]!))}`);
    for (const { name, required, in: place } of get.parameters ?? []) {
      if (required === true && place === 'query') url.searchParams.set(name, GIVEN[name]!);
    }
    const types = Object.keys(get.responses['200']!.content!);
    const at = url.pathname + url.search;
    if (types[0] === 'text/event-stream') {
      const reader = await serving.events(at);
      expect([at, reader.status, (await reader.next())?.event]).toEqual([at, 200, 'result']);
      reader.leave();
      continue;
    }
    const { status, headers } = await serving.ask(at);
    expect([at, status, [String(headers['content-type']).replace(/;.*/, '')]]).toEqual([at, 200, types]);
  }
  // A way to ask that it says is there is one that is looked at: what makes no sense is refused.
  for (const name of ['at', 'since', 'last', 'then']) {
    expect([name, (await serving.ask(`/v/path.json?${name}=%3F`)).status]).toEqual([name, 400]);
  }
});

test('where a token is needed it says so', async () => {
  const serving = new Serving('json | count | serve(0, token: "secret-secret")');
  const document = JSON.parse((await serving.ask('/api?token=secret-secret')).body) as { security: object[] };
  expect(document.security).toEqual([{ bearer: [] }, { token: [] }]);
  expect((await new Validator().validate(document)).valid).toBe(true);
});
