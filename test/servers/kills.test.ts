/**
 * Files into tables, with `--checkpoint`: leat is killed at any moment, and so is the server, and in the end each row is there once.
 * `LEAT_LONG=1 npx vitest run test/servers/kills` kills leat 20 times and the server 5 times for each database, otherwise it is a share of that.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { databases, type Place, rowsOf } from '../support/servers.ts';

const LEAT = resolve('bin/leat.js');
const isLong = process.env.LEAT_LONG === '1';
const KILLS = isLong ? 20 : 3;
const SERVER_KILLS = isLong ? 5 : 1;
const LINES = isLong ? 600_000 : 150_000;
const FILES = 3;

describe.each(databases.filter(({ isInstalled }) => isInstalled))('$name', (database) => {
  const { name, system } = database;
  let server: Place;
  let folder: string;
  beforeAll(async () => {
    server = await database.begin();
    folder = mkdtempSync(join(tmpdir(), 'leat-kills-'));
    mkdirSync(join(folder, 'in'));
    const each = LINES / FILES;
    for (let f = 0; f < FILES; f++) {
      const lines = Array.from(
        { length: each },
        (_, i) => `{"id":${f * each + i},"k":"k${i % 97}","ms":${i % 1000}}\n`,
      );
      writeFileSync(join(folder, 'in', `${f}.jsonl`), lines.join(''));
    }
  });
  afterAll(() => {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (program: string, state: string): ChildProcess =>
    spawn(process.execPath, [LEAT, '--checkpoint', state, '--batch', '100ms', program], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });

  /** Resolves to how a process ended, and what it said. */
  async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly said: string }> {
    let said = '';
    child.stderr!.on('data', (piece) => {
      said += piece;
    });
    const code = await new Promise<number | null>((over) => child.once('close', over));
    return { code, said };
  }

  test.each([
    ['added', 'json', ''],
    ['by their keys', 'json', ', key: .id'],
  ])('rows that are %s are there once, however often leat is killed', async (_how, stages, options) => {
    const random = new Random(name.length + options.length);
    const table = options === '' ? 'added' : 'keyed';
    const program = `files("in/*.jsonl") | ${stages} | ${name}("${server.place}", "${table}"${options})`;
    let kills = 0;
    for (let life = 0; life < 200; life++) {
      const child = start(program, `state-${table}`);
      const over = ended(child);
      const alarm = kills < KILLS ? setTimeout(() => child.kill('SIGKILL'), 120 + random.whole(0, 300)) : undefined;
      const { code, said } = await over;
      clearTimeout(alarm);
      if (code === 0) break;
      expect([code, said]).toEqual([null, said]);
      kills++;
    }
    const found = await rowsOf(
      system,
      server.place,
      `select count(*) as n, count(distinct id) as ids, sum(ms) as ms from ${table}`,
    );
    const each = LINES / FILES;
    const ms = FILES * Array.from({ length: each }, (_, i) => i % 1000).reduce((a, b) => a + b, 0);
    expect(found.map((row) => row.map(Number))).toEqual([[LINES, LINES, ms]]);
    expect(kills).toBeGreaterThan(0);
  });

  test('and however often the server is', async () => {
    if (server.absent === undefined) return;
    const program = `files("in/*.jsonl") | json | ${name}("${server.place}", "served", retry: 2m)`;
    const child = start(program, 'state-served');
    const over = ended(child);
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    for (let kill = 0; kill < SERVER_KILLS && !isOver; kill++) {
      await new Promise((next) => setTimeout(next, 600));
      server.kill();
      server.start();
    }
    const { code, said } = await over;
    expect([code, said]).toEqual([0, said]);
    const found = await rowsOf(system, server.place, 'select count(*) as n, count(distinct id) as ids from served');
    expect(found.map((row) => row.map(Number))).toEqual([[LINES, LINES]]);
  });
});
