import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
