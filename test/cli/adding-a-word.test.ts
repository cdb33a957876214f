/** The page on adding a word is true: its words are added to a copy of the project, which is built, and they work. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Example } from '../../src/flow/define/word.ts';
import { isLong } from '../support/effort.ts';

const PAGE = readFileSync('docs/adding-a-word.md', 'utf8');
const CATALOG = 'src/flow/catalog.ts';

/** What a build needs. */
const TAKEN = [
  'src',
  'scripts',
  'bin',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'biome.json',
  '.gitignore',
];

/** A section of the page that adds a word. */
interface Added {
  readonly word: string;
  /** What the page shows of each file, by its path. */
  readonly files: ReadonlyMap<string, string>;
  readonly spec: { readonly path: string; readonly text: string };
}

const words: readonly Added[] = PAGE.split(/^## /m).flatMap((section) => {
  const word = /^.*: `(\w+)`\n/.exec(section)?.[1];
  if (word === undefined) return [];
  const files = [...section.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
    ([, path, text]) => [path!, text!] as const,
  );
  const [, path, text] = /`(test\/spec\/\S+\.spec)`[^\n]*:\n\n```text\n([\s\S]*?)```/.exec(section)!;
  return [{ word, files: new Map(files), spec: { path: path!, text: text! } }];
});

const wordOf = (name: string) => words.find(({ word }) => word === name)!;

const copy = mkdtempSync(join(tmpdir(), 'leat-word-'));
const at = (path: string) => join(copy, path);

/** Runs a script of the copy, and gives what it writes. @throws with all of that where it fails. */
function run(args: readonly string[], input = '', cwd = copy): string {
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, input, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const leat = (args: readonly string[], input = '', cwd = copy): string => run([at('bin/leat.js'), ...args], input, cwd);

function put(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

/** All that is written by hand, by its path. */
function written(): ReadonlyMap<string, string> {
  const paths = ['src', 'scripts', 'bin'].flatMap((folder) =>
    readdirSync(at(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'module.ts')
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return new Map(
    paths.map((path) => [path.slice(copy.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

/** The catalog with a word more: an import in the place that its path has among them, and an entry at the end of its list. */
function withWord(catalog: string, kind: string, name: string): string {
  const line = `import { ${name} } from './${kind}/${name}.ts';`;
  const lines = catalog.split('\n');
  const pathOf = (text: string) => / from '(.*)';/.exec(text)?.[1];
  const next = lines.findIndex((other) => pathOf(other) !== undefined && pathOf(other)! > pathOf(line)!);
  lines.splice(next < 0 ? lines.findLastIndex((other) => pathOf(other) !== undefined) + 1 : next, 0, line);
  const list = new RegExp(`export const ${kind} = new WordList<\\w+>\\(\\{[^}]*?\\n(?=\\}\\);)`);
  return lines.join('\n').replace(list, (words) => `${words}  ${name},\n`);
}

let before: ReadonlyMap<string, string>;
let after: ReadonlyMap<string, string>;

beforeAll(() => {
  for (const name of TAKEN) cpSync(name, at(name), { recursive: true });
  // A folder of its own, since the build puts a link to the command into it.
  mkdirSync(at('node_modules'));
  for (const name of readdirSync('node_modules')) {
    if (name !== '.bin') symlinkSync(resolve('node_modules', name), at(join('node_modules', name)));
  }
  before = written();
  let catalog = readFileSync(at(CATALOG), 'utf8');
  for (const { word, files, spec } of words) {
    for (const [path, text] of files) put(path, text);
    put(spec.path, spec.text);
    const [, kind] = /^src\/flow\/(\w+)\//.exec([...files.keys()][0] ?? '') ?? [];
    if (kind !== undefined) catalog = withWord(catalog, kind, word);
  }
  put(CATALOG, catalog);
  addRow();
  after = written();
  // It checks the types, too.
  run(['scripts/build.mjs']);
}, 300_000);

/** Adds the function, behind the last of its file. */
function addRow(): void {
  const [, path, row] = /A row for `(\S+)`:\n\n```ts\n([\s\S]*?)```/.exec(PAGE)!;
  const text = readFileSync(at(path!), 'utf8');
  put(path!, text.replace(/\];\n$/, `${row}];\n`));
}

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('a word of each kind', () => {
  test.each([
    ['keyBy', ['src/flow/stages/keyBy.ts']],
    ['zipWithIndex', ['src/flow/stages/zipWithIndex.ts']],
    ['takeLast', ['src/flow/stages/takeLast.ts']],
    ['range', ['src/flow/aggregates/range.ts']],
    ['clamp', []],
    ['seq', ['src/flow/sources/seq.ts']],
    ['current', ['src/flow/sinks/current.ts']],
    ['ltsv', ['src/flow/stages/ltsv.ts', 'src/flow/bytes/ltsv-fields.ts', 'src/kernel/ltsv.ts']],
  ])('%s is so many files', (word, files) => {
    expect([...wordOf(word).files.keys()]).toEqual(files);
  });

  test('changes no other file than the catalog, and a function that of its group', () => {
    const added = words.flatMap(({ files }) => [...files.keys()]);
    expect([...after.keys()].filter((path) => !before.has(path)).sort()).toEqual([...added].sort());
    const changed = [...before.keys()].filter((path) => before.get(path) !== after.get(path));
    expect(changed.sort()).toEqual([CATALOG, 'src/flow/functions/numbers.ts']);
  });

  test('looks as all of the code does', () => {
    const shown = words.flatMap(({ files }) => [...files.keys()]).filter((path) => !path.startsWith('src/kernel/'));
    run(['node_modules/@biomejs/biome/bin/biome', 'check', CATALOG, 'src/flow/functions/numbers.ts', ...shown]);
  });

  test.each(words)('$word does what its spec says', ({ spec }) => {
    expect(spec.text).toContain(/(\w+)\.spec$/.exec(spec.path)![1]);
    expect(leat(['test', spec.path])).toBe('1 passed, 0 failed\n');
  });

  test.each(words)('$word is found by help and does what its examples say', ({ word }) => {
    const { summary, examples } = definition(word);
    expect(leat(['help', word])).toContain(summary);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const place = mkdtempSync(join(copy, 'example-'));
      if ('expression' in example) {
        expect(leat(['--format', 'json', `queue([0]) | map(x => ${example.expression})`], '', place)).toBe(
          `${example.gives}\n`,
        );
        continue;
      }
      expect(leat([example.program], example.in ?? '', place)).toBe(example.out === '' ? '' : `${example.out}\n`);
      for (const [name, text] of Object.entries(example.writes ?? {}))
        expect(readFileSync(join(place, name), 'utf8')).toBe(text);
    }
  });
});

interface Shown {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly (Example | { readonly expression: string; readonly gives: string })[];
}

let all: readonly Shown[] | undefined;

/** What the catalog of the copy says of a word. */
function definition(word: string): Shown {
  const library = JSON.stringify(pathToFileURL(at('dist/index.js')).href);
  const script = `import { aggregates, functions, sinks, sources, stages } from ${library};
    const all = [...sources, ...stages, ...aggregates, ...functions, ...sinks];
    console.log(JSON.stringify(all.map(({ name, summary, examples }) => ({ name, summary, examples }))));`;
  all ??= JSON.parse(run(['--input-type=module', '-e', script])) as readonly Shown[];
  return all.find(({ name }) => name === word)!;
}

test('the kernel of ltsv reads no line otherwise than the row form does', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom('-0', '007', '1.10', '1e5', '1e999', '12345678901234567890', '3'.repeat(201)),
  );
  const value = fc.oneof(
    number,
    fc.constantFrom('', ' ', ':', '/x:y', 'ünï', '"', '\\t', '\r', '\u2028', 'x'.repeat(40)),
  );
  const label = fc.constantFrom('a', 'b', 'aa', 'ab', 'a_label_of_more_than_16_bytes', '__proto__', 'é', '1');
  const member = fc.oneof(
    { weight: 20, arbitrary: fc.tuple(label, value).map(([name, text]) => `${name}:${text}`) },
    fc.constantFrom('', ':', ':x', 'a', ' ', 'a:1:2'),
  );
  const line = fc
    .tuple(fc.array(member, { maxLength: 6 }), fc.constantFrom('\n', '\n', '\n', '\r\n'))
    .map(([members, end]) => members.join('\t') + end);
  const lines = fc.sample(line, 3000);
  writeFileSync(at('lines.ltsv'), `${lines.join('')}a:1\tb:2`);
  const program =
    'files("lines.ltsv") | ltsv | groupBy(.a, {n: count(), bs: list(.b), longs: list(.a_label_of_more_than_16_bytes)})';
  const [fast, plain] = [[], ['--no-kernels']].map((options) => leat([...options, '--format', 'json', program]));
  expect(fast).toBe(plain);
  expect(fast!.split('\n').length).toBeGreaterThan(10);
}, 60_000);

/** Enters a word in a suite that cannot find out by itself how to try it, as the page shows it. @param before what the entry stands behind. */
function enter(word: string, suite: string, before: string): void {
  const section = PAGE.split(/^## /m).find((text) => text.split('\n', 1)[0]!.endsWith(`: \`${word}\``))!;
  const [, entry] = /```ts\n( {2}[\s\S]*?)```/.exec(section)!;
  const [file] = wordOf(word).files.keys();
  const text = readFileSync(at(suite), 'utf8');
  expect(text).toContain(before);
  put(suite, `import { ${word} } from '../../${file}';\n${text.replace(before, (found) => found + entry)}`);
}

/** Suites that find words in the catalog, or specs in their folders, and hold them to what they promise; the first two are told of ours. */
const SUITES = [
  'test/contract/sink.test.ts',
  'test/contract/source-position.test.ts',
  'test/contract/aggregate.test.ts',
  'test/spec',
  'test/unit/expression/functions.test.ts',
  ...['catalog', 'examples', 'imports', 'reference'].map((name) => `test/unit/house/${name}.test.ts`),
  'test/contract/snapshot',
];

test.runIf(isLong)(
  'the suites find the words, and find nothing wrong',
  () => {
    for (const name of ['test', 'docs', 'vitest.config.ts']) cpSync(name, at(name), { recursive: true });
    enter('current', SUITES[0]!, 'Promise<Opened> }[] = [\n');
    enter('seq', SUITES[1]!, "describe('sources without files', () => {\n");
    put(SUITES[1]!, readFileSync(at(SUITES[1]!), 'utf8').replace('queue, replay]', 'queue, replay, seq]'));
    // The page of the language names each word.
    const named = words.map(({ word }) => `\`${word}\``).join(' ');
    put('docs/language.md', `${readFileSync(at('docs/language.md'), 'utf8')}\n${named}\n`);
    run(['scripts/reference.mjs']);
    const told = run([
      'node_modules/vitest/vitest.mjs',
      'run',
      '--testTimeout',
      '200000',
      '--reporter',
      'verbose',
      ...SUITES,
    ]);
    for (const { word, spec } of words) {
      expect(told).toContain(spec.path.slice('test/spec/'.length));
      expect(told).toMatch(new RegExp(`(source|stage|aggregate|sink|function) ${word} says what it is`));
    }
  },
  300_000,
);
