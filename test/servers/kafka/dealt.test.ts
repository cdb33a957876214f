/** A topic whose offsets are dealt out to tasks, without Spark: what comes of it, and what a run that goes on does again. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { wallClock } from '../../../src/base/clock.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import type { Cluster } from '../../../src/run/local/options/cluster.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { dealtOut, Worker } from '../../support/cluster.ts';
import { DealtStream, type Planned } from '../../support/dealt.ts';
import { hasKafka, KafkaServer } from './kafka.ts';

describe.skipIf(!hasKafka)('a topic on a cluster', { timeout: 60_000 }, () => {
  let server: KafkaServer;
  let producer: Producer;
  let worker: Worker;
  let last = 0;
  beforeAll(async () => {
    worker = Worker.here();
    server = await KafkaServer.prepare(join(mkdtempSync(join(tmpdir(), 'leat-')), 'kafka'));
    await server.start();
    producer = server.client().producer();
    await producer.connect();
  }, 300_000);
  afterAll(async () => {
    await producer?.disconnect();
    await server?.stop();
    server?.remove();
    await worker.close();
  });

  async function newTopic(partitions: number): Promise<string> {
    const topic = `topic-${++last}`;
    await server.createTopic(topic, partitions);
    return topic;
  }

  const send = (topic: string, partition: number, ...values: readonly string[]) =>
    producer.send({ topic, messages: values.map((value) => ({ value, partition })) });

  /** What is printed, and said. */
  async function given(program: string, batches: readonly Planned[] | DealtStream, once = false) {
    const stdout = new TextOutput();
    const plan = compileProgram(program, {
      words: { sources, stages, aggregates, sinks },
      expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
      interval: 1000,
    });
    const random = new Random(1);
    const cluster: Cluster = {
      program,
      tasks: 2,
      largestPiece: 1000,
      ...dealtOut([worker], (n) => random.whole(0, n - 1)),
      stream: (batches instanceof DealtStream ? batches : new DealtStream(batches)).open,
    };
    const told: string[] = [];
    const tell = (line: string) => void told.push(line);
    const options = { interval: 1000, once, clock: wallClock, stdin: 'file', stdout, format: 'batches' } as const;
    const more = { color: false, stateMax: 1e9, kernels: true, tell, trace: tell, cluster };
    const { failure } = await new LocalRun(plan, { ...options, ...more }, { time: 0 }).run();
    expect(failure).toBeUndefined();
    const lines = stdout.text.split('\n').filter(Boolean);
    return { told, batches: lines.map((line) => (JSON.parse(line) as { records: readonly unknown[] }).records) };
  }

  const of = (topic: string, more = '') => `kafka("${server.address}", "${topic}"${more})`;

  test('gives each batch what has come, in the order of partitions and offsets', async () => {
    const topic = await newTopic(2);
    await send(topic, 1, 'b', 'a');
    await send(topic, 0, 'c');
    const batches: readonly Planned[] = [
      { time: 10_000, files: [] },
      { time: 11_000, files: [], before: () => send(topic, 0, 'd', 'e') },
      { time: 12_000, files: [] },
    ];
    const all = await given(`${of(topic, ', from: "start"')} | map(_ + "!")`, batches);
    expect(all.batches).toEqual([['c!', 'b!', 'a!'], ['d!', 'e!'], []]);
    expect(all.told).toContain(`reading ${topic} of ${server.address}, 2 partitions`);
    const counts = await given(`${of(topic, ', from: "start"')} | countByValue | running`, batches.slice(0, 1));
    expect(counts.batches).toEqual([
      [
        ['c', 1],
        ['d', 1],
        ['e', 1],
        ['b', 1],
        ['a', 1],
      ],
    ]);
    const once = await given(`${of(topic)} | map(_.length)`, batches.slice(0, 1), true);
    expect(once.batches).toEqual([[]]);
  });

  test('begins at the end of what is there when the run is begun', async () => {
    const topic = await newTopic(1);
    await send(topic, 0, 'old');
    const batches: readonly Planned[] = [{ time: 10_000, files: [], before: () => send(topic, 0, 'new') }];
    expect((await given(`${of(topic)} | map(_.length)`, batches)).batches).toEqual([[3]]);
  });

  test('a value of several records is put together over batches, and bad records have their place', async () => {
    const topic = await newTopic(1);
    const batches: readonly Planned[] = [
      { time: 10_000, files: [], before: () => send(topic, 0, '{"a":', '1}', 'no', '{"a":') },
      { time: 11_000, files: [], before: () => send(topic, 0, '2}', 'bad') },
    ];
    const { told, batches: printed } = await given(`${of(topic)} | json | map(.a)`, batches);
    expect(printed).toEqual([[1], [2]]);
    expect(told).toContainEqual(expect.stringMatching(/^bad record: .*\[0\]:3: no$/));
    expect(told).toContainEqual(expect.stringMatching(/^2 bad of 6: 2 not JSON \(first .*\[0\]:3\)$/));
  });

  test('what is read here beside what tasks read is the same', async () => {
    const topic = await newTopic(1);
    const batches: readonly Planned[] = [{ time: 10_000, files: [], before: () => send(topic, 0, 'a', 'b') }];
    const program = `${of(topic)} | union(${of(topic)} | map(_ + "!"))`;
    expect((await given(program, batches)).batches).toEqual([['a', 'b', 'a!', 'b!']]);
  });

  test('a partition that is read here is the same place in all batches, to event time too', async () => {
    const topic = await newTopic(1);
    const at = (second: number) => `{"t":${1_700_000_000 + second}}`;
    const batches: readonly Planned[] = [
      { time: 1_700_000_010_000, files: [], before: () => send(topic, 0, at(1), at(2)) },
      { time: 1_700_000_011_000, files: [], before: () => send(topic, 0, at(6)) },
      { time: 1_700_000_012_000, files: [], before: () => send(topic, 0, at(3), at(7)) },
    ];
    const program = `${of(topic)} | union(${of(topic)} | grep("none")) | json | window(5s, on: .t, idle: 1s) | count`;
    const { told, batches: printed } = await given(program, batches);
    expect(printed).toEqual([[2], [2]]);
    expect(told).toContainEqual(expect.stringMatching(/^1 late of /));
  });

  test('nothing is waited for of a topic that is not wanted any more', async () => {
    const topic = await newTopic(1);
    await send(topic, 0, 'a');
    const program = `${of(topic, ', from: "start"')} | head(0); ${of(topic, ', from: "start"')} | map(_ + "!")`;
    const { batches: printed } = await given(program, [{ time: 10_000, files: [] }]);
    expect(printed).toContainEqual(['a!']);
  });

  test('what a batch had of a topic that is gone is told when it is done again, and a new one of its name is read once', async () => {
    const topic = await newTopic(1);
    await send(topic, 0, 'a', 'b');
    const stream = new DealtStream([
      { time: 10_000, files: [] },
      { time: 11_000, files: [] },
    ]);
    const program = `${of(topic, ', from: "start"')} | map(_ + "!")`;
    expect((await given(program, stream)).batches).toEqual([['a!', 'b!'], []]);
    const lost = new RegExp(`^lost: what a batch had of ${topic}\\[0\\] from offset 0 on, up to 2`);
    const remove = () =>
      server.withAdmin(async (admin) => {
        await admin.deleteTopics({ topics: [topic] });
        await vi.waitFor(async () => expect(await admin.listTopics()).not.toContain(topic), { timeout: 30_000 });
      });
    const writeAnew = async (value: string) => {
      const topics = [{ topic, numPartitions: 1 }];
      // A topic of the name may be going still, and is not made then.
      const make = () => server.withAdmin((admin) => admin.createTopics({ topics, waitForLeaders: false }));
      await vi.waitFor(async () => expect(await make()).toBe(true), { timeout: 30_000 });
      // One that knows nothing of the topic before; what is sent again where an answer is late is there once.
      const other = server.client().producer({ idempotent: true, maxInFlightRequests: 1 });
      await other.connect();
      await other.send({ topic, messages: [{ value }] });
      await other.disconnect();
    };
    await remove();
    const without = await given(program, stream);
    expect(without.batches).toEqual([[], []]);
    expect(without.told).toContainEqual(expect.stringMatching(lost));
    await writeAnew('x');
    // Between these two a run ends, and the topic is made anew.
    const planned: Planned[] = [{ time: 10_000, files: [] }];
    const anew = new DealtStream(planned);
    expect((await given(program, anew)).batches).toEqual([['x!']]);
    await remove();
    await writeAnew('y');
    planned.push({ time: 11_000, files: [] });
    const later = await given(program, anew);
    expect(later.batches).toEqual([[], ['y!']]);
    expect(later.told).toContainEqual(expect.stringMatching(/^lost: what a batch had of /));
  });
});
