import { expect, test } from 'vitest';
import { type Clock, VirtualClock, wallClock } from '../../../src/base/clock.ts';
import { UNKNOWN } from '../../../src/base/type.ts';
import { sinks, sources, stages as words } from '../../../src/flow/catalog.ts';
import { ThenWork } from '../../../src/run/serve/then-work.ts';
import { Serving } from '../../support/serving.ts';

const PATHS = 'json | groupBy(.path, {n: count()}) | serve(0)';

function then(stages: string): string {
  return `then=${encodeURIComponent(stages)}`;
}

/** So many paths, each with its number as count. */
function paths(count: number) {
  return Array.from({ length: count }, (_, i) => ({ path: `/${i}`, n: i }));
}

test('more stages can be put behind a view, for an answer', async () => {
  const serving = new Serving(PATHS);
  serving.batch(paths(10));
  expect(await serving.json(`/v/path.json?${then('filter(.n > 5) | top(2, by: .n)')}`)).toMatchObject({
    view: 'path',
    time: 1000,
    records: [
      { path: '/9', n: 9 },
      { path: '/8', n: 8 },
    ],
  });
  expect((await serving.ask(`/v/path.csv?${then('aggregate({all: sum(.n), most: max(.n)})')}`)).body).toBe(
    'all,most\n45,9\n',
  );
  expect((await serving.ask(`/v/path.csv?${then('map([.path, .n]) | take(1)')}`)).body).toBe('key,value\n/0,0\n');
  expect(await serving.json(`/v/path/${encodeURIComponent('/9')}?${then('filter(.n > 5)')}`)).toEqual({
    path: '/9',
    n: 9,
  });
});

test('and for events, made once for all who send the same', async () => {
  const serving = new Serving(PATHS);
  serving.batch(paths(100));
  const stages = then('filter(.n >= 90)');
  const [one, other] = [
    await serving.events(`/v/path/events?${stages}`),
    await serving.events(`/v/path/events?${stages}`),
  ];
  const first = await one.next();
  expect(first?.data.keys).toHaveLength(10);
  expect(await other.next()).toEqual(first);
  serving.batch(paths(100).map((row) => (row.n === 95 ? { ...row, n: 1000 } : row)));
  expect(await one.next()).toMatchObject({
    event: 'change',
    data: { keys: ['/95'], rows: [{ path: '/95', n: 1000 }] },
  });
});

test('windows and states begin with what is kept', async () => {
  const serving = new Serving('json | count | serve(0)');
  for (let n = 1; n <= 5; n++) serving.batch([n]);
  expect(await serving.json(`/v/result.json?${then('window(3s) | aggregate({sum: sum(_)})')}`)).toMatchObject({
    records: [{ sum: 12 }],
  });
  expect(await serving.json(`/v/result.json?${then('reduce(_ + _) | running')}`)).toMatchObject({ records: [15] });
});

test('mistakes are told with their places, all of them', async () => {
  const serving = new Serving(PATHS);
  serving.batch(paths(1));
  const { status, body } = await serving.ask(`/v/path.json?${then('fliter(.n > 5) | top(')}`);
  expect(status).toBe(400);
  const { error } = JSON.parse(body);
  expect(error.problems.length).toBeGreaterThan(0);
  expect(error).toMatchObject({
    code: expect.any(String),
    message: expect.any(String),
    place: { start: expect.any(Number) },
  });
  const unknown = await serving.json(`/v/path.json?${then('fliter(.n > 5)')}`);
  expect(unknown).toMatchObject({ error: { code: 'unknown-stage', place: { start: 0, end: 6, text: 'fliter' } } });
});

test('they reach nothing but results', async () => {
  const serving = new Serving(PATHS);
  serving.batch(paths(1));
  for (const stages of [
    'lookup("table.csv", on: .path)',
    'alert(.n > 0, exec: "touch /tmp/no")',
    'window(1s, on: .n, lateTo: "late.txt") | count',
    `sql("select * from read_text('/etc/passwd')")`,
    'print',
  ]) {
    const answer = await serving.ask(`/v/path.json?${then(stages)}`);
    expect([stages, answer.status, JSON.parse(answer.body).error.code]).toEqual([stages, 400, 'then-reaches-out']);
  }
  for (const stages of ['save("x")', 'exec("ls")', 'files("/etc/passwd")', 'count; count']) {
    expect([stages, (await serving.ask(`/v/path.json?${then(stages)}`)).status]).toEqual([stages, 400]);
  }
});

/** What is said to who sends it. */
function refusalOf(stages: string): unknown {
  const task = { type: UNKNOWN, interval: 1000, rowKeys: { columns: [], hasPairs: false }, isLog: false };
  try {
    return new ThenWork({ ...task, stages }).ready;
  } catch (error) {
    return JSON.stringify(error).replaceAll(/PATH|NONE/g, '');
  }
}

test('nobody learns by them what variables the environment has', () => {
  const withSecrets = [...sources, ...sinks, ...words].filter(({ parameters }) =>
    Object.values(parameters).some(({ accepts }) => accepts.kind === 'text' && accepts.isSecret === true),
  );
  expect(withSecrets.map(({ name }) => name)).toEqual(expect.arrayContaining(['postgres', 'mysql', 'serve']));
  for (const { name, parameters } of withSecrets) {
    const call = (variable: string) => {
      const given = Object.entries(parameters)
        .filter(([, { required, accepts }]) => required || (accepts.kind === 'text' && accepts.isSecret === true))
        .map(([parameter, { accepts }]) =>
          accepts.kind === 'number' ? `${parameter}: 80` : `${parameter}: "${name}://u:\${${variable}}@h/d"`,
        );
      return `${name}(${given.join(', ')})`;
    };
    for (const around of [
      (word: string) => word,
      (word: string) => `count | ${word}`,
      (word: string) => `union(${word})`,
    ]) {
      expect(refusalOf(around(call('PATH')))).toBe(refusalOf(around(call('NONE'))));
      expect(refusalOf(around(call('PATH')))).not.toContain('missing-secret');
    }
  }
});

test('they are bounded in rows, in time and in memory', async () => {
  const serving = new Serving(PATHS);
  serving.batch(paths(200));
  const ask = async (stages: string) => {
    const { status, body } = await serving.ask(`/v/path.json?${then(stages)}`);
    return [status, JSON.parse(body).error.code];
  };
  expect(await ask('flatMap(x => "x".padStart(100, "x").split(""))')).toEqual([413, 'then-too-much']);
  const twice = Array(40).fill('map([_, _])').join(' | ');
  const doubled = await ask(twice);
  expect([413, 503]).toContain(doubled[0]);
  // The stream and others go on.
  serving.batch(paths(3));
  expect(await serving.json(`/v/path.json?${then('count')}`)).toMatchObject({ records: [3] });
}, 60_000);

test('only so many kinds are at work at once', async () => {
  const serving = new Serving(PATHS);
  serving.batch(paths(3));
  for (let n = 1; n <= 8; n++) expect((await serving.ask(`/v/path.json?${then(`take(${n})`)}`)).status).toBe(200);
  const more = await serving.ask(`/v/path.json?${then('take(9)')}`);
  expect([more.status, JSON.parse(more.body).error.code]).toEqual([503, 'then-too-many']);
  expect((await serving.ask(`/v/path.json?${then('take(1)')}`)).status).toBe(200);
}, 60_000);

test('who looks at events is told at the end of them what bound was passed', async () => {
  const serving = new Serving(PATHS);
  serving.batch(paths(3));
  const stages = then('flatMap(row => "x".padStart(row.n, "x").split(""))');
  const reader = await serving.events(`/v/path/events?${stages}`);
  expect(await reader.next()).toMatchObject({ event: 'result' });
  const waiting = serving.ask(`/v/path.json?wait=60s&${stages}`);
  serving.batch(paths(200));
  expect(await reader.next()).toMatchObject({ event: 'end', data: { error: { code: 'then-too-much' } } });
  expect(await reader.next()).toBeUndefined();
  expect((await waiting).status).toBe(413);
}, 60_000);

test('stages that nobody asks for any more are ended', async () => {
  const clock = new VirtualClock();
  const serving = new Serving(PATHS, clock);
  serving.batch(paths(3));
  const stages = then('take(1)');
  const id = async () => String((await serving.ask(`/v/path.json?${stages}`)).headers['leat-batch']);
  const first = await id();
  clock.moveTo(50_000);
  expect(await id()).toBe(first);
  clock.moveTo(200_000);
  expect(await id()).not.toBe(first);
}, 60_000);

test('when the run is over nothing of those who looked is waited for', async () => {
  const waiting = new Set<symbol>();
  const clock: Clock = {
    now: () => wallClock.now(),
    at(time, wake) {
      const alarm = Symbol(String(time));
      waiting.add(alarm);
      const callOff = wallClock.at(time, () => {
        waiting.delete(alarm);
        wake();
      });
      return () => {
        waiting.delete(alarm);
        callOff();
      };
    },
  };
  const serving = new Serving(PATHS, clock);
  serving.batch(paths(3));
  const stages = then('take(1)');
  for (const path of ['/v/path/events', '/events', `/v/path/events?${stages}`])
    await (await serving.events(path)).next();
  const gone = await serving.events(`/v/path/events?${then('take(2)')}`);
  await gone.next();
  gone.leave();
  const late = serving.ask(`/v/path.json?wait=60s&${stages}`);
  await serving.ask('/healthz');
  expect(waiting.size).toBeGreaterThan(3);
  await serving.end();
  expect((await late).status).toBe(204);
  expect([...waiting]).toEqual([]);
}, 60_000);
