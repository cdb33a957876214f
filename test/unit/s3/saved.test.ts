/** `save` on S3, against a store in memory that loses requests and answers. */
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import { savedInS3 } from '../../../src/flow/s3/saved.ts';
import { save } from '../../../src/flow/sinks/save.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { FakeS3, fault, SECRET } from '../../support/fake-s3.ts';
import { expectEachRecordOnce } from '../../support/saved-lives.ts';
import { batch, openSink, runBatches, sinkContext } from '../../support/sink.ts';

let s3: FakeS3;
let endpoint: string;
beforeEach(async () => {
  s3 = new FakeS3();
  endpoint = await s3.listen();
});
afterEach(() => s3.close());

const contents = () => Object.fromEntries([...s3.objects].sort().map(([key, { bytes }]) => [key, bytes.toString()]));

/** Waits for nobody. */
const clock: Clock = {
  now: () => 0,
  at(_time, wake) {
    queueMicrotask(wake);
    return () => {};
  },
};

test('each batch is an object, and nothing else is left', async () => {
  const { context, reports } = sinkContext();
  const args = { prefix: 's3://logs/out/x', suffix: 'txt', endpoint };
  await runBatches(openSink(save, args, context), [['a', 'b'], [], ['c']]);
  expect(reports.failures).toEqual([]);
  expect(contents()).toEqual({ 'out/x-1000.txt': 'a\nb\n', 'out/x-3000.txt': 'c\n' });
  expect(s3.uploads.size).toBe(0);
});

test('an object is packed as its name says, and a value has one of its own', async () => {
  const { context } = sinkContext();
  await runBatches(openSink(save, { prefix: 's3://logs/out/', suffix: 'txt.gz', endpoint }, context), [['a', 'b']]);
  expect(gunzipSync(s3.objects.get('out/1000.txt.gz')!.bytes).toString()).toBe('a\nb\n');
  s3.objects.clear();
  const by = opaque((record) => (record as { readonly c: string }).c);
  const records = [
    { c: 'DE', n: 1 },
    { c: 'F/R', n: 2 },
  ];
  const keyed = openSink(save, { prefix: 's3://logs/out/', suffix: 'csv', by, endpoint }, sinkContext().context);
  await runBatches(keyed, [records]);
  expect(contents()).toEqual({ 'out/DE-1000.csv': 'c,n\nDE,1\n', 'out/F%2FR-1000.csv': 'c,n\nF/R,2\n' });
});

test('an empty object is put there where it is asked for, also by a run that is kept', async () => {
  for (const kept of [{}, { intents: { write: async () => {} } }]) {
    s3.objects.clear();
    const args = { prefix: 's3://logs/out/', empty: true, endpoint };
    await runBatches(openSink(save, args, sinkContext(kept).context), [[]]);
    expect(contents()).toEqual({ 'out/1000': '' });
  }
});

test('what requests and answers are lost of is tried again', async () => {
  const tried = new Map<string, number>();
  s3.luck = (what) => {
    tried.set(what, (tried.get(what) ?? 0) + 1);
    return tried.get(what) === 1 ? 'undone' : tried.get(what) === 2 ? 'unanswered' : 'well';
  };
  const { context, reports } = sinkContext({ intents: { write: async () => {} } });
  const sink = openSink(save, { prefix: 's3://logs/out/x', retry: 60_000, endpoint }, context);
  await runBatches(sink, [['a'], ['b'], ['c']]);
  expect(reports.failures).toEqual([]);
  expect(contents()).toEqual({ 'out/x-1000': 'a\n', 'out/x-2000': 'b\n', 'out/x-3000': 'c\n' });
  expect(reports.notes[0]).toMatch(/^cannot write to s3:\/\/logs\/out\/x-.*: .*; trying again for 1m$/);
});

test.each([
  ['NoSuchBucket', 404, 'aws s3 ls'],
  ['AccessDenied', 403, 's3:PutObject'],
  ['InvalidAccessKeyId', 403, 'AWS_ACCESS_KEY_ID'],
  ['SignatureDoesNotMatch', 403, 'AWS_SECRET_ACCESS_KEY'],
])('%s is told before anything is read, with a way out and without the secret', async (code, status, help) => {
  s3.instead = () => fault(status, code);
  const { context, reports } = sinkContext();
  const sink = openSink(save, { prefix: 's3://logs/out/x', endpoint }, context);
  const failure = await reports.failed;
  expect(failure).toMatchObject({ exit: 4, message: `cannot write to s3://logs/out/x-: it says ${code}` });
  expect(failure.help).toContain(help);
  expect(`${failure.message}${failure.help}`).not.toContain(SECRET);
  await sink.finish();
});

test('a failure that is said behind the head of an answer that went well is none the less one', async () => {
  s3.instead = ({ method, url }) =>
    method === 'POST' && url!.includes('uploadId') ? { ...fault(200, 'AccessDenied') } : undefined;
  const { context, reports } = sinkContext({ intents: { write: async () => {} } });
  const sink = openSink(save, { prefix: 's3://logs/out/x', retry: 0, endpoint }, context);
  sink.push('a');
  sink.close(batch(1));
  expect((await reports.failed).message).toBe('cannot write to s3://logs/out/x-1000: it says AccessDenied');
  await sink.finish();
});

test('what is too much to be held is put aside, and sent in parts whose answers may be lost', async () => {
  const random = new Random(11);
  const options = { prefix: 's3://logs/out/', region: undefined, endpoint, within: 60_000, intents: undefined };
  const saved = savedInS3({ ...options, note() {}, part: 100, most: 150, clock });
  s3.luck = () => random.pick(['well', 'well', 'unanswered', 'undone'] as const);
  const names = ['a', 'b', 'c'];
  const targets = await Promise.all(names.map((name) => saved.open(() => `s3://logs/out/${name}`)));
  for (let i = 0; i < 40; i++)
    for (const [j, target] of targets.entries()) await target.write(Buffer.from(`${j}:${i}\n`));
  for (const target of targets) await target.close(batch(1));
  const lines = (j: number) => Array.from({ length: 40 }, (_, i) => `${j}:${i}\n`).join('');
  expect(contents()).toEqual({ 'out/a': lines(0), 'out/b': lines(1), 'out/c': lines(2) });
});

describe('a run that ends anywhere and goes on from its mark', () => {
  test.for(Array.from({ length: 25 }, (_, i) => i + 1))('has each record once, seed %i', (seed) =>
    expectEachRecordOnce(seed, {
      args: { prefix: 's3://logs/out/x', endpoint },
      lucky: (luck) => {
        s3.luck = luck;
      },
      texts: () => Object.values(contents()),
    }),
  );

  test.for(Array.from({ length: 15 }, (_, i) => i + 1))('has each record of parts once, seed %i', (seed) =>
    expectEachRecordOnce(seed, {
      args: { prefix: 's3://logs/out/x', endpoint, parts: true },
      lucky: (luck) => {
        s3.luck = luck;
      },
      texts: () => Object.values(contents()),
    }),
  );

  test('takes back what comes late: a request that was on its way puts nothing together any more', async () => {
    const intents: unknown[] = [];
    const { context } = sinkContext({ intents: { write: async (intent) => void intents.push(intent) } });
    s3.luck = (what) => (what === 'POST uploadId' ? 'undone' : 'well');
    const first = openSink(save, { prefix: 's3://logs/out/x', retry: 0, endpoint }, context);
    first.push('a');
    first.close(batch(1));
    await first.finish();
    // The one before has given it up itself; as if it had been killed instead:
    const { upload, key, mark } = intents[0] as { upload: string; key: string; mark: string };
    s3.uploads.set(upload, { key, mark, parts: new Map([[1, Buffer.from('a\n')]]) });
    s3.luck = () => 'well';
    const start = { mark: { at: { intents: 0 }, format: null }, intents } as never;
    const second = openSink(save, { prefix: 's3://logs/out/x', endpoint }, sinkContext().context, start);
    await second.finish();
    expect(s3.uploads.size).toBe(0);
  });
});
