/** Streams in a real Spark on this machine: files that come, a run that is killed and goes on. `bash test/servers/spark.sh` installs what is absent. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { Leat } from '../cli/harness.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { isLong } from '../support/effort.ts';
import { folderOf, hasJava, isDownloaded } from './downloads.ts';
import { hasKafka, KafkaServer } from './kafka/kafka.ts';

/** JVMs that start one after the other on a busy machine, ms. */
const timeout = 1_800_000;
/** What has to come comes some time, ms. */
const patience = { timeout: 600_000, interval: 100 };

/** How often each stream is killed: `LEAT_KILLS=20` for as often as before a release. */
const KILLS = Number(process.env.LEAT_KILLS ?? 3);
const FILES_A_LIFE = 4;
/** The longest that a life of a stream with state is left alone when it is up, ms. */
const LONGEST_LIFE = 3000;

const installed = ['spark-3', 'spark-4'].filter((name) => isDownloaded(name));

/** @param folder where what is compiled for it is kept, for the test alone. */
function useSpark(name: string, folder: string): void {
  vi.stubEnv('PATH', `${folderOf(name)}/bin:${process.env.PATH}`);
  vi.stubEnv('SPARK_LOCAL_IP', '127.0.0.1');
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** A stream that goes on where the one before was killed. */
function startOf(program: string, folder: string): Leat {
  const conf = ['spark.ui.enabled=false', 'spark.driver.memory=1g'].flatMap((pair) => ['--conf', pair]);
  const spark = ['--engine', 'spark', '--master', 'local[2]', ...conf];
  return new Leat([...spark, '--batch', '1s', '--checkpoint', 'kept', program], folder);
}

describe.skipIf(!isLong || !hasJava() || installed.length === 0)('streams on Spark', () => {
  test.each(installed)(
    '%s: files that come are counted once each, however often leat is killed',
    { timeout },
    async (name) => {
      const folder = temporaryDirectory();
      useSpark(name, folder);
      mkdirSync(join(folder, 'in'));
      const random = new Random(1);
      let files = 0;
      let lines = 0;
      const feed = () => {
        for (let i = 0; i < FILES_A_LIFE; i++) {
          const count = random.whole(1, 9);
          const written = Array.from({ length: count }, (_, line) => `{"k":"${(files + line) % 5}"}\n`).join('');
          writeFileSync(join(folder, 'part'), written);
          renameSync(join(folder, 'part'), join(folder, 'in', `${files++}.json`));
          lines += count;
        }
      };
      const out = join(folder, 'out.csv');
      const counted = () => {
        const rows = existsSync(out) ? readFileSync(out, 'utf8').split('\n').slice(1) : [];
        return rows.reduce((sum, row) => sum + Number(row.split(',')[1] ?? 0), 0);
      };
      const program = 'watch("in", existing: true) | json | countBy(.k) | append("out.csv")';
      for (let life = 0; life < KILLS; life++) {
        const leat = startOf(program, folder);
        const before = lines;
        feed();
        // By turns while a batch is worked on, or perhaps before, and when its results are there.
        const batches = () => readdirSync(join(folder, 'kept/spark/offsets')).length;
        await vi.waitFor(() => expect(batches()).toBeGreaterThan(life), patience);
        if (life % 2 === 1) await vi.waitFor(() => expect(counted()).toBeGreaterThan(before), patience);
        leat.child.kill('SIGKILL');
        await leat.ended;
      }
      const last = startOf(program, folder);
      feed();
      await vi.waitFor(() => expect(counted()).toBe(lines), patience);
      last.child.kill('SIGINT');
      const { code } = await last.ended;
      expect([code, counted(), files]).toEqual([130, lines, (KILLS + 1) * FILES_A_LIFE]);
    },
  );

  test.each(installed)(
    '%s: what is remembered of a stream is that of each record once, whenever leat is killed',
    { timeout },
    async (name) => {
      const folder = temporaryDirectory();
      const seed = Number(process.env.LEAT_SEED ?? process.pid);
      const random = new Random(seed);
      mkdirSync(join(folder, 'in'));
      useSpark(name, folder);
      const program = [
        'let all = watch("in", existing: true) | json',
        'all | map([.k, 1]) | updateStateByKey((values, sum) => (sum ?? 0) + values.length) | append("sums.csv")',
        'all | window(5s, on: .t) | countBy(.k) | append("windows.csv")',
        'all | dedupe(.id) | map(.id) | append("ids.txt")',
      ].join('; ');
      let files = 0;
      let records = 0;
      const counts = new Map<string, number>();
      const feed = (...some: readonly object[]) => {
        writeFileSync(join(folder, 'part'), some.map((record) => `${JSON.stringify(record)}\n`).join(''));
        renameSync(join(folder, 'part'), join(folder, 'in', `${String(files++).padStart(6, '0')}.json`));
      };
      // A second a record, each told of twice.
      const start = 1_700_000_000;
      const feedMore = () => {
        const some = Array.from({ length: random.whole(1, 9) }, () => {
          const k = `k${random.whole(0, 4)}`;
          counts.set(k, (counts.get(k) ?? 0) + 2);
          return { k, id: records, t: start + records++ };
        });
        feed(...some.flatMap((record) => [record, record]));
      };
      const rows = (path: string) => {
        const text = existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : '';
        return text.split('\n').filter((row) => row !== '' && !row.startsWith('key'));
      };
      for (let life = 0; life < KILLS; life++) {
        const leat = startOf(program, folder);
        for (let i = 0; i < FILES_A_LIFE; i++) feedMore();
        // At any moment from when Spark is up: before, within and between batches.
        await leat.noted(/ is up at /);
        await new Promise((resolve) => setTimeout(resolve, random.whole(0, LONGEST_LIFE)));
        leat.child.kill('SIGKILL');
        await leat.ended;
      }
      const last = startOf(program, folder);
      feedMore();
      // All windows are over.
      feed({ k: 'end', id: 'end', t: start + records + 60 });
      await vi.waitFor(() => expect(rows('ids.txt').at(-1)).toBe('end'), patience);
      last.child.kill('SIGINT');
      const { code } = await last.ended;
      const about = `seed ${seed}`;
      expect(code, about).toBe(130);
      expect(rows('ids.txt'), about).toEqual([...Array.from({ length: records }, (_, i) => String(i)), 'end']);
      const sums = new Map(rows('sums.csv').map((row) => row.split(',') as [string, string]));
      const expected = [...counts, ['end', 1] as const].map(([k, count]) => [k, String(count)]);
      expect([...sums].sort(), about).toEqual(expected.sort());
      const inWindows = new Map<string, number>();
      for (const row of rows('windows.csv')) {
        const [k, count] = row.split(',').slice(-2);
        inWindows.set(k!, (inWindows.get(k!) ?? 0) + Number(count));
      }
      expect([...inWindows].sort(), about).toEqual([...counts].sort());
    },
  );

  test.each(installed)(
    '%s: what tasks write themselves has each record once, whenever leat is killed',
    { timeout },
    async (name) => {
      const folder = temporaryDirectory();
      useSpark(name, folder);
      mkdirSync(join(folder, 'in'));
      const random = new Random(Number(process.env.LEAT_SEED ?? 1));
      const program = 'watch("in", existing: true) | json | save("out/x", "json", parts: true)';
      let files = 0;
      let records = 0;
      const feed = () => {
        for (let i = 0; i < FILES_A_LIFE; i++) {
          const count = random.whole(1, 9);
          const written = Array.from({ length: count }, () => `{"id":${records++}}\n`).join('');
          writeFileSync(join(folder, 'part'), written);
          renameSync(join(folder, 'part'), join(folder, 'in', `${String(files++).padStart(6, '0')}.json`));
        }
      };
      const out = join(folder, 'out');
      const saved = () => {
        const names = existsSync(out) ? readdirSync(out).filter((file) => !file.startsWith('.')) : [];
        return names.sort().flatMap((file) => readFileSync(join(out, file), 'utf8').split('\n').filter(Boolean));
      };
      for (let life = 0; life < KILLS; life++) {
        const leat = startOf(program, folder);
        feed();
        await leat.noted(/ is up at /);
        await new Promise((resolve) => setTimeout(resolve, random.whole(0, LONGEST_LIFE)));
        leat.child.kill('SIGKILL');
        await leat.ended;
      }
      const last = startOf(program, folder);
      feed();
      await vi.waitFor(() => expect(saved().length).toBeGreaterThanOrEqual(records), patience);
      last.child.kill('SIGINT');
      const { code } = await last.ended;
      expect([code, saved()]).toEqual([130, Array.from({ length: records }, (_, id) => `{"id":${id}}`)]);
    },
  );

  test.skipIf(!hasKafka).each(installed)(
    '%s: records of Kafka are counted once each, whenever leat is killed',
    { timeout },
    async (name) => {
      const folder = temporaryDirectory();
      useSpark(name, folder);
      const server = await KafkaServer.prepare(join(folder, 'kafka'));
      onTestFinished(() => server.stop());
      await server.start();
      await server.createTopic('requests', 3);
      const producer = server.client().producer();
      onTestFinished(() => producer.disconnect());
      await producer.connect();
      const random = new Random(1);
      let sent = 0;
      const feed = async () => {
        const count = random.whole(1, 200);
        const messages = Array.from({ length: count }, () => ({ value: `{"k":${sent % 5}}`, partition: sent++ % 3 }));
        await producer.send({ topic: 'requests', messages });
      };
      const out = join(folder, 'out.csv');
      const counted = () => {
        const rows = existsSync(out) ? readFileSync(out, 'utf8').split('\n').slice(1) : [];
        return rows.reduce((sum, row) => sum + Number(row.split(',')[1] ?? 0), 0);
      };
      const program = `kafka("${server.address}", "requests", from: "start") | json | countBy(.k) | append("out.csv")`;
      for (let life = 0; life < KILLS; life++) {
        const leat = startOf(program, folder);
        const before = counted();
        await feed();
        if (life > 0) await vi.waitFor(() => expect(counted()).toBeGreaterThan(before), patience);
        else await leat.noted(/ is up at /);
        await feed();
        leat.child.kill('SIGKILL');
        await leat.ended;
      }
      const last = startOf(program, folder);
      await feed();
      await vi.waitFor(() => expect(counted()).toBe(sent), patience);
      last.child.kill('SIGINT');
      expect([(await last.ended).code, counted()]).toEqual([130, sent]);
    },
  );
});
