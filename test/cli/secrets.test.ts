/** No secret is shown: in no plan, no message and no checkpoint, whether it stands in the program or in the environment. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sinks, sources, stages } from '../../src/flow/catalog.ts';
import { freePort } from '../support/ports.ts';
import { Leat, leat, temporaryFolder } from './harness.ts';

/** In each place of a secret stands SECRET, and for a place where nobody listens NOBODY. */
const SOURCES = [
  'postgres("postgres://app:SECRET@NOBODY/d", "select * from t", every: 1s, after: "id")',
  'mysql("mysql://app:SECRET@NOBODY/d", "select * from t", every: 1s, after: "id")',
  'redis("redis://:SECRET@NOBODY", "s")',
  'nats("nats://SECRET@NOBODY", "s")',
  'nats("nats://app:SECRET@NOBODY", "s", stream: "S")',
  'mqtt("mqtt://app:SECRET@NOBODY", "s", client: "c")',
  'amqp("amqp://app:SECRET@NOBODY", "s")',
  'kafka("NOBODY", "t", user: "app", password: "SECRET", sasl: "plain")',
  'subscribe("http://NOBODY/v/a?access_token=SECRET", token: "SECRET")',
  'http(PORT, token: "SECRET")',
  'otlp(PORT, token: "SECRET")',
  // Who asks stands in the environment.
  'watch("s3://bucket/a", endpoint: "http://NOBODY")',
];
const INPUT = 'files("in.jsonl") | json';
const SINKS = [
  'postgres("postgres://app:SECRET@NOBODY/d", "t", retry: 100ms)',
  'mysql("mysql://app:SECRET@NOBODY/d", "t", retry: 100ms)',
  'redis("redis://:SECRET@NOBODY", stream: "s", retry: 100ms)',
  'nats("nats://SECRET@NOBODY", "s", retry: 100ms)',
  'mqtt("mqtt://app:SECRET@NOBODY", "s", retry: 100ms)',
  'amqp("amqp://app:SECRET@NOBODY", "s", retry: 100ms)',
  'kafka("NOBODY", "t", user: "app", password: "SECRET", sasl: "plain", retry: 100ms)',
  'http("http://app:SECRET@NOBODY/?api_key=SECRET", token: "SECRET", headers: {"x-api-key": "SECRET"}, retry: 100ms)',
];
/** Of which only the plan is looked at. */
const PLANS = [
  `${INPUT} | lookup("postgres://app:SECRET@NOBODY/d", "t", on: .a)`,
  `${INPUT} | alert(.a > 0, http: "http://NOBODY/?token=SECRET")`,
  `${INPUT} | window(1m) | count | serve(PORT, token: "SECRET")`,
];

/** What shows it, also as it is written in a URL. */
const SHOWN = /geheim/i;
const VARIABLE = 'LEAT_TEST_SECRET';
const SET = { [VARIABLE]: 'Geheim/1@&?#%', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'Geheim2' };

let nobody: string;
let ports: readonly number[];
beforeAll(async () => {
  nobody = `127.0.0.1:${await freePort()}`;
  ports = [await freePort(), await freePort(), await freePort()];
  Object.assign(process.env, SET);
});
afterAll(() => {
  for (const name of Object.keys(SET)) delete process.env[name];
});

function programOf(statement: string, secret: string): string {
  let port = 0;
  return statement
    .replaceAll('SECRET', secret)
    .replaceAll('NOBODY', nobody)
    .replaceAll('PORT', () => String(ports[port++]));
}

/** A run with a checkpoint: what it said, and what is in the files that it left. */
async function traces(program: string, options: readonly string[], until?: RegExp): Promise<string> {
  const folder = temporaryFolder();
  const run = new Leat(['--checkpoint', 'kept', ...options, program], folder);
  run.input('');
  if (until !== undefined) {
    await run.noted(until);
    run.child.kill('SIGTERM');
  }
  const { stdout, stderr } = await run.ended;
  const files = readdirSync(join(folder, 'kept'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  expect(files.length).toBeGreaterThan(0);
  return [stdout, stderr, ...files].join('\n');
}

/** All of them as one program. */
const ALL = [
  ...SOURCES.map((source) => `${source} | count`),
  ...SINKS.map((sink) => `${INPUT} | ${sink}`),
  ...PLANS,
].join('; ');

interface Plan {
  readonly nodes: readonly { readonly kind: string; readonly word: string; readonly arguments: object }[];
}

async function explained(program: string, ...options: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await leat(['explain', ...options, program]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout;
}

describe.each([
  ['in the program', 'Geheim12345'],
  ['in the environment', `\${${VARIABLE}}`],
])('a secret %s', (_where, secret) => {
  test('is in no plan', async () => {
    const program = programOf(ALL, secret);
    expect(await explained(program)).not.toMatch(SHOWN);
    expect(await explained(program, '--json')).not.toMatch(SHOWN);
  });

  test('is in no checkpoint of a source, and in nothing that it says while nobody is there', async () => {
    const program = SOURCES.map((source) => `${source} | count`).join('; ');
    // Until one has said that it cannot be reached; all of the program is written down.
    const shown = await traces(programOf(program, secret), [], new RegExp(`${nobody}.*trying again`));
    expect(shown).not.toMatch(SHOWN);
    expect(shown.split(nobody).length).toBeGreaterThan(SOURCES.length);
  });

  test.each(SINKS)('is in no checkpoint of a sink, and in no failure: %s', async (sink) => {
    const shown = await traces(programOf(`rate(1) | map({a: _}) | ${sink}`, secret), ['--for', '10s']);
    expect(shown).not.toMatch(SHOWN);
    expect(shown).toMatch(/^leat: cannot (?:write|post) .*(?:nobody listens there|connection refused)$/m);
  });
});

test('each argument that is a secret is one of those above', async () => {
  const { nodes } = JSON.parse(await explained(programOf(ALL, 'Geheim12345'), '--json')) as Plan;
  const given = new Set(
    nodes.flatMap(({ kind, word, arguments: args }) => Object.keys(args).map((name) => `${kind} ${word} ${name}`)),
  );
  const kinds = { source: sources, stage: stages, sink: sinks };
  const secrets = Object.entries(kinds).flatMap(([kind, list]) =>
    [...list].flatMap(({ name, parameters }) =>
      Object.entries(parameters)
        .filter(([, { accepts }]) => accepts.kind === 'text' && accepts.isSecret === true)
        .map(([parameter]) => `${kind} ${name} ${parameter}`),
    ),
  );
  expect(secrets.length).toBeGreaterThan(20);
  expect(secrets.filter((secret) => !given.has(secret))).toEqual([]);
});
