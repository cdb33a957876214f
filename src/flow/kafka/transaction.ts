import { wallClock } from '../../base/clock.ts';
import { type Broker, type Client, TRANSACTIONS } from './driver.ts';
import { causeOf, failureOf, typeOf } from './failure.ts';
import { type Outgoing, type Packing, recordBatch, weightOf } from './record-batch.ts';
import { ask, type Request, Writer } from './wire.ts';

/** Of one record batch, bytes before they are packed: the server takes 1 MB unless told otherwise. */
const BATCH = 512 * 1024;

/** Of one request, bytes. */
const REQUEST = 8 * 1024 * 1024;

/** How long a broker may take to write, ms. */
const PATIENCE = 30_000;

/** ms from one look to the next at whether something has passed. */
const SOON = 20;

/** Bound of the sequence numbers, which begin at 0 again. */
const SEQUENCES = 2 ** 31;

/** The leader of a partition that nobody has. */
const NOBODY = -1;

/** What a broker says of a record that is larger than the topic takes. */
const TOO_LARGE: ReadonlySet<number> = new Set([10, 18]);

/** A producer as brokers know it: with a later epoch than all before of the same id. */
export interface Producer {
  readonly transactionalId: string;
  /** 64 bits as a text. */
  readonly producerId: string;
  readonly producerEpoch: number;
  /** What was sent to each partition. */
  readonly sent: Map<number, number>;
}

interface ProduceAnswer {
  readonly partition: number;
  readonly errorCode: number;
}

/** What goes to a partition, in order, cut into batches. */
interface Lane {
  readonly partition: number;
  readonly batches: Outgoing[][];
}

/** What passes as soon as the transaction before is over. */
const UNDECIDED: ReadonlySet<string> = new Set(['CONCURRENT_TRANSACTIONS', 'UNSTABLE_OFFSET_COMMIT']);

/** Asks again and again while a failure is one of these. @param within how long, ms. */
export async function settled<T>(
  work: () => Promise<T>,
  passing: ReadonlySet<string> = UNDECIDED,
  within = PATIENCE,
): Promise<T> {
  const last = wallClock.now() + within;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!passing.has(typeOf(causeOf(error))) || wallClock.now() > last) throw error;
      await new Promise<void>((resolve) => wallClock.at(wallClock.now() + SOON, resolve));
    }
  }
}

/** What brokers say while they begin with something, and for how long that may be, ms. */
const BEGINNING: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]);
const MOMENT = 3000;

/** Says nothing of what a topic that is just being made, or brokers that have just come, say for a moment. */
export function begun<T>(work: () => Promise<T>): Promise<T> {
  return settled(work, BEGINNING, MOMENT);
}

/** One transaction that writes records to a topic, and how far that is for a group, all or nothing. */
export class Transaction {
  private readonly client: Client;
  private readonly producer: Producer;
  private readonly topic: string;
  private readonly packing: Packing;
  private isOpen = false;

  constructor(client: Client, producer: Producer, topic: string, packing: Packing) {
    this.client = client;
    this.producer = producer;
    this.topic = topic;
    this.packing = packing;
  }

  /**
   * Writes records to partitions.
   *
   * @returns those that are larger than the topic takes.
   */
  async write(lanes: ReadonlyMap<number, readonly Outgoing[]>): Promise<readonly Outgoing[]> {
    if (lanes.size === 0) return [];
    const { topic } = this;
    const partitions = [...lanes.keys()];
    const coordinator = await this.coordinator();
    await settled(() => coordinator.addPartitionsToTxn({ ...this.names, topics: [{ topic, partitions }] }));
    this.isOpen = true;
    const leaders = new Map<number, number>();
    for (const { partitionId, leader } of this.client.cluster.findTopicPartitionMetadata(topic)) {
      leaders.set(partitionId, leader);
    }
    const byLeader = new Map<number, Lane[]>();
    for (const [partition, records] of lanes) {
      // One that nobody has is asked for in vain, which may pass.
      const leader = leaders.get(partition) ?? NOBODY;
      const some = byLeader.get(leader) ?? [];
      byLeader.set(leader, some);
      some.push({ partition, batches: inBatches(records) });
    }
    const refused = await Promise.all([...byLeader].map(([leader, some]) => this.writeTo(leader, some)));
    return refused.flat();
  }

  /** Writes down how far it is, and ends: all is there, or nothing. */
  async commit(groupId: string, offset: number, metadata: string): Promise<void> {
    const { topic, client } = this;
    const coordinator = await this.coordinator();
    await settled(() => coordinator.addOffsetsToTxn({ ...this.names, groupId }));
    this.isOpen = true;
    const topics = [{ topic, partitions: [{ partition: 0, offset: String(offset), metadata }] }];
    // Brokers that have just come make room for places only now, and nobody keeps them for a moment.
    await begun(async () => {
      const keeper = await client.cluster.findGroupCoordinator({ groupId });
      await keeper.txnOffsetCommit({ ...this.names, groupId, topics });
    });
    await coordinator.endTxn({ ...this.names, transactionResult: true });
    this.isOpen = false;
  }

  /** Takes back what was written, so that who reads what is committed need not wait for it. Never rejects. */
  async abort(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    try {
      const coordinator = await this.coordinator();
      await coordinator.endTxn({ ...this.names, transactionResult: false });
    } catch {
      // The broker does so itself after a minute.
    }
  }

  private get names() {
    const { transactionalId, producerId, producerEpoch } = this.producer;
    return { transactionalId, producerId, producerEpoch };
  }

  private coordinator(): Promise<Broker> {
    const { transactionalId: groupId } = this.producer;
    return this.client.cluster.findGroupCoordinator({ groupId, coordinatorType: TRANSACTIONS });
  }

  /** Sends the first batch of each partition, as many as a request has room for, then those behind them. */
  private async writeTo(leader: number, lanes: readonly Lane[]): Promise<readonly Outgoing[]> {
    const broker = await this.client.cluster.findBroker({ nodeId: leader });
    const refused: Outgoing[] = [];
    const time = wallClock.now();
    for (;;) {
      const request: { readonly lane: Lane; readonly bytes: Buffer }[] = [];
      let size = 0;
      for (const lane of lanes) {
        if (lane.batches.length === 0 || size >= REQUEST) continue;
        const bytes = await this.batchOf(lane.partition, lane.batches[0]!, time);
        request.push({ lane, bytes });
        size += bytes.length;
      }
      if (request.length === 0) return refused;
      const answers = await ask(broker, this.request(request));
      for (const { partition, errorCode } of answers) {
        const found = request.find(({ lane }) => lane.partition === partition);
        if (found !== undefined) refused.push(...this.settle(found.lane, errorCode));
      }
    }
  }

  private batchOf(partition: number, records: readonly Outgoing[], time: number): Promise<Buffer> {
    const { producerId: producer, producerEpoch: epoch, sent } = this.producer;
    return recordBatch(records, { producer, epoch, first: sent.get(partition) ?? 0 }, time, this.packing);
  }

  /** The broker has answered for the first batch of a partition. @returns what of it is too large. */
  private settle({ partition, batches }: Lane, errorCode: number): readonly Outgoing[] {
    const [batch] = batches.splice(0, 1);
    if (errorCode === 0) {
      const { sent } = this.producer;
      sent.set(partition, ((sent.get(partition) ?? 0) + batch!.length) % SEQUENCES);
      return [];
    }
    if (!TOO_LARGE.has(errorCode)) throw failureOf(errorCode);
    if (batch!.length === 1) return batch!;
    const half = batch!.length >> 1;
    batches.unshift(batch!.slice(0, half), batch!.slice(half));
    return [];
  }

  /** Version 3 is what all brokers know that know of transactions. */
  private request(some: readonly { readonly lane: Lane; readonly bytes: Buffer }[]): Request<readonly ProduceAnswer[]> {
    const { topic, producer } = this;
    const body = new Writer().text(producer.transactionalId).int16(-1).int32(PATIENCE).int32(1).text(topic);
    body.int32(some.length);
    for (const { lane, bytes } of some) body.int32(lane.partition).int32(bytes.length).raw(bytes);
    return {
      apiName: 'Produce',
      apiKey: 0,
      apiVersion: 3,
      body: body.bytes,
      read: (answer) =>
        answer
          .list(() => {
            answer.text();
            return answer.list(() => {
              const [partition, errorCode] = [answer.int32(), answer.int16()];
              // Where it begins, and when.
              answer.raw(16);
              return { partition, errorCode };
            });
          })
          .flat(),
    };
  }
}

function inBatches(records: readonly Outgoing[]): Outgoing[][] {
  const batches: Outgoing[][] = [];
  let batch: Outgoing[] = [];
  let size = 0;
  for (const record of records) {
    const weight = weightOf(record);
    if (batch.length > 0 && size + weight > BATCH) {
      batches.push(batch);
      batch = [];
      size = 0;
    }
    batch.push(record);
    size += weight;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
