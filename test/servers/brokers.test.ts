/**
 * Servers of messages, with `--checkpoint`: leat is killed at any moment, and so is the server, and in the end each record is there, once where that is promised.
 * `LEAT_LONG=1 npx vitest run test/servers/brokers` kills leat 20 times and the server 5 times for each, otherwise it is a share of that.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { Leat } from '../cli/harness.ts';
import { BrokerServer, brokers, urlOf, type Way } from '../support/brokers.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { batch, openSink, sinkContext } from '../support/sink.ts';
import { openSource, TestRun } from '../support/source.ts';

const isLong = process.env.LEAT_LONG === '1';
const LIVES = isLong ? 20 : 4;
const SERVER_KILLS = isLong ? 5 : 1;
const LINES = isLong ? 200_000 : 50_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The call of a word with these arguments. */
function callOf(word: string, args: { readonly [name: string]: unknown }): string {
  const all = Object.entries(args).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `${word}(${all.join(', ')})`;
}

describe.each(brokers.filter(({ isInstalled }) => isInstalled))('$name', { timeout: 900_000 }, (broker) => {
  let server: BrokerServer;
  let last = 0;
  beforeAll(async () => {
    server = await BrokerServer.begin(broker.kind);
  }, 120_000);
  afterAll(() => server?.stop());

  const url = () => urlOf(broker, server);

  async function newPlace(way: Way): Promise<string> {
    const place = `kills-${++last}`;
    await way.make?.(server, place);
    return place;
  }

  const outputOf = (folder: string) => {
    const path = join(folder, 'out.log');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  };

  const kept = broker.ways.filter(({ isKept }) => isKept);
  const surviving = broker.ways.filter(({ survives }) => survives);

  test.each(kept)(
    'nothing of $name is lost, however often leat is killed, and the server where it keeps what it has',
    async (way) => {
      const place = await newPlace(way);
      const folder = temporaryDirectory();
      const random = new Random(Number(process.env.LEAT_SEED ?? process.pid));
      const program = `${callOf(way.source.name, { url: url(), ...way.read(place) })} | append("out.log")`;
      const { context, reports } = sinkContext();
      const sink = openSink(way.sink, { url: url(), ...way.written(place), retry: 600_000 }, context);
      let sent = 0;
      const write = async () => {
        for (let i = random.whole(1, 300); i > 0; i--) sink.push(`line ${sent++}`);
        sink.close(batch(1));
        await sink.blocked();
      };
      for (let life = 0; life < LIVES; life++) {
        const leat = new Leat(['--checkpoint', 'state', '--batch', '100ms', program], folder);
        // The first says when the server has what is written from then on kept for it.
        if (life === 0 || random.chance(0.8)) await leat.noted(/reading /);
        for (let i = 0; i < 3; i++) await write();
        await pause(random.whole(0, 400));
        if (life % 4 === 3 && way.survives) {
          await server.kill();
          await server.start();
          await write();
          await pause(random.whole(0, 1000));
        }
        leat.child.kill('SIGKILL');
        await leat.ended;
      }
      await sink.finish();
      expect(reports.failures).toEqual([]);
      const leat = new Leat(['--checkpoint', 'state', '--batch', '100ms', program], folder);
      const written = Array.from({ length: sent }, (_, i) => `line ${i}`);
      while (new Set(outputOf(folder)).size < sent && leat.child.exitCode === null) await pause(50);
      leat.child.kill('SIGTERM');
      await leat.ended;
      const found = outputOf(folder);
      if (way.isReplayable && way.isOnce) expect(found).toEqual(written);
      else expect([...new Set(found)].toSorted()).toEqual(written.toSorted());
    },
  );

  /** What is there, to its end. */
  async function all(way: Way, place: string, count: number): Promise<readonly unknown[]> {
    const run = new TestRun();
    const over = openSource(way.source, { url: url(), ...way.read(place) }, run).run();
    await run.until(() => new Set(run.records).size >= count);
    run.abort();
    await over;
    return run.records;
  }

  test.each(kept)('all of a file gets to $name, however often leat is killed', async (way) => {
    const place = await newPlace(way);
    const folder = temporaryDirectory();
    mkdirSync(join(folder, 'in'));
    const lines = Array.from({ length: LINES }, (_, i) => `line ${i}`);
    for (const part of [0, 1]) {
      const some = lines.slice((part * LINES) / 2, ((part + 1) * LINES) / 2);
      writeFileSync(join(folder, 'in', `${part}.log`), `${some.join('\n')}\n`);
    }
    const random = new Random(Number(process.env.LEAT_SEED ?? process.pid));
    const program = `files("in/*.log") | ${callOf(way.sink.name, { url: url(), ...way.written(place) })}`;
    for (let life = 0; ; life++) {
      const leat = new Leat(['--checkpoint', 'state', program], folder);
      const alarm = life < LIVES ? setTimeout(() => leat.child.kill('SIGKILL'), random.whole(250, 900)) : undefined;
      const { code, stderr } = await leat.ended;
      clearTimeout(alarm);
      if (code === 0) break;
      expect([code, stderr]).toEqual([null, stderr]);
    }
    const found = await all(way, place, LINES);
    if (way.isOnce) expect(found).toEqual(lines);
    else expect([...new Set(found)]).toEqual(lines);
  });

  test.each(surviving)('all of a file gets to $name, however often the server is killed', async (way) => {
    const place = await newPlace(way);
    const folder = temporaryDirectory();
    const lines = Array.from({ length: LINES }, (_, i) => `line ${i}`);
    writeFileSync(join(folder, 'in.log'), `${lines.join('\n')}\n`);
    const args = { url: url(), ...way.written(place) };
    const program = `files("in.log") | ${callOf(way.sink.name, args).replace(/\)$/, ', retry: 10m)')}`;
    const leat = new Leat(['--checkpoint', 'state', program], folder);
    for (let kill = 0; kill < SERVER_KILLS && leat.child.exitCode === null; kill++) {
      await pause(500);
      await server.kill();
      await server.start();
    }
    const { code, stderr } = await leat.ended;
    expect([code, stderr]).toEqual([0, stderr]);
    const found = await all(way, place, LINES);
    if (way.isOnce) expect(found).toEqual(lines);
    else expect([...new Set(found)]).toEqual(lines);
  });
});
