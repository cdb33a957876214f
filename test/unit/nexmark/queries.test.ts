/** Every query of Nexmark in leat (test/bench/nexmark) against a plain program over all events, in each way in which they may come. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import type { SourceBehaviour } from '../../../src/flow/define/source.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import { asLists, asPieces } from '../../../src/run/spec/scripted-input.ts';
import { planOf } from '../../../src/run/spec/started.ts';
import { type EventSettings, events, type NexmarkEvent, sideInput } from '../../bench/nexmark/generate.mjs';
import { answer, queries } from '../../bench/nexmark/oracle.mjs';

const FOLDER = 'test/bench/nexmark';
const INTERVAL = 1000;

type Record = { readonly [name: string]: unknown };

interface Emission {
  readonly start: number;
  readonly end: number;
  readonly records: readonly Record[];
}

const programs = new Map(queries.map((query) => [query, readFileSync(join(FOLDER, `${query}.leat`), 'utf8')]));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leat-nexmark-'));
  writeFileSync(join(folder, 'side_input.csv'), sideInput());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(query: string, source: (name: string) => SourceBehaviour<object>, out: string) {
  const program = programs
    .get(query)!
    .replace('"side_input.csv"', JSON.stringify(join(folder, 'side_input.csv')))
    .replace('"bids.csv"', JSON.stringify(join(folder, `${out}.csv`)));
  const batchTime = { time: 0 };
  const stdout = new TextOutput();
  const notes: string[] = [];
  const options = {
    interval: INTERVAL,
    once: false,
    stdin: 'file',
    format: 'batches',
    color: false,
    stateMax: 2 ** 31,
    kernels: true,
    clock: new VirtualClock(),
    stdout,
    tell: (line: string) => notes.push(line),
    trace: () => {},
  } as const;
  const result = await new LocalRun(
    planOf({ program, interval: INTERVAL }, source, batchTime),
    options,
    batchTime,
  ).run();
  expect(result.failure).toBeUndefined();
  const lines = stdout.text.split('\n').filter((line) => line !== '');
  return { emissions: lines.map((line) => JSON.parse(line) as Emission), notes };
}

/** In one order, whatever order they and their fields came in. */
function sorted(records: readonly Record[]): string[] {
  const texts = records.map((record) => JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))));
  return texts.sort();
}

/** What was written to the files of query 10. */
function filed(out: string): Record[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${out}-`));
  return names.flatMap((name) => {
    const [header, ...rows] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
    const numbers = ['auction', 'bidder', 'price'];
    return rows.map((row) => {
      const cells = row.split(',');
      const fields = header!
        .split(',')
        .map((field, i) => [field, numbers.includes(field) ? Number(cells[i]) : cells[i]]);
      const record = Object.fromEntries(fields) as Record;
      expect(name).toBe(`${out}-${record.dt}-${String(record.hm).replace(':', '')}.csv`);
      return record;
    });
  });
}

/** What a query gave in the end: each result of a program with `running` stands for all before it. */
function given(query: string, emissions: readonly Emission[], out: string): readonly Record[] {
  if (query === 'q10') return filed(out);
  if (programs.get(query)!.includes('| running')) return emissions.at(-1)!.records;
  return emissions.flatMap(({ records }) => records);
}

const textOf = (event: NexmarkEvent) => JSON.stringify(event);
const eventsOf = (settings: EventSettings): NexmarkEvent[] => [...events(settings)];

/** The bids of each window of the clock, with its bounds, as query 12 has them of batches. */
function byTheClock(batches: readonly (readonly NexmarkEvent[])[]): Record[] {
  const windows = new Map<number, NexmarkEvent[]>();
  for (const [i, batch] of batches.entries()) {
    const end = Math.ceil((i + 1) / 10) * 10 * INTERVAL;
    windows.set(end, [...(windows.get(end) ?? []), ...batch]);
  }
  return [...windows].flatMap(([end, held]) =>
    answer('q12', held).map((record) => ({ ...record, start: end - 10 * INTERVAL, end })),
  );
}

const inFile = eventsOf({ count: 20_000, rate: 200 });
const linesOfFile = inFile.map(textOf);
const piecesOfFile = Array.from({ length: 40 }, (_, i) => linesOfFile.slice(i * 500, (i + 1) * 500));

/** Of different lengths, and some of them empty. */
function inBatches(all: readonly NexmarkEvent[]): NexmarkEvent[][] {
  const batches: NexmarkEvent[][] = [];
  for (let at = 0, i = 0; at < all.length; i++) {
    const length = (i * 367) % 800;
    batches.push(all.slice(at, at + length));
    at += length;
  }
  return batches;
}

const inOrder = eventsOf({ count: 6_000, rate: 100, seed: 7 });
const outOfOrder = eventsOf({ count: 6_000, rate: 100, seed: 7, disorder: 100 });

describe.each(queries)('%s', (query) => {
  test('of a file', async () => {
    const { emissions } = await run(query, (name) => asPieces(piecesOfFile, name), 'file');
    let records = given(query, emissions, 'file');
    if (query === 'q12') records = records.map(({ bidder, bid_count }) => ({ bidder, bid_count }));
    const expected = answer(query, inFile);
    expect(expected.length).toBeGreaterThan(0);
    expect(sorted(records)).toEqual(sorted(expected));
  });

  test.each([
    ['live', inOrder],
    ['live and out of order', outOfOrder],
  ])('%s, batch by batch', async (out, all) => {
    const batches = inBatches(all);
    const lists = batches.map((batch) => batch.map(textOf));
    const { emissions, notes } = await run(query, () => asLists(lists), out);
    const expected = query === 'q12' ? byTheClock(batches) : answer(query, all);
    expect(sorted(given(query, emissions, out))).toEqual(sorted(expected));
    expect(notes).toEqual([]);
  });
});

test('query 14 tells all times of a day apart', async () => {
  const all = eventsOf({ count: 2_000, rate: 0.02 });
  const { emissions } = await run('q14', (name) => asPieces([all.map(textOf)], name), 'day');
  const records = given('q14', emissions, 'day');
  expect(sorted(records)).toEqual(sorted(answer('q14', all)));
  expect(new Set(records.map(({ bidTimeType }) => bidTimeType))).toEqual(
    new Set(['dayTime', 'nightTime', 'otherTime']),
  );
});

test('the events are those of the seed, in the proportions of Nexmark', () => {
  const all = eventsOf({ count: 5_000, rate: 1_000 });
  expect(all).toEqual(eventsOf({ count: 5_000, rate: 1_000 }));
  expect(all).not.toEqual(eventsOf({ count: 5_000, rate: 1_000, seed: 2 }));
  const of = (kind: keyof NexmarkEvent) =>
    all.flatMap((event) => (event[kind] === undefined ? [] : [event[kind] as Record]));
  expect([of('Person').length, of('Auction').length, of('Bid').length]).toEqual([100, 300, 4_600]);
  expect(all.every((event) => Object.keys(event).length === 1)).toBe(true);
  const share = (hot: readonly Record[], from: readonly Record[]) => hot.length / from.length;
  expect(
    share(
      of('Bid').filter(({ auction }) => (auction as number) % 100 === 0),
      of('Bid'),
    ),
  ).toBeCloseTo(0.5, 1);
  expect(
    share(
      of('Bid').filter(({ bidder }) => (bidder as number) % 100 === 1),
      of('Bid'),
    ),
  ).toBeCloseTo(0.75, 1);
  expect(
    share(
      of('Auction').filter(({ seller }) => (seller as number) % 100 === 0),
      of('Auction'),
    ),
  ).toBeCloseTo(0.75, 1);
  expect(of('Auction').map(({ id }) => id)).toEqual(Array.from({ length: 300 }, (_, i) => 1000 + i));
  const out = eventsOf({ count: 5_000, rate: 1_000, disorder: 100 }).map((event) => {
    const { dateTime } = (event.Person ?? event.Auction ?? event.Bid) as { readonly dateTime: string };
    return Date.parse(dateTime);
  });
  expect(out).not.toEqual(out.toSorted((a, b) => a - b));
  let highest = Number.NEGATIVE_INFINITY;
  for (const time of out) {
    highest = Math.max(highest, time);
    expect(highest - time).toBeLessThanOrEqual(100);
  }
});

test('the page shows each query as it stands in its file', () => {
  const blocks = [...readFileSync('docs/nexmark.md', 'utf8').matchAll(/^```text\n(# q\d+[\s\S]*?)^```$/gm)].map(
    ([, block]) => block,
  );
  expect(blocks).toEqual(queries.map((query) => programs.get(query)));
});
