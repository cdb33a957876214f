/** `files`, `watch` and `save` on S3, against real stores. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Position } from '../../../src/flow/define/position.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat, leat, shell, temporaryFolder } from '../../cli/harness.ts';
import { seedOfTest } from '../../support/effort.ts';
import { isTried, OWNER, STORES, Store } from './s3.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const lines = (from: number, to: number) =>
  Buffer.from(
    numbers(from, to)
      .map((n) => `${n}\n`)
      .join(''),
  );

const objectsOf = (name: (typeof STORES)[number]) => {
  let store: Store;
  beforeAll(async () => {
    for (const [variable, value] of Object.entries(OWNER)) vi.stubEnv(variable, value);
    store = await Store.begin(name, join(mkdtempSync(join(tmpdir(), 'leat-')), 's3'));
  }, 120_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await store?.stop();
  });

  const at = (path: string) => `"s3://logs/${path}", endpoint: "${store.endpoint}"`;

  test('are read by key and glob, whatever they are called, packed or not', async () => {
    await store.put("a/b c%+ü&!*'().log", lines(0, 3));
    await store.put('a/d.log', lines(3, 5));
    await store.put('a/deep/e.log.gz', gzipSync(lines(5, 7)));
    expect((await store.read('a/*.log')).records).toEqual(['0', '1', '2', '3', '4']);
    expect((await store.read('a/**')).records).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    await expect(store.read('a/*.txt')).rejects.toThrow('there is no file s3://logs/a/*.txt in S3');
    await expect(store.read('a')).rejects.toMatchObject({ code: 'is-directory' });
  });

  test('are listed page by page', async () => {
    const count = 1010;
    for (let i = 0; i < count; i += 20)
      await Promise.all(numbers(i, Math.min(i + 20, count)).map((n) => store.put(`many/${n}.log`, lines(n, n + 1))));
    const { records } = await store.read('many/*');
    expect(records.map(Number).toSorted((a, b) => a - b)).toEqual(numbers(0, count));
  });

  test('are gone on in behind any chunk, and told of where they are others or gone', async () => {
    await store.put('cuts/1.log', lines(0, 60_000));
    await store.put('cuts/2.log.gz', gzipSync(lines(60_000, 120_000)));
    const whole = await store.read('cuts/*');
    expect(whole.records).toHaveLength(120_000);
    const { cuts } = whole;
    for (const index of new Set([2, cuts.length >> 1, cuts.length - 3, cuts.length - 1])) {
      const { count, position } = cuts[index]!;
      const rest = await store.read('cuts/*', JSON.parse(position!) as Position);
      expect([...whole.numbered.slice(0, count), ...rest.numbered]).toEqual(whole.numbered);
    }
    const begun = cuts.find(({ position }) => position!.includes('"s3://logs/cuts/1.log","at":{"id"'))!;
    const position = JSON.parse(begun.position!) as Position;
    await store.put('cuts/1.log', lines(1, 60_000));
    await expect(store.read('cuts/*', position)).rejects.toThrow(/another file than the one that was read/);
  });

  test('wrong uses are told', async () => {
    const stranger = await shell(`AWS_ACCESS_KEY_ID=nobody leat 'files(${at('a/*')})'`);
    // moto believes everybody.
    if (name === 'versitygw') {
      expect([stranger.code, stranger.stderr]).toEqual([3, expect.stringContaining('cannot list s3://logs/a/*: ')]);
      const wrong = await shell(`AWS_SECRET_ACCESS_KEY=no leat 'queue(["a"]) | save(${at('a')})'`);
      expect([wrong.code, wrong.stderr]).toEqual([
        4,
        expect.stringContaining('AWS_SECRET_ACCESS_KEY does not go with'),
      ]);
    }
    const { code, stderr } = await leat([`queue(["a"]) | save(${at('a').replace('logs', 'other')})`]);
    expect([code, stderr]).toEqual([4, expect.stringContaining('aws s3 ls')]);
  });

  test('are written, in parts where they are large, and by value', async () => {
    const most = 6_000_000;
    const large = await shell(`seq ${most} | leat 'save(${at('large').replace(',', ', "txt",')})'`);
    expect([large.stderr, large.code]).toEqual(['', 0]);
    expect((await store.read('large-*.txt')).records).toHaveLength(most);
    const program = `queue([{c: "a b", n: 1}, {c: "F/R", n: 2}]) | save(${at('by/').replace(',', ', "csv.gz",')}, by: .c)`;
    expect((await leat([program])).code).toBe(0);
    const { origins, records } = await store.read('by/*');
    expect(origins.map(({ name: path }) => path)).toEqual([
      's3://logs/by/F%2FR-1000.csv.gz',
      's3://logs/by/a b-1000.csv.gz',
    ]);
    expect(records).toEqual(['c,n', 'F/R,2', 'c,n', 'a b,1']);
    const empty = await leat(['--checkpoint', 'state', `queue([]) | save(${at('empty')}, empty: true)`]);
    expect([empty.code, (await store.read('empty-*')).origins]).toEqual([0, [expect.anything()]]);
  });

  test('come, and each line is there once, however often leat and the store are killed', async () => {
    const folder = temporaryFolder();
    const random = new Random(seedOfTest);
    const program = `watch(${at('come/*.log')}, existing: true, every: 200ms) | append("out.log")`;
    const args = ['--checkpoint', 'state', '--batch', '100ms', program];
    let sent = 0;
    for (let life = 0; life < 20; life++) {
      const count = random.whole(1, 60_000);
      await store.put(`come/${sent}.log`, lines(sent, sent + count));
      sent += count;
      const run = new Leat(args, folder);
      if (random.chance(0.8)) await run.noted(/in S3 for new files/);
      await pause(random.whole(0, 900));
      if (name === 'versitygw' && life % 4 === 3) {
        await store.kill();
        await pause(random.whole(0, 700));
        await store.start();
      }
      run.child.kill('SIGKILL');
      await run.ended;
    }
    const run = new Leat(args, folder);
    const out = join(folder, 'out.log');
    const had = () => (existsSync(out) ? readFileSync(out, 'utf8').split('\n').slice(0, -1) : []);
    for (let tries = 0; tries < 1000 && had().length < sent; tries++) await pause(100);
    run.child.kill('SIGTERM');
    await run.ended;
    const all = had()
      .map(Number)
      .toSorted((a, b) => a - b);
    // The first that is not where it belongs: a list of all would be too long to read.
    expect([all.length, all.findIndex((line, i) => line !== i)]).toEqual([sent, -1]);
  }, 600_000);

  test('have each line once that was written, however often leat and the store are killed', async () => {
    const folder = temporaryFolder();
    const random = new Random(seedOfTest);
    const program = `tail("in.log", from: "start") | save(${at('kept/x').replace(',', ', "txt",')}, retry: 1h)`;
    const args = ['--checkpoint', 'state', '--batch', '100ms', program];
    let sent = 0;
    const write = (count: number) => {
      appendFileSync(join(folder, 'in.log'), lines(sent, sent + count));
      sent += count;
    };
    for (let life = 0; life < 20; life++) {
      write(random.whole(1, 3000));
      const run = new Leat(args, folder);
      await pause(random.whole(200, 1500));
      write(random.whole(1, 3000));
      if (name === 'versitygw' && life % 4 === 3) {
        await store.kill();
        await pause(random.whole(0, 700));
        await store.start();
      }
      await pause(random.whole(0, 900));
      run.child.kill('SIGKILL');
      await run.ended;
    }
    const run = new Leat(args, folder);
    const kept = () =>
      store.read('kept/x-*').then(
        ({ records }) => records,
        () => [],
      );
    for (let tries = 0; tries < 300 && (await kept()).length < sent; tries++) await pause(300);
    run.child.kill('SIGTERM');
    await run.ended;
    const all = (await kept()).map(Number).toSorted((a, b) => a - b);
    expect([all.length, all.findIndex((line, i) => line !== i)]).toEqual([sent, -1]);
  }, 600_000);
};

for (const name of STORES) {
  const suite = () => objectsOf(name);
  describe.skipIf(!isTried(name))(`objects of ${name}`, { timeout: 300_000 }, suite);
}
