/** Several brokers, of which each is killed: others lead then what it led, and in the end each record is there once. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { kafka } from '../../../src/flow/sources/kafka.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { Leat } from '../../cli/harness.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { seedOfTest } from '../../support/effort.ts';
import { openSource, TestRun } from '../../support/source.ts';
import { hasKafka, KafkaServer } from './kafka.ts';

const BROKERS = 3;
const KILLS = 6;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!hasKafka)('a cluster', { timeout: 600_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'leat-'));
  let servers: readonly KafkaServer[] = [];
  let brokers: string;
  beforeAll(async () => {
    servers = await KafkaServer.prepareCluster(folder, BROKERS);
    brokers = servers.map(({ address }) => address).join(',');
    await Promise.all(servers.map((server) => server.start()));
  }, 600_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    for (const server of servers) server.remove();
  });

  /** What of a topic is committed. */
  async function read(topic: string): Promise<readonly Value[]> {
    const run = new TestRun();
    await openSource(kafka, { brokers, topic, from: 'start', until: 'end' }, run).run();
    return run.records;
  }

  test('each record is read and written once, however often a broker that leads is killed, and leat', async () => {
    const random = new Random(seedOfTest);
    await servers[0]!.createTopic('in', 3);
    await servers[0]!.createTopic('out', 3);
    const client = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    const producer = client.producer();
    await producer.connect();
    // The driver by itself takes what another broker has answered for that of one whose partitions it leads since, and its sequences break: so each partition has its own
    // request, which is sent until it is answered, and some of it may be there twice.
    const send = async (partition: number, messages: readonly { readonly value: string }[]) => {
      const one = { topic: 'in', messages: messages.map(({ value }) => ({ value, partition })), acks: -1 };
      for (;;) {
        const isThere = await producer.send(one).then(
          () => true,
          () => false,
        );
        if (isThere) return;
        await pause(200);
      }
    };
    let sent = 0;
    let isOver = false;
    const writing = (async () => {
      for (; !isOver; await pause(20)) {
        const messages = Array.from({ length: random.whole(1, 100) }, () => ({ value: `line ${sent++}` }));
        await send(random.whole(0, 2), messages);
      }
    })();
    const state = temporaryDirectory();
    const program = `kafka("${brokers}", "in", from: "start") | kafka("${brokers}", "out", retry: 5m)`;
    const begin = () => new Leat(['--checkpoint', 'state', '--batch', '200ms', program], state);
    let leat = begin();
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = servers[kill % BROKERS]!;
      await pause(random.whole(500, 3000));
      await victim.stop('SIGKILL');
      // Others lead by then, or are about to.
      await pause(random.whole(0, 6000));
      if (kill % 2 === 1) {
        leat.child.kill('SIGKILL');
        await leat.ended;
        leat = begin();
      }
      await victim.start();
    }
    isOver = true;
    await writing;
    await producer.disconnect();
    const numbers = (records: readonly Value[]) => records.map((record) => Number(String(record).slice(5)));
    const wanted = numbers(await read('in')).toSorted((a, b) => a - b);
    let found = numbers(await read('out'));
    while (found.length < wanted.length && leat.child.exitCode === null) {
      await pause(500);
      found = numbers(await read('out'));
    }
    leat.child.kill('SIGTERM');
    const { stderr } = await leat.ended;
    expect(new Set(wanted).size).toBe(sent);
    // Whatever is there twice in the one topic is so in the other.
    const sorted = found.toSorted((a, b) => a - b);
    expect([sorted.length, sorted.findIndex((number, i) => number !== wanted[i]), stderr]).toEqual([
      wanted.length,
      -1,
      stderr,
    ]);
  });
});
