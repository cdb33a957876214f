/** Streams in a real Spark on this machine: files that come, a run that is killed and goes on. `bash test/servers/spark.sh` installs what is absent. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { Leat } from '../cli/harness.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { isLong } from '../support/effort.ts';
import { folderOf, hasJava, isDownloaded } from './downloads.ts';

/** JVMs that start one after the other on a busy machine, ms. */
const timeout = 1_800_000;
/** What has to come comes some time, ms. */
const patience = { timeout: 600_000, interval: 100 };

const KILLS = 3;
const FILES_A_LIFE = 4;

const installed = ['spark-3', 'spark-4'].filter((name) => isDownloaded(name));

describe.skipIf(!isLong || !hasJava() || installed.length === 0)('streams on Spark', () => {
  test.each(installed)(
    '%s: files that come are counted once each, however often leat is killed',
    { timeout },
    async (name) => {
      const folder = temporaryDirectory();
      vi.stubEnv('PATH', `${folderOf(name)}/bin:${process.env.PATH}`);
      vi.stubEnv('SPARK_LOCAL_IP', '127.0.0.1');
      vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
      onTestFinished(() => void vi.unstubAllEnvs());
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
      const start = () => {
        const conf = ['spark.ui.enabled=false', 'spark.driver.memory=1g'].flatMap((pair) => ['--conf', pair]);
        const spark = ['--engine', 'spark', '--master', 'local[2]', ...conf];
        return new Leat([...spark, '--batch', '1s', '--checkpoint', 'kept', program], folder);
      };
      for (let life = 0; life < KILLS; life++) {
        const leat = start();
        const before = lines;
        feed();
        // By turns while a batch is worked on, or perhaps before, and when its results are there.
        const batches = () => readdirSync(join(folder, 'kept/spark/offsets')).length;
        await vi.waitFor(() => expect(batches()).toBeGreaterThan(life), patience);
        if (life % 2 === 1) await vi.waitFor(() => expect(counted()).toBeGreaterThan(before), patience);
        leat.child.kill('SIGKILL');
        await leat.ended;
      }
      const last = start();
      feed();
      await vi.waitFor(() => expect(counted()).toBe(lines), patience);
      last.child.kill('SIGINT');
      const { code } = await last.ended;
      expect([code, counted(), files]).toEqual([130, lines, (KILLS + 1) * FILES_A_LIFE]);
    },
  );
});
