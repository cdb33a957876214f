/** Runs of sinks on a disk in memory that end at any of their calls and go on from the last mark that was kept. */
import { deepEqual, equal } from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { RunFailure } from '../../src/base/problem.ts';
import { field, type Value } from '../../src/base/value.ts';
import { opaque } from '../../src/flow/define/compiled.ts';
import type { FileSystem } from '../../src/flow/define/file-system.ts';
import { text } from '../../src/flow/define/parameters.ts';
import { defineSink, type SinkDefinition, type SinkStart } from '../../src/flow/define/sink.ts';
import { sinkFailure } from '../../src/flow/output/failure.ts';
import { RunFile } from '../../src/flow/output/run-file.ts';
import { append } from '../../src/flow/sinks/append.ts';
import { none } from '../../src/flow/sinks/none.ts';
import { save } from '../../src/flow/sinks/save.ts';
import { Disk, type Fate, type Life } from '../../src/run/trials/disk.ts';
import { Random } from '../../src/run/trials/random.ts';
import { openSink, sinkContext } from './sink.ts';

/** What of a run is safe whatever happens. */
interface Kept {
  mark: Value | undefined;
  intents: Value[];
  /** How many records came before the mark, and the end of the last batch before it, ms. */
  records: number;
  end: number;
}

export interface Subject {
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
  if (status === undefined) return '';
  const bytes = files.read(path, 0, status.size);
  // Whole members only: a part of one is an error.
  return (path.endsWith('.gz') && bytes.length > 0 ? gunzipSync(bytes) : bytes).toString();
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

/** Three files. */
const byText = opaque((record) => (field(record, 'text') as string).slice(0, 1 + ((field(record, 'n') as number) % 3)));

const inOrder = (records: readonly Value[]) =>
  records.toSorted((a, b) => (field(a, 'n') as number) - (field(b, 'n') as number));

export const subjects: readonly Subject[] = [
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
    name: 'append, packed',
    definition: append,
    args: (directory) => ({ file: `${directory}/new/out.json.gz` }),
    records: (files, directory) => readJson(textOf(files, `${directory}/new/out.json.gz`)),
  },
  {
    name: 'append, packed, by',
    definition: append,
    args: (directory) => ({ file: `${directory}/new/.json.gz`, by: byText, files: 100 }),
    records(files, directory) {
      const inside = `${directory}/new`;
      const names = files.status(inside) === undefined ? [] : files.list(inside);
      return inOrder(names.flatMap((name) => readJson(textOf(files, `${inside}/${name}`))));
    },
  },
  ...(['1s', '200b'] as const).map(
    (rotate): Subject => ({
      name: `append, packed, rotate: ${rotate}`,
      definition: append,
      args: (directory) => ({
        file: `${directory}/new/out.json.gz`,
        rotate: rotate === '1s' ? { unit: 'duration', value: 1000 } : { unit: 'size', value: 200 },
      }),
      records(files, directory) {
        const inside = `${directory}/new`;
        const names = files.status(inside) === undefined ? [] : files.list(inside);
        // In the order of their names.
        return names.toSorted().flatMap((name) => readJson(textOf(files, `${inside}/${name}`)));
      },
    }),
  ),
  {
    name: 'append, csv',
    definition: append,
    args: (directory) => ({ file: `${directory}/out.csv` }),
    records(files, directory) {
      const [head, ...rows] = textOf(files, `${directory}/out.csv`).split('\n').slice(0, -1);
      if (rows.length > 0) equal(head, 'n,text');
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
      deepEqual(
        batches.map(({ batch }) => batch),
        batches.map((_batch, i) => i + 1),
      );
      return batches.flatMap(({ records }) => records);
    },
  },
  {
    name: 'append, by',
    definition: append,
    args: (directory) => ({ file: `${directory}/new/out.json`, by: byText, files: 100 }),
    records(files, directory) {
      const inside = `${directory}/new`;
      const names = files.status(inside) === undefined ? [] : files.list(inside);
      return inOrder(names.flatMap((name) => readJson(textOf(files, `${inside}/${name}`))));
    },
  },
  {
    name: 'append, csv, by',
    definition: append,
    args: (directory) => ({ file: `${directory}/.csv`, by: byText, files: 100 }),
    records(files, directory) {
      const rows = files.list(directory).flatMap((name) => {
        const [head, ...others] = textOf(files, `${directory}/${name}`).split('\n').slice(0, -1);
        if (others.length > 0) equal(head, 'n,text');
        return others;
      });
      return inOrder(
        rows.map((row) => {
          const [n, text] = row.split(',');
          return { n: Number(n), text: text! };
        }),
      );
    },
  },
  {
    name: 'save, by',
    definition: save,
    args: (directory) => ({ prefix: `${directory}/new/`, suffix: 'json', by: byText, files: 100 }),
    records(files, directory) {
      const inside = `${directory}/new`;
      const names = files.status(inside) === undefined ? [] : files.list(inside);
      // Nothing that was begun is left.
      deepEqual(
        names.filter((name) => !/^x+-\d+\.json$/.test(name)),
        [],
      );
      return inOrder(names.flatMap((name) => readJson(textOf(files, `${inside}/${name}`))));
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
      deepEqual(
        names.filter((name) => !/^out-\d+\.json$/.test(name)),
        [],
      );
      return times(names)
        .sort((a, b) => a - b)
        .flatMap((time) => readJson(textOf(files, `${inside}/out-${time}.json`)));
    },
  },
  {
    name: 'save, packed',
    definition: save,
    args: (directory) => ({ prefix: `${directory}/new/out`, suffix: 'json.gz' }),
    records(files, directory) {
      const inside = `${directory}/new`;
      const names = files.status(inside) === undefined ? [] : files.list(inside);
      deepEqual(
        names.filter((name) => !/^out-\d+\.json\.gz$/.test(name)),
        [],
      );
      return inOrder(names.flatMap((name) => readJson(textOf(files, `${inside}/${name}`))));
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
  let now = kept.end;
  const { context, reports } = sinkContext({
    files: life,
    now: () => now,
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
    now = end + 1;
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

/**
 * A run that meets some fates one after the other and then none.
 *
 * @returns how many calls the first life made.
 * @throws where a record is not there once, or a failure is not told as one.
 */
export async function goThrough(subject: Subject, seed: number, fates: readonly Fate[]): Promise<number> {
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
    if (!life.isOver) {
      const most = fate.failsAt === undefined ? 0 : 1;
      const codes = failures.map(({ exit, message }) => `${exit} ${message}`);
      equal(codes.length <= most && codes.every((code) => code.startsWith('4')), true, codes.join('\n'));
    }
    if (life.isOver && random.chance(0.6)) disk.losePower();
  }
  deepEqual(subject.records(disk.life(), '/data'), all);
  return calls;
}

/** The same fate at every call of a first life in turn. @returns how many there were. */
export async function atEveryCall(
  subject: Subject,
  seed: number,
  fates: (call: number) => readonly Fate[],
): Promise<number> {
  const calls = await goThrough(subject, seed, []);
  for (let call = 1; call <= calls; call++) await goThrough(subject, seed, fates(call));
  return calls;
}
