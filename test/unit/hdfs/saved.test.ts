/** `save` on HDFS, against a name node in memory that loses requests and answers. */
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import { savedInHdfs } from '../../../src/flow/hdfs/saved.ts';
import { save } from '../../../src/flow/sinks/save.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { expectEachRecordOnce } from '../../support/saved-lives.ts';
import { batch, openSink, runBatches, sinkContext } from '../../support/sink.ts';
import { FakeHdfs } from '../../support/web-hdfs.ts';

let hdfs: FakeHdfs;
let address: string;
beforeEach(async () => {
  hdfs = new FakeHdfs();
  address = await hdfs.listen();
});
afterEach(() => hdfs.close());

const contents = () => Object.fromEntries([...hdfs.files].sort().map(([path, { bytes }]) => [path, bytes.toString()]));

test('each batch is a file, and nothing else is left', async () => {
  const { context, reports } = sinkContext();
  await runBatches(openSink(save, { prefix: `hdfs://${address}/out/x`, suffix: 'txt' }, context), [
    ['a', 'b'],
    [],
    ['c'],
  ]);
  expect(reports.failures).toEqual([]);
  expect(contents()).toEqual({ '/out/x-1000.txt': 'a\nb\n', '/out/x-3000.txt': 'c\n' });
});

test('what others have left is a day old by the clock of the name node, whatever ours says', async () => {
  const left = (name: string) => `/out/.x-.4711.88123.00000000.${name}.tmp`;
  const HOUR = 60 * 60 * 1000;
  hdfs.put(left('1'), Buffer.from('old'));
  hdfs.now += 24 * HOUR;
  hdfs.put(left('2'), Buffer.from('at work'));
  hdfs.now += HOUR;
  const { context } = sinkContext();
  await runBatches(openSink(save, { prefix: `hdfs://${address}/out/x`, suffix: 'txt' }, context), [['a']]);
  expect(contents()).toEqual({ [left('2')]: 'at work', '/out/x-1000.txt': 'a\n' });
});

test('a file is packed as its name says', async () => {
  const { context } = sinkContext();
  await runBatches(openSink(save, { prefix: `hdfs://${address}/out/`, suffix: 'txt.gz' }, context), [['a', 'b']]);
  expect(gunzipSync(hdfs.files.get('/out/1000.txt.gz')!.bytes).toString()).toBe('a\nb\n');
});

test('a value has a file of its own, and a file that is there is replaced', async () => {
  hdfs.put('/out/DE-1000.csv', Buffer.from('old'));
  const { context } = sinkContext();
  const by = opaque((record) => (record as { readonly c: string }).c);
  const sink = openSink(save, { prefix: `webhdfs://${address}/out/`, suffix: 'csv', by }, context);
  await runBatches(sink, [
    [
      { c: 'DE', n: 1 },
      { c: 'F/R', n: 2 },
    ],
  ]);
  expect(contents()).toEqual({ '/out/DE-1000.csv': 'c,n\nDE,1\n', '/out/F%2FR-1000.csv': 'c,n\nF/R,2\n' });
});

test('what requests and answers are lost of is tried again', async () => {
  const tried = new Map<string, number>();
  hdfs.luck = (op) => {
    tried.set(op, (tried.get(op) ?? 0) + 1);
    return tried.get(op) === 1 ? 'undone' : tried.get(op) === 2 ? 'unanswered' : 'well';
  };
  const { context, reports } = sinkContext();
  await runBatches(openSink(save, { prefix: `hdfs://${address}/out/x`, retry: 60_000 }, context), [
    ['a'],
    ['b'],
    ['c'],
  ]);
  expect(reports.failures).toEqual([]);
  expect(contents()).toMatchObject({ '/out/x-1000': 'a\n', '/out/x-2000': 'b\n', '/out/x-3000': 'c\n' });
  expect(reports.notes[0]).toMatch(/^cannot write to hdfs:\/\/127.0.0.1:\d+\/out.*: .*; trying again for 1m$/);
});

test('who has no right there, or where a file is, is told before anything is read', async () => {
  hdfs.put('/file', Buffer.from('x'));
  const { context, reports } = sinkContext();
  const sink = openSink(save, { prefix: `hdfs://${address}/file/x` }, context);
  expect(await reports.failed).toMatchObject({
    exit: 4,
    message: `cannot write to hdfs://${address}/file: /file is a file`,
  });
  await sink.finish();
});

/** Waits for nobody. */
const clock: Clock = {
  now: () => 0,
  at(_time, wake) {
    queueMicrotask(wake);
    return () => {};
  },
};

test('files that are larger than a part are joined of parts, whose answers may be lost', async () => {
  const random = new Random(11);
  const luck = () => random.pick(['well', 'well', 'unanswered', 'undone'] as const);
  const prefix = `hdfs://${address}/out/`;
  const saved = savedInHdfs({
    prefix,
    user: undefined,
    within: 60_000,
    intents: undefined,
    note() {},
    part: 100,
    clock,
  });
  hdfs.luck = luck;
  const files = await Promise.all(['a', 'b'].map((name) => saved.open(() => `${prefix}${name}`)));
  for (let i = 0; i < 40; i++) for (const [j, file] of files.entries()) await file.write(Buffer.from(`${j}:${i}\n`));
  for (const file of files) await file.close(batch(1));
  const lines = (j: number) => Array.from({ length: 40 }, (_, i) => `${j}:${i}\n`).join('');
  expect(contents()).toEqual({ '/out/a': lines(0), '/out/b': lines(1) });
});

describe('a run that ends anywhere and goes on from its mark', () => {
  const lives = (seed: number, parts: boolean) =>
    expectEachRecordOnce(seed, {
      args: { prefix: `hdfs://${address}/out/x`, parts },
      lucky: (luck) => {
        hdfs.luck = luck;
      },
      texts: () =>
        Object.entries(contents())
          .filter(([path]) => path.startsWith('/out/x-'))
          .map(([, text]) => text),
    });

  test.for(Array.from({ length: 25 }, (_, i) => i + 1))('has each record once, seed %i', (seed) => lives(seed, false));
  test.for(Array.from({ length: 15 }, (_, i) => i + 1))('has each record of parts once, seed %i', (seed) =>
    lives(seed, true),
  );
});
