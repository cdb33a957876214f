import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** What a package is made of, beside what is built. */
const TAKEN = [
  'bin',
  'dist',
  'docs',
  'man',
  'scripts',
  'spark',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'package.json',
];

/** Files that begin as those that are packed so. */
const PACKED = {
  'a.zst': '\x28\xb5\x2f\xfd\x24\0',
  'a.xz': '\xfd7zXZ\0\0\x04',
  'a.bz2': 'BZh91AY&SY',
  'a.lz4': '\x04\x22\x4d\x18\x64\x40',
  'a.parquet': 'PAR1PAR1',
};

/** Programs each of which needs a driver. */
const NEED_DRIVERS = [
  'kafka("h:1", "t") | count',
  'postgres("postgres://h/d", "select 1")',
  'mysql("mysql://h/d", "select 1")',
  'lookup("postgres://h/d", "t", on: .a)',
  'sql("select 1 from batch")',
  'files("a.parquet")',
  'save("b", "parquet")',
  'append("b.zst")',
  'files("a.zst")',
  'files("a.xz")',
  'files("a.bz2")',
  'files("a.lz4")',
  ...(process.versions.node.startsWith('20.') ? ['sqlite("a.db", "select 1")'] : []),
];
/** And those that need another one beside the first. */
const NEED_SECOND = [
  ['xxhash-wasm', 'files("a.zst")'],
  ['hyparquet', 'files("a.parquet")'],
] as const;

const place = mkdtempSync(join(tmpdir(), 'leat-package-'));
const installed = join(place, 'prefix/lib/node_modules/leat');
const command = join(place, 'prefix/bin/leat');
let told = '';

const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', [...args, '--cache', join(place, 'cache'), '--no-audit', '--no-fund', '--no-update-notifier'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Makes the package as npm does, without building anew what the other tests run, and installs it where there is no network. */
beforeAll(() => {
  const copy = join(place, 'copy');
  for (const name of TAKEN) cpSync(name, join(copy, name), { recursive: true });
  const before = readFileSync('package.json', 'utf8');
  execFileSync(process.execPath, ['scripts/manifest.mjs'], { cwd: copy });
  npm(['pack', '--ignore-scripts', '--pack-destination', place], copy);
  execFileSync(process.execPath, ['scripts/manifest.mjs', 'restore'], { cwd: copy });
  expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(before);
  const tarball = readdirSync(place).find((name) => name.endsWith('.tgz'))!;
  told = npm(['install', '--global', '--prefix', join(place, 'prefix'), '--offline', join(place, tarball)], place);
}, 300_000);

afterAll(() => rmSync(place, { recursive: true, force: true }));

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('the package that is published', () => {
  test('runs where there is nothing else', () => {
    const env = { ...process.env, NODE_PATH: '' };
    const words = execFileSync(command, ['words | countByValue'], { input: 'a b a\n', encoding: 'utf8', env });
    expect(words).toBe('a\t2\nb\t1\n');
    expect(execFileSync(command, ['man'], { encoding: 'utf8', env })).toMatch(/^NAME\n/);
    const library = `import { stages } from ${JSON.stringify(join(installed, 'dist/index.js'))}; console.log(stages.names.length > 50);`;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', library], { encoding: 'utf8' })).toBe('true\n');
  });

  test('asks nothing of who installs it, and brings nothing along', () => {
    const { scripts, dependencies, devDependencies } = JSON.parse(
      readFileSync(join(installed, 'package.json'), 'utf8'),
    );
    expect({ scripts, dependencies, devDependencies }).toEqual({});
    expect(told).not.toMatch(/warn|script/i);
    expect(JSON.parse(readFileSync('package.json', 'utf8')).scripts.prepack).toContain('scripts/manifest.mjs');
  });

  test('does not say where it was built, and has nothing that cannot be read', () => {
    const paths = [process.cwd(), dirname(process.cwd()), process.env.HOME ?? '']
      .filter((path) => path.length > 1)
      .map((path) => `${path}/`);
    for (const file of filesOf(installed)) {
      const bytes = readFileSync(file);
      expect(bytes.includes(0), file).toBe(false);
      for (const path of paths) expect(bytes.includes(path), `${file} has ${path}`).toBe(false);
    }
    // What stays here is made for this place, but says no more of it.
    for (const name of readdirSync('dist').filter((file) => file.endsWith('.compiled'))) {
      expect(readFileSync(join('dist', name)).includes(process.cwd()), name).toBe(false);
    }
  });

  test('tells of each driver that is not there, with the command that installs it', () => {
    const folder = mkdtempSync(join(place, 'run-'));
    for (const [name, bytes] of Object.entries(PACKED)) writeFileSync(join(folder, name), bytes, 'latin1');
    const saidOf = (program: string) => {
      const run = spawnSync(command, [program], { cwd: folder, input: '', encoding: 'utf8' });
      expect([2, 3], program).toContain(run.status);
      return run.stderr;
    };
    const told = new Map<string, string>();
    const tell = (program: string) => {
      const said = saidOf(program);
      const [, name, at] = /install it: `npm install ((?:@[^@`]+|[^@`]+))@([^`]+)`/.exec(said) ?? [];
      expect(name, `${program} said ${said}`).toBeDefined();
      expect(said).toContain(`, ${name}, is not installed`);
      told.set(name!, at!);
    };
    for (const program of NEED_DRIVERS) tell(program);
    // Two are needed where others are there.
    const modules = join(installed, 'node_modules');
    for (const [first, program] of NEED_SECOND) {
      cpSync(join('node_modules', first), join(modules, first), { recursive: true });
      tell(program);
    }
    rmSync(modules, { recursive: true });
    const source = readdirSync('src/flow', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join('src/flow', path), 'utf8'))
      .join('\n');
    const drivers = [...source.matchAll(/package: '([^']+)', version: '([^']+)'/g)].map(
      ([, name, at]) => [name!, at!] as const,
    );
    // Newer versions of Node have their own.
    const isOwn = (process.getBuiltinModule as (id: string) => object | undefined)('node:sqlite') !== undefined;
    const needed = new Map(drivers.filter(([name]) => !(isOwn && name === '@photostructure/sqlite')));
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(needed));
    // What a plain install brings along, and what is told to install, are of one version.
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      optionalDependencies: { readonly [name: string]: string };
    };
    for (const [name, at] of drivers)
      expect(`${optionalDependencies[name] ?? at}.`).toMatch(new RegExp(`^${at.replaceAll('.', '\\.')}\\.`));
  });

  test('has the licences of all that is bundled', () => {
    const licences = readFileSync(join(installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    const bundles = filesOf(join(installed, 'dist')).filter((file) => /\.c?js$/.test(file));
    const bundled = new Set(
      bundles.flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/^ *\/\/ (?:\S*\/)?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm)].map(
          ([, name]) => name!,
        ),
      ),
    );
    expect(bundled.size).toBeGreaterThan(5);
    for (const name of bundled) {
      expect(licences).toMatch(new RegExp(`^${name} \\d[^\\n]*\\n=+\\n\\n[^]*?Copyright`, 'm'));
    }
    expect(existsSync(join(installed, 'LICENSE'))).toBe(true);
  });

  test('has the declarations that its own lead to, and no others', () => {
    const types = join(installed, 'dist/types');
    const reached = new Set<string>();
    const visit = (path: string) => {
      if (reached.has(path)) return;
      reached.add(path);
      const found = readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g);
      for (const [, name] of found) {
        expect(name, `${path} needs a package`).toMatch(/^(\.|node:)/);
        if (name!.startsWith('.')) visit(resolve(dirname(path), name!.replace(/\.[jt]s$/, '.d.ts')));
      }
    };
    visit(join(types, 'index.d.ts'));
    expect(filesOf(types).toSorted()).toEqual([...reached].toSorted());
    expect(reached.size).toBeLessThan(100);
  });
});
