import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';

/** Starts a server that does not end by itself, says its number, and does nothing more. */
const STARTED = `
  import { spawn } from 'node:child_process';
  import { endsWithUs } from './test/support/ends-with-us.ts';
  console.log(endsWithUs(spawn('sleep', ['3600'], { stdio: 'ignore' })).pid);
  setInterval(() => {}, 1000);
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a server ends with the tests that are killed', async () => {
  const stdin = { contents: STARTED, resolveDir: process.cwd() };
  const { outputFiles } = buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', write: false });
  const tests = spawn(process.execPath, ['--input-type=module', '-e', outputFiles[0]!.text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(tests.stdout.setEncoding('utf8'), 'data')) as [string];
  const server = Number(line);
  expect(isAlive(server)).toBe(true);
  tests.kill('SIGKILL');
  await once(tests, 'exit');
  while (isAlive(server)) await new Promise((done) => setTimeout(done, 20));
});
