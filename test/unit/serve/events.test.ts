import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { UNKNOWN } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import { Events } from '../../../src/run/serve/batch-text.ts';
import { Feed } from '../../../src/run/serve/feed.ts';
import { View } from '../../../src/run/serve/view.ts';
import { Serving } from '../../support/serving.ts';

const PATHS = 'json | groupBy(.path, {n: count()}) | serve(0)';

/** 1,000 keys of which one is other in each batch. */
function keys(n: number): readonly Value[] {
  return Array.from({ length: 1000 }, (_, i) => ({ path: `/${i}`, n: i === n ? n : 0 }));
}

test('first comes the whole result, and then what changes', async () => {
  const serving = new Serving(PATHS);
  serving.batch([{ path: '/a', n: 1 }, { path: '/b', n: 1 }, { path: '/c', n: 1 }, ...keys(-1)]);
  const reader = await serving.events('/v/path/events');
  const first = await reader.next();
  expect(first).toMatchObject({ event: 'result', data: { batch: 1, start: 0, end: 1000 } });
  expect(first?.data.keys).toHaveLength(1003);
  serving.batch([{ path: '/a', n: 2 }, { path: '/c', n: 1 }, ...keys(-1), { path: '/d', n: 1 }]);
  expect(await reader.next()).toMatchObject({
    event: 'change',
    id: expect.stringMatching(/^2\.[0-9a-f]{8}$/),
    data: {
      batch: 2,
      gone: ['/b'],
      keys: ['/a', '/d'],
      at: [0, 1002],
      rows: [
        { path: '/a', n: 2 },
        { path: '/d', n: 1 },
      ],
    },
  });
});

test('who comes back is given what it missed, as long as that is kept', async () => {
  const serving = new Serving('json | groupBy(.path, {n: count()}) | serve(0, keep: 5s)');
  for (let n = 1; n <= 10; n++) serving.batch(keys(n));
  const { id } = (await (await serving.events('/v/path/events')).next())!;
  const run = id!.split('.')[1];
  const back = await serving.events('/v/path/events', { 'last-event-id': `8.${run}` });
  expect([(await back.next())?.data, (await back.next())?.data]).toMatchObject([
    { batch: 9, keys: ['/8', '/9'] },
    { batch: 10, keys: ['/9', '/10'] },
  ]);
  // Not kept any more, and of another run.
  for (const last of [`2.${run}`, '8.ffffffff', 'nonsense']) {
    const reader = await serving.events('/v/path/events', { 'last-event-id': last });
    expect(await reader.next()).toMatchObject({ event: 'result', data: { batch: 10 } });
  }
  const newest = await serving.events('/v/path/events', { 'last-event-id': `10.${run}` });
  serving.batch(keys(11));
  expect(await newest.next()).toMatchObject({ event: 'change', data: { batch: 11 } });
});

test('rows without keys come whole', async () => {
  const serving = new Serving('json | serve(0, name: "log")');
  const reader = await serving.events('/v/log/events');
  serving.batch(['a', 'a']);
  expect(await reader.next()).toMatchObject({ event: 'result', data: { batch: 1, rows: ['a', 'a'] } });
  // Nothing came, which is no result of what is shown record by record.
  serving.batch([]);
  serving.batch(['b']);
  const second = await reader.next();
  expect(second).toMatchObject({ event: 'result', data: { batch: 2, rows: ['b'] } });
  expect(second?.data).not.toHaveProperty('keys');
});

test('at the end of the run they are told so', async () => {
  const serving = new Serving(PATHS);
  serving.batch([{ path: '/a', n: 1 }]);
  const reader = await serving.events('/v/path/events');
  await reader.next();
  await serving.end();
  expect(await reader.next()).toMatchObject({ event: 'end' });
  expect(await reader.next()).toBeUndefined();
});

/** Takes events when the test says so. */
class Taker {
  readonly taken: string[] = [];
  writableLength = 0;
  isSlow = false;
  isGone = false;
  private readonly undone: (() => void)[] = [];
  private readonly calls: { readonly [event: string]: (() => void)[] } = { drain: [], close: [] };

  write(bytes: Buffer, done: () => void = () => {}): boolean {
    this.taken.push(bytes.toString());
    if (this.isSlow) this.undone.push(done);
    else done();
    if (this.isSlow) this.writableLength += bytes.length;
    return !this.isSlow;
  }

  on(event: string, call: () => void): this {
    this.calls[event]?.push(call);
    return this;
  }

  drain(): void {
    this.writableLength = 0;
    for (const done of this.undone.splice(0)) done();
    for (const call of this.calls.drain!) call();
  }

  end(last: Buffer): void {
    this.taken.push(last.toString());
  }

  destroy(): this {
    this.isGone = true;
    for (const call of this.calls.close!) call();
    return this;
  }

  get kinds(): readonly string[] {
    return this.taken.map((event) => /^event: (\w+)/.exec(event)?.[1] ?? 'comment');
  }
}

function feedOf(clock = new VirtualClock()) {
  const view = new View({
    name: 'x',
    keep: 60_000,
    rowKeys: { columns: ['path'], hasPairs: true },
    isLog: false,
    isRunning: false,
    interval: 1000,
    type: UNKNOWN,
  });
  const feed = new Feed(view, new Events('x', 'run'), clock);
  let time = 0;
  const batch = (records: readonly Value[]) => {
    for (const record of records) view.push(record);
    time += 1000;
    view.close({ time, start: time - 1000, end: time, partial: false }, undefined);
  };
  const look = (last?: string) => {
    const taker = new Taker();
    feed.add(taker as never, last);
    return taker;
  };
  return { view, feed, batch, look, clock };
}

test('who is too slow is skipped to the newest result and told so, and holds up nobody', () => {
  const { batch, look } = feedOf();
  batch(keys(0));
  const [slow, quick] = [look(), look()];
  slow.isSlow = true;
  for (let n = 1; n <= 10; n++) batch(keys(n));
  expect(quick.kinds).toEqual(['result', ...Array(10).fill('change')]);
  expect(slow.kinds).toEqual(['result', 'change', 'change', 'change', 'change']);
  slow.isSlow = false;
  slow.drain();
  expect(slow.taken[5]).toBe('event: skipped\ndata: {"batches":6}\n\n');
  expect(slow.taken[6]).toContain('"batch":11');
  batch(keys(11));
  expect(slow.kinds.slice(5)).toEqual(['skipped', 'result', 'change']);
});

test('who is too slow has the last result at the end, as no later one comes', () => {
  const { batch, look, view } = feedOf();
  batch(keys(0));
  const slow = look();
  slow.isSlow = true;
  for (let n = 1; n <= 6; n++) batch(keys(n));
  view.end();
  expect(slow.kinds.slice(5)).toEqual(['skipped', 'result', 'end']);
  expect(slow.taken[6]).toContain('"batch":7');
  // One who comes then is given it too, and nobody is told of the end again.
  expect(look().kinds).toEqual(['result', 'end']);
  expect(slow.taken).toHaveLength(8);
});

test('a thousand who look are told in turns, between which others have theirs, each of them all and in order', async () => {
  const { batch, look, view } = feedOf();
  batch(keys(0));
  const takers = Array.from({ length: 1000 }, () => look());
  const told = () => takers.filter(({ taken }) => taken.length > 1).length;
  batch(keys(1));
  const most: number[] = [told()];
  while (told() < takers.length) {
    await new Promise((resolve) => setImmediate(resolve));
    most.push(told() - most.reduce((sum, some) => sum + some, 0));
  }
  expect(Math.max(...most)).toBeLessThanOrEqual(64);
  // One who comes in the middle has all of it, and what comes before all were told waits for nobody.
  batch(keys(2));
  const late = look();
  batch(keys(3));
  view.end();
  for (const { taken } of takers) {
    expect(taken.map((event) => /^id: (\d+)/m.exec(event)?.[1] ?? 'end')).toEqual(['1', '2', '3', '4', 'end']);
  }
  expect(late.kinds).toEqual(['result', 'change', 'end']);
});

test('who catches up while others are told is given no batch a second time', async () => {
  const { batch, look } = feedOf();
  batch(keys(0));
  const takers = Array.from({ length: 100 }, () => look());
  const slow = takers.at(-1)!;
  slow.isSlow = true;
  for (let n = 1; n <= 6; n++) batch(keys(n));
  slow.isSlow = false;
  // It is its turn only later.
  slow.drain();
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(slow.taken.map((event) => /^id: (\d+)/m.exec(event)?.[1])).toEqual(['1', '2', '3', '4', '5', undefined, '7']);
  expect(slow.taken[5]).toContain('{"batches":2}');
});

test('events of many views go over one connection, however many write to it at once', async () => {
  const names = Array.from({ length: 9 }, (_, i) => `v${i}`);
  const serving = new Serving(names.map((name) => `json | count | serve(0, name: "${name}")`).join('; '));
  const reader = await serving.events('/events');
  const seen = new Map<unknown, unknown>();
  for (let n = 1; n <= 20; n++) {
    for (const view of names.keys()) serving.batch([n], view);
    for (const _ of names) {
      const sent = await reader.next();
      expect(sent).toMatchObject({ event: 'result', data: { batch: n, rows: [n] } });
      seen.set(sent?.data.view, n);
    }
  }
  expect([...seen.keys()].sort()).toEqual(names);
});

test('over one connection the events of each view come to their end, however many look', async () => {
  const serving = new Serving('json | count | serve(0, name: "a"); json | count | serve(0, name: "b")');
  const readers = await Promise.all(Array.from({ length: 100 }, () => serving.events('/events')));
  serving.batch([1], 0);
  serving.batch([2], 1);
  // What is left of that is told in later turns, before which all is over.
  await serving.end();
  for (const reader of readers) {
    const sent = [await reader.next(), await reader.next(), await reader.next(), await reader.next()];
    expect(sent.map((each) => each && [each.event, each.data.view])).toEqual([
      ['result', 'a'],
      ['result', 'b'],
      ['end', undefined],
      undefined,
    ]);
  }
});

test('comments keep a connection open, and who takes nothing for a minute is let go', () => {
  const { batch, look, clock, feed } = feedOf();
  batch(keys(0));
  const [stuck, idle] = [look(), look()];
  stuck.isSlow = true;
  batch(keys(1));
  for (let n = 1; n <= 5; n++) clock.moveTo(n * 15_000);
  expect(idle.kinds).toEqual(['result', 'change', 'comment', 'comment', 'comment', 'comment', 'comment']);
  expect([stuck.isGone, idle.isGone, feed.size]).toEqual([true, false, 1]);
});

test('what is sent is made once for all, and is little where little changes', () => {
  const { batch, look } = feedOf();
  batch(keys(0));
  const takers = [look(), look(), look()];
  batch(keys(1));
  const [a, b, c] = takers.map(({ taken }) => taken[1]);
  expect(a === b && b === c).toBe(true);
  expect(a!.length).toBeLessThan(300);
});

test('an order that changes altogether is given up for good', () => {
  const { batch, look } = feedOf();
  batch(keys(0));
  const taker = look();
  batch([...keys(0)].reverse());
  batch([...keys(1)].reverse());
  expect(taker.kinds).toEqual(['result', 'change', 'change']);
  expect(taker.taken[1]).not.toContain('"at"');
  expect(taker.taken[2]).not.toContain('"at"');
  expect(taker.taken[2]).toContain('"keys":["/1"]');
});
