import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { unix } from '../../../src/flow/sources/unix.ts';
import { openSource, TestRun, temporaryDirectory } from '../../support/source.ts';

function place(): string {
  const directory = temporaryDirectory();
  onTestFinished(() => directory.remove());
  return directory.at('leat.sock');
}

async function start(path: string, args: { readonly [name: string]: unknown } = {}) {
  const run = new TestRun();
  const running = openSource(unix, { path, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  return { run, running };
}

it('lets only its user connect, and removes the socket at the end', async () => {
  const path = place();
  const { run, running } = await start(path);
  expect(run.notes).toEqual([`listening on ${path} (try: nc -U ${path})`]);
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  run.abort();
  await running;
  expect(existsSync(path)).toBe(false);
});

it('has the mode that is asked for', async () => {
  const path = place();
  const { run, running } = await start(path, { mode: '666' });
  expect((statSync(path).mode & 0o777).toString(8)).toBe('666');
  run.abort();
  await running;
});

it('numbers its clients', async () => {
  const path = place();
  const { run, running } = await start(path, { tag: true });
  for (const line of ['a', 'b']) {
    const client = createConnection({ path });
    client.resume().end(`${line}\n`);
    await once(client, 'close');
  }
  expect(run.records).toEqual([
    { source: `${path}#1`, line: 'a' },
    { source: `${path}#2`, line: 'b' },
  ]);
  run.abort();
  await running;
});

it('takes over a socket that a killed process has left behind', async () => {
  const path = place();
  const other = spawn(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(path)})`]);
  for (;;) {
    const probe = createConnection({ path });
    const isThere = await once(probe, 'connect').then(
      () => true,
      () => false,
    );
    probe.destroy();
    if (isThere) break;
  }
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(existsSync(path)).toBe(true);
  const { run, running } = await start(path);
  createConnection({ path }).end('a\n');
  await run.until(() => run.records.length === 1);
  run.abort();
  await running;
});

it('leaves a socket in use and a file alone', async () => {
  const path = place();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ path }, resolve));
  await expect(openSource(unix, { path }, new TestRun()).run()).rejects.toMatchObject({
    exit: 3,
    message: `cannot listen on ${path}: another process listens there`,
  });
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(path, 'x');
  await expect(openSource(unix, { path }, new TestRun()).run()).rejects.toMatchObject({
    message: `cannot listen on ${path}: there is a file of that name`,
  });
  expect(existsSync(path)).toBe(true);
});
