/**
 * The promises of sinks about marks: a run that was killed at any moment, by whatever, goes on from the last mark that was kept, and each
 * record is there once. The disk is one in memory that loses what was not synced; the real one has its turn at the end.
 */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunFailure } from '../../src/base/problem.ts';
import type { Value } from '../../src/base/value.ts';
import { sinks } from '../../src/flow/catalog.ts';
import type { FileSystem } from '../../src/flow/define/file-system.ts';
import { text } from '../../src/flow/define/parameters.ts';
import { defineSink, type SinkDefinition, type SinkStart } from '../../src/flow/define/sink.ts';
import { sinkFailure } from '../../src/flow/output/failure.ts';
import { hostFileSystem } from '../../src/flow/output/host-file-system.ts';
import { RunFile } from '../../src/flow/output/run-file.ts';
import { append } from '../../src/flow/sinks/append.ts';
import { none } from '../../src/flow/sinks/none.ts';
import { save } from '../../src/flow/sinks/save.ts';
import { Disk, type Fate, type Life } from '../support/disk.ts';
import { Random } from '../support/random.ts';
import { batch, openSink, runBatches, sinkContext, temporaryDirectory } from '../support/sink.ts';

/** What of a run is safe whatever happens. */
interface Kept {
  mark: Value | undefined;
  intents: Value[];
  /** How many records came before the mark, and the end of the last batch before it, ms. */
  records: number;
  end: number;
}

interface Subject {
  readonly name: string;
  readonly definition: SinkDefinition;
  args(directory: string): { readonly [name: string]: unknown };
  /** The records that can be read, in order. */
  records(files: FileSystem, directory: string): readonly Value[];
}

const readJson = (text: string): Value[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Value);

function textOf(files: FileSystem, path: string): string {
  const status = files.status(path);
  return status === undefined ? '' : files.read(path, 0, status.size).toString();
}

const times = (names: readonly string[]) => names.map((name) => Number(/^out-(\d+)\./.exec(name)?.[1] ?? Number.NaN));

/** A file of the run (`--bad`, `lateTo:`) as a sink of JSON. */
const runFile = defineSink({
  ...none,
  parameters: { file: text('the file') },
  create({ file: path }, { files, intents, fail }, from) {
    const failed = (error: unknown) => fail(sinkFailure(path, error));
    let file: RunFile;
    try {
      file = new RunFile({ files, path, mode: 'anew', intents, from, failed });
    } catch (error) {
      failed(error);
      return { ...openSink(none, {}, sinkContext().context), mark: async () => undefined };
    }
    return {
      push: (record) => file.write(`${JSON.stringify(record)}\n`),
      close: () => void file.flush(),
      blocked: () => file.blocked(),
      mark: () => file.mark(),
      finish: () => file.close(),
    };
  },
});

const subjects: readonly Subject[] = [
  {
    name: 'a file of the run',
    definition: runFile,
    args: (directory) => ({ file: `${directory}/bad.jsonl` }),
    records: (files, directory) => readJson(textOf(files, `${directory}/bad.jsonl`)),
  },
  {
    name: 'append',
    definition: append,
    args: (directory) => ({ file: `${directory}/new/out.json` }),
    records: (files, directory) => readJson(textOf(files, `${directory}/new/out.json`)),
  },
  {
    name: 'append, csv',
    definition: append,
    args: (directory) => ({ file: `${directory}/out.csv` }),
    records(files, directory) {
      const [head, ...rows] = textOf(files, `${directory}/out.csv`).split('\n').slice(0, -1);
      if (rows.length > 0) expect(head).toBe('n,text');
      return rows.map((row) => {
        const [n, text] = row.split(',');
        return { n: Number(n), text: text! };
      });
    },
  },
  {
    name: 'append, batches',
    definition: append,
    args: (directory) => ({ file: `${directory}/out`, format: 'batches' }),
    records(files, directory) {
      const batches = readJson(textOf(files, `${directory}/out`)) as unknown as { batch: number; records: Value[] }[];
      expect(batches.map(({ batch }) => batch)).toEqual(batches.map((_batch, i) => i + 1));
      return batches.flatMap(({ records }) => records);
    },
  },
  {
    name: 'save',
    definition: save,
    args: (directory) => ({ prefix: `${directory}/new/out`, suffix: 'json' }),
    records(files, directory) {
      const inside = `${directory}/new`;
      const names = files.status(inside) === undefined ? [] : files.list(inside);
      // Nothing that was begun is left.
      expect(names.filter((name) => !/^out-\d+\.json$/.test(name))).toEqual([]);
      return times(names)
        .sort((a, b) => a - b)
        .flatMap((time) => readJson(textOf(files, `${inside}/out-${time}.json`)));
    },
  },
];

const all = Array.from({ length: 40 }, (_, n): Value => ({ n, text: 'x'.repeat(1 + ((n * 37) % 50)) }));

/** Gives a sink what comes behind the mark that was kept, in batches of any size, and keeps a mark after some of them. */
async function runOnce(
  { definition, args }: Subject,
  life: Life,
  directory: string,
  kept: Kept,
  random: Random,
): Promise<readonly RunFailure[]> {
  const { context, reports } = sinkContext({
    files: life,
    intents: {
      async write(intent) {
        life.call(() => void kept.intents.push(intent));
      },
    },
  });
  const start: SinkStart | undefined =
    kept.mark === undefined ? undefined : { mark: kept.mark, intents: [...kept.intents] };
  const sink = openSink(definition, args(directory), context, start);
  let { records, end } = kept;
  const keep = async (): Promise<void> => {
    const before = kept.intents.length;
    const [done, time] = [records, end];
    const mark = await sink.mark!();
    if (mark === undefined) return;
    try {
      life.call(() => Object.assign(kept, { mark, intents: kept.intents.slice(before), records: done, end: time }));
    } catch {}
  };
  if (start === undefined) await keep();
  let keeping: Promise<void> | undefined;
  while (kept.mark !== undefined && records < all.length) {
    const size = random.whole(0, 7);
    for (const record of all.slice(records, records + size)) {
      sink.push(record);
      if (random.chance(0.1)) await sink.blocked();
    }
    records = Math.min(all.length, records + size);
    const from = end;
    end += random.whole(1, 3) * 500;
    // Only one is asked for at a time, and the next batches come while it is made.
    if (random.chance(0.3)) await keeping;
    sink.close({ time: end, start: from, end, partial: false });
    if (random.chance(0.4)) {
      await keeping;
      keeping = keep();
    }
    for (let turns = random.whole(0, 20); turns > 0; turns--) await undefined;
  }
  await keeping;
  await sink.finish();
  return reports.failures;
}

/** A run that meets some fates one after the other and then none. @returns how many calls the first life made. */
async function goThrough(subject: Subject, seed: number, fates: readonly Fate[]): Promise<number> {
  const random = new Random(seed);
  const disk = new Disk(random);
  const kept: Kept = { mark: undefined, intents: [], records: 0, end: 0 };
  let calls = 0;
  const setUp = disk.life();
  await setUp.makeDirectory('/data');
  await setUp.syncDirectory('/');
  for (const fate of [...fates, {}]) {
    const life = disk.life(fate);
    const failures = await runOnce(subject, life, '/data', kept, random);
    calls ||= life.calls;
    if (!life.isOver)
      expect(failures.map(({ exit }) => exit)).toEqual(
        fate.failsAt === undefined ? [] : failures.slice(0, 1).map(() => 4),
      );
    if (life.isOver && random.chance(0.6)) disk.losePower();
  }
  expect(subject.records(disk.life(), '/data')).toEqual(all);
  return calls;
}

/** How many runs of each kind are cut off at each of their calls. */
const SEEDS = Number(process.env.LEAT_SEEDS ?? 2);

describe.each(subjects)('$name: each record is there once', (subject) => {
  const seeds = Array.from({ length: SEEDS }, (_, i) => i + 1);

  test.each(seeds)('wherever the run ends, with seed %i', async (seed) => {
    const calls = await goThrough(subject, seed, []);
    expect(calls).toBeGreaterThan(20);
    for (let endsAt = 1; endsAt <= calls; endsAt++) await goThrough(subject, seed, [{ endsAt }]);
  });

  test.each(seeds)('wherever it ends, and ends again while it goes back or soon after, with seed %i', async (seed) => {
    const random = new Random(seed);
    const calls = await goThrough(subject, seed, []);
    for (let endsAt = 1; endsAt <= calls; endsAt++) {
      await goThrough(subject, seed, [{ endsAt }, { endsAt: random.whole(1, 12) }, { endsAt: random.whole(1, 40) }]);
    }
  });

  test.each(seeds)('whichever call fails, with seed %i', async (seed) => {
    const random = new Random(seed);
    const calls = await goThrough(subject, seed, []);
    for (let failsAt = 1; failsAt <= calls; failsAt++) {
      await goThrough(subject, seed, [{ failsAt, code: random.pick(['ENOSPC', 'EIO']) }]);
    }
  });
});

/** A run on the real disk that is left without a word behind its mark, with batches behind that. */
async function abandoned(
  definition: SinkDefinition,
  args: { readonly [name: string]: unknown },
  batches: readonly string[][],
  marked: number,
) {
  const intents: Value[] = [];
  const { context, reports } = sinkContext({ intents: { write: async (intent) => void intents.push(intent) } });
  const sink = openSink(definition, args, context);
  let mark = await sink.mark!();
  let before = 0;
  for (const [i, records] of batches.entries()) {
    for (const record of records) sink.push(record);
    sink.close(batch(i + 1));
    if (i + 1 !== marked) continue;
    before = intents.length;
    mark = await sink.mark!();
  }
  await sink.finish();
  expect(reports.failures).toEqual([]);
  const start: SinkStart = { mark: mark!, intents: intents.slice(before) };
  return {
    start,
    /** Goes back, and writes the batches behind the mark again. */
    async goOn(from: SinkStart = start) {
      const { context, reports } = sinkContext({ intents: { write: async () => {} } });
      const again = openSink(definition, args, context, from);
      for (const [i, records] of batches.entries()) {
        if (i < marked) continue;
        for (const record of records) again.push(record);
        again.close(batch(i + 1));
      }
      await again.finish();
      return reports.failures;
    },
  };
}

const someBatches = fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 5 }), {
  maxLength: 8,
});

describe('on the real disk', () => {
  test.each(['text', 'json', 'csv', 'tsv', 'batches', 'spark'])(
    'append and save leave the same as %s, killed or not',
    async (format) => {
      const directory = temporaryDirectory();
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(someBatches, fc.nat(), async (batches, n) => {
          const marked = n % (batches.length + 1);
          const [there, here] = [join(directory, `${++runs}`), join(directory, `${runs} again`)];
          for (const [definition, argsIn] of [
            [append, (inside: string) => ({ file: join(inside, 'out'), format })],
            [save, (inside: string) => ({ prefix: `${inside}/`, format })],
          ] as const) {
            const { context } = sinkContext();
            await runBatches(openSink(definition, argsIn(there), context), batches);
            const run = await abandoned(definition, argsIn(here), batches, marked);
            expect(await run.goOn()).toEqual([]);
            expect(contentsOf(here)).toEqual(contentsOf(there));
            for (const inside of [there, here]) rmSync(inside, { recursive: true, force: true });
          }
        }),
        { numRuns: 15 },
      );
    },
  );

  const batches = [['a'], ['b', 'c'], ['d']];

  async function appended(change: (path: string) => void): Promise<{ text: string; failures: readonly RunFailure[] }> {
    const path = join(temporaryDirectory(), 'out');
    const run = await abandoned(append, { file: path }, batches, 1);
    change(path);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const failures = await run.goOn();
    if (failures.length > 0) expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(before);
    return { text: before, failures };
  }

  test.each<readonly [what: string, how: RegExp, change: (path: string) => void]>([
    [
      'has more of others at its end',
      /behind byte 2 stands what the run has not written/,
      (path) => appendFileSync(path, 'mine\n'),
    ],
    ['has something of others among its own', /behind byte 2/, (path) => writeFileSync(path, 'a\nb\nmine\nd\n')],
    ['has other bytes before the mark', /what it holds has changed/, (path) => writeFileSync(path, 'A\nb\nc\nd\n')],
    ['is shorter than at the mark', /it has 1 bytes, and had 2/, (path) => truncateSync(path, 1)],
    [
      'is another file of its name',
      /it is another file/,
      (path) => {
        writeFileSync(`${path}.new`, readFileSync(path));
        renameSync(`${path}.new`, path);
      },
    ],
    ['is gone', /it is not there any more/, (path) => rmSync(path)],
  ])('append touches nothing where the file %s, and fails with exit 4', async (_what, how, change) => {
    const { failures } = await appended(change);
    expect(failures.map(({ code, exit }) => [code, exit])).toEqual([['sink-changed', 4]]);
    expect(failures[0]!.message).toMatch(how);
    expect(failures[0]!.help).toBeDefined();
  });

  test('append goes on where half of what was to be written is there, or none of it', async () => {
    for (const size of [2, 3, 4, 6, 8]) {
      expect((await appended((path) => truncateSync(path, size))).failures).toEqual([]);
    }
  });

  test('save leaves alone what others have put under the name of a file that it was about to name', async () => {
    const directory = temporaryDirectory();
    const run = await abandoned(save, { prefix: `${directory}/` }, batches, 1);
    rmSync(join(directory, '3000'));
    writeFileSync(join(directory, '3000'), 'mine');
    rmSync(join(directory, '2000'));
    expect(await run.goOn({ ...run.start })).toEqual([]);
    // It is named again by the batch that comes again, as a file of a name is replaced at all times.
    expect(contentsOf(directory)).toEqual({ 1000: 'a\n', 2000: 'b\nc\n', 3000: 'd\n' });
    const other = await abandoned(save, { prefix: `${directory}/x` }, batches, 3);
    writeFileSync(join(directory, 'x-2000'), 'mine');
    expect(await other.goOn()).toEqual([]);
    expect(readFileSync(join(directory, 'x-2000'), 'utf8')).toBe('mine');
  });

  test('a file that others write to is no trouble up to a mark', async () => {
    const path = join(temporaryDirectory(), 'out');
    const { context, reports } = sinkContext({ intents: { write: async () => {} } });
    const sink = openSink(append, { file: path }, context);
    sink.push('a');
    sink.close(batch(1));
    await sink.mark!();
    appendFileSync(path, 'mine\n');
    sink.push('b');
    sink.close(batch(2));
    const mark = await sink.mark!();
    await sink.finish();
    const again = openSink(append, { file: path }, context, { mark: mark!, intents: [] });
    again.push('c');
    again.close(batch(3));
    await again.finish();
    expect(readFileSync(path, 'utf8')).toBe('a\nmine\nb\nc\n');
    expect(reports.failures).toEqual([]);
  });

  test('a device is written on from any mark', async () => {
    const run = await abandoned(append, { file: '/dev/null' }, batches, 1);
    expect(await run.goOn()).toEqual([]);
  });
});

function contentsOf(directory: string): { readonly [name: string]: string } {
  const names = existsSync(directory) ? readdirSync(directory).sort() : [];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

test('every sink that is exact gives marks, and no other', async () => {
  const { context } = sinkContext({ intents: { write: async () => {} } });
  const exact = [append, save, none].map(({ name }) => name);
  expect(
    sinks
      .filter(({ promise }) => promise === 'exact')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(exact.sort());
  for (const definition of sinks) {
    if (definition.promise === 'exact') continue;
    expect(definition.promise).toBe('again');
  }
  expect(await openSink(none, {}, context).mark!()).toBeNull();
});

test('a sink that has failed gives no mark', async () => {
  const { context, reports } = sinkContext({ intents: { write: async () => {} } });
  const sink = openSink(append, { file: temporaryDirectory() }, context);
  expect(await sink.mark!()).toBeUndefined();
  expect(reports.failures).toHaveLength(1);
  sink.push('a');
  sink.close(batch(1));
  expect(await sink.mark!()).toBeUndefined();
  await sink.finish();
});

test('what is pushed behind a close does not count for the mark that is asked for there, whenever it is made', async () => {
  const path = join(temporaryDirectory(), 'out');
  const { context } = sinkContext({ intents: { write: async () => {} } });
  const sink = openSink(append, { file: path }, context);
  sink.push('a');
  sink.close(batch(1));
  const mark = sink.mark!();
  sink.push('b');
  sink.close(batch(2));
  await sink.finish();
  expect(await mark).toMatchObject({ at: { size: 2 } });
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
});

test('nothing is written down, and nothing synced, where nobody will go back', async () => {
  const synced: string[] = [];
  const files: FileSystem = {
    ...hostFileSystem,
    async open(path, mode) {
      const file = await hostFileSystem.open(path, mode);
      return { ...file, sync: async () => void synced.push(path) };
    },
    syncDirectory: async (path) => void synced.push(path),
  };
  const directory = temporaryDirectory();
  const { context } = sinkContext({ files });
  await runBatches(openSink(append, { file: join(directory, 'out') }, context), [['a'], ['b']]);
  await runBatches(openSink(save, { prefix: `${directory}/` }, context), [['a'], ['b']]);
  expect(synced).toEqual([]);
});
