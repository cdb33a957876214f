import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { fieldsOf } from '../../../src/base/fields.ts';
import { readingLibrary } from '../../../src/flow/parquet/library.ts';
import { Ring } from '../../../src/run/serve/ring.ts';
import { Serving } from '../../support/serving.ts';

const PATHS = 'json | groupBy(.path, {n: count()}) | serve(0)';

test('the newest result comes in each of the formats', async () => {
  const serving = new Serving(PATHS);
  serving.batch([{ path: '/a', n: 1 }]);
  serving.batch([
    { path: '/a', n: 2 },
    { path: '/b,c', n: 3 },
  ]);
  const json = await serving.ask('/v/path.json');
  expect(json.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(JSON.parse(json.body)).toEqual({
    view: 'path',
    batch: 2,
    time: 2000,
    start: 1000,
    end: 2000,
    records: [
      { path: '/a', n: 2 },
      { path: '/b,c', n: 3 },
    ],
  });
  expect((await serving.ask('/v/path.jsonl')).body).toBe('{"path":"/a","n":2}\n{"path":"/b,c","n":3}\n');
  expect((await serving.ask('/v/path.csv')).body).toBe('path,n\n/a,2\n"/b,c",3\n');
  expect((await serving.ask('/v/path.tsv')).body).toBe('path\tn\n/a\t2\n/b,c\t3\n');
  expect((await serving.ask('/v/path.md')).body).toBe('| path | n |\n| --- | --- |\n| /a | 2 |\n| /b,c | 3 |\n');
  const head = await serving.ask('/v/path.csv', { method: 'HEAD' });
  expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '21']);
});

test('a result is a file of Parquet, as `save` writes it, with types and all digits', async () => {
  const serving = new Serving('json | groupBy(.path, {n: count()}) | serve(0); json | serve(0, name: "raw")');
  serving.batch([
    { path: '/a', n: 1, of: [1, 2] },
    { path: '/b', n: 1.5 },
  ]);
  const rows = async (path: string) => {
    const file = (await serving.bytes(path)).buffer as ArrayBuffer;
    return readingLibrary().parquetReadObjects({ file });
  };
  expect(await rows('/v/path.parquet')).toEqual([
    { path: '/a', n: 1, of: '[1,2]' },
    { path: '/b', n: 1.5, of: null },
  ]);
  expect(await rows('/v/path.parquet?last=2')).toEqual([
    { path: '/a', n: 1, of: '[1,2]', start: 0n, end: 1000n },
    { path: '/b', n: 1.5, of: null, start: 0n, end: 1000n },
  ]);
  expect(await rows(`/v/path.parquet?then=${encodeURIComponent('map(.n)')}`)).toEqual([{ value: 1 }, { value: 1.5 }]);
  const { headers } = await serving.ask('/v/path.parquet', { method: 'HEAD' });
  expect(headers['content-type']).toBe('application/vnd.apache.parquet');
  serving.batch([], 0);
  const empty = await serving.ask('/v/path.parquet');
  expect([empty.status, JSON.parse(empty.body).error.code]).toEqual([404, 'no-columns']);
  serving.batch([fieldsOf(Array.from({ length: 1001 }, (_, i) => [`c${i}`, i] as const))], 1);
  const wide = await serving.ask('/v/raw.parquet');
  expect([wide.status, JSON.parse(wide.body).error.code]).toEqual([413, 'too-many-columns']);
});

test('what is kept can be asked for by time', async () => {
  const clock = new VirtualClock(10_000);
  const serving = new Serving(PATHS, clock);
  for (let n = 1; n <= 10; n++) serving.batch([{ path: '/a', n }]);
  expect(await serving.json('/v/path.json?at=1970-01-01T00:00:03.500Z')).toMatchObject({
    batch: 3,
    records: [{ n: 3 }],
  });
  expect(await serving.json('/v/path.json?at=2s')).toMatchObject({ batch: 8 });
  expect(await serving.json('/v/path.json?since=2s')).toMatchObject([{ batch: 9 }, { batch: 10 }]);
  expect((await serving.ask('/v/path.csv?since=2s')).body).toBe('path,n,start,end\n/a,9,8000,9000\n/a,10,9000,10000\n');
  expect(await serving.json('/v/path.json?at=soon')).toMatchObject({ error: { code: 'no-time' } });
  expect(await serving.json('/v/path.json?at=1s&since=2s')).toMatchObject({ error: { code: 'too-much' } });
});

test('no more is kept than was asked for', async () => {
  const serving = new Serving('json | groupBy(.path, {n: count()}) | serve(0, keep: 3s)', new VirtualClock(10_000));
  for (let n = 1; n <= 10; n++) serving.batch([{ path: '/a', n }]);
  expect(await serving.json('/v/path.json?since=1h')).toMatchObject([{ batch: 8 }, { batch: 9 }, { batch: 10 }]);
  const old = await serving.ask('/v/path.json?at=5s');
  expect([old.status, JSON.parse(old.body)]).toMatchObject([404, { error: { code: 'not-kept' } }]);
});

test('whoever waits is answered by the next batch', async () => {
  const clock = new VirtualClock(0);
  const serving = new Serving(PATHS, clock);
  serving.batch([{ path: '/a', n: 1 }]);
  expect(await serving.json('/v/path.json?wait=30s&after=0')).toMatchObject({ batch: 1 });
  const [waiting] = [serving.json('/v/path.json?wait=30s&after=1'), await serving.ask('/healthz')];
  serving.batch([{ path: '/a', n: 2 }]);
  expect(await waiting).toMatchObject({ batch: 2 });
  const [late] = [serving.ask('/v/path.json?wait=30s&after=2'), await serving.ask('/healthz')];
  clock.moveTo(30_000);
  expect(await late).toMatchObject({ status: 204, body: '' });
  // A number of another run says nothing of this one.
  expect(await serving.json('/v/path.json?wait=30s&after=700.abcdef00')).toMatchObject({ batch: 2 });
});

test('a key has its row, and one that is not there those that are near', async () => {
  const serving = new Serving(
    `${PATHS}; json | groupBy(.a, .b, {n: count()}) | serve(0); words | countByValue | serve(0, name: "words")`,
  );
  serving.batch([
    { path: '/a', n: 2 },
    { path: 'events', n: 3 },
  ]);
  serving.batch([{ a: 'x', b: 1, n: 4 }], 1);
  serving.batch([['to', 2]], 2);
  expect(await serving.json('/v/path/%2Fa')).toEqual({ path: '/a', n: 2 });
  expect(await serving.json('/v/path/%65vents')).toEqual({ path: 'events', n: 3 });
  expect(await serving.json('/v/a-b/x/1')).toEqual({ a: 'x', b: 1, n: 4 });
  expect(await serving.json('/v/words/to')).toEqual(['to', 2]);
  const missing = await serving.ask('/v/path/event');
  expect([missing.status, JSON.parse(missing.body)]).toEqual([
    404,
    {
      error: {
        code: 'unknown-key',
        message: 'there is no row with the key event',
        help: 'near it are: events',
        near: ['events'],
      },
    },
  ]);
});

test('before the first result it is said that there is none', async () => {
  const serving = new Serving(PATHS);
  const answer = await serving.ask('/v/path.json');
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'nothing-yet' } });
});

test('views are called by what the program says of them, each by a name of its own', async () => {
  const serving = new Serving(
    'let hosts = json | groupBy(.host, {n: count()}); hosts | serve(0); json | count | serve(0); json | count | serve(0); json | serve(0, name: "raw")',
  );
  const { views } = (await serving.json('/api/run')) as unknown as { views: { name: string; kind: string }[] };
  expect(views.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'hosts result',
    'result result',
    'result2 result',
    'raw log',
  ]);
  expect(serving.notes[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ shows `hosts`, `result`, `result2`, `raw`$/);
  const unknown = await serving.ask('/v/host.json');
  expect(JSON.parse(unknown.body).error).toMatchObject({ code: 'unknown-view', help: 'did you mean hosts?' });
});

test('the metrics are those of the run, and numbers of views that ask for it', async () => {
  const serving = new Serving(
    'json | groupBy(.path, {n: count()}) | serve(0, metrics: true); words | countByValue | serve(0)',
  );
  serving.batch([{ path: 'a"\n\\', n: 2 }]);
  serving.batch([['to', 2]], 1);
  const { body } = await serving.ask('/metrics');
  expect(body).toContain('# TYPE leat_records_total counter\nleat_records_total 5\n');
  expect(body).toContain('leat_watermark_seconds 5\n');
  expect(body).toContain('leat_view_rows{view="path"} 1\n');
  expect(body).toContain('leat_view_value{view="path",path="a\\"\\n\\\\",key="a\\"\\n\\\\",column="n"} 2\n');
  expect(body).not.toContain('view="result",key');
});

test('what stages keep, and how far event time is in each, is told of those that have some', async () => {
  const serving = new Serving('json | groupBy(.path, {n: count()}) | running | serve(0)');
  serving.stages = ({ nodes }) => [
    { node: nodes[2]!, held: 4096, watermark: undefined },
    { node: nodes[3]!, held: undefined, watermark: 60_000 },
  ];
  serving.batch([{ path: '/a', n: 1 }]);
  const { body } = await serving.ask('/metrics');
  expect(body.match(/^leat_stage_(?:state|watermark).*$/gm)).toEqual([
    expect.stringMatching(/^leat_stage_state_bytes\{stage=".*",place="3"\} 4096$/),
    expect.stringMatching(/^leat_stage_watermark_seconds\{stage=".*",place="4"\} 60$/),
  ]);
  expect(await serving.json('/api/run')).toMatchObject({
    run: {
      stages: [
        { place: 3, held: 4096 },
        { place: 4, watermark: 60_000 },
      ],
    },
  });
});

test('a label of the metrics has one name, and a series one sample: else Prometheus takes none of them', async () => {
  const serving = new Serving('json | serve(0, metrics: true)');
  serving.batch([
    { 'a.b': 'x', a_b: 'y', v: 1 },
    { 'a.b': 'x', a_b: 'y', v: 2 },
  ]);
  const { body } = await serving.ask('/metrics');
  expect(body.match(/^leat_view_value.*$/gm)).toEqual(['leat_view_value{view="result",a_b="x",column="v"} 1']);
});

test('of several results an answer has so many rows that the stream need not wait for it', async () => {
  const serving = new Serving(PATHS);
  const rows = Array.from({ length: 50_000 }, (_, i) => ({ path: `/${i}`, n: 0 }));
  for (let n = 1; n <= 5; n++) serving.batch(rows);
  expect((await serving.ask('/v/path.jsonl?last=4')).body.split('\n')).toHaveLength(200_001);
  for (const query of ['last=5', 'since=1970-01-01T00:00:00Z']) {
    const { status, body } = await serving.ask(`/v/path.csv?${query}`);
    expect([query, status, JSON.parse(body).error]).toEqual([
      query,
      413,
      {
        code: 'too-many-rows',
        message: 'these are 5 results with 250,000 rows, of which an answer has 200,000 at most',
        help: 'ask for fewer: last=4',
      },
    ]);
  }
});

test('of the past as many results are taken as have room, and the newest always', () => {
  const ring = new Ring(60_000);
  for (const [i, rows] of [4, 3, 2, 9].entries()) {
    const span = { time: i, start: i, end: i, partial: false };
    const records = Array.from({ length: rows }, () => 1);
    ring.put({ number: i + 1, span, records, keys: undefined, leftOut: 0, read: undefined }, { whole: 1, own: 1 });
  }
  const numbers = (batches: number, rows: number) => ring.last(batches, rows).map(({ number }) => number);
  expect([numbers(9, 18), numbers(9, 17), numbers(9, 11), numbers(9, 10), numbers(9, 1), numbers(2, 100)]).toEqual([
    [1, 2, 3, 4],
    [2, 3, 4],
    [3, 4],
    [4],
    [4],
    [3, 4],
  ]);
  expect(new Ring(1).last(1, 1)).toEqual([]);
});

test('alerts that are on stand in the newest result of the views that they have to do with', async () => {
  const serving = new Serving(
    'let a = json | countBy(.path); a | alert(_[1] > 2, by: _[0], message: "many") | serve(0, name: "a"); a | serve(0, name: "b") | alert(_[1] < 0); json | count | serve(0, name: "c")',
  );
  serving.alerts = ({ nodes }) => {
    const [first, second] = nodes.filter((node) => node.kind === 'stage' && node.definition.name === 'alert');
    return [
      { node: first as never, count: 3, first: [{ key: '</a>', since: 5 }] },
      { node: second as never, count: 1, first: [{ key: null, since: 7 }] },
    ];
  };
  for (const view of [0, 1, 2]) {
    serving.batch([], view);
    serving.batch([['/a', 1]], view);
  }
  const many = [
    { alert: 'many', key: '</a>', since: 5 },
    { alert: 'many', more: 2 },
  ];
  expect(await serving.json('/v/a.json')).toMatchObject({ alerts: many, records: [['/a', 1]] });
  expect(await serving.json('/v/b.json')).toMatchObject({ alerts: [{ alert: 'alert(_[1] < 0)', since: 7 }] });
  expect(await serving.json('/v/c.json')).not.toHaveProperty('alerts');
  expect(((await serving.json('/v/a.json?last=2')) as unknown[])[1]).not.toHaveProperty('alerts');
  expect((await serving.ask('/metrics')).body).toContain('leat_alerts{stage="alert(_[1] < 0)"} 1\n');
});

test('where the run is kept a result is shown when it is written down what it follows from, in order, and never where that cannot be', async () => {
  const written: { readonly keep: () => void; readonly fail: () => void }[] = [];
  const ground = () => {
    const known = new Promise<void>((resolve, reject) => {
      written.push({ keep: resolve, fail: () => reject(new Error('no room')) });
    });
    return { written: () => known };
  };
  const serving = new Serving(PATHS, new VirtualClock(0), ground);
  for (const n of [1, 2, 3]) serving.batch([{ path: '/a', n }]);
  expect(await serving.json('/v/path.json')).toMatchObject({ error: { code: 'nothing-yet' } });
  written[1]!.keep();
  expect(await serving.json('/v/path.json')).toMatchObject({ error: { code: 'nothing-yet' } });
  written[0]!.keep();
  expect(await serving.json('/v/path.json?last=9')).toMatchObject([
    { batch: 1, records: [{ n: 1 }] },
    { batch: 2, records: [{ n: 2 }] },
  ]);
  written[2]!.fail();
  await Promise.all(serving.sinks.map((sink) => sink.leave?.()));
  expect(written).toHaveLength(3);
});

test('what has ended is served until the time of the run is over, or it is ended before', async () => {
  const clock = new VirtualClock();
  const serving = new Serving(PATHS, clock, undefined, 90_000);
  serving.batch([{ path: '/a', n: 1 }]);
  await serving.listens();
  const over = serving.sinks[0]!.finish();
  await expect.poll(() => serving.notes.join()).toMatch(/looked at until Ctrl-C, for another 1m30s/);
  expect(await serving.json('/healthz')).toMatchObject({ alive: true, over: true });
  clock.moveTo(90_000);
  await over;
  await expect(serving.ask('/healthz')).rejects.toThrow();
});

test('where the time of the run is over, what has ended is not served any more', async () => {
  const serving = new Serving(PATHS, new VirtualClock(90_000), undefined, 90_000);
  serving.batch([{ path: '/a', n: 1 }]);
  await serving.sinks[0]!.finish();
  expect(serving.notes.join()).not.toContain('until Ctrl-C');
});
