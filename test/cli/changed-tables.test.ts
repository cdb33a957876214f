/** Programs that are killed before what they have written to a table is kept, and are followed by another one: nothing may be missing. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { field } from '../../src/base/value.ts';
import { SQLITE } from '../../src/flow/databases/sqlite.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { Leat } from './harness.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something is so, however long the machine takes. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    expect(tries).toBeLessThan(3000);
    await pause(20);
  }
}

/** A column of the table, in the order in which its rows were written. */
async function rowsIn(folder: string, column: string): Promise<readonly unknown[]> {
  const path = join(folder, 'out.db');
  if (!existsSync(path)) return [];
  const database = await SQLITE.open(path);
  try {
    return (await database.ask(`select ${column} as it from lines order by rowid`)).map((row) => field(row, 'it'));
  } catch {
    // The table is not there yet, or is being written.
    return [];
  } finally {
    await database.close();
  }
}

/** Takes what is posted, each key once as `http` of leat does, and answers only when it is let: until then nothing is kept by who posts. */
async function receiver() {
  const came = new Map<string, string>();
  const waiting: (() => void)[] = [];
  let isLet = false;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      const key = String(request.headers['idempotency-key']);
      if (body !== '' && !came.has(key)) came.set(key, body);
      // Who begins asks first whether anybody is there.
      if (isLet || body === '') response.end();
      else waiting.push(() => response.end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** What came, in order. */
    bodies: () => [...came.values()],
    let() {
      isLet = true;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

test('a batch that was written and not kept hides no record of another program, whose batches are cut anew', async () => {
  const folder = temporaryDirectory();
  const { url, bodies, let: letAll } = await receiver();
  writeFileSync(join(folder, 'in.log'), '');
  const out = `all | map({line: _}) | sqlite("out.db", "lines"); all | http("${url}", format: "text")`;
  const kept = ['--checkpoint', 'state', '--batch', '50ms'];
  const before = new Leat([...kept, `let all = tail("in.log"); ${out}`], folder);
  await before.noted(/following in\.log/);
  appendFileSync(join(folder, 'in.log'), 'a\n');
  await until(async () => (await rowsIn(folder, 'line')).length === 1 && bodies().length === 1);
  before.child.kill('SIGKILL');
  await before.ended;
  appendFileSync(join(folder, 'in.log'), 'b\nc\n');
  letAll();
  const program = `let all = tail("in.log"); ${out}; all | count | running | append("n.txt")`;
  const after = new Leat([...kept, '--changed', 'new', program], folder);
  const counts = () => (existsSync(join(folder, 'n.txt')) ? readFileSync(join(folder, 'n.txt'), 'utf8') : '');
  await until(() => counts().endsWith('3\n'));
  after.child.kill('SIGTERM');
  const { stderr, code } = await after.ended;
  expect(code).toBe(143);
  expect(await rowsIn(folder, 'line')).toEqual(['a', 'a', 'b', 'c']);
  expect(bodies()).toEqual(['a\n', 'a\nb\nc\n']);
  expect(stderr).toContain('written to lines of out.db and not kept stays there, and may come a second time');
  expect(stderr).toContain(`written to ${url} and not kept stays there`);
}, 200_000);

test('nor do parts of input that is one batch, where other records come in front of the table', async () => {
  const folder = temporaryDirectory();
  const { url, bodies } = await receiver();
  const numbers = Array.from({ length: 15_000 }, (_, i) => i + 1);
  writeFileSync(join(folder, 'in.txt'), `${numbers.join('\n')}\n`);
  const kept = ['--checkpoint', 'state'];
  const into = 'map({n: number(_)}) | sqlite("out.db", "lines")';
  const before = new Leat([...kept, `let all = files("in.txt"); all | ${into}; all | http("${url}")`], folder);
  await until(async () => (await rowsIn(folder, 'n')).length >= 10_000 && bodies().length === 1);
  before.child.kill('SIGKILL');
  await before.ended;
  const written = (await rowsIn(folder, 'n')).map(Number);
  const after = await new Leat([...kept, `files("in.txt") | filter(number(_) % 2 == 0) | ${into}`], folder).ended;
  expect(after).toMatchObject({ code: 0, stdout: '' });
  expect(after.stderr).toContain('written to lines of out.db and not kept stays there, and may come a second time');
  const even = numbers.filter((n) => n % 2 === 0);
  expect((await rowsIn(folder, 'n')).map(Number)).toEqual([...written, ...even]);
}, 200_000);

test('what the same program has written is there once, also where another stage stands behind it', async () => {
  const folder = temporaryDirectory();
  const { url, bodies, let: letAll } = await receiver();
  writeFileSync(join(folder, 'in.log'), '');
  const out = `map({line: _}) | sqlite("out.db", "lines"); all | http("${url}", format: "text")`;
  const kept = ['--checkpoint', 'state', '--batch', '50ms'];
  const before = new Leat([...kept, `let all = tail("in.log"); all | ${out}`], folder);
  await before.noted(/following in\.log/);
  appendFileSync(join(folder, 'in.log'), 'a\n');
  await until(async () => (await rowsIn(folder, 'line')).length === 1 && bodies().length === 1);
  before.child.kill('SIGKILL');
  await before.ended;
  appendFileSync(join(folder, 'in.log'), 'b\n');
  letAll();
  // Its batches are cut as they were.
  const after = new Leat([...kept, `let all = tail("in.log"); all | filter(_ != "x") | ${out}`], folder);
  await until(async () => (await rowsIn(folder, 'line')).includes('b') && bodies().length === 2);
  after.child.kill('SIGTERM');
  const { stderr, code } = await after.ended;
  expect(code).toBe(143);
  expect(await rowsIn(folder, 'line')).toEqual(['a', 'b']);
  expect(bodies()).toEqual(['a\n', 'b\n']);
  expect(stderr).not.toContain('not kept stays there');
}, 200_000);
