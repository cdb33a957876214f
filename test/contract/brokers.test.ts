/** The promises of words that write messages to servers and read them, over all servers that are installed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import type { SinkContext } from '../../src/flow/define/context.ts';
import type { Position } from '../../src/flow/define/position.ts';
import type { SinkStart } from '../../src/flow/define/sink.ts';
import { BrokerServer, brokers, PASSWORD, urlOf } from '../support/brokers.ts';
import { nonconforming } from '../support/conforms.ts';
import { freePort } from '../support/ports.ts';
import { wantsServers } from '../support/servers.ts';
import { batch, openSink, runBatches, sinkContext } from '../support/sink.ts';
import { openSource, TestRun } from '../support/source.ts';

test.runIf(wantsServers)('all servers are installed', () => {
  expect(brokers.filter(({ isInstalled }) => !isInstalled).map(({ name }) => name)).toEqual([]);
});

describe.each(brokers.filter(({ isInstalled }) => isInstalled))('$name', { timeout: 120_000 }, (broker) => {
  let server: BrokerServer;
  let last = 0;
  beforeAll(async () => {
    server = await BrokerServer.begin(broker.kind);
  }, 120_000);
  afterAll(() => server?.stop());

  describe.each(broker.ways)('$name', (way) => {
    async function newPlace(): Promise<string> {
      const place = `place-${++last}`;
      await way.make?.(server, place);
      return place;
    }

    type Args = { readonly [name: string]: unknown };

    function reading(place: string, run: TestRun, args: Args = {}, from?: Position): Promise<void> {
      return openSource(way.source, { url: urlOf(broker, server), ...way.read(place), ...args }, run, from).run();
    }

    function open(place: string, args: Args = {}, changes: Partial<SinkContext> = {}, from?: SinkStart) {
      const { context, reports } = sinkContext(changes);
      const sink = openSink(way.sink, { url: urlOf(broker, server), ...way.written(place), ...args }, context, from);
      return { sink, reports };
    }

    /** Begins to read, and resolves when what is written from now on comes. */
    async function begun(place: string, run: TestRun, args: Args = {}): Promise<{ readonly over: Promise<void> }> {
      const over = reading(place, run, args);
      await Promise.race([over, run.until(() => run.notes.some((note) => note.startsWith('reading ')))]);
      return { over };
    }

    async function write(place: string, batches: readonly (readonly Value[])[]): Promise<void> {
      const { sink, reports } = open(place);
      await runBatches(sink, batches);
      expect(reports.failures).toEqual([]);
    }

    const lines = (count: number, size = 0) => Array.from({ length: count }, (_, i) => `line ${i}`.padEnd(size, '.'));

    test('each record comes in order, whatever is in it', async () => {
      const place = await newPlace();
      const run = new TestRun();
      const { over } = await begun(place, run);
      const large = 'x'.repeat(900_000);
      await write(place, [['a', 'é', '', 'two\nlines'], [], [{ a: [1, null] }, 7, large], lines(3000)]);
      await run.until(() => run.records.length >= 3007);
      run.abort();
      await over;
      expect(run.records.slice(0, 4)).toEqual(['a', 'é', '', 'two\nlines']);
      expect(run.records.slice(4)).toEqual(['{"a":[1,null]}', '7', large, ...lines(3000)]);
    });

    test('tells of a record what the server does, and what is too long or no text is bad', async () => {
      const place = await newPlace();
      const args = { tag: true, maxLine: 1000 };
      const run = new TestRun();
      const { over } = await begun(place, run, args);
      await write(place, [['first', 'x'.repeat(50_000), 'last']]);
      await run.until(() => run.records.length >= 3);
      run.abort();
      await over;
      const bound = { ...way.read(place), ...args } as never;
      for (const record of [run.records[0]!, run.records[2]!]) {
        expect(Object.keys(record as object)).toEqual(['source', ...way.tag]);
        expect(nonconforming(record, way.source.gives(bound))).toBeUndefined();
      }
      expect(run.records.map((record) => (record as { line?: string }).line ?? record)).toEqual([
        'first',
        'bad: longer than maxLine',
        'last',
      ]);
    });

    test('reads no more than there is room for', async () => {
      const place = await newPlace();
      const run = new TestRun();
      const { over } = await begun(place, run);
      run.shut();
      const count = 4000;
      await write(place, [lines(count, 2000)]);
      await run.until(() => run.bytes > 0);
      // Long enough for a source that does not stop.
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(run.bytes).toBeLessThan(5_000_000);
      run.reopen();
      await run.until(() => run.records.length >= count);
      run.abort();
      await over;
      expect(run.records).toEqual(lines(count, 2000));
    });

    test('works over an encrypted connection, to a server whose certificate is trusted', async () => {
      const place = await newPlace();
      const secure = { url: urlOf(broker, server, { isSecure: true }) };
      const run = new TestRun();
      const { over } = await begun(place, run, { ...secure, ca: server.ca });
      const { sink, reports } = open(place, { ...secure, ca: server.ca });
      await runBatches(sink, [['a', 'b']]);
      expect(reports.failures).toEqual([]);
      await run.until(() => run.records.length >= 2);
      run.abort();
      await over;
      expect(run.records).toEqual(['a', 'b']);
      const other = open(place, secure);
      await runBatches(other.sink, [['a']]);
      expect(other.reports.failures[0]).toMatchObject({ exit: 4 });
      expect(other.reports.failures[0]!.message).toMatch(/its certificate was signed by nobody who is trusted/);
      await expect(reading(place, new TestRun(), secure)).rejects.toMatchObject({
        exit: 3,
        message: expect.stringMatching(/its certificate was signed by nobody who is trusted/),
      });
    });

    test('is told at the start that a password is wrong, without a word of it', async () => {
      const place = await newPlace();
      const wrong = { url: urlOf(broker, server, { word: 'not the word' }) };
      const { sink, reports } = open(place, wrong);
      const failure = await reports.failed;
      await sink.finish();
      expect(failure).toMatchObject({ code: 'sink-refused', exit: 4 });
      const run = new TestRun();
      const error = await reading(place, run, wrong).then(
        () => undefined,
        (reason: Error) => reason,
      );
      expect(error).toMatchObject({ exit: 3 });
      const said = [failure.message, error!.message, ...run.notes, ...reports.notes].join('\n');
      expect(said).not.toMatch(/not the word|not%20the%20word/);
      expect(said).not.toContain(PASSWORD);
    });

    test('ends where nobody is there and nobody waits', async () => {
      const place = await newPlace();
      const absent = { url: urlOf(broker, server, { port: await freePort() }) };
      const { sink, reports } = open(place, { ...absent, retry: 0 });
      expect(await reports.failed).toMatchObject({ code: 'sink-unreachable', exit: 4 });
      await sink.finish();
      await expect(reading(place, new TestRun(), { ...absent, wait: false })).rejects.toMatchObject({
        code: 'cannot-read',
        exit: 3,
      });
      const run = new TestRun();
      const waiting = reading(place, run, absent);
      await run.until(() => run.notes.some((note) => note.endsWith('; trying again')));
      run.abort();
      await waiting;
    });

    test('does nothing in a run that is over', async () => {
      const run = new TestRun();
      run.abort();
      await reading(await newPlace(), run);
      expect(run.records).toEqual([]);
    });

    test('goes on after the server was away', async () => {
      const place = await newPlace();
      const run = new TestRun();
      const { over } = await begun(place, run);
      const { sink, reports } = open(place);
      sink.push('before');
      sink.close(batch(1));
      await run.until(() => run.records.length >= 1);
      // What is there may not have been confirmed yet, and would go out again.
      if (!way.survives) await sink.mark?.();
      const known = run.notes.length;
      await server.kill();
      await run.until(() => run.notes.some((note) => note.endsWith('; trying again')));
      await server.start();
      if (!way.survives) await run.until(() => run.notes.slice(known).some((note) => note.startsWith('reading ')));
      sink.push('after');
      sink.close(batch(2));
      await run.until(() => run.records.includes('after'));
      await sink.finish();
      run.abort();
      await over;
      // One that is killed may forget what was acknowledged to it a moment before.
      const mayRepeat = way.survives && !way.isReplayable;
      expect(mayRepeat ? [...new Set(run.records)] : run.records).toEqual(['before', 'after']);
      expect(reports.failures).toEqual([]);
    });

    test.runIf(way.isReplayable)('goes on behind any chunk, and ends where it is to', async () => {
      const place = await newPlace();
      const count = 10_000;
      await write(place, [lines(count)]);
      const run = new TestRun({ once: true });
      await reading(place, run);
      expect(run.records).toEqual(lines(count));
      const cuts = run.cuts.filter(({ position }) => position !== undefined && position !== '[]');
      expect(cuts.length).toBeGreaterThan(3);
      for (const cut of cuts) {
        const from = JSON.parse(cut.position!) as Position;
        const rest = new TestRun({ once: true, from });
        await reading(place, rest, {}, from);
        expect([...run.records.slice(0, cut.count), ...rest.records]).toEqual(lines(count));
        if (cut.count > 0 && rest.numbered.length > 0) expect(rest.numbered[0]![1]).toBe(cut.count + 1);
      }
      for (const from of cuts)
        expect(way.source.splitInWords!((JSON.parse(from.position!) as Position)[0]!)).toMatch(/\d/);
    });

    test.runIf(way.isOnce)(
      'has each record once, wherever a run ends and from whichever mark one goes on',
      async () => {
        const batches = [['a', 'b'], ['c'], [], ['d', 'e', 'f'], ['g']];
        for (let marked = 0; marked <= batches.length; marked++) {
          for (let reached = marked; reached <= batches.length; reached++) {
            const place = await newPlace();
            const intents: Value[] = [];
            const kept = { intents: { write: async (intent: Value) => void intents.push(intent) } };
            const first = open(place, {}, kept);
            let mark = await first.sink.mark!();
            for (const [i, records] of batches.slice(0, reached).entries()) {
              for (const record of records) first.sink.push(record);
              first.sink.close(batch(i + 1));
              if (i + 1 === marked) {
                intents.length = 0;
                mark = await first.sink.mark!();
              }
            }
            await (first.sink.leave ?? first.sink.finish).call(first.sink);
            const from = JSON.parse(JSON.stringify({ mark, intents })) as SinkStart;
            const second = open(place, {}, kept, from);
            await runBatches(second.sink, batches.slice(marked));
            expect([...first.reports.failures, ...second.reports.failures]).toEqual([]);
            const run = new TestRun({ once: true });
            await reading(place, run);
            expect(run.records).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
          }
        }
      },
    );
  });
});
