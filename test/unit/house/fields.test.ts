import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = 'src';

/** The lines of src without base, which knows how objects hold their fields, and without the kernel, which has no objects. */
const lines = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path) && !/^(base|kernel)\//.test(path))
  .flatMap((path) =>
    readFileSync(join(SOURCE, path), 'utf8')
      .split('\n')
      .map((line) => ({ path, line })),
  );

/** Objects that are no records: tables of ours, parameters by their names, what a module of the host exports. */
const NO_RECORDS = /^(?:[A-Z_]+|(?:\w+\.)*parameters|module|bounds|files|writes)$/;

/** Where such objects have other names, or where objects of the host come in or go out. */
const LOOKS_INTO_OTHERS = [
  'flow/databases/sqlite.ts',
  'flow/define/word-list.ts',
  'flow/groups/partial-bytes.ts',
  'flow/kafka/outlet.ts',
  'flow/pattern/groups.ts',
  'flow/s3/signature.ts',
  'query/plan/expression/from-host.ts',
  'query/plan/expression/placeholders.ts',
  'query/plan/expression/to-host.ts',
  'query/text/stream.ts',
  'query/tree/map-tree.ts',
  'run/local/parts/part-message.ts',
];

/** Where a text is quoted, or something written as JSON that has no names of users in it. Reading programs is all about texts. */
const QUOTES = [
  'cli/',
  'flow/define/signature.ts',
  'flow/formats/batches.ts',
  'query/plan/foreign/',
  'query/text/',
  'run/local/reports/bad-log.ts',
];

function found(pattern: RegExp, allowed: readonly string[], isFine: (of: string) => boolean = () => false): string[] {
  return lines.flatMap(({ path, line }) =>
    allowed.some((of) => path.startsWith(of)) || /^\s*(?:\/\/|\/?\*)/.test(line)
      ? []
      : [...line.matchAll(pattern)].filter(([, of]) => !isFine(of ?? '')).map(() => `${path}: ${line.trim()}`),
  );
}

test('the sweep sees the house', () => {
  expect(lines.length).toBeGreaterThan(20_000);
  expect(found(/Object\.entries\(([^()]*)/g, []).length).toBeGreaterThan(5);
});

// An object of a record holds its fields under keys, which are not always their names; `base/fields.ts` has what lists and makes one.
test('fields of records are listed and made by base/fields.ts alone', () => {
  const lists = /(?<!')Object\.(?:keys|values|entries|fromEntries|getOwnPropertyNames)\(([^()]*)/g;
  expect(found(lists, LOOKS_INTO_OTHERS, (of) => NO_RECORDS.test(of))).toEqual([]);
  expect(found(/\bfor \((?:const|let) \w+ in /g, [])).toEqual([]);
});

test('a name becomes a key by keyOf alone', () => {
  expect(found(/\bas (?:unknown as )?(?:readonly )?FieldKey/g, [])).toEqual([]);
});

test('records are read from JSON and written as JSON by base/json.ts alone', () => {
  expect(found(/(?<!')JSON\.parse\(/g, [])).toEqual([]);
  expect(found(/(?<!')JSON\.stringify\(/g, QUOTES)).toEqual([]);
});
