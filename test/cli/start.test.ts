import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
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

/** The command as it is installed, in a folder of its own. */
function installed(): { command: string; dist: string; compiled: string } {
  const folder = temporaryFolder();
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  cpSync('bin', join(folder, 'bin'), { recursive: true });
  const [compiled] = readdirSync('dist').filter((name) => name.endsWith('.compiled'));
  for (const name of ['leat.cjs', compiled!]) cpSync(join('dist', name), join(dist, name));
  return { command: join(folder, 'bin/leat.js'), dist, compiled: join(dist, compiled!) };
}

const ANSWER = { stdout: 'a\n', stderr: '', code: 0 };

/** The modules of Node that a run loads beside those that are there from the start. */
function loadedBy(program: string, output: 'pipe' | 'ignore'): readonly string[] {
  const preload = join(temporaryFolder(), 'preload.cjs');
  const list = join(temporaryFolder(), 'loaded');
  writeFileSync(
    preload,
    `const before = new Set(process.moduleLoadList);
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

/** The files of ours that a run evaluates, of a bundle that says so. */
function evaluatedBy(program: string): readonly string[] {
  const { command, dist, compiled } = installed();
  execFileSync('rm', [compiled]);
  let file = '';
  const telling = readFileSync(join(dist, 'leat.cjs'), 'utf8').replace(
    /^\/\/ ([\w-]+[:/].*)$|^( {2}module\(.*\) \{)$/gm,
    (line, name: string | undefined, start: string | undefined) => {
      file = name ?? file;
      return start === undefined ? line : `${start} process.emit('evaluated', ${JSON.stringify(file)});`;
    },
  );
  writeFileSync(join(dist, 'leat.cjs'), telling);
  const preload = join(temporaryFolder(), 'preload.cjs');
  const list = join(temporaryFolder(), 'evaluated');
  writeFileSync(
    preload,
    `const files = [];
process.on('evaluated', (file) => files.push(file));
process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, files.join('\\n')));
`,
  );
  execFileSync(process.execPath, ['--require', preload, command, program], {
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
  expect(evaluated.length).toBeLessThan(450);
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

test('a run of files without a pipe loads nothing of streams, sockets and terminals', () => {
  const input = join(temporaryFolder(), 'in');
  writeFileSync(input, 'a b\n');
  const loaded = loadedBy(`files(${JSON.stringify(input)}) | words`, 'ignore');
  expect(loaded).toContain('fs/promises');
  expect(loaded.filter((name) => /^(?:net|tty|stream)/.test(name))).toEqual([]);
});

test('what the build compiled is what Node takes', () => {
  const script = `const { COMPILED, scriptOf } = require(${JSON.stringify(resolve('bin/start.js'))});
process.stdout.write(String(scriptOf(require('node:fs').readFileSync(COMPILED)).cachedDataRejected));`;
  expect(run(['-e', script]).stdout).toBe('false');
});

test('where that is missing, spoilt or of other flags, the answer is the same', () => {
  const { command, compiled } = installed();
  expect(run([command, 'words'])).toEqual(ANSWER);
  expect(run([command, 'words'], { NODE_OPTIONS: '--max-old-space-size=500' })).toEqual(ANSWER);
  const bytes = readFileSync(compiled);
  writeFileSync(compiled, bytes.subarray(0, bytes.length / 2));
  expect(run([command, 'words'])).toEqual(ANSWER);
  writeFileSync(compiled, 'of another kind');
  expect(run([command, 'words'])).toEqual(ANSWER);
  const missing = installed();
  execFileSync('rm', [missing.compiled]);
  expect(run([missing.command, 'words'])).toEqual(ANSWER);
});

test('the command starts through a link, and where it may not write', () => {
  const { command, dist } = installed();
  const link = join(temporaryFolder(), 'leat');
  symlinkSync(command, link);
  chmodSync(dist, 0o555);
  expect(run([link, 'words'])).toEqual(ANSWER);
  chmodSync(dist, 0o755);
});
