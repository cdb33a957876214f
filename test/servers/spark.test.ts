/** A real Spark on this machine, of both lines: every spec that can run on a cluster, in one JVM; and the command. `bash test/servers/spark.sh` installs what is absent. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findSpark } from '../../src/run/cluster/find-spark.ts';
import { SparkCluster } from '../../src/run/cluster/spark-cluster.ts';
import { jarFor } from '../../src/run/cluster/spark-jar.ts';
import { Leat } from '../cli/harness.ts';
import { Worker } from '../support/cluster.ts';
import { expectSameOn, specsForClusters, streamSpecs } from '../support/cluster-specs.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { isLong } from '../support/effort.ts';
import { folderOf, hasJava, isDownloaded } from './downloads.ts';

/** A JVM that starts on a busy machine, ms. */
const timeout = 600_000;

const installed = ['spark-3', 'spark-4'].filter((name) => isDownloaded(name));

/** `npm run test:spark` has installed it, so that its absence is a failure there. */
const isWanted = process.env.LEAT_SPARK === 'required';

describe.skipIf(!isLong || !hasJava() || (installed.length === 0 && !isWanted))('on Spark', () => {
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
        jar: await jarFor(spark, resolve('spark'), { ...process.env, XDG_CACHE_HOME: cache }),
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
      const others = { work: cluster.work.bind(cluster), records: cluster.records.bind(cluster) };
      let pieces = 0;
      for (const [i, { text, path }] of specsForClusters.entries()) {
        pieces += await expectSameOn(text, () => ({ tasks: 1 + (i % 3), largestPiece: 40, ...others }), path);
      }
      expect(pieces).toBeGreaterThan(specsForClusters.length);
      expect(notes).toEqual([expect.stringMatching(/^Spark \d+\.\d+\.\d+ is up at local\[2\]$/)]);
      isRight = true;
    });

    test('every spec of a stream', { timeout }, async () => {
      const others = { work: cluster.work.bind(cluster), records: cluster.records.bind(cluster) };
      for (const [i, { text, path }] of streamSpecs.entries()) {
        await expectSameOn(text, () => ({ tasks: 1 + (i % 3), largestPiece: 40, ...others }), path, true);
      }
    });

    test('the commands of the page', { timeout }, async () => {
      const folder = temporaryDirectory();
      const page = readFileSync('docs/spark.md', 'utf8');
      const blocks = (kind: string) =>
        [...page.matchAll(new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'gs'))].map(([, block]) => block!);
      const [a, b] = blocks('json');
      writeFileSync(join(folder, 'a.log'), a!);
      writeFileSync(join(folder, 'b.log'), b!);
      writeFileSync(join(folder, 'hamlet.txt'), 'to be or not to be\nthat is the question\n');
      vi.stubEnv('PATH', `${folderOf(name)}/bin:${process.env.PATH}`);
      vi.stubEnv('XDG_CACHE_HOME', cache);
      onTestFinished(() => void vi.unstubAllEnvs());
      const written = blocks('sh')
        .join('')
        .split('\n')
        .filter((line) => line.startsWith('leat ') && !line.includes('--checkpoint'));
      expect(written).toHaveLength(7);
      const saved = join(folder, 'counts.tsv');
      for (const [i, line] of written.entries()) {
        const [, master, program] = /^leat --engine spark --master '(.*?)' '(.*)'$/.exec(line)!;
        const there = await new Leat(['--engine', 'spark', '--master', master!, program!], folder).ended;
        const kept = existsSync(saved) && readFileSync(saved, 'utf8');
        rmSync(saved, { force: true });
        const here = await new Leat([program!], folder).ended;
        const isUp = /^leat: Spark (.*) is up at local\[2\], its page is http:.*\n/;
        expect([there.code, there.stdout, there.stderr.replace(isUp, '')]).toEqual([0, here.stdout, here.stderr]);
        expect(kept).toBe(existsSync(saved) && readFileSync(saved, 'utf8'));
        // What is said and what is given out come by different pipes.
        const lines = (text: string) => text.split('\n').filter(Boolean).sort();
        const shown = blocks('text')[0]!.replace(isUp, '');
        if (i === 0) expect(lines(shown)).toEqual(lines(here.stdout + here.stderr));
      }
      const missing = await new Leat(['--engine', 'spark', 'files("none.log") | count'], folder).ended;
      expect([missing.code, missing.stdout]).toEqual([3, '']);
    });
  });
});
