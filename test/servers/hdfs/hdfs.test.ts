/** The source `hdfs`, and `save` there, against a real HDFS. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Position } from '../../../src/flow/define/position.ts';
import { hdfs } from '../../../src/flow/sources/hdfs.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat, leat, shell, temporaryFolder } from '../../cli/harness.ts';
import { seedOfTest } from '../../support/effort.ts';
import { openSource, TestRun } from '../../support/source.ts';
import { Hdfs, hasHdfs } from './hdfs.ts';

let server: Hdfs;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const text = (from: number, to: number) =>
  Buffer.from(
    numbers(from, to)
      .map((n) => `${n}\n`)
      .join(''),
  );

const read = async (path: string, from?: Position) => {
  const run = new TestRun({ ...(from && { from }) });
  await openSource(hdfs, { url: `hdfs://${server.address}${path}`, until: 'end' }, run, from).run();
  return run;
};

describe.skipIf(!hasHdfs)('files of HDFS', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    server = await Hdfs.prepare(join(mkdtempSync(join(tmpdir(), 'leat-')), 'hdfs'));
    await server.start();
  }, 300_000);
  afterAll(() => server?.stop());

  test('are read by path, glob and directory, whatever they are called, packed or not', async () => {
    await server.put('/a/b c%ü.log', text(0, 3));
    await server.put('/a/d.log', text(3, 5));
    await server.put('/a/_SUCCESS', text(7, 8));
    await server.put('/a/deep/e.log.gz', gzipSync(text(5, 7)));
    expect((await read('/a/*.log')).records).toEqual(['0', '1', '2', '3', '4']);
    expect((await read('/a/b c%ü.log')).records).toEqual(['0', '1', '2']);
    expect((await read('/a')).records).toEqual(['0', '1', '2', '3', '4']);
    expect((await read('/a/**')).records).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    await expect(read('/a/*.txt')).rejects.toThrow('there is no file /a/*.txt in HDFS');
  });

  test('are gone on in behind any chunk', async () => {
    await server.put('/cuts/1.log', text(0, 60_000));
    await server.put('/cuts/2.log.gz', gzipSync(text(60_000, 120_000)));
    const whole = await read('/cuts');
    expect(whole.records).toHaveLength(120_000);
    const { cuts } = whole;
    expect(cuts.length).toBeGreaterThan(5);
    for (const index of new Set([1, 2, cuts.length >> 1, cuts.length - 3, cuts.length - 1])) {
      const { count, position } = cuts[index]!;
      const rest = await read('/cuts', JSON.parse(position!) as Position);
      expect([...whole.numbered.slice(0, count), ...rest.numbered]).toEqual(whole.numbered);
    }
  });

  test('that are another one than was read, or gone, are told of', async () => {
    await server.put('/other/1.log', text(0, 60_000));
    const { cuts } = await read('/other/1.log');
    const position = JSON.parse(cuts.find(({ position }) => position!.includes('offset'))!.position!) as Position;
    await server.put('/other/1.log', text(0, 60_000));
    await expect(read('/other/1.log', position)).rejects.toThrow(/another file than the one that was read/);
    await expect(read('/none/*', position)).rejects.toThrow(/does not exist any more/);
  });

  test('nobody answers', async () => {
    const { code, stderr } = await leat(['hdfs("http://127.0.0.1:1/a", until: "end", wait: false)']);
    expect(code).toBe(3);
    expect(stderr).toContain('cannot list /a: connection refused');
  });

  test('come, and each line is there once, however often leat and the data node are killed', async () => {
    const folder = temporaryFolder();
    const random = new Random(seedOfTest);
    const program = `hdfs("hdfs://${server.address}/come/*.log", existing: true, every: 200ms) | append("out.log")`;
    const args = ['--checkpoint', 'state', '--batch', '100ms', program];
    let sent = 0;
    const write = async (count: number) => {
      const bytes = text(sent, sent + count);
      while (!(await server.put(`/come/${sent}.log`, bytes).catch(() => false))) await pause(100);
      sent += count;
    };
    for (let life = 0; life < 20; life++) {
      await write(random.whole(1, 60_000));
      const run = new Leat(args, folder);
      if (random.chance(0.8)) await run.noted(/in HDFS for new files/);
      await pause(random.whole(0, 900));
      if (life % 4 === 3) {
        await server.killNode('datanode.DataNode');
        await pause(random.whole(0, 700));
        server.startNode('datanode.DataNode');
      }
      run.child.kill('SIGKILL');
      await run.ended;
    }
    await server.ready();
    const run = new Leat(args, folder);
    const out = join(folder, 'out.log');
    const lines = () => (existsSync(out) ? readFileSync(out, 'utf8').split('\n').slice(0, -1) : []);
    for (let tries = 0; tries < 1000 && lines().length < sent; tries++) await pause(100);
    run.child.kill('SIGTERM');
    await run.ended;
    expect(
      lines()
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual(numbers(0, sent));
  }, 600_000);

  test('are written, in parts where they are large, and by value', async () => {
    const out = `hdfs://${server.address}/written`;
    const most = 8_000_000;
    const large = await shell(`seq ${most} | leat 'save("${out}/large", "txt")'`);
    expect([large.code, (await read('/written/large-*.txt')).records.length]).toEqual([0, most]);
    const { code } = await leat([`queue([{c: "a b", n: 1}, {c: "F/R", n: 2}]) | save("${out}/by/", "csv", by: .c)`]);
    const { numbered } = await read('/written/by/');
    expect([code, numbered.length]).toEqual([0, 4]);
    const denied = await leat(['queue(["a"]) | save("hdfs://127.0.0.1:1/x", retry: 0)']);
    expect([denied.code, denied.stderr]).toEqual([
      4,
      'leat: cannot write to hdfs://127.0.0.1:1/: nobody listens there\n',
    ]);
  });

  test('have each line once that was written, however often leat and the data node are killed', async () => {
    const folder = temporaryFolder();
    const random = new Random(seedOfTest);
    const program = `tail("in.log", from: "start") | save("hdfs://${server.address}/kept/x", "txt", retry: 1h)`;
    const args = ['--checkpoint', 'state', '--batch', '100ms', program];
    let sent = 0;
    const write = (count: number) => {
      appendFileSync(join(folder, 'in.log'), text(sent, sent + count));
      sent += count;
    };
    for (let life = 0; life < 20; life++) {
      write(random.whole(1, 3000));
      const run = new Leat(args, folder);
      await pause(random.whole(200, 1500));
      write(random.whole(1, 3000));
      if (life % 4 === 3) {
        await server.killNode('datanode.DataNode');
        await pause(random.whole(0, 700));
        server.startNode('datanode.DataNode');
      }
      await pause(random.whole(0, 900));
      run.child.kill('SIGKILL');
      await run.ended;
    }
    await server.ready();
    const run = new Leat(args, folder);
    // A file may be read while the data node that has it is away.
    const kept = () =>
      read('/kept/x-*').then(
        ({ records }) => records,
        () => [],
      );
    for (let tries = 0; tries < 300 && (await kept()).length < sent; tries++) await pause(300);
    run.child.kill('SIGTERM');
    await run.ended;
    const lines = (await kept()).map(Number).toSorted((a, b) => a - b);
    // The first that is not where it belongs: a list of all would be too long to read.
    expect([lines.length, lines.findIndex((line, i) => line !== i)]).toEqual([sent, -1]);
  }, 600_000);
});
