/** What sources promise of their positions: whoever goes on from one gets the rest, whatever has happened meanwhile. With real files. */
import { mkdirSync, openSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFailure } from '../../src/base/problem.ts';
import { sources } from '../../src/flow/catalog.ts';
import type { Position } from '../../src/flow/define/position.ts';
import type { SourceDefinition } from '../../src/flow/define/source.ts';
import type { TextArguments } from '../../src/flow/framing/text.ts';
import { Pattern } from '../../src/flow/pattern/pattern.ts';
import { files } from '../../src/flow/sources/files.ts';
import { hdfs } from '../../src/flow/sources/hdfs.ts';
import { kafka } from '../../src/flow/sources/kafka.ts';
import { mysql } from '../../src/flow/sources/mysql.ts';
import { nats } from '../../src/flow/sources/nats.ts';
import { postgres } from '../../src/flow/sources/postgres.ts';
import { queue } from '../../src/flow/sources/queue.ts';
import { rate } from '../../src/flow/sources/rate.ts';
import { redis } from '../../src/flow/sources/redis.ts';
import { replay } from '../../src/flow/sources/replay.ts';
import { sqlite } from '../../src/flow/sources/sqlite.ts';
import { readInputFile, stdin } from '../../src/flow/sources/stdin.ts';
import { subscribe } from '../../src/flow/sources/subscribe.ts';
import { tail } from '../../src/flow/sources/tail.ts';
import { watch } from '../../src/flow/sources/watch.ts';
import { SteppingClock } from '../../src/run/trials/stepping-clock.ts';
import { few, within } from '../support/effort.ts';
import { packedBy } from '../support/packed.ts';
import { type Cut, openSource, TestRun, temporaryDirectory } from '../support/source.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

type Args = Partial<TextArguments>;

const textArguments = (args: Args): TextArguments => ({ delimiter: '\n', maxLine: 1024 * 1024, tag: false, ...args });

/** As it comes from a checkpoint. */
const positionOf = ({ position }: Cut) => JSON.parse(position!) as Position;

/** Texts dense in what may go wrong at a border. */
const bytes = fc
  .array(
    fc.constantFrom('a', 'bc', '\n', '\r\n', '\n\n', ';', ';;', '\ufeff', 'é', '€', '😀', '\ufffd', '0123456789', '\n'),
    { maxLength: 60 },
  )
  .chain((parts) =>
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(0xff, 0xc3, 0xe2, 0xf0, 0x80)), { maxLength: 3 }).map((wrong) => {
      const all = [...Buffer.from(parts.join(''))];
      for (const [place, byte] of wrong) all.splice(place % (all.length + 1), 0, byte);
      return Buffer.from(all);
    }),
  );

const framings: readonly (readonly [string, Args])[] = [
  ['lines', {}],
  ['short lines', { maxLine: 5 }],
  ['tagged lines', { tag: true, maxLine: 8 }],
  ['a delimiter', { delimiter: ';;', maxLine: 8 }],
  ['an expression', { delimiter: new Pattern('\\r?\\n|;', ''), maxLine: 8 }],
  ['an expression that looks ahead', { delimiter: new Pattern('\\n(?!b)', ''), maxLine: 1000 }],
];

describe.each(framings)('files of %s', (_name, args) => {
  /** Reads the files piece by piece. */
  async function read(piece: number, from?: Position): Promise<TestRun> {
    const run = new TestRun({ once: true, ...(from === undefined ? {} : { from }) });
    const opened = openSource(files, { paths: [directory.at('*.log')], ...args }, run, from);
    for (const whole of await opened.wholes!()) await whole.read(piece);
    return run;
  }

  it('are read on behind any chunk, packed or not', async () => {
    const settings = fc.record({
      all: fc.array(bytes, { minLength: 1, maxLength: 3 }),
      isPacked: fc.boolean(),
      piece: fc.integer({ min: 1, max: 40 }),
      other: fc.integer({ min: 1, max: 40 }),
      at: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(settings, async ({ all, isPacked, piece, other, at }) => {
        for (const name of ['a', 'b', 'c']) rmSync(directory.at(`${name}.log`), { force: true });
        all.forEach((text, i) => {
          writeFileSync(directory.at(`${'abc'[i]}.log`), isPacked ? gzipSync(text) : text);
        });
        const whole = await read(piece);
        const cut = whole.cuts[at % whole.cuts.length]!;
        const rest = await read(other, positionOf(cut));
        expect([...whole.numbered.slice(0, cut.count), ...rest.numbered]).toEqual(whole.numbered);
      }),
      { numRuns: 60, plugins: [within(10_000)] },
    );
  });
});

/** So many lines that they come in several chunks. */
const MANY = Array.from({ length: 60_000 }, (_, i) => `${'line'.repeat(i % 9)} ${i}`);
const MUCH = `${MANY.join('\n')}\n`;

describe('files', () => {
  const read = async (paths: readonly string[], from?: Position) => {
    const run = new TestRun({ once: true });
    await openSource(files, { paths }, run, from).run();
    return run;
  };
  const half = async (paths: readonly string[]) => {
    const { cuts } = await read(paths);
    return cuts[Math.floor(cuts.length / 2)]!;
  };

  it('that were read need not be there any more, and what has come since is read', async () => {
    for (const name of ['a', 'b']) writeFileSync(directory.at(`${name}.log`), `${name}\n`);
    const run = await read([directory.at('*.log')]);
    const cut = run.cuts.findLast(({ count }) => count === 1)!;
    rmSync(directory.at('a.log'));
    writeFileSync(directory.at('c.log'), 'c\n');
    expect((await read([directory.at('*.log')], positionOf(cut))).records).toEqual(['b', 'c']);
    expect((await read([directory.at('a.log'), directory.at('b.log')], positionOf(cut))).records).toEqual(['b']);
  });

  it.each([
    ['is shorter', (log: string) => truncateSync(log, 1000), / has 1000 bytes, and was read up to byte \d+$/],
    [
      'is another one',
      (log: string) => writeFileSync(log, readFileSync(log, 'utf8').toUpperCase()),
      / is not what was read up to byte \d+: other bytes stand there$/,
    ],
    ['is gone', (log: string) => rmSync(log), /b\.log was read up to byte \d+, and does not exist any more$/],
  ])('a file under way that %s is told of, with a way out', async (_what, change, message) => {
    writeFileSync(directory.at('a.log'), 'first\n');
    writeFileSync(directory.at('b.log'), MUCH);
    const cut = await half([directory.at('*.log')]);
    change(directory.at('b.log'));
    const failure: unknown = await read([directory.at('*.log')], positionOf(cut)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RunFailure);
    expect(failure).toMatchObject({ code: 'position-does-not-fit', exit: 3, help: expect.stringContaining('anew') });
    expect((failure as RunFailure).message).toMatch(message);
  });

  it('that go on know their first line', async () => {
    writeFileSync(directory.at('a.log'), `\ufeffa,b\r\n${MUCH}`);
    writeFileSync(directory.at('b.log'), gzipSync(`c,d\n${MUCH}`));
    writeFileSync(directory.at('c.log'), await packedBy('zstd', `e,f\n${MUCH}`));
    writeFileSync(directory.at('d.log'), await packedBy('xz', `g,h\n${MUCH}`));
    for (const [name, first] of [
      ['a', 'a,b'],
      ['b', 'c,d'],
      ['c', 'e,f'],
      ['d', 'g,h'],
    ]) {
      const rest = await read([directory.at(`${name}.log`)], positionOf(await half([directory.at(`${name}.log`)])));
      expect(rest.origins.map(({ firstLine, lines }) => [firstLine, lines])).toEqual([[first, MANY.length + 1]]);
    }
  });

  it('cannot be shared among threads where they go on', async () => {
    writeFileSync(directory.at('a.log'), MUCH);
    const opened = openSource(files, { paths: [directory.at('a.log')] }, new TestRun(), [
      ...positionOf(await half([directory.at('a.log')])),
    ]);
    expect(await opened.shared!.files()).toBeUndefined();
  });
});

describe('standard input', () => {
  it.each([
    ['as a file', (text: string) => Buffer.from(text)],
    ['as a packed file', (text: string) => gzipSync(text)],
    ['as a file of zstd', (text: string) => packedBy('zstd', text)],
    ['as a file of xz', (text: string) => packedBy('xz', text)],
  ])('%s goes on behind each chunk', async (_how, pack) => {
    writeFileSync(directory.at('in'), await pack(MUCH));
    const read = async (from?: Position) => {
      const run = new TestRun();
      await readInputFile(openSync(directory.at('in'), 'r'), textArguments({}), run, from).run();
      return run;
    };
    const whole = await read();
    expect(whole.records).toEqual(MANY);
    expect(whole.cuts.length).toBeGreaterThan(3);
    for (const cut of whole.cuts.filter(
      (_, i) => i % Math.ceil(whole.cuts.length / 8) === 0 || i === whole.cuts.length - 1,
    )) {
      const rest = await read(positionOf(cut));
      expect(cut.count + rest.numbered.length).toBe(MANY.length);
      expect(rest.numbered[0]).toEqual(whole.numbered[cut.count]);
    }
  });
});

describe('watch', () => {
  let clock: SteppingClock;
  const at = (name: string) => directory.at(`in/${name}`);

  beforeEach(() => {
    clock = new SteppingClock();
    mkdirSync(directory.at('in'));
  });

  /** Watches until so many records have come, and a little longer. */
  async function watching(count: number, from?: Position): Promise<TestRun> {
    const run = new TestRun({ clock, ...(from === undefined ? {} : { from }) });
    const running = openSource(watch, { path: directory.at('in') }, run, from).run();
    await run.until(() => run.notes.length > 0);
    if (from === undefined) for (const name of ['a', 'b']) writeFileSync(at(name), `${name}\n${MUCH}`);
    await clock.passUntil(() => run.records.length >= count);
    await clock.pass(2000);
    run.abort();
    await running;
    return run;
  }

  it('goes on in the file under way, and gives the files that came since, and no other again', async () => {
    writeFileSync(at('passed over'), 'old\n');
    const all = 2 * (MANY.length + 1);
    const whole = await watching(all);
    const places = [2, Math.floor(whole.cuts.length / 2), whole.cuts.length - 2, whole.cuts.length - 1];
    renameSync(at('b'), at('c'));
    writeFileSync(at('new'), 'new\n');
    for (const place of few(2, places)) {
      const cut = whole.cuts[place]!;
      // Before it has begun, all that is there at the start is passed over.
      if (!cut.position!.includes('begun')) continue;
      const rest = await watching(all + 1 - cut.count, positionOf(cut));
      const records = [...whole.numbered.slice(0, cut.count), ...rest.numbered].map(([, line, record]) => [
        line,
        record,
      ]);
      expect(records).toEqual([...whole.numbered.map(([, line, record]) => [line, record]), [1, 'new']]);
    }
  });

  it('tells of a file under way that is gone, or is another one', async () => {
    const whole = await watching(2 * (MANY.length + 1));
    const cut = whole.cuts.find(({ count }) => 0 < count && count < MANY.length)!;
    rmSync(at('b'));
    rmSync(at('a'));
    const gone = await watching(0, positionOf(cut));
    expect(gone.notes.some((note) => /was read up to byte \d+ before, and is gone/.test(note))).toBe(true);
  });
});

describe('sources without files', () => {
  it('rate gives the records that are due since then, with their times', async () => {
    const clock = new SteppingClock();
    const generate = (run: TestRun, from?: Position) => openSource(rate, { rate: 100 }, run, from).run();
    const first = new TestRun({ clock });
    const running = generate(first);
    await clock.passUntil(() => first.records.length >= 20);
    first.abort();
    await running;
    const cut = first.cuts[2]!;
    clock.moveTo(clock.now() + 500);
    const second = new TestRun({ clock });
    const again = generate(second, positionOf(cut));
    await clock.passUntil(() => cut.count + second.records.length >= 60);
    second.abort();
    await again;
    const all = [...first.numbered.slice(0, cut.count), ...second.numbered];
    expect(all.map(([, line]) => line)).toEqual(all.map((_, i) => i + 1));
    expect(all.map(([, , record]) => record)).toEqual(all.map((_, i) => ({ time: i * 10, value: i })));
  });

  it('queue goes on with the next list', () => {
    const args = { lists: [[1], [2], [3]] } as never;
    const behaviour = queue.behaviour(args, { stdin: 'stream' });
    if (behaviour.kind !== 'batches') throw new Error(behaviour.kind);
    const { behind } = behaviour.open(args)(1)!;
    const rest = behaviour.open(args, JSON.parse(JSON.stringify([behind])));
    expect([rest(0)?.values, rest(1)?.values, rest(0)?.behind]).toEqual([[3], undefined, { key: 'lists', at: 3 }]);
  });

  it('replay goes on with the next event, and tells of a session that has fewer', async () => {
    const path = directory.at('s.jsonl');
    const event = (time: number, text: string) =>
      `{"time":${time},"source":1,"origin":1,"name":"a","text":"${text}"}\n`;
    const session = `{"session":1,"start":0,"interval":1000,"live":true,"whole":false}\n${event(200, 'a')}${event(300, 'b')}{"tick":1000}\n${event(1200, 'c')}`;
    writeFileSync(path, session);
    const args = { path } as never;
    const behaviour = replay.behaviour(args, { stdin: 'stream' });
    if (behaviour.kind !== 'recorded') throw new Error(behaviour.kind);
    const play = async (from?: Position) => {
      const played = [];
      for await (const one of behaviour.open(args, from)) played.push(one);
      return played;
    };
    const all = await play();
    for (const [i, { behind }] of all.entries()) expect(await play([behind!])).toEqual(all.slice(i + 1));
    writeFileSync(path, session.split('\n').slice(0, 2).join('\n'));
    await expect(play([all[2]!.behind!])).rejects.toMatchObject({ code: 'position-does-not-fit', exit: 3 });
  });
});

describe('the catalog', () => {
  it('has no source that can go on and is not held to this', () => {
    const held: readonly SourceDefinition[] = [files, stdin, watch, tail, rate, queue, replay];
    // Held against real servers: see test/servers, brokers.test.ts, queries.test.ts, and test/unit/subscriptions.
    const heldElsewhere: readonly SourceDefinition[] = [kafka, redis, nats, postgres, mysql, sqlite, subscribe, hdfs];
    // Some can only where they are told what to go on by, or are given a file.
    const ways = [{}, { stream: 's' }, { after: 'id' }].flatMap((told) =>
      (['stream', 'file'] as const).map((input) => ({ told, input })),
    );
    const args = { path: 'x', paths: ['x'], lists: [], delimiter: '\n', tag: false, rate: 1 };
    const canGoOn = [...sources].filter((source) =>
      ways.some(({ told, input }) => source.behaviour({ ...args, ...told } as never, { stdin: input }).replayable),
    );
    expect(canGoOn.filter((source) => ![...held, ...heldElsewhere].includes(source)).map(({ name }) => name)).toEqual(
      [],
    );
    expect(canGoOn.length).toBe(held.length + heldElsewhere.length);
  });
});
