import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shell, start, temporaryFolder } from './harness.ts';

test('~ in the names of files is the home of the user, in sources, tables and sinks', async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'logs'));
  writeFileSync(join(home, 'logs/a.jsonl'), '{"k":1}\n');
  writeFileSync(join(home, 'names.csv'), 'k,name\n1,ada\n');
  const program = 'files("~/logs/*.jsonl") | json | lookup("~/names.csv", on: .k) | map(.name) | append("~/out.txt")';
  expect(await shell(`HOME='${home}' leat '${program}'`)).toMatchObject({ stderr: '', code: 0 });
  expect(readFileSync(join(home, 'out.txt'), 'utf8')).toBe('ada\n');
});

test('a ~ elsewhere is one', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a~'), 'x\n');
  expect((await shell(`leat 'files("a~") | count'`, folder)).stdout).toBe('1\n');
  expect((await shell(`leat 'queue(["~/a"])'`, folder)).stdout).toBe('~/a\n');
});

test('watch of a file follows it, which a note says', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app.log'), 'a\n');
  const run = start(['watch("app.log", existing: true) | head(2)', '--batch', '50ms'], folder);
  await run.noted(/app\.log is a file, and is followed as by `tail`/);
  await run.noted(/following app\.log/);
  writeFileSync(join(folder, 'app.log'), 'b\n', { flag: 'a' });
  expect(await run.ended).toMatchObject({ stdout: 'a\nb\n', code: 0 });
});
