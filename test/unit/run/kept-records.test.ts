import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compare } from '../../../src/base/compare.ts';
import { RunFailure } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import type { FileSystem } from '../../../src/flow/define/file-system.ts';
import { readContents } from '../../../src/run/durable/found.ts';
import { entriesOf, keptRecords } from '../../../src/run/local/checkpoints/kept-records.ts';
import { Earth, INTERVAL, live, type World } from '../../crash/world.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { planOf } from '../../support/two-sources.ts';

const world: World = {
  program: 'left | words | countByValue as "counts" | running | append("/data/out")',
  kind: 'live',
  arrivals: Array.from({ length: 24 }, (_, i) => ({
    source: 'left',
    client: i % 2,
    time: 1 + i * 400,
    line: `${'abc'[i % 3]} ${'bd'[i % 2]}`,
  })),
};

async function leftAt(endsAt: number, of = world): Promise<Earth> {
  const earth = new Earth(of, 1);
  const setUp = earth.disk.life();
  await setUp.makeDirectory('/data');
  await live(earth, endsAt === 0 ? {} : { endsAt });
  return earth;
}

/** What is kept of a stage. */
function read(files: FileSystem, name?: string, isAtWork = false, program?: string): Promise<readonly Value[]> {
  const behaviour = () => ({ kind: 'batches' as const, open: () => () => undefined });
  return keptRecords('/state', name, {
    files,
    holder: { isAtWork: () => isAtWork },
    compile: async (text, interval) => planOf({ program: program ?? text, interval }, behaviour, { time: 0 }),
  });
}

/** The counts of all words that came in up to a tick. */
function countsUpTo(earth: Earth, tick: number): readonly Value[] {
  const counts = new Map<string, number>();
  for (const [end, { left }] of earth.ticks) {
    if (end > tick) continue;
    for (const word of left.flatMap((line) => line.split(' '))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts];
}

const sorted = (records: readonly Value[]) => records.toSorted(compare);

test('what a stage remembers is that of a tick, whatever the run was doing', { timeout: 120_000 }, async () => {
  const ticks = new Set<number>();
  for (let call = 30; call < 400; call += 7) {
    const earth = await leftAt(call);
    const files = earth.disk.life();
    const { found } = readContents(files, '/state');
    if (found === undefined) continue;
    ticks.add(found.frozen.tick);
    expect(sorted(await read(files, 'counts'))).toEqual(sorted(countsUpTo(earth, found.frozen.tick)));
  }
  expect(ticks.size).toBeGreaterThan(3);
});

test('how much each stage keeps is how many records it gives', async () => {
  const program = 'left | words | dedupe | countByValue | running | append("/data/out")';
  const { found } = readContents((await leftAt(0, { ...world, program })).disk.life(), '/state');
  const behaviour = () => ({ kind: 'batches' as const, open: () => () => undefined });
  const plan = planOf({ program: found!.base.program, interval: INTERVAL }, behaviour, { time: 0 });
  expect(entriesOf(plan, found!)).toEqual([0, 4]);
  expect(
    entriesOf(planOf({ program: 'left | count | running', interval: INTERVAL }, behaviour, { time: 0 }), found!),
  ).toBeUndefined();
});

test('what a stage remembers is read where a table is not that others look up', async () => {
  const table = join(temporaryDirectory(), 'table.csv');
  writeFileSync(table, 'word,kind\na,x\n');
  const program = `left | map({word: _[0]}) | lookup(${JSON.stringify(table)}, on: .word) | countBy(.kind) as "kinds" | running | append("/data/out")`;
  const files = (await leftAt(0, { ...world, program })).disk.life();
  const known = await read(files, 'kinds');
  expect(known).toHaveLength(2);
  rmSync(table);
  expect(await read(files, 'kinds')).toEqual(known);
});

test('a file that a run at work takes away while it is read is looked for again', async () => {
  const files = (await leftAt(0)).disk.life();
  let left = 3;
  const rotating: FileSystem = Object.assign(Object.create(files) as FileSystem, {
    read(path: string, from: number, size: number) {
      if (!path.endsWith('lock') && left-- > 0) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      return files.read(path, from, size);
    },
  });
  const lock = await files.open('/state/lock', 'new');
  await lock.write(Buffer.from('4711 1 here here\n'));
  await lock.close();
  expect(await read(rotating, 'counts', true)).toHaveLength(4);
  left = 1;
  await expect(read(rotating, 'counts', false)).rejects.toThrow('cannot read /state: it does not exist');
});

test.each<[what: string, program: string, name: string | undefined, records: readonly Value[]]>([
  [
    'states, by key',
    'left | map([_[0], 1]) | updateStateByKey((values, state) => sum(values) + (state ?? 0))',
    undefined,
    [
      ['a', 8],
      ['b', 8],
      ['c', 8],
    ],
  ],
  [
    'states of mapWithState, by key',
    'left | map([_[0], 1]) | mapWithState((k, v, s) => [(s ?? 0) + v, null])',
    'mapWithState',
    [
      ['a', 8],
      ['b', 8],
      ['c', 8],
    ],
  ],
  ['nothing of stages that give nothing by themselves', 'left | dedupe', 'dedupe', []],
])('%s', async (_what, program, name, records) => {
  const earth = await leftAt(0, { ...world, program: `${program} | append("/data/out")` });
  expect(sorted(await read(earth.disk.life(), name))).toEqual(sorted(records));
});

test('windows that are open come as they would come out', async () => {
  const program = 'left | map(_[0]) | countByValue as "w" | window(20s) | append("/data/out")';
  const arrivals = world.arrivals.map((arrival) => ({ ...arrival, time: arrival.time + 10 * INTERVAL }));
  for (let call = 60; ; call += 10) {
    const earth = await leftAt(call, { ...world, program, arrivals });
    const files = earth.disk.life();
    const { found } = readContents(files, '/state');
    if (found === undefined || found.frozen.tick < 14 * INTERVAL) continue;
    const counts = new Map<string, number>();
    for (const [end, { left }] of earth.ticks)
      if (end <= found.frozen.tick) for (const line of left) counts.set(line[0]!, (counts.get(line[0]!) ?? 0) + 1);
    expect(sorted(await read(files, 'w'))).toEqual(sorted([...counts]));
    return;
  }
});

test('a window that slides gives what it holds, also right behind one that came out', { timeout: 60_000 }, async () => {
  const program = 'left | map(_[0]) | countByValue as "w" | window(6s, 3s) | append("/data/out")';
  let fired = 0;
  for (let call = 60; call < 700; call += 9) {
    const earth = await leftAt(call, { ...world, program });
    const files = earth.disk.life();
    const { found } = readContents(files, '/state');
    if (found === undefined || found.frozen.tick % (3 * INTERVAL) !== 0) continue;
    const counts = new Map<string, number>();
    for (const [end, { left }] of earth.ticks) {
      const isHeld = end <= found.frozen.tick && end > found.frozen.tick - 3 * INTERVAL;
      if (isHeld) for (const line of left) counts.set(line[0]!, (counts.get(line[0]!) ?? 0) + 1);
    }
    expect(sorted(await read(files, 'w'))).toEqual(sorted([...counts]));
    if (counts.size > 0) fired++;
  }
  expect(fired).toBeGreaterThan(2);
});

test('what cannot be read is told with what there is', async () => {
  const earth = await leftAt(0);
  const files = earth.disk.life();
  const failure = async (reading: Promise<unknown>) => {
    const error = await reading.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunFailure);
    return [(error as RunFailure).exit, (error as RunFailure).message];
  };
  expect(await failure(read(files, 'other'))).toEqual([
    3,
    '/state keeps no stage called "other", but: countByValue as "counts"',
  ]);
  expect(await failure(read(files, 'counts', false, 'left | cuont'))).toEqual([
    3,
    'the program that /state is kept for cannot be read here: there is no stage `cuont`',
  ]);
  expect(await failure(read(files, 'counts', false, 'left | count | running | append("/data/out")'))).toEqual([
    3,
    'leat 0 has written /state, and this one makes other stages of its program',
  ]);
  const empty = new Earth(world, 1).disk.life();
  await empty.makeDirectory('/state');
  expect(await failure(read(empty))).toEqual([3, '/state keeps nothing yet']);
});
