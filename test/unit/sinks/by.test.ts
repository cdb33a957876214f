import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { field, type Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import { fileNameOf, pathWith } from '../../../src/flow/output/file-names.ts';
import { Rotation } from '../../../src/flow/output/rotation.ts';
import { append } from '../../../src/flow/sinks/append.ts';
import { save } from '../../../src/flow/sinks/save.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { batch, openSink, runBatches, sinkContext } from '../../support/sink.ts';

describe('a value in the name of a file', () => {
  test.each<readonly [Value, string]>([
    ['DE', 'DE'],
    ['Köln 1.5', 'Köln 1.5'],
    [12, '12'],
    [null, 'null'],
    ['', '%empty'],
    ['..', '%2E%2E'],
    ['.', '%2E'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
    ['a\\b:c*?"<>|', 'a%5Cb%3Ac%2A%3F%22%3C%3E%7C'],
    ['a\nb\0', 'a%0Ab%00'],
    ['%41', '%2541'],
    ['a~1', 'a%7E1'],
    ['ends.', 'ends%2E'],
    [' ', '%20'],
    ['NUL', '%4EUL'],
    ['com1.txt', '%63om1.txt'],
    ['common', 'common'],
    ['\u202egnp', '%E2%80%AEgnp'],
    [{ a: 1 }, '%7B%22a%22%3A1%7D'],
    ['e\u0301', '\u00e9'],
  ])('%j is %s', (value, name) => {
    expect(fileNameOf(value)).toBe(name);
  });

  test('leads nowhere, is not too long, and is another one for every other text', () => {
    const names = new Map<string, string>();
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: fc.constantFrom('.', '/', '%', '~', ' ', 'a', '2', 'E'), maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('é', 'a', '/'), minLength: 100, maxLength: 200 }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const name = fileNameOf(text);
        expect(name).not.toMatch(/[/\\:*?"<>|]|^\.|^\s|[. ]$|^$/);
        expect([...name].every((character) => character >= ' ')).toBe(true);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(140);
        const meant = text.normalize('NFC');
        expect(names.get(name) ?? meant).toBe(meant);
        names.set(name, meant);
      }),
      { numRuns: 2000 },
    );
  });

  test('stands before the ending of the file', () => {
    expect(pathWith('out.csv', 'x')).toBe('out-x.csv');
    expect(pathWith('a.b/out', 'x')).toBe('a.b/out-x');
    expect(pathWith('a/b.tar.gz', 'x')).toBe('a/b-x.tar.gz');
    expect(pathWith('a/.csv.zst', 'x')).toBe('a/x.csv.zst');
    expect(pathWith('.gz', 'x')).toBe('x.gz');
    expect(pathWith('a.b/c/', 'x')).toBe('a.b/c/x');
    expect(pathWith('a/.csv', 'x')).toBe('a/x.csv');
    expect(pathWith('.csv', 'x')).toBe('x.csv');
    expect(pathWith('a/', 'x')).toBe('a/x');
  });
});

/** Records of 300 values, more than may be open at a time, in an order in which each comes again and again. */
const many = Array.from({ length: 3000 }, (_, n): Value => ({ k: `k${(n * 7) % 300}`, n }));
const byK = opaque((record) => field(record, 'k'));

function contents(directory: string): Map<string, number[]> {
  const read = (name: string) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1);
  return new Map(readdirSync(directory).map((name) => [name, read(name).map((line) => JSON.parse(line).n as number)]));
}

test('append gives each of very many files its records in their order', async () => {
  const directory = join(temporaryDirectory(), 'new');
  const { context, reports } = sinkContext();
  const args = { file: `${directory}/.json`, by: byK, files: 300 };
  await runBatches(openSink(append, args, context), [many.slice(0, 1000), [], many.slice(1000)]);
  expect(reports.failures).toEqual([]);
  const files = contents(directory);
  expect(files.size).toBe(300);
  for (const [name, numbers] of files) {
    expect(numbers).toHaveLength(10);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers.every((n) => `k${(n * 7) % 300}.json` === name)).toBe(true);
  }
});

test('save gives each of very many values a file of each batch, and leaves none that was begun', async () => {
  const directory = join(temporaryDirectory(), 'new');
  const { context, reports } = sinkContext();
  const args = { prefix: `${directory}/out`, suffix: 'json', by: byK, files: 300 };
  await runBatches(openSink(save, args, context), [many.slice(0, 1000), [], many.slice(1000)]);
  expect(reports.failures).toEqual([]);
  const files = contents(directory);
  expect(files.size).toBe(600);
  expect([...files.values()].flat().toSorted((a, b) => a - b)).toEqual(many.map((_, n) => n));
  expect([...files.keys()].every((name) => /^out-k\d+-(1000|3000)\.json$/.test(name))).toBe(true);
});

test('more files than may be fail the run, and a value that cannot be worked out is bad', async () => {
  const directory = temporaryDirectory();
  const { context, reports } = sinkContext();
  await runBatches(openSink(append, { file: `${directory}/.json`, by: byK, files: 3 }, context), [many.slice(0, 4)]);
  expect(reports.failures.map(({ exit, message }) => `${exit} ${message}`)).toEqual([
    `4 cannot write to ${directory}/VALUE.json: more than 3 different files`,
  ]);
});

test('a csv file of each value has a header of its own, and keeps the one that it has', async () => {
  const directory = temporaryDirectory();
  const args = { file: `${directory}/.csv`, by: opaque((record) => field(record, 'k')), files: 10 };
  const first: Value[] = [
    { k: 'a', n: 1 },
    { k: 'b', m: 2 },
    { k: 'a', n: 3 },
  ];
  await runBatches(openSink(append, args, sinkContext().context), [first]);
  await runBatches(openSink(append, args, sinkContext().context), [[{ n: 4, k: 'a' }]]);
  expect(readFileSync(join(directory, 'a.csv'), 'utf8')).toBe('k,n\na,1\na,3\na,4\n');
  expect(readFileSync(join(directory, 'b.csv'), 'utf8')).toBe('k,m\nb,2\n');
});

test('append may be followed by more files in one batch than there may be at a time', async () => {
  const directory = temporaryDirectory();
  for (const ending of ['log', 'json', 'csv']) {
    const { context, reports } = sinkContext();
    const args = { file: `${directory}/.${ending}`, rotate: { unit: 'size', value: 10 }, files: 3 };
    // A csv file has its first rows when a thousand have come.
    const records = Array.from({ length: ending === 'csv' ? 7000 : 90 }, (_, n): Value => ({ n }));
    await runBatches(openSink(append, args, context), [records]);
    expect(reports.failures).toEqual([]);
    const names = readdirSync(directory).filter((name) => name.endsWith(ending));
    expect(names.length).toBeGreaterThan(5);
    const lines = names
      .toSorted()
      .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1));
    expect(lines.filter((line) => line !== 'n')).toEqual(
      records.map((record) => (ending === 'csv' ? `${field(record, 'n')}` : JSON.stringify(record))),
    );
  }
});

test('a file that another had followed when the run ended is forgotten by the next run as well', async () => {
  const directory = temporaryDirectory();
  const args = { file: `${directory}/.log`, rotate: { unit: 'duration', value: 1000 } };
  const intents = { write: async () => {} };
  let time = 0;
  const { context, reports } = sinkContext({ intents, now: () => time });
  const filesOf = (mark: Value | undefined) =>
    (field(mark!, 'at') as readonly (readonly [string])[]).map(([name]) => name);
  const one = async (sink: ReturnType<typeof openSink>) => {
    time += 1000;
    sink.push(`at ${time}`);
    sink.close(batch(time / 1000));
    return (await sink.mark!())!;
  };
  const first = openSink(append, args, context);
  await one(first);
  const kept = await one(first);
  await first.finish();
  expect(filesOf(kept)).toEqual(['19700101T000000Z', '19700101T000001Z']);
  const next = openSink(append, args, context, { mark: kept, intents: [] });
  await one(next);
  expect(filesOf(await one(next))).not.toContain('19700101T000000Z');
  await next.finish();
  expect(reports.failures).toEqual([]);
});

test.each([
  ['size', 1],
  ['duration', 500],
] as const)(
  'files that follow each other by a %s are in the order of their names, also within a second',
  (unit, value) => {
    const rotation = new Rotation({ unit, value }, undefined);
    const names = Array.from({ length: 12 }, (_, i) => {
      const name = rotation.nameOf('', 10_000 + 500 * i);
      rotation.wrote('', name, 1);
      return name;
    });
    expect(new Set(names).size).toBe(12);
    expect(names).toEqual(names.toSorted());
  },
);
