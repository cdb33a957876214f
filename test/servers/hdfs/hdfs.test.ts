/** The source `hdfs`, and `save` there, against a real HDFS. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Position } from '../../../src/flow/define/position.ts';
import { hdfs } from '../../../src/flow/sources/hdfs.ts';
import { leat, shell } from '../../cli/harness.ts';
import { linesAreKeptOnce, linesComeOnce, numbered, pause } from '../../support/killed-again.ts';
import { openSource, TestRun } from '../../support/source.ts';
import { Hdfs, hasHdfs } from './hdfs.ts';

let server: Hdfs;

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
    await server.put('/a/b c%ü.log', numbered(0, 3));
    await server.put('/a/d.log', numbered(3, 5));
    await server.put('/a/_SUCCESS', numbered(7, 8));
    await server.put('/a/deep/e.log.gz', gzipSync(numbered(5, 7)));
    expect((await read('/a/*.log')).records).toEqual(['0', '1', '2', '3', '4']);
    expect((await read('/a/b c%ü.log')).records).toEqual(['0', '1', '2']);
    expect((await read('/a')).records).toEqual(['0', '1', '2', '3', '4']);
    expect((await read('/a/**')).records).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    await expect(read('/a/*.txt')).rejects.toThrow('there is no file /a/*.txt in HDFS');
  });

  test('are gone on in behind any chunk', async () => {
    await server.put('/cuts/1.log', numbered(0, 60_000));
    await server.put('/cuts/2.log.gz', gzipSync(numbered(60_000, 120_000)));
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
    await server.put('/other/1.log', numbered(0, 60_000));
    const { cuts } = await read('/other/1.log');
    const position = JSON.parse(cuts.find(({ position }) => position!.includes('offset'))!.position!) as Position;
    await server.put('/other/1.log', numbered(0, 60_000));
    await expect(read('/other/1.log', position)).rejects.toThrow(/another file than the one that was read/);
    await expect(read('/none/*', position)).rejects.toThrow(/does not exist any more/);
  });

  test('nobody answers', async () => {
    const { code, stderr } = await leat(['hdfs("http://127.0.0.1:1/a", until: "end", wait: false)']);
    expect(code).toBe(3);
    expect(stderr).toContain('cannot list /a: connection refused');
  });

  const killed = {
    kill: () => server.killNode('datanode.DataNode'),
    start: () => server.startNode('datanode.DataNode'),
    ready: () => server.ready(),
  };

  test('come, and each line is there once, however often leat and the data node are killed', async () => {
    const program = `hdfs("hdfs://${server.address}/come/*.log", existing: true, every: 200ms) | append("out.log")`;
    await linesComeOnce(killed, program, /in HDFS for new files/, async (file, bytes) => {
      while (!(await server.put(`/come/${file}`, bytes).catch(() => false))) await pause(100);
    });
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
    const program = `tail("in.log", from: "start") | save("hdfs://${server.address}/kept/x", "txt", retry: 1h)`;
    await linesAreKeptOnce(killed, program, async () => (await read('/kept/x-*')).records as string[]);
  }, 600_000);
});
