/** A real Spark on this machine, of both lines: every spec that can run on a cluster, in one JVM; and the command. `bash test/servers/spark.sh` installs what is absent. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findSpark } from '../../src/run/cluster/find-spark.ts';
import { SparkCluster } from '../../src/run/cluster/spark-cluster.ts';
import { jarFor } from '../../src/run/cluster/spark-jar.ts';
import { Leat } from '../cli/harness.ts';
import { Worker } from '../support/cluster.ts';
import { expectSameOn, specsForClusters } from '../support/cluster-specs.ts';
import { isLong } from '../support/effort.ts';
import { folderOf, hasJava, isDownloaded } from './downloads.ts';

/** A JVM that starts on a busy machine, ms. */
const timeout = 600_000;

const installed = ['spark-3', 'spark-4'].filter((name) => isDownloaded(name));

describe.skipIf(!isLong || !hasJava())('on Spark', () => {
  describe.each(installed)('%s', (name) => {
    const cache = mkdtempSync(join(tmpdir(), 'leat-spark-test-'));
    const notes: string[] = [];
    let cluster: SparkCluster;
    let isRight = false;

    beforeAll(async () => {
      const spark = findSpark({ PATH: `${folderOf(name)}/bin` })!;
      const worker = Worker.process();
      const version = (await worker.hello).toString();
      await worker.close();
      cluster = new SparkCluster({
        spark,
        jar: await jarFor(spark, resolve('spark/Leat.java'), { ...process.env, XDG_CACHE_HOME: cache }),
        master: 'local[2]',
        conf: ['spark.ui.enabled=false'],
        worker: [process.execPath, resolve('bin/leat.js'), 'worker'],
        version,
        program: '',
        tasks: 2,
        note: (line) => notes.push(line),
      });
    }, timeout);

    afterAll(async () => {
      await cluster.close(!isRight);
      rmSync(cache, { recursive: true });
    }, timeout);

    test('every spec that can run there', { timeout }, async () => {
      const work = cluster.work.bind(cluster);
      let pieces = 0;
      for (const [i, { text, path }] of specsForClusters.entries()) {
        pieces += await expectSameOn(text, () => ({ tasks: 1 + (i % 3), largestPiece: 40, work }), path);
      }
      expect(pieces).toBeGreaterThan(specsForClusters.length);
      expect(notes).toEqual([expect.stringMatching(/^Spark \d+\.\d+\.\d+ is up at local\[2\]$/)]);
      isRight = true;
    });

    test('the command, with what is bad, and a file that is not there', { timeout }, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'leat-spark-test-'));
      writeFileSync(join(folder, 'a.log'), '{"path":"/a","ms":3}\n{"path":"/b","ms":4}\nnothing\n');
      writeFileSync(join(folder, 'b.log'), '{"path":"/b","ms":5}\n{"path":"/c"}\n');
      vi.stubEnv('PATH', `${folderOf(name)}/bin:${process.env.PATH}`);
      vi.stubEnv('XDG_CACHE_HOME', cache);
      onTestFinished(() => void vi.unstubAllEnvs());
      const run = (options: readonly string[], program: string) => new Leat([...options, program], folder).ended;
      const program = 'files("*.log") | json | groupBy(.path, {n: count(), mean: avg(.ms)}) | top(2, by: .n)';
      const there = await run(['--engine', 'spark', '--master', 'local[2]'], program);
      const here = await run([], program);
      expect(there.stdout).toBe(here.stdout);
      expect(there.stderr.replace(/^leat: Spark .* is up .*\n/m, '')).toBe(here.stderr);
      expect([there.code, here.code]).toEqual([0, 0]);
      const missing = await run(['--engine', 'spark', '--master', 'local[2]'], 'files("none.log") | count');
      expect([missing.code, missing.stdout]).toEqual([3, '']);
      rmSync(folder, { recursive: true });
    });
  });
});
