/** `files` and `watch` on S3, against a store in memory. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Position } from '../../../src/flow/define/position.ts';
import type { SourceDefinition } from '../../../src/flow/define/source.ts';
import { files } from '../../../src/flow/sources/files.ts';
import { watch } from '../../../src/flow/sources/watch.ts';
import { FakeS3, fault } from '../../support/fake-s3.ts';
import { openSource, TestRun } from '../../support/source.ts';

let s3: FakeS3;
let endpoint: string;
beforeEach(async () => {
  s3 = new FakeS3();
  endpoint = await s3.listen();
});
afterEach(() => s3.close());

/** ms of a time as `20130524T000000Z`. */
const timeOf = (text: string) => Date.parse(text.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'));

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join('');

async function read(address: string, args: object = {}, from?: Position): Promise<TestRun> {
  const run = new TestRun({ ...(from && { from }) });
  await openSource(files, { paths: [address], endpoint, ...args }, run, from).run();
  return run;
}

async function whileWatching(args: object, work: (run: TestRun) => Promise<void>, from?: Position): Promise<TestRun> {
  const run = new TestRun({ ...(from && { from }) });
  const done = openSource(watch as SourceDefinition, { endpoint, every: 1, ...args }, run, from).run();
  const failed = done.catch(() => {});
  await Promise.race([work(run), failed]);
  run.abort();
  await done;
  return run;
}

const until = (run: TestRun, count: number) => run.until(() => run.records.length >= count);

test('objects are read by key and glob, whatever they are called, packed or not', async () => {
  s3.put('a/b c%+ü&<.log', numbers(0, 3));
  s3.put('a/d.log', numbers(3, 5));
  s3.put('a/deep/e.log.gz', gzipSync(numbers(5, 7)));
  s3.put('a/deep/.hidden.log', 'no\n');
  s3.put('a/_temporary/f.log', 'no\n');
  s3.put('a/g.log.tmp', 'no\n');
  s3.put('a/folder/', '');
  s3.put('ab/h.log', 'no\n');
  expect((await read('s3://logs/a/*.log')).records).toEqual(['0', '1', '2', '3', '4']);
  expect((await read('s3://logs/a/b c%+ü&<.log')).records).toEqual(['0', '1', '2']);
  expect((await read('s3://logs/a/**')).records).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  expect((await read('s3://logs/a/d*/*.gz')).records).toEqual(['5', '6']);
  expect((await read('s3://logs/{a,ab}/d*.log')).records).toEqual(['3', '4']);
  const both = await read('s3://logs/a/d.log', { paths: ['s3://logs/a/d.log', 's3://logs/a/*.log'], tag: true });
  expect(both.records[0]).toEqual({ source: 's3://logs/a/d.log', line: '3' });
  expect(both.records).toHaveLength(5);
});

test('what is not there, or several, is told', async () => {
  s3.put('a/d.log', '');
  await expect(read('s3://logs/b')).rejects.toThrow('there is no file s3://logs/b in S3');
  await expect(read('s3://logs/a/*.txt')).rejects.toThrow('there is no file s3://logs/a/*.txt in S3');
  await expect(read('s3://logs/a')).rejects.toMatchObject({ code: 'is-directory', exit: 3 });
  await expect(read('s3://other/a')).rejects.toMatchObject({ exit: 3, help: expect.stringContaining('aws s3 ls') });
});

test('a listing is read page by page, directory by directory', async () => {
  s3.page = 7;
  for (let i = 0; i < 50; i++) s3.put(`many/${i % 5}/${i}.log`, `${i}\n`);
  const { records } = await read('s3://logs/many/*/*.log');
  expect(records.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  s3.asked.splice(0);
  expect((await read('s3://logs/many/3/*.log')).records).toHaveLength(10);
  // Two pages, and ten objects: of no other directory anything is asked.
  expect(s3.asked).toHaveLength(12);
});

test('reading is gone on with behind any chunk', async () => {
  s3.put('cuts/1.log', numbers(0, 20_000));
  s3.put('cuts/2.log.gz', gzipSync(numbers(20_000, 40_000)));
  const whole = await read('s3://logs/cuts/*');
  expect(whole.records).toHaveLength(40_000);
  const { cuts } = whole;
  expect(cuts.length).toBeGreaterThan(5);
  for (const index of new Set([2, cuts.length >> 1, cuts.length - 3, cuts.length - 1])) {
    const { count, position } = cuts[index]!;
    const rest = await read('s3://logs/cuts/*', {}, JSON.parse(position!) as Position);
    expect([...whole.numbered.slice(0, count), ...rest.numbered]).toEqual(whole.numbered);
  }
});

test('an object that breaks off is gone on with at the byte where it did', async () => {
  s3.put('long.log', numbers(0, 60_000));
  let left = 3;
  s3.instead = ({ method, headers }) => {
    if (method !== 'GET' || left-- <= 0) return undefined;
    const { bytes, tag } = s3.objects.get('long.log')!;
    const rest = bytes.subarray(Number(/\d+/.exec(headers.range!)![0]));
    // Fewer bytes than are said: the connection is cut.
    return { status: 206, body: rest.subarray(0, 100_000), headers: { etag: tag } };
  };
  const { records, notes } = await read('s3://logs/long.log');
  expect(records).toHaveLength(60_000);
  expect(new Set(records).size).toBe(60_000);
  expect(notes[0]).toMatch(/cannot read s3:\/\/logs\/long.log in S3: .*; trying again/);
});

test('an object that is put anew while it is read is told of, and no part of the new one is taken', async () => {
  s3.put('a.log', numbers(0, 3));
  let isFirst = true;
  s3.instead = ({ method }) => {
    if (method !== 'GET' || !isFirst) return undefined;
    isFirst = false;
    const { tag } = s3.objects.get('a.log')!;
    s3.put('a.log', 'X\nY\nZ\n');
    return { status: 200, body: '0\n1', headers: { etag: tag } };
  };
  const run = new TestRun();
  const reading = openSource(files, { paths: ['s3://logs/a.log'], endpoint }, run).run();
  await expect(reading).rejects.toMatchObject({
    exit: 3,
    code: 'position-does-not-fit',
    message: 's3://logs/a.log was put anew after it was read up to byte 3',
  });
  expect(run.records).toEqual(['0']);
  const { position } = run;
  await expect(read('s3://logs/a.log', {}, position)).rejects.toThrow('is another file than the one that was read');
  s3.objects.delete('a.log');
  await expect(read('s3://logs/a.*', {}, position)).rejects.toThrow('does not exist any more');
});

test('an object that is put anew before it is read is read as it is then, at once or at the next look', async () => {
  const anew = () => {
    let isFirst = true;
    s3.instead = ({ method, url }) => {
      if (method === 'GET' && url!.startsWith('/logs/in/1.log') && isFirst) {
        isFirst = false;
        s3.put('in/1.log', 'new\n');
      }
      return undefined;
    };
  };
  s3.put('in/1.log', 'old\n');
  s3.put('in/2.log', 'b\n');
  anew();
  const { records, notes } = await read('s3://logs/in/*');
  expect([records, notes]).toEqual([['b', 'new'], ['s3://logs/in/1.log was put anew before it could be read']]);
  s3.put('in/1.log', 'old\n');
  anew();
  const run = await whileWatching({ path: 's3://logs/in', existing: true }, (run) => until(run, 2));
  expect(run.records).toEqual(['b', 'new']);
});

test('an object that is put anew each time before it is read is told of in the end', async () => {
  s3.put('a.log', 'old\n');
  let times = 0;
  s3.instead = ({ method, url }) => {
    if (method === 'GET' && url!.startsWith('/logs/a.log')) s3.put('a.log', `${times++}\n`);
    return undefined;
  };
  await expect(read('s3://logs/a.log')).rejects.toThrow('s3://logs/a.log was put anew after it was read up to byte 0');
});

test('objects that come are read once, and one that is put anew is a new one', async () => {
  s3.put('in/old.log', 'old\n');
  const run = await whileWatching({ path: 's3://logs/in' }, async (run) => {
    await run.until(() => run.notes.length > 0);
    s3.put('in/1.log', 'a\n');
    await until(run, 1);
    s3.put('in/1.log', 'a\n');
    s3.put('in/deep/2.log', 'no\n');
    s3.put('in/3.log', 'b\n');
    await until(run, 2);
    s3.put('in/1.log', 'c\n');
    await until(run, 3);
  });
  expect(run.records).toEqual(['a', 'b', 'c']);
  expect(run.notes).toContain('watching s3://logs/in in S3 for new files');
  const position = JSON.parse(JSON.stringify(run.position)) as Position;
  s3.put('in/4.log', 'd\n');
  const next = await whileWatching({ path: 's3://logs/in', recursive: true }, (run) => until(run, 2), position);
  expect(next.records).toEqual(['d', 'no']);
});

test('an object that is gone before it is read is left out with a note', async () => {
  s3.put('in/1.log', 'a\n');
  s3.put('in/2.log', 'b\n');
  s3.instead = ({ method, url }) =>
    method === 'GET' && url!.startsWith('/logs/in/1') ? fault(404, 'NoSuchKey') : undefined;
  const { records, notes } = await read('s3://logs/in/*');
  expect([records, notes]).toEqual([['b'], ['s3://logs/in/1.log was gone before it could be read']]);
});

test('the region of a bucket is learned, and the time of S3 where the clock of this machine is wrong', async () => {
  s3.put('a.log', 'a\n');
  s3.instead = ({ headers }) =>
    headers.authorization!.includes('/eu-central-1/s3/')
      ? undefined
      : fault(400, 'AuthorizationHeaderMalformed', '<Region>eu-central-1</Region>');
  expect((await read('s3://logs/a.*')).records).toEqual(['a']);
  const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000);
  s3.instead = ({ headers }) =>
    Math.abs(timeOf(String(headers['x-amz-date'])) - tomorrow.getTime()) < 3_600_000
      ? undefined
      : { ...fault(403, 'RequestTimeTooSkewed'), headers: { date: tomorrow.toUTCString() } };
  const { records, notes } = await read('s3://logs/a.*');
  expect(records).toEqual(['a']);
  expect(notes).toEqual(['the clock of this machine is 1440 minutes off that of S3, whose time is taken']);
});

test('of what a glob matches, what cannot be unpacked is left out with a note', async () => {
  s3.put('a/damaged.gz', Buffer.concat([gzipSync('x\n'), Buffer.from('no gzip')]));
  s3.put('a/rows.parquet', Buffer.from('PAR1\x15 and so on'));
  s3.put('a/torn.gz', gzipSync('one\ntwo\n').subarray(0, -8));
  s3.put('a/z.log', 'z\n');
  const all = await read('s3://logs/a/*');
  expect(all.records.slice(-3)).toEqual(['one', 'two', 'z']);
  expect(all.notes).toEqual([
    expect.stringMatching(/^left out: cannot read s3:\/\/logs\/a\/damaged.gz in S3: its gzip data is damaged/),
    expect.stringMatching(/^left out: .*rows.parquet in S3: it is a Parquet file/),
    expect.stringMatching(/^left out: .*torn.gz in S3: its gzip data ends too early/),
  ]);
  // It is not read again.
  expect((await read('s3://logs/a/*', {}, all.position)).records).toEqual([]);
  await expect(read('s3://logs/a/torn.gz')).rejects.toMatchObject({
    exit: 3,
    message: expect.stringMatching(/^cannot read s3:\/\/logs\/a\/torn.gz in S3: its gzip data ends too early/),
  });
});

test('names that are passed over are read where a glob has them', async () => {
  s3.put('_old/a.log', 'a\n');
  s3.put('in/.b.log', 'b\n');
  expect((await read('s3://logs/_*/*.log')).records).toEqual(['a']);
  expect((await read('s3://logs/in/.b*')).records).toEqual(['b']);
  await expect(read('s3://logs/*/*.log')).rejects.toThrow('there is no file');
});

test('a directory that is watched is read as it is with --once', async () => {
  s3.put('in/1.log', 'a\n');
  s3.put('in/2.log', 'b\n');
  const run = new TestRun({ once: true });
  await openSource(watch as SourceDefinition, { path: 's3://logs/in', endpoint }, run).run();
  expect(run.records).toEqual(['a', 'b']);
});

test('objects that a store tells by nothing, as those that somebody else laid into its folder, are read all the same', async () => {
  s3.objects.set('a/1.log', { bytes: Buffer.from('1\n'), tag: '' });
  s3.instead = ({ headers }) => (headers['if-match'] === '' ? fault(412, 'PreconditionFailed') : undefined);
  expect((await read('s3://logs/a/1.log')).records).toEqual(['1']);
  expect((await read('s3://logs/a/*')).records).toEqual(['1']);
});

test('what a store does not say is not taken for nothing', async () => {
  for (let i = 0; i < 5; i++) s3.put(`a/${i}.log`, `${i}\n`);
  const { tag } = s3.objects.get('a/0.log')!;
  s3.instead = ({ method }) =>
    method === 'HEAD' ? { status: 200, headers: { etag: tag, 'transfer-encoding': 'chunked' } } : undefined;
  await expect(read('s3://logs/a/0.log')).rejects.toThrow('it does not say how long an object is');
  s3.instead = () => ({ status: 200, body: '<R><IsTruncated>true</IsTruncated></R>' });
  await expect(read('s3://logs/a/*.log')).rejects.toThrow('its listing has more pages, and it does not say');
  let isFirst = true;
  s3.instead = ({ method }) => {
    if (method !== 'GET') return undefined;
    // Broken off, and then all of it whatever is asked for.
    const bytes = s3.objects.get('a/0.log')!.bytes.subarray(0, isFirst ? 1 : undefined);
    isFirst = false;
    return { status: 200, body: bytes, headers: { etag: tag } };
  };
  await expect(read('s3://logs/a/0.log')).rejects.toThrow('it gives objects from their start only');
});

test('a run that ends does not wait for a store that says nothing', async () => {
  const store = createServer().listen(0, '127.0.0.1');
  await once(store, 'listening');
  const run = new TestRun();
  const { port } = store.address() as AddressInfo;
  const args = { paths: ['s3://logs/a.log'], endpoint: `http://127.0.0.1:${port}` };
  const reading = openSource(files, args, run).run();
  const [socket] = (await once(store, 'connection')) as [Socket];
  run.abort();
  await reading;
  expect(run.records).toEqual([]);
  socket.destroy();
  store.close();
});

test('a store that does not answer is a failure where it is not to be waited for', async () => {
  await expect(read('s3://logs/a', { endpoint: 'http://127.0.0.1:1', wait: false })).rejects.toThrow(
    'cannot list s3://logs/a: connection refused',
  );
});
