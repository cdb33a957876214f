/** Many kinds at once: a server for clients, a topic and files, each with a parser of its own, against the same records in one file. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat } from '../../cli/harness.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { seedOfTest } from '../../support/effort.ts';
import { hasKafka, KafkaServer } from './kafka.ts';

interface Hit {
  readonly id: number;
  readonly ts: number;
  readonly path?: string;
  readonly ms?: number;
}

const FIELDS = ['id', 'ts', 'path', 'ms'] as const;
const asJson = (hit: Hit) => JSON.stringify(hit);
const asLogfmt = (hit: Hit) =>
  FIELDS.filter((name) => hit[name] !== undefined)
    .map((name) => `${name}=${hit[name]}`)
    .join(' ');
const asCsv = (hit: Hit) => FIELDS.map((name) => hit[name] ?? '').join(',');

/** What is asked: by event time, each record once, with counts, sums and quantiles of what may be missing. */
const ANSWER =
  'dedupe(.id) | window(1m, on: .ts, late: 1h) | groupBy(.path, {n: count(), ms: sum(.ms), least: min(.ms), p90: p90(.ms), ids: distinct(.id)})';

let server: KafkaServer;

describe.skipIf(!hasKafka)('many kinds', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    server = await KafkaServer.prepare(join(mkdtempSync(join(tmpdir(), 'leat-')), 'kafka'));
    await server.start();
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
    server?.remove();
  });

  /** Records of some minutes, out of order, some of them twice, some without fields. */
  function hits(random: Random, count: number): readonly Hit[] {
    const all = Array.from(
      { length: count },
      (_, id): Hit => ({
        id,
        ts: 1_700_000_000 + Math.floor(id / 10) + random.whole(-90, 90),
        ...(random.chance(0.9) && { path: `/${random.whole(0, 5)}` }),
        ...(random.chance(0.8) && { ms: random.whole(0, 1000) }),
      }),
    );
    return all.flatMap((hit) => (random.chance(0.1) ? [hit, hit] : [hit]));
  }

  test.each([1, 2, 3])('give together what one file gives (%i)', async (turn) => {
    const random = new Random(seedOfTest + turn);
    const folder = temporaryDirectory();
    const topic = `hits-${turn}`;
    await server.createTopic(topic, 3);
    const all = hits(random, 3000);
    const kinds: readonly Hit[][] = [[], [], []];
    // The second of two goes any way, too.
    for (const hit of all) kinds[random.whole(0, 2)]!.push(hit);
    const [ofClients, ofTopic, ofFiles] = kinds as [Hit[], Hit[], Hit[]];
    // Torn: lines that end in the middle, of a client that has gone, a writer that was killed, and a file that was cut.
    const torn = ['{"id":9999,"ts":17000', 'id=9998 path="/torn', '9997,"1700'];

    const producer = server.client().producer();
    await producer.connect();
    await producer.send({ topic, messages: [...ofTopic.map(asLogfmt), torn[1]!].map((value) => ({ value })) });
    await producer.disconnect();
    mkdirSync(join(folder, 'in'));
    const half = ofFiles.length >> 1;
    const csv = (some: readonly Hit[], end: string) => `${[FIELDS.join(','), ...some.map(asCsv)].join('\n')}\n${end}`;
    writeFileSync(join(folder, 'in', 'a.csv'), csv(ofFiles.slice(0, half), ''));
    writeFileSync(join(folder, 'in', 'b.csv'), csv(ofFiles.slice(half), torn[2]!));
    writeFileSync(join(folder, 'one.jsonl'), [...all.map(asJson), ...torn].join('\n'));

    const topicOf = `kafka("${server.address}", "${topic}", from: "start") | logfmt`;
    const union = `union(${topicOf}) | union(files("in/*.csv") | csv)`;
    const many = new Leat(['--once', `listen(0) | json | ${union} | ${ANSWER}`], folder);
    const [, port] = await many.noted(/listening on 127\.0\.0\.1:(\d+)/);
    const client = connect(Number(port), '127.0.0.1');
    client.end(`${ofClients.map(asJson).join('\n')}\n${torn[0]}`);
    const one = new Leat([`files("one.jsonl") | json | ${ANSWER}`], folder);
    const [answer, expected] = [await many.ended, await one.ended];
    const sorted = (text: string) => text.split('\n').sort();
    expect([answer.code, expected.code]).toEqual([0, 0]);
    expect(sorted(answer.stdout)).toEqual(sorted(expected.stdout));
    expect(expected.stdout.split('\n').length).toBeGreaterThan(20);
    const bad = (text: string) => /(\d+) bad of ([\d,]+)/.exec(text)?.slice(1);
    // What was read is told, which is lines: each of the two files of CSV has one more, its header.
    const read = all.length + torn.length;
    expect(bad(expected.stderr)).toEqual(['3', read.toLocaleString('en-US')]);
    expect(bad(answer.stderr)).toEqual(['3', (read + 2).toLocaleString('en-US')]);
  });
});
