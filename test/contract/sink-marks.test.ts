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
import type { SinkDefinition, SinkStart } from '../../src/flow/define/sink.ts';
import { hostFileSystem } from '../../src/flow/output/host-file-system.ts';
import { append } from '../../src/flow/sinks/append.ts';
import { kafka } from '../../src/flow/sinks/kafka.ts';
import { none } from '../../src/flow/sinks/none.ts';
import { redis } from '../../src/flow/sinks/redis.ts';
import { save } from '../../src/flow/sinks/save.ts';
import { Random } from '../../src/run/trials/random.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { databases } from '../support/servers.ts';
import { batch, openSink, runBatches, sinkContext } from '../support/sink.ts';
import { atEveryCall, subjects } from '../support/sink-lives.ts';

/** How many runs of each kind are cut off at each of their calls. */
const SEEDS = Number(process.env.LEAT_SEEDS ?? 2);

describe.each(subjects)('$name: each record is there once', (subject) => {
  const seeds = Array.from({ length: SEEDS }, (_, i) => i + 1);

  test.each(seeds)('wherever the run ends, with seed %i', async (seed) => {
    expect(await atEveryCall(subject, seed, (endsAt) => [{ endsAt }])).toBeGreaterThan(20);
  });

  test.each(seeds)('wherever it ends, and ends again while it goes back or soon after, with seed %i', async (seed) => {
    const random = new Random(seed);
    await atEveryCall(subject, seed, (endsAt) => [
      { endsAt },
      { endsAt: random.whole(1, 12) },
      { endsAt: random.whole(1, 40) },
    ]);
  });

  test.each(seeds)('whichever call fails, with seed %i', async (seed) => {
    const random = new Random(seed);
    await atEveryCall(subject, seed, (failsAt) => [{ failsAt, code: random.pick(['ENOSPC', 'EIO']) }]);
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
  const exact = [append, save, none, kafka, ...databases].map(({ name }) => name);
  expect(
    [...sinks]
      .filter(({ promise }) => promise === 'exact')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(exact.sort());
  for (const definition of sinks) {
    if (definition.promise === 'exact') continue;
    expect(definition.promise).toBe(definition === redis ? 'byKey' : 'again');
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

test.each([
  ['append', append, (inside: string) => ({ file: `${inside}/out` }), 'kept, write'],
  ['save', save, (inside: string) => ({ prefix: `${inside}/` }), 'kept, open, write, kept, rename'],
] as const)('%s does nothing that it has written down before that is kept', async (_name, definition, args, order) => {
  const events: string[] = [];
  const files: FileSystem = {
    ...hostFileSystem,
    async open(path, mode) {
      if (mode === 'new') events.push('open');
      const file = await hostFileSystem.open(path, mode);
      const write = (bytes: Uint8Array) => {
        events.push('write');
        return file.write(bytes);
      };
      return { ...file, write };
    },
    rename(from, to) {
      events.push('rename');
      return hostFileSystem.rename(from, to);
    },
  };
  const intents = {
    async write() {
      // As long as a disk may take.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      events.push('kept');
    },
  };
  const { context, reports } = sinkContext({ files, intents });
  await runBatches(openSink(definition, args(temporaryDirectory()), context), [['a']]);
  expect(events.join(', ')).toBe(order);
  expect(reports.failures).toEqual([]);
});
