import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, type Leat, shell, start, temporaryFolder } from './harness.ts';

/** Sends a signal again and again until the process has ended: what it is at work on may not have begun. */
async function insist(run: Leat, signal: NodeJS.Signals): Promise<Ended> {
  const again = setInterval(() => run.child.kill(signal), 200);
  const ended = await run.ended;
  clearInterval(again);
  return ended;
}

/** Resolves when there is no process of that number any more. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise(setImmediate);
  }
}

describe('a signal', () => {
  test.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s closes the open batch, prints it and ends with %i', async (signal, code) => {
    const run = start(['--batch', '1h', 'tap | count']);
    run.input('a\nb\n', true);
    await run.noted(/b/);
    run.child.kill(signal);
    expect(await run.ended).toMatchObject({ stdout: '2\n', code });
  });

  test('SIGUSR1 says how far the run is, and opens no door for debuggers', async () => {
    const run = start(['--batch', '1h', 'tap | count']);
    run.input('a\nb\n', true);
    await run.noted(/b/);
    run.child.kill('SIGUSR1');
    await run.noted(/^leat: so far 2 records, 4b in 0 batches, /m);
    run.child.kill('SIGINT');
    const { stderr } = await run.ended;
    expect(stderr).not.toContain('ebugger');
  });

  test('reaches a run whose matches do not end, between two of them', async () => {
    const run = start(['--batch', '1h', 'stdin | filter(/^(a+)+$/.test(_)) | count']);
    run.input(`${'a'.repeat(50)}!\n`.repeat(1000), true);
    await run.noted(/bad record/);
    const { code, stdout, stderr } = await insist(run, 'SIGINT');
    // Where it is a second one that reaches it, it ends at once.
    if (code === 130) expect(stdout).toMatch(/^(0\n)?$/);
    expect(stderr.match(/bad record/g)).toHaveLength(1);
  });

  test('a second one ends a run that is stuck in a function of the user', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'stuck.mjs'), 'export const stuck = () => { for (;;); };');
    const run = start(['--import', './stuck.mjs', 'tap | map(stuck(_))'], folder);
    run.input('a\n', true);
    await run.noted(/a/);
    const { stdout } = await insist(run, 'SIGTERM');
    expect(stdout).toBe('');
  });

  test('a second one ends a run whose output nobody takes', async () => {
    const run = start(['tap | flatMap(x => [1, 2, 3].map(y => x.repeat(1000000)))']);
    run.child.stdout.pause();
    run.input('a\nb\n', true);
    await run.noted(/b/);
    await insist(run, 'SIGTERM');
  });

  test('a second one takes along the commands that were started', async () => {
    const run = start(['rate(100) | exec("echo pid $$ >&2; sleep 1000; true") | print']);
    const [, pid] = await run.noted(/pid (\d+)/);
    await insist(run, 'SIGTERM');
    await gone(Number(pid));
  });
});

test('a run ends when nobody reads its output any more, though it has nothing to write', async () => {
  const { stdout, code } = await shell(
    'touch f; { leat \'tail("f") | print\' 2> err; echo "ended $?" > rc; } | head -1 & ' +
      'until grep -q following err; do :; done 2> /dev/null; echo one >> f; wait; until [ -s rc ]; do :; done; cat rc',
  );
  expect([stdout, code]).toEqual(['one\nended 0\n', 0]);
});

test('a command may open its standard input by a name, more than once, also when all has been written', async () => {
  const sink = await shell(
    "printf 'a\\nb\\n' | leat 'lines | exec(\"sleep 0.1; cat /dev/stdin; wc -l < /dev/stdin\")'",
  );
  expect(sink).toEqual({ stdout: 'a\nb\n0\n', stderr: '', code: 0 });
});

test('a Node that is too old is told so in one line', () => {
  const folder = temporaryFolder();
  for (const [version, isOld] of [
    ['18.20.8', true],
    ['20.18.3', true],
    ['20.19.0', false],
    ['24.0.0', false],
  ] as const) {
    writeFileSync(
      join(folder, 'old.cjs'),
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    const line = `"$0" --require ./old.cjs '${resolve('bin/leat.js')}' --version 2>&1; echo $?`;
    const said = execFileSync('bash', ['-c', line, process.execPath], { cwd: folder, encoding: 'utf8' });
    if (isOld) expect(said).toBe(`leat needs Node 20.19 or later, this is ${version}\n1\n`);
    else expect(said).toMatch(/^\d+\.\d+\.\d+\n0\n$/);
  }
});
