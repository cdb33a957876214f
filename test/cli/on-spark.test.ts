/** What is said of a cluster where none is needed: what cannot run there, and what is absent. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RunFailure } from '../../src/base/problem.ts';
import { findSpark } from '../../src/run/cluster/find-spark.ts';
import { FrameReader, frameOf } from '../../src/run/cluster/frames.ts';
import { jarFor } from '../../src/run/cluster/spark-jar.ts';
import { OF_STREAM, sparkStream } from '../../src/run/cluster/spark-stream.ts';
import { SAID } from '../../src/run/cluster/worker.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { Leat } from './harness.ts';

/** @returns what it says, and its exit code; it gives nothing out. */
async function said(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await new Leat(args, temporaryDirectory()).ended;
  expect(stdout).toBe('');
  return `${stderr}exit ${code}`;
}

const spark = (...args: readonly string[]) => said('--engine', 'spark', ...args);

test('a program that cannot run on a cluster is refused with the reason', async () => {
  const reasons = {
    'listen(9999) | count':
      /reads lines of files\("…"\) and watch\("…"\), queue\(…\), rate\(…\) and kafka\(…\), and not listen\(…\)/,
    'kafka("localhost:9092", "a", group: "g") | count': /not kafka\(…\) as it is here/,
    'watch("a", tag: true) | count': /not watch\(…\) as it is here/,
    'watch("a") | take(3)': /take\(3\) needs the first records only/,
    'watch("a") | dedupe(_)': /dedupe\(.*\) has to see all records in their order/,
    'watch("a") | json | union(listen(9999))': /not listen\(…\) as it is here/,
    'exec("ls") | count': /not exec\(…\)/,
    'words | count': /standard input comes to this process alone/,
    'files("a") | union(stdin) | map(_.length)':
      /standard input goes on, beside other sources\nhelp: --once reads it to its end/,
    'files("s3://bucket/a") | countByValue': /reads files\("…"\) and queue\(…\), and not files\(…\) as it is here/,
    'files("a") | sample(0.1) | count': /sample\(0\.1\) has to see all records in their order/,
    'files("a") | take(3) | map(_.length)': /take\(3\) needs the first records only/,
    'queue([1, 2]) | reduce((a, b) => a * b)': /reduce\(.*\) has to see all records in their order/,
    'files("a") | tap | count': /tap has to see all records in their order/,
    'files("a") | save("b")': /nothing is done with the lines/,
    'let a = files("a"); a | count; a | take(3)': /several streams begin with the lines as they are/,
  };
  for (const [program, reason] of Object.entries(reasons)) {
    const told = await spark(program);
    expect(told, program).toMatch(reason);
    expect(told, program).toMatch(/^leat: this program cannot run on a cluster: .*\nhelp: .*\nexit 2$/);
  }
});

test('options that are of one process are refused', async () => {
  expect(await spark('--stats', 'files("a") | count')).toMatch(
    /^leat: --stats does not go with --engine spark yet\n.*\nexit 2$/,
  );
  expect(await spark('--checkpoint', 'kept', 'files("a") | count')).toMatch(
    /keeps streams, and files\(…\) is one batch/,
  );
  expect(await spark('--checkpoint', 'hdfs://head/kept', 'rate(1) | count')).toMatch(
    /takes a directory of this machine/,
  );
  const folder = temporaryDirectory();
  const { code } = await new Leat(['--checkpoint', 'kept', '--master', 'local', 'files("a") | count'], folder).ended;
  expect([code, readdirSync(folder)]).toEqual([2, []]);
  expect(await said('--master', 'local', 'files("a") | count')).toBe('leat: --master goes with --engine spark\nexit 2');
});

/** A folder that looks like Spark's. */
function sparkIn(home: string): void {
  mkdirSync(join(home, 'jars'), { recursive: true });
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'jars/spark-core_2.13-4.0.1.jar'), '');
  writeFileSync(join(home, 'bin/spark-submit'), '');
}

test('where Spark is not found, that is said with a way to it', async () => {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('SPARK_HOME', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const told = await spark('files("a") | count');
  expect(told).toMatch(/^leat: Spark was not found: .*\nhelp: pip install pyspark==.*\nexit 2$/);
});

test('Spark is found by its home, and by a command of its own or of Python', () => {
  const folder = temporaryDirectory();
  const home = join(folder, 'spark');
  sparkIn(home);
  expect(findSpark({ SPARK_HOME: home })).toEqual({ home, version: '4.0.1' });
  expect(findSpark({ PATH: `/nowhere:${join(home, 'bin')}` })).toEqual({ home, version: '4.0.1' });
  const python = join(folder, 'v/lib/python3.11/site-packages/pyspark');
  sparkIn(python);
  mkdirSync(join(folder, 'v/bin'));
  writeFileSync(join(folder, 'v/bin/spark-submit'), '');
  expect(findSpark({ PATH: join(folder, 'v/bin') })).toEqual({ home: python, version: '4.0.1' });
  expect(findSpark({ PATH: folder })).toBeUndefined();
  expect(findSpark({ SPARK_HOME: folder, PATH: join(home, 'bin') })).toBeUndefined();
});

test('without a compiler of Java that is said', async () => {
  const cache = temporaryDirectory();
  const failure = await jarFor({ home: cache, version: '4.0.1' }, 'spark', {
    XDG_CACHE_HOME: cache,
    JAVA_HOME: cache,
  }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'no-javac', exit: 1, help: expect.stringMatching(/JDK 17/) });
});

test('a stream is kept apart from runs without Spark, and goes on behind what was done only', () => {
  const directory = join(temporaryDirectory(), 'spark');
  const said: Buffer[] = [];
  const open = (done: number, into?: string) => {
    const wish = { directories: into === undefined ? [] : [into], interval: 1000, once: false };
    const asking = { directory, say: (frame: Buffer) => void said.push(frame), next: async () => undefined };
    return sparkStream(wish, done, { ...asking, failed: (message) => new RunFailure('spark', 1, message) });
  };
  open(-1);
  expect(said.map((frame) => frame.toString('latin1', 4))).toEqual([`W1000\0on\0${directory}`]);
  expect(() => open(0)).toThrow(/not what the run went on with: Spark has begun 0 batches there, and 1 were done/);
  mkdirSync(join(directory, 'offsets'));
  for (const batch of ['0', '1', '2']) writeFileSync(join(directory, 'offsets', batch), '');
  expect(() => open(0)).toThrow(/is of another run: Spark has begun 3 batches there, and 1 were done/);
  open(1);
  open(2);
  expect(said).toHaveLength(3);
  expect(() => open(2, join(directory, 'none'))).toThrow(/none does not exist/);
  expect(() => open(2, join(directory, 'offsets', '[a]'))).toThrow(/does not exist/);
  mkdirSync(join(directory, '[a]'));
  expect(() => open(2, join(directory, '[a]'))).toThrow(/may not have a \[ in it/);
});

test('what else belongs to a batch is asked for once, and is the same when the batch is done again', async () => {
  const directory = join(temporaryDirectory(), 'spark');
  let asked = 0;
  const find = async () => ({ asked: asked++ });
  const { signal } = new AbortController();
  const open = (done: number, batches: readonly number[], once = false) => {
    const coming = batches.map((batch) => frameOf(OF_STREAM.batch, Buffer.from(`${batch}\0${1000 * batch}`)));
    const next = async () => new FrameReader().push(coming.shift() ?? frameOf(OF_STREAM.over))[0];
    const asking = { directory, say() {}, next, failed: (message: string) => new RunFailure('spark', 1, message) };
    return sparkStream({ directories: [], interval: 1000, once, find }, done, asking);
  };
  const first = open(-1, [0, 1]);
  expect(await first.next(signal)).toMatchObject({ number: 0, found: { asked: 0 } });
  expect(await first.next(signal)).toMatchObject({ number: 1, found: { asked: 1 } });
  const second = open(-1, [1, 2, 3]);
  expect(await second.next(signal)).toMatchObject({ number: 1, found: { asked: 1 } });
  expect(await second.next(signal)).toMatchObject({ number: 2, found: { asked: 2 } });
  expect(await second.next(signal)).toMatchObject({ number: 3, found: { asked: 3 } });
  expect(await second.next(signal)).toBeUndefined();
  expect(readdirSync(join(directory, 'found'))).toEqual(['2', '3']);
  rmSync(directory, { recursive: true });
  // Nothing has to come first of what is there.
  const once = open(-1, [], true);
  expect(await once.next(signal)).toMatchObject({ number: 0, files: [], found: { asked: 4 } });
  expect(await once.next(signal)).toBeUndefined();
});

test('what Spark is given to run speaks of the types of frames as its workers do', () => {
  const source = readFileSync('spark/Leat.java', 'utf8');
  const streams = readFileSync('spark/Streams.java', 'utf8');
  for (const [name, letter] of Object.entries(OF_STREAM))
    expect(streams).toContain(`${name.toUpperCase()} = '${letter}'`);
  for (const [name, letter] of Object.entries(SAID)) expect(source).toContain(`${name.toUpperCase()} = '${letter}'`);
});
