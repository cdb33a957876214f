import { execFileSync, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import { syslog } from '../../../src/flow/sources/syslog.ts';
import { openSource, TestRun } from '../../support/source.ts';

/** A source at a port of its own. */
async function start(args: { readonly [name: string]: unknown } = {}, run = new TestRun()) {
  const running = openSource(syslog, { port: 0, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  const port = Number(/:(\d+) /.exec(run.notes[0] ?? '')?.[1]);
  const stop = async () => {
    run.abort();
    await running;
  };
  return { run, port, running, stop };
}

/** Sends pieces over one connection, each by itself, and leaves. */
async function overTcp(port: number, pieces: readonly (string | Buffer)[]): Promise<void> {
  const client = createConnection(port, '127.0.0.1');
  client.setNoDelay(true);
  for (const piece of pieces) await new Promise<void>((resolve) => client.write(piece, () => resolve()));
  await new Promise<void>((resolve) => client.end(() => resolve()));
}

const counted = (message: string) => `${Buffer.byteLength(message)} ${message}`;
const A = '<34>1 2003-10-11T22:14:15.003Z host su - ID47 - é';
const B = '<13>Oct 11 22:14:15 host app: b';

it('says where it listens, and takes messages by both', async () => {
  const { run, port, stop } = await start();
  expect(run.notes[0]).toBe(
    `listening on 127.0.0.1:${port} for syslog by TCP and UDP (try: logger -n 127.0.0.1 -P ${port} -d hello)`,
  );
  const sender = createSocket('udp4');
  await new Promise<void>((resolve) => sender.send(A, port, '127.0.0.1', () => resolve()));
  await run.until(() => run.records.length === 1);
  await overTcp(port, [`${B}\n`]);
  await run.until(() => run.records.length === 2);
  expect(run.records).toEqual([A, B]);
  await new Promise<void>((resolve) => sender.close(resolve));
  await stop();
});

describe('messages in a stream', () => {
  const stream = `${counted(A)}${counted('two\nlines')}${B}\n${counted(B)}last`;
  const all = [A, 'two\nlines', B, B, 'last'];

  it('are told by their lengths or by newlines, each by its first byte', async () => {
    const { run, port, stop } = await start();
    await overTcp(port, [stream]);
    await run.until(() => run.records.length === all.length);
    expect(run.records).toEqual(all);
    await stop();
  });

  it('are the same however they come', async () => {
    const { run, port, stop } = await start();
    const bytes = Buffer.from(stream);
    await overTcp(
      port,
      [...bytes.keys()].map((i) => bytes.subarray(i, i + 1)),
    );
    await run.until(() => run.records.length === all.length);
    expect(run.records).toEqual(all);
    await stop();
  });

  it('are bad where they are too long, and the next ones are not', async () => {
    const { run, port, stop } = await start({ maxLine: 100 });
    const long = 'x'.repeat(101);
    await overTcp(port, [
      counted(long),
      `${long}${long}`,
      `${long}
`,
      counted('ok'),
    ]);
    await run.until(() => run.records.length === 3);
    const tooLong = 'bad: longer than maxLine';
    expect(run.records).toEqual([tooLong, tooLong, 'ok']);
    await stop();
  });

  it('are bad where the connection ends within one that said its length', async () => {
    const { run, port, stop } = await start();
    await overTcp(port, ['20 too short']);
    await run.until(() => run.records.length === 1);
    expect(run.records).toEqual(['bad: cut off']);
    await stop();
  });
});

it('tags messages with what they say of themselves', async () => {
  const { run, port, stop } = await start({ tag: true });
  await overTcp(port, [`${B}\nnonsense\n`]);
  await run.until(() => run.records.length === 2);
  expect(run.records).toEqual([
    { source: run.origins[0]!.name, line: B, peer: '127.0.0.1', host: 'host', facility: 'user', severity: 'notice' },
    { source: run.origins[0]!.name, line: 'nonsense', peer: '127.0.0.1', host: null, facility: null, severity: null },
  ]);
  await stop();
});

it('ends with its first client where it is to end', async () => {
  const { run, port, running } = await start({}, new TestRun({ once: true }));
  await overTcp(port, [`${B}\n`]);
  await running;
  expect(run.records).toEqual([B]);
});

const hasLogger = spawnSync('logger', ['--version']).status === 0;
it.runIf(hasLogger)('takes what logger sends, in each of its ways', async () => {
  const { run, port, stop } = await start();
  const log = (...args: string[]) =>
    execFileSync('logger', ['-n', '127.0.0.1', '-P', `${port}`, '-t', 'app', '-p', 'mail.err', ...args]);
  const ways = [
    ['-d', '--rfc3164', 'one'],
    ['-d', '--rfc5424', 'two'],
    ['-T', '--rfc3164', 'three'],
    ['-T', '--rfc5424', 'four'],
    ['-T', '--octet-count', '--rfc5424', '--msgid', 'M1', '--sd-id', 'x@1', '--sd-param', 'k="v"', 'five'],
  ];
  for (const [i, way] of ways.entries()) {
    log(...way);
    await run.until(() => run.records.length === i + 1);
  }
  expect(run.records.map((record) => String(record).slice(0, 4))).toEqual(ways.map(() => '<19>'));
  expect(run.records.map((record) => / (\w+)$/.exec(String(record))?.[1])).toEqual(ways.map((way) => way.at(-1)));
  await stop();
});
