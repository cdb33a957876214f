/** `scribe` with the real client of Scribe. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat, temporaryFolder } from '../../cli/harness.ts';
import { isLong, seedOfTest } from '../../support/effort.ts';
import { freePort } from '../../support/ports.ts';
import { folderOf, isDownloaded } from '../downloads.ts';

const PYTHON = join(folderOf('scribe'), 'bin/python');
const isThere = isLong && isDownloaded('scribe');

function log(port: number, count: number, mode: 'old' | 'strict' | 'slow'): ChildProcess {
  const child = spawn(PYTHON, [resolve('test/servers/scribe/log.py'), `${port}`, `${count}`, mode], {
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const linesOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe.skipIf(!isThere)('the client of Scribe', { timeout: 300_000 }, () => {
  test.each(['old', 'strict'] as const)('logs each message once, in order: %s', async (mode) => {
    const port = await freePort();
    const run = new Leat(['--once', `scribe(${port}, tag: true) | map([.category, .line])`], temporaryFolder());
    await run.noted(/for clients of Scribe/);
    const client = log(port, 5000, mode);
    expect(await once(client, 'exit')).toEqual([0, null]);
    const { stdout, code } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toBe(
      numbers(5000)
        .map((n) => `numbers\t${n}\n`)
        .join(''),
    );
  });

  test('loses nothing, however often leat is killed', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const random = new Random(seedOfTest);
    const count = 20_000;
    const args = ['--checkpoint', 'state', '--batch', '100ms', `scribe(${port}) | append("out.log")`];
    const client = log(port, count, 'slow');
    const logged = once(client, 'exit');
    for (let life = 0; life < 20; life++) {
      const run = new Leat(args, folder);
      await Promise.race([run.noted(/for clients of Scribe/), run.ended]);
      await new Promise((resolve) => setTimeout(resolve, random.whole(0, 800)));
      run.child.kill('SIGKILL');
      await run.ended;
    }
    const run = new Leat(args, folder);
    expect(await logged).toEqual([0, null]);
    const out = join(folder, 'out.log');
    while (new Set(linesOf(out)).size < count) await new Promise((resolve) => setTimeout(resolve, 50));
    run.child.kill('SIGTERM');
    await run.ended;
    const lines = linesOf(out).map(Number);
    expect([...new Set(lines.toSorted((a, b) => a - b))]).toEqual(numbers(count));
    // A call whose answer was lost is made again.
    expect(lines.length - count).toBeLessThanOrEqual(20 * 100);
  });
});
