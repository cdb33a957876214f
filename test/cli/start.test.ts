import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Script } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from './harness.ts';

/** Runs a script of the command on one line of input, as Node alone. @returns what it printed, and what it noted. */
function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { stdout: string; stderr: string; code: number } {
  const noted = join(temporaryFolder(), 'noted');
  const command = `"$0" "$@" 2>'${noted}'; echo "exit $?"`;
  const all = execFileSync('bash', ['-c', command, process.execPath, ...args], {
    input: 'a\n',
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  const [, stdout, code] = /^([\s\S]*)exit (\d+)\n$/.exec(all)!;
  return { stdout: stdout!, stderr: readFileSync(noted, 'utf8'), code: Number(code) };
}

/** The command as it is installed, in a folder of its own. `compiled` are what goes with the first script, and with the rest. */
function installed(folder = temporaryFolder()): { command: string; dist: string; compiled: readonly [string, string] } {
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  cpSync('bin', join(folder, 'bin'), { recursive: true });
  const names = readdirSync('dist').filter((name) => /^leat.*\.(?:cjs|compiled)$/.test(name));
  for (const name of names) cpSync(join('dist', name), join(dist, name));
  const compiled = names.filter((name) => name.endsWith('.compiled'));
  const [rest] = compiled.filter((name) => name.startsWith('leat-rest-'));
  const [first] = compiled.filter((name) => name !== rest);
  return { command: join(folder, 'bin/leat.js'), dist, compiled: [join(dist, first!), join(dist, rest!)] };
}

/** What the scripts of the build export. */
const { buildCommand } = (await import(resolve('scripts/command.mjs'))) as {
  buildCommand: (folder: string, changed: (text: string) => string) => Promise<unknown>;
};
const { CALLED } = (await import(resolve('scripts/by-need.mjs'))) as { CALLED: ReadonlySet<string> };

const { FIRST, REST, scriptOf, start } = createRequire(import.meta.url)(resolve('bin/start.js')) as {
  FIRST: string;
  REST: string;
  scriptOf: (name: string) => Script;
  start: (evaluate: (name: string) => Loading) => { moduleOf: FromOther };
};
type FromOther = (file: string) => object | undefined;
/** The last of what a script is given is how it asks the other one. */
type Loading = (...given: readonly [...unknown[], FromOther]) => void;

const scripts = new Map([FIRST, REST].map((name) => [name, scriptOf(name)]));

/** The scripts as they are loaded where nothing was asked for yet. What is asked for by a name that is not there fails. */
function startedAnew(): { fromFirst: FromOther; fromRest: FromOther } {
  let fromRest: FromOther | undefined;
  const { moduleOf } = start((name) => (...given) => {
    const asks = given.at(-1) as FromOther;
    if (name === FIRST) fromRest = asks;
    const load = scripts.get(name)!.runInThisContext() as Loading;
    load(...given.slice(0, -1), (file: string) => held(name, file, asks(file)));
  });
  return { fromFirst: moduleOf, fromRest: (file) => fromRest!(file) };
}

function held(by: string, file: string, found: object | undefined): object {
  if (found === undefined) throw new Error(`${by} asks for ${file}, which the other script does not have`);
  return new Proxy(found, {
    get(target, name) {
      if (name === '__esModule' || name in target) return Reflect.get(target, name);
      throw new Error(`${by} asks ${file} for ${String(name)}, which it does not export`);
    },
  });
}

const ANSWER = { stdout: 'a\n', stderr: '', code: 0 };

/** The modules of Node that a run loads beside those that are there from the start. */
function loadedBy(program: string, output: 'pipe' | 'ignore'): readonly string[] {
  const preload = join(temporaryFolder(), 'preload.cjs');
  const list = join(temporaryFolder(), 'loaded');
  writeFileSync(
    preload,
    // What is loaded from time to time is loaded on a busy machine alone.
    `const before = new Set(process.moduleLoadList);
globalThis.setInterval = () => ({ unref() {} });
process.on('exit', () => {
  const names = process.moduleLoadList.filter((name) => !before.has(name));
  require('node:fs').writeFileSync(${JSON.stringify(list)}, names.join('\\n'));
});
`,
  );
  execFileSync(process.execPath, ['--require', preload, resolve('bin/leat.js'), program], {
    input: 'a\n',
    stdio: ['pipe', output, 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return readFileSync(list, 'utf8')
    .split('\n')
    .map((name) => name.replace('NativeModule ', ''))
    .filter((name) => builtinModules.includes(name) && !name.startsWith('_'));
}

/** The command with scripts that say which files they evaluate. */
const telling = installed(mkdtempSync(join(tmpdir(), 'leat-')));

beforeAll(async () => {
  for (const compiled of telling.compiled) rmSync(compiled);
  // Around each file is a function of the name of the file.
  const around = /(?<=__(?:esm|commonJS)\(\{\s*)(?:async )?("[^"\n]+")\(.*\) \{$/gm;
  await buildCommand(telling.dist, (text: string) =>
    text.replace(around, (start, file) => `${start} process.emit('evaluated', ${file});`),
  );
  // Both scripts are made several times: 2 s alone, and longer the more others do.
}, 300_000);

afterAll(() => rmSync(dirname(telling.dist), { recursive: true, force: true }));

/** The files of ours that a run evaluates. */
function evaluatedBy(...args: readonly string[]): readonly string[] {
  const preload = join(temporaryFolder(), 'preload.cjs');
  const list = join(temporaryFolder(), 'evaluated');
  writeFileSync(
    preload,
    `const files = [];
process.on('evaluated', (file) => files.push(file));
process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, files.join('\\n')));
`,
  );
  execFileSync(process.execPath, ['--require', preload, telling.command, ...args], {
    input: '{"path":"/a","ms":3}\n',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return readFileSync(list, 'utf8').split('\n');
}

/** Files of words, which the catalog names. */
const WORD = /^src\/flow\/(?:aggregates|functions|sinks|sources|stages)\//;

test.each([
  ['words', ['sources/stdin', 'stages/words', 'sinks/print']],
  ['json | countBy(.path)', ['sources/stdin', 'stages/json', 'stages/countBy', 'sinks/print']],
  [
    'json | groupBy(.path, {n: count(), mean: avg(.ms)}) | sortBy(-.n)',
    [
      'sources/stdin',
      'stages/json',
      'stages/groupBy',
      'aggregates/count',
      'aggregates/avg',
      'stages/sortBy',
      'sinks/print',
    ],
  ],
])('a run of `%s` loads these words and no others', (program, words) => {
  const evaluated = evaluatedBy(program);
  expect(evaluated.filter((file) => WORD.test(file)).sort()).toEqual(words.map((word) => `src/flow/${word}.ts`).sort());
  // All rooms together have more than twice as many.
  expect(evaluated.length).toBeGreaterThan(200);
  expect(evaluated.length).toBeLessThan(400);
});

test('help for a word loads that word and no others, and what tells the version nothing of programs', () => {
  const words = evaluatedBy('help', 'words').filter((file) => WORD.test(file) && !file.includes('/functions/'));
  expect(words).toEqual(['src/flow/stages/words.ts']);
  expect(evaluatedBy('--once', '--version').filter((file) => /^src\/(?:query|run|flow)\//.test(file))).toEqual([
    'src/flow/define/context.ts',
  ]);
});

test('what only some words, options or commands need is not evaluated by a run without them', () => {
  const rooms =
    /^src\/(?:flow\/(?:analytics|charts|plots|svg|sketches|joins|profiles)|cli\/(?:completion|recipes|words)|run\/spec)\//;
  expect(evaluatedBy('words').filter((file) => rooms.test(file))).toEqual([]);
});

test('a run between two pipes loads few modules of Node', () => {
  const loaded = loadedBy('words', 'pipe');
  // A pipe is a socket, and a socket a stream; `os` knows how many cores there are.
  const expected = ['diagnostics_channel', 'net', 'os', 'process', 'stream', 'stream/promises', 'string_decoder', 'vm'];
  expect(loaded).toContain('net');
  expect(loaded.filter((name) => !expected.includes(name))).toEqual([]);
});

test('a run of files without a pipe loads nothing of streams, sockets, terminals and promises of files', () => {
  const input = join(temporaryFolder(), 'in');
  writeFileSync(input, 'a b\n');
  const loaded = loadedBy(`files(${JSON.stringify(input)}) | words`, 'ignore');
  expect(loaded).toContain('vm');
  expect(loaded.filter((name) => /^(?:net|tty|stream|fs\/promises)/.test(name))).toEqual([]);
});

test('a plain run reads the first script alone, and that is small', () => {
  const { command, dist, compiled } = installed();
  const [first, rest] = compiled;
  rmSync(rest);
  rmSync(join(dist, 'leat-rest.cjs'));
  expect(run([command, 'words'])).toEqual(ANSWER);
  expect(run([command, 'json | groupBy(.path, {n: count()}) | sortBy(-.n)']).code).toBe(1);
  // A name of a function or method is looked for among all of them.
  expect(run([command, 'flatMap(_.split(" ")) | filter(_.includes("a")) | map(upper(_))']).stdout).toBe('A\n');
  expect(run([command, '--once', '--version']).code).toBe(0);
  expect(run([command, 'help', 'words']).stderr).toContain('leat-rest.cjs');
  // Each start reads all of it. What is not for every run belongs to the rest: see scripts/by-need.mjs.
  expect(statSync(join(dist, 'leat.cjs')).size).toBeLessThan(1_300_000);
  expect(statSync(first).size).toBeLessThan(1_230_000);
});

test('the version alone is told by a script that has nothing else', () => {
  const { command, dist } = installed();
  const told = run([command, '--once', '--version']);
  expect(told).toEqual({
    stdout: `${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`,
    stderr: '',
    code: 0,
  });
  for (const name of readdirSync(dist)) if (name !== 'leat-version.cjs') rmSync(join(dist, name));
  for (const option of ['-V', '--version']) expect(run([command, option])).toEqual(told);
  expect(statSync(join(dist, 'leat-version.cjs')).size).toBeLessThan(10_000);
});

test('each script has all that the other one asks it for, whatever is asked for first, and neither has it twice', () => {
  const texts = [FIRST, REST].map((name) => readFileSync(`dist/${name}.cjs`, 'latin1'));
  const [asked, alsoAsked] = texts.map(
    (text) => new Set([...text.matchAll(/fromOther\("([^"]+)"\)/g)].map(([, file]) => file!)),
  );
  for (const files of [asked!, alsoAsked!]) expect(files.size).toBeGreaterThan(50);
  for (const file of asked!) expect(startedAnew().fromRest(file), file).toBeDefined();
  for (const file of alsoAsked!) expect(startedAnew().fromFirst(file), file).toBeDefined();
  // Before the code of each file stands its name. Of one that is in both, there would be two of what it remembers, and of its classes.
  const [own, others] = texts.map(
    (text) => new Set([...text.matchAll(/^\/\/ ((?:src|node_modules)\/\S+)$/gm)].map(([, file]) => file!)),
  );
  for (const files of [own!, others!]) expect(files.size).toBeGreaterThan(200);
  expect([...own!].filter((file) => others!.has(file))).toEqual([]);
});

test('every word can be asked for', () => {
  const words = Object.values(startedAnew().fromFirst('src/flow/catalog.ts') as Record<string, Iterable<unknown>>);
  expect(words.flatMap((list) => [...list]).filter((word) => word !== undefined).length).toBeGreaterThan(200);
});

test('classes that are loaded by calls are only made', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name) => readFileSync(join('src', name), 'utf8'));
  const classes = [...CALLED].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^export class (\w+)/gm)].map(([, name]) => name!),
  );
  expect(classes).toContain('Checkpoints');
  for (const name of classes) {
    const otherwise = new RegExp(`(?:instanceof|extends) ${name}\\b|(?<![\\w.'/])${name}\\.\\w`);
    expect([name, texts.filter((text) => otherwise.test(text))]).toEqual([name, []]);
  }
});

test('what the build compiled is what Node takes', () => {
  const script = `const { FIRST, REST, compiledOf, scriptOf } = require(${JSON.stringify(resolve('bin/start.js'))});
const rejected = (name) => scriptOf(name, require('node:fs').readFileSync(compiledOf(name))).cachedDataRejected;
process.stdout.write([FIRST, REST].map(rejected).join());`;
  expect(run(['-e', script]).stdout).toBe('false,false');
});

test('where that is missing, spoilt or of other flags, the answer is the same', () => {
  const { command, compiled } = installed();
  const help = run([command, 'help', 'words']);
  expect(help).toMatchObject({ stderr: '', code: 0 });
  const expectSame = (of: string, env = {}) => {
    expect(run([of, 'words'], env)).toEqual(ANSWER);
    expect(run([of, 'help', 'words'], env)).toEqual(help);
  };
  expectSame(command, { NODE_OPTIONS: '--max-old-space-size=500' });
  for (const file of compiled) {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  }
  expectSame(command);
  for (const file of compiled) writeFileSync(file, 'of another kind');
  expectSame(command);
  for (const file of compiled) rmSync(file);
  expectSame(command);
});

test('the command starts through a link, and where it may not write', () => {
  const { command, dist } = installed();
  const link = join(temporaryFolder(), 'leat');
  symlinkSync(command, link);
  chmodSync(dist, 0o555);
  expect(run([link, 'words'])).toEqual(ANSWER);
  chmodSync(dist, 0o755);
});
