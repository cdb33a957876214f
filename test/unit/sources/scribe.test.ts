import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { scribe } from '../../../src/flow/sources/scribe.ts';
import { asking, END, entry, field, list, OK, old, strict, TRY_LATER, text, u32, wrap } from '../../support/scribe.ts';
import { openSource, TestRun } from '../../support/source.ts';

/** A source at a port of its own, and a client that has connected. */
async function start(args: object = {}, run = new TestRun()) {
  const running = openSource(scribe, { port: 0, ...args }, run).run();
  await Promise.race([run.until(() => run.notes.length > 0), running]);
  const client = connect(Number(/:(\d+) /.exec(run.notes[0]!)![1]), '127.0.0.1');
  client.on('error', () => {});
  onTestFinished(async () => {
    client.destroy();
    run.abort();
    await running;
  });
  return { run, client, ask: (bytes: Buffer) => asking(client, bytes) };
}

it('takes messages of both forms, and answers in the same', async () => {
  const { run, ask } = await start({ tag: true });
  const log = Buffer.from('Log').toString('hex');
  expect(await ask(old('Log', list(entry('a', 'é\n'), entry('b', 'two\nlines'))))).toBe(
    `0000001400000003${log}0200000007${OK}`,
  );
  expect(await ask(strict('Log', list(entry('c', ''))))).toBe(`000000178001000200000003${log}00000007${OK}`);
  expect(run.records).toEqual([
    expect.objectContaining({ category: 'a', line: 'é' }),
    expect.objectContaining({ category: 'b', line: 'two\nlines' }),
    expect.objectContaining({ category: 'c', line: '' }),
  ]);
});

it('passes over what it does not know, and says so of calls', async () => {
  const { run, ask } = await start();
  const more = Buffer.concat([
    field(13, 9, Buffer.concat([Buffer.from([11, 12]), u32(1), text('k'), field(2, 1, Buffer.from([1])), END])),
    list(Buffer.concat([field(10, 5, Buffer.alloc(8)), entry('a', 'b')])),
  ]);
  expect(await ask(old('Log', more))).toContain(OK);
  expect(run.records).toEqual(['b']);
  expect(await ask(old('getStatus', END))).toContain(Buffer.from('leat has Log alone').toString('hex'));
});

it('says TRY_LATER where it has no room, and took nothing then', async () => {
  const clock = new VirtualClock(0);
  const run = new TestRun({ clock });
  const { ask } = await start({}, run);
  run.shut();
  expect(await ask(old('Log', list(entry('a', '1'))))).toContain(OK);
  let isAnswered = false;
  const second = ask(old('Log', list(entry('a', '2')))).finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    clock.moveTo(clock.now() + 1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await second).toContain(TRY_LATER);
  run.reopen();
  expect(await ask(old('Log', list(entry('a', '2'))))).toContain(OK);
  expect(run.records).toEqual(['1', '2']);
});

describe('turns away', () => {
  const deep = Buffer.alloc(60, Buffer.from([12, 0, 1]));
  it.each([
    ['what is none of Scribe', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /no call of Scribe, or one larger/],
    ['another form of Thrift', wrap(Buffer.from([0x82, 0x21, 1, 3, 0, 0, 0, 0])), /another form of Thrift/],
    [
      'a list that is longer than what came',
      old('Log', field(15, 1, Buffer.concat([Buffer.from([12]), u32(1e9)]))),
      /cut off/,
    ],
    ['what is nested without an end', old('Log', deep), /nested too deep/],
    // A message of nothing has one byte, and would be kept by eight.
    [
      'more messages than there is room for',
      old('Log', field(15, 1, Buffer.concat([Buffer.from([12]), u32(1400), Buffer.alloc(1401)]))),
      /the messages of a batch take more than 2.9kb/,
    ],
  ])('%s', async (_name, bytes, why) => {
    const { run, client } = await start({ maxBatch: 1500 });
    client.write(bytes);
    await run.until(() => run.notes.length > 1);
    expect(run.notes[1]).toMatch(why);
    expect(run.records).toEqual([]);
  });
});
