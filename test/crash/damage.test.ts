import { deepEqual, match, ok } from 'node:assert/strict';
import { expect, test } from 'vitest';
import { RunFailure } from '../../src/base/problem.ts';
import type { Value } from '../../src/base/value.ts';
import type { FileSystem } from '../../src/flow/define/file-system.ts';
import { Store } from '../../src/run/durable/store.ts';
import { faultsIn } from '../../src/run/durable/verify.ts';
import { keptRecords } from '../../src/run/local/checkpoints/kept-records.ts';
import { Random } from '../../src/run/trials/random.ts';
import { isOfPart, tries } from '../support/effort.ts';
import { planOf } from '../support/two-sources.ts';
import { givenBy, hold, type Subject, worldOf } from './lives.ts';
import { Earth, live } from './world.ts';

const subject: Subject = {
  program: 'left | words | map([_, 1]) | reduceByKey(_ + _) | running',
  kind: 'batches',
  measure: 'records',
};

/** What it reads comes only once. */
const receiving: Subject = { program: 'left | words | countByValue | running', kind: 'listen', measure: 'ticks' };

/** A directory as a run has left it that was ended at some call. */
async function leftAt(of: Subject, seed: number, call: number): Promise<Earth> {
  const earth = new Earth(worldOf(of, seed), seed);
  const setUp = earth.disk.life();
  await setUp.makeDirectory('/data');
  await live(earth, { endsAt: call });
  return earth;
}

/** The files of the directory, and what is in them. */
function filesOf(earth: Earth): readonly { readonly path: string; readonly size: number }[] {
  const life = earth.disk.life();
  const names = life.status('/state') === undefined ? [] : life.list('/state');
  return names
    .filter((name) => name !== 'lock')
    .map((name) => ({ path: `/state/${name}`, size: life.status(`/state/${name}`)!.size }))
    .filter(({ size }) => size > 0);
}

/** Bytes of a file are other ones, or are not there. */
async function damage(earth: Earth, path: string, size: number, random: Random): Promise<string> {
  const life = earth.disk.life();
  const bytes = Buffer.from(life.read(path, 0, size));
  const at = random.whole(0, size - 1);
  const how = random.pick(['flipped', 'cut', 'zeros', 'gone']);
  if (how === 'flipped') bytes[at]! ^= 1 << random.whole(0, 7);
  if (how === 'zeros') bytes.fill(0, at, Math.min(size, at + random.whole(1, 200)));
  life.remove(path);
  if (how === 'gone') return how;
  const file = await life.open(path, 'new');
  await file.write(how === 'cut' ? bytes.subarray(0, at) : bytes);
  await file.sync();
  await file.close();
  return `${how} at ${at} of ${size}`;
}

test.skipIf(!isOfPart(0))(
  'a directory that is damaged anywhere is refused by the name of a file, or gives what it should',
  {
    timeout: 600_000,
  },
  async () => {
    let refused = 0;
    for (let seed = 1; seed <= tries(60, 1000); seed++) {
      const random = new Random(seed);
      const earth = await leftAt(subject, seed % 20, random.whole(40, 200));
      const files = filesOf(earth);
      if (files.length === 0) continue;
      const { path, size } = random.pick(files);
      const how = await damage(earth, path, size, random);
      const about = `seed ${seed}: ${path} ${how}`;
      const faults = faultsIn(earth.disk.life(), '/state');
      const seen = await recordsIn(earth.disk.life(), about);
      const ticks = new Map(earth.ticks);
      if (await isRefused(earth, about)) {
        ok(faults.length > 0, `${about}: refused, and --verify finds nothing`);
        refused++;
        continue;
      }
      deepEqual(faults, [], `${about}: --verify finds what is no fault for who goes on`);
      ok(seen === undefined || isOfTick(seen, ticks), `${about}: ${JSON.stringify(seen)} was at no tick`);
      const plain = new Earth(earth.world, 1);
      await plain.disk.life().makeDirectory('/data');
      await live(plain, {});
      deepEqual(givenBy(subject, earth), givenBy(subject, plain), about);
    }
    expect(refused).toBeGreaterThan(5);
  },
);

test.skipIf(!isOfPart(1))(
  'what came only once and was told to be safe is not lost without a word, whatever is damaged',
  {
    timeout: 600_000,
  },
  async () => {
    let refused = 0;
    for (let seed = 1; seed <= tries(60, 1000); seed++) {
      const random = new Random(seed);
      const earth = await leftAt(receiving, seed % 20, random.whole(40, 300));
      const required = new Set(earth.safe);
      const files = filesOf(earth).filter(({ path }) => path.includes('input') || random.chance(0.2));
      if (files.length === 0) continue;
      const { path, size } = random.pick(files);
      const about = `seed ${seed}: ${path} ${await damage(earth, path, size, random)}`;
      if (await isRefused(earth, about)) {
        refused++;
        continue;
      }
      await hold(receiving, seed, earth, required).catch((error: Error) => {
        throw new Error(`${about}: ${error.message}`, { cause: error });
      });
    }
    expect(refused).toBeGreaterThan(5);
  },
);

/** What the source `checkpoint` reads of it; undefined where it is refused, or nothing is kept. */
async function recordsIn(files: FileSystem, about: string): Promise<readonly Value[] | undefined> {
  const behaviour = () => ({ kind: 'batches' as const, open: () => () => undefined });
  try {
    return await keptRecords('/state', undefined, {
      files,
      holder: { isAtWork: () => false },
      compile: async (text, interval) => planOf({ program: text, interval }, behaviour, { time: 0 }),
    });
  } catch (error) {
    ok(error instanceof RunFailure, `${about}: ${error}`);
    ok(['checkpoint-damaged', 'source-kept'].includes(error.code), `${about}: ${error.code}`);
    return undefined;
  }
}

/** Whether these are the sums by word of all batches up to some tick. */
function isOfTick(records: readonly Value[], ticks: Earth['ticks']): boolean {
  const sums = new Map<string, number>();
  const wanted = JSON.stringify(records.map((record) => JSON.stringify(record)).sort());
  const isIt = () => JSON.stringify([...sums].map((record) => JSON.stringify(record)).sort()) === wanted;
  if (isIt()) return true;
  for (const [, { left }] of [...ticks].sort(([a], [b]) => a - b)) {
    for (const word of left.flatMap((line) => line.split(' '))) sums.set(word, (sums.get(word) ?? 0) + 1);
    if (isIt()) return true;
  }
  return false;
}

/** Whether the directory is refused, by the name of a file of it; if it is not, the run goes on without a failure. */
async function isRefused(earth: Earth, about: string): Promise<boolean> {
  try {
    const { result } = await live(earth, {});
    deepEqual(result?.failure, undefined, about);
    return false;
  } catch (error) {
    ok(error instanceof RunFailure, `${about}: ${error}`);
    deepEqual([error.code, error.exit], ['checkpoint-damaged', 3], about);
    match(error.message, /\/state\/(base|log|synced|input|input-synced)-\d{6}: /, about);
    return true;
  }
}

test('a directory in which nothing was kept yet is begun anew, wherever those that begin it end', async () => {
  for (let first = 1; first <= 40; first++) {
    for (let second = 1; second <= 30; second++) {
      const earth = await leftAt(subject, first, first);
      await live(earth, { endsAt: second });
      if ((first + second) % 2 === 0) earth.disk.losePower();
      const holder = { text: 'life 3', isAtWork: () => false };
      await (await Store.open({ files: earth.disk.life(), directory: '/state', holder })).close();
    }
  }
});

test('a directory of somebody else is left alone', async () => {
  const earth = new Earth(worldOf(subject, 1), 1);
  const life = earth.disk.life();
  await life.makeDirectory('/state');
  await (await life.open('/state/letter.txt', 'new')).close();
  const holder = { text: 'life 1', isAtWork: () => false };
  await expect(Store.open({ files: life, directory: '/state', holder })).rejects.toThrow(
    '/state holds letter.txt, which is no checkpoint of leat',
  );
  expect(life.list('/state')).toEqual(['letter.txt']);
});

test('a directory that another process uses is refused, and one of a process that is gone is not', async () => {
  const earth = new Earth(worldOf(subject, 1), 1);
  const files = earth.disk.life();
  const first = await Store.open({
    files,
    directory: '/state',
    holder: { text: '4711 1 here here', isAtWork: () => true },
  });
  const other = { text: '4712 1 here here', isAtWork: () => true };
  await expect(Store.open({ files, directory: '/state', holder: other })).rejects.toThrow(
    /\/state is in use by process 4711/,
  );
  const later = await Store.open({ files, directory: '/state', holder: { ...other, isAtWork: () => false } });
  await first.close();
  expect(files.list('/state')).toContain('lock');
  await later.close();
  expect(files.list('/state')).not.toContain('lock');
});
