/** `files`, `watch` and `save` on S3, against real stores. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Position } from '../../../src/flow/define/position.ts';
import { leat, shell } from '../../cli/harness.ts';
import { linesAreKeptOnce, linesComeOnce, numbered } from '../../support/killed-again.ts';
import { isTried, OWNER, STORES, Store } from './s3.ts';

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

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
    await store.put("a/b c%+ü&!*'().log", numbered(0, 3));
    await store.put('a/d.log', numbered(3, 5));
    await store.put('a/deep/e.log.gz', gzipSync(numbered(5, 7)));
    expect((await store.read('a/*.log')).records).toEqual(['0', '1', '2', '3', '4']);
    expect((await store.read('a/**')).records).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    await expect(store.read('a/*.txt')).rejects.toThrow('there is no file s3://logs/a/*.txt in S3');
    await expect(store.read('a')).rejects.toMatchObject({ code: 'is-directory' });
  });

  test('are listed page by page', async () => {
    const count = 1010;
    for (let i = 0; i < count; i += 20)
      await Promise.all(numbers(i, Math.min(i + 20, count)).map((n) => store.put(`many/${n}.log`, numbered(n, n + 1))));
    const { records } = await store.read('many/*');
    expect(records.map(Number).toSorted((a, b) => a - b)).toEqual(numbers(0, count));
  });

  test('are gone on in behind any chunk, and told of where they are others or gone', async () => {
    await store.put('cuts/1.log', numbered(0, 60_000));
    await store.put('cuts/2.log.gz', gzipSync(numbered(60_000, 120_000)));
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
    await store.put('cuts/1.log', numbered(1, 60_000));
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

  // moto has all in memory.
  const killed = () => ({
    kill: name === 'versitygw' ? () => store.kill() : undefined,
    start: () => store.start(),
  });

  test('come, and each line is there once, however often leat and the store are killed', async () => {
    const program = `watch(${at('come/*.log')}, existing: true, every: 200ms) | append("out.log")`;
    await linesComeOnce(killed(), program, /in S3 for new files/, (file, bytes) => store.put(`come/${file}`, bytes));
  }, 600_000);

  test('have each line once that was written, however often leat and the store are killed', async () => {
    const program = `tail("in.log", from: "start") | save(${at('kept/x').replace(',', ', "txt",')}, retry: 1h)`;
    await linesAreKeptOnce(killed(), program, async () => (await store.read('kept/x-*')).records as string[]);
  }, 600_000);
};

for (const name of STORES) {
  const suite = () => objectsOf(name);
  describe.skipIf(!isTried(name))(`objects of ${name}`, { timeout: 300_000 }, suite);
}
