import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { connect } from '../../../src/flow/sources/connect.ts';
import { freePort } from '../../support/ports.ts';
import { openSource, TestRun } from '../../support/source.ts';

/** A clock that tells when somebody begins to wait by it. */
class WatchedClock extends VirtualClock {
  readonly pauses: number[] = [];
  private heard: (() => void) | undefined;

  override at(time: number, wake: () => void): () => void {
    this.pauses.push(time - this.now());
    this.heard?.();
    return super.at(time, wake);
  }

  /** Resolves when so many waits have begun in all. */
  async waits(count: number): Promise<void> {
    while (this.pauses.length < count) {
      await new Promise<void>((resolve) => {
        this.heard = resolve;
      });
    }
  }
}

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

async function serve(port = 0): Promise<number> {
  server = createServer();
  await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

const accepted = async () => (await once(server!, 'connection'))[0] as Socket;

it('connects again when the server leaves, and gives out its half line', async () => {
  const port = await serve();
  const clock = new WatchedClock();
  const run = new TestRun({ clock });
  const running = openSource(connect, { host: '127.0.0.1', port }, run).run();
  (await accepted()).end('one\nhalf');
  await clock.waits(1);
  expect(run.records).toEqual(['one', 'half']);
  const again = accepted();
  clock.moveTo(250);
  (await again).write('two\n');
  await run.until(() => run.records.length === 3);
  expect(run.notes).toEqual([
    `connected to 127.0.0.1:${port}`,
    `127.0.0.1:${port} closed the connection; trying again`,
    `connected to 127.0.0.1:${port}`,
  ]);
  expect(run.origins).toHaveLength(2);
  run.abort();
  await running;
});

it('waits twice as long each time, up to 30 s, and always says the same', async () => {
  const port = await freePort();
  const clock = new WatchedClock();
  const run = new TestRun({ clock });
  const running = openSource(connect, { host: '127.0.0.1', port }, run).run();
  for (let tries = 1; tries <= 10; tries++) {
    await clock.waits(tries);
    clock.moveTo(clock.now() + clock.pauses.at(-1)!);
  }
  expect(clock.pauses.slice(0, 10)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(new Set(run.notes)).toEqual(
    new Set([`cannot connect to 127.0.0.1:${port} (connection refused); trying again`]),
  );
  run.abort();
  await running;
});

it('waits longer each time for a server that hangs up at once, and starts anew once something came', async () => {
  const port = await serve();
  const clock = new WatchedClock();
  const run = new TestRun({ clock });
  const running = openSource(connect, { host: '127.0.0.1', port }, run).run();
  for (const [i, text] of ['', '', 'a\n', ''].entries()) {
    (await accepted()).end(text);
    await clock.waits(i + 1);
    clock.moveTo(clock.now() + clock.pauses.at(-1)!);
  }
  expect(clock.pauses).toEqual([250, 500, 250, 500]);
  run.abort();
  await running;
});

it('with --once ends with the server', async () => {
  const port = await serve();
  const run = new TestRun({ once: true });
  const running = openSource(connect, { host: '127.0.0.1', port }, run).run();
  (await accepted()).end('a\nb');
  await running;
  expect(run.records).toEqual(['a', 'b']);
});

it('with --once fails with exit 3 where nobody listens', async () => {
  const port = await freePort();
  const source = openSource(connect, { host: '127.0.0.1', port }, new TestRun({ once: true }));
  await expect(source.run()).rejects.toMatchObject({
    exit: 3,
    message: `cannot connect to 127.0.0.1:${port}: connection refused`,
  });
});

it('ends while it waits for the next try', async () => {
  const port = await freePort();
  const clock = new WatchedClock();
  const run = new TestRun({ clock });
  const running = openSource(connect, { host: '127.0.0.1', port }, run).run();
  await clock.waits(1);
  run.abort();
  await running;
});
