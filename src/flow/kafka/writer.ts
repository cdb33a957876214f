import { randomUUID } from 'node:crypto';
import { wallClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import { isBefore, type Place } from '../connections/place.ts';
import { retrying } from '../connections/retrying.ts';
import type { Access } from './access.ts';
import { type Client, openClient, TRANSACTIONS } from './driver.ts';
import { causeOf, failureOf, helpFor, mayPass, typeOf } from './failure.ts';
import { Partitioner } from './partitioner.ts';
import type { Outgoing, Packing } from './record-batch.ts';
import { weightOf } from './record-batch.ts';
import { begun, type Producer, settled, Transaction } from './transaction.ts';
import { ask, type Request, Writer } from './wire.ts';

/** How long the broker waits for the end of a transaction before it takes it back, ms: who reads what is committed waits for that when leat was killed. */
const TRANSACTION_TIMEOUT = 60_000;

/** What passes when the producer begins anew, besides what may pass in general. */
const PASSING: ReadonlySet<string> = new Set([
  'CONCURRENT_TRANSACTIONS',
  'INVALID_PRODUCER_ID_MAPPING',
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_TXN_STATE',
]);

const FENCED: ReadonlySet<string> = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);

export interface WriterOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Read anew for each connection, since certificates are renewed. */
  readonly access: () => Access;
  readonly packing: Packing;
  /** How long failures that may pass are tried again, ms. */
  readonly retry: number;
  readonly note: (message: string) => void;
  /** What the topic is called in messages. */
  readonly words: (error: unknown) => string;
  /** A record that is larger than the topic takes. */
  readonly refused: (record: Outgoing) => void;
}

/**
 * Writes to a topic in transactions, each of which also says how far the sink has come: as the place of a group that nobody is in. So what was
 * written is known when it comes again, after a connection that broke while it was confirmed, or in another run.
 */
export class TopicWriter {
  readonly id: string;
  /** Up to where all is in the topic; undefined where nothing is. */
  written: Place | undefined;
  private readonly options: WriterOptions;
  private readonly partitioner = new Partitioner();
  private client: Client | undefined;
  private producer: Producer | undefined;
  private readonly tooLarge = new Set<Outgoing>();
  /** Something may be under way that was written down nowhere: what the brokers know of it counts. */
  private isSure: boolean;

  /**
   * @param from what an earlier run was called, and what it had written at least.
   * @param isSure whether it had written no more than that.
   */
  constructor(
    options: WriterOptions,
    from?: { readonly id: string; readonly written: Place | undefined; readonly isSure: boolean },
  ) {
    this.options = options;
    this.id = from?.id ?? randomUUID();
    this.written = from?.written;
    this.isSure = from?.isSure ?? true;
  }

  /** Also the id of the group. */
  private get transactionalId(): string {
    return `leat-${this.id}`;
  }

  /** Connects, and finds out how far it has come. Called first. */
  begin(): Promise<void> {
    return this.persist(async () => {});
  }

  /** Resolves when the records are there for good. @param end the place behind them. */
  async write(records: readonly Outgoing[], end: Place): Promise<void> {
    await this.persist(async (client, producer) => {
      if (this.written !== undefined && !isBefore(this.written, end)) return;
      await client.cluster.refreshMetadataIfNecessary();
      const transaction = new Transaction(client, producer, this.options.topic, this.options.packing);
      const since = wallClock.now();
      this.isSure = false;
      try {
        const wanted = this.tooLarge.size === 0 ? records : records.filter((record) => !this.tooLarge.has(record));
        for (const record of await transaction.write(this.lanesOf(wanted, client))) {
          this.tooLarge.add(record);
          this.options.refused(record);
        }
        await transaction.commit(this.transactionalId, end.batch, String(end.records));
      } catch (error) {
        if (!this.mayPass(error)) await transaction.abort();
        throw this.judged(error, since);
      }
      this.isSure = true;
      this.written = end;
      this.tooLarge.clear();
    });
  }

  /** Nothing more will come. @param isKept whether a later run may go on. Never rejects. */
  async close(isKept: boolean): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client === undefined) return;
    try {
      if (!isKept && this.written !== undefined) {
        const keeper = await client.cluster.findGroupCoordinator({ groupId: this.transactionalId });
        await keeper.deleteGroups([this.transactionalId]);
      }
    } catch {
      // It goes by itself after some days.
    }
    client.close();
  }

  private lanesOf(records: readonly Outgoing[], client: Client): ReadonlyMap<number, readonly Outgoing[]> {
    const { length } = client.cluster.findTopicPartitionMetadata(this.options.topic);
    const lanes = new Map<number, Outgoing[]>();
    for (const record of records) {
      const partition = this.partitioner.partitionOf(record.key, weightOf(record), length);
      const lane = lanes.get(partition);
      if (lane === undefined) lanes.set(partition, [record]);
      else lane.push(record);
    }
    return lanes;
  }

  /** Does something with the connection, which is made anew where it has broken, until it does not fail for a reason that may pass. */
  private async persist<T>(work: (client: Client, producer: Producer) => Promise<T>): Promise<T> {
    const { retry, note, words } = this.options;
    try {
      return await retrying(
        async () => {
          try {
            if (this.client === undefined) await this.connect();
            return await work(this.client!, this.producer!);
          } catch (error) {
            this.client?.close();
            this.client = undefined;
            throw causeOf(error);
          }
        },
        { within: retry, mayPass: (error) => this.mayPass(error), note, words },
      );
    } catch (error) {
      if (error instanceof RunFailure) throw error;
      const code = this.mayPass(error) ? 'sink-unreachable' : 'sink-refused';
      throw new RunFailure(code, 4, words(error), helpFor(error));
    }
  }

  private mayPass(error: unknown): boolean {
    return !(error instanceof RunFailure) && (mayPass(error) || PASSING.has(typeOf(error)));
  }

  private async connect(): Promise<void> {
    const { brokers, access } = this.options;
    const client = openClient(brokers, access(), { makesTopics: true });
    this.client = client;
    await client.cluster.connect();
    await begun(() => this.beginWith(client));
    await this.findPlace(client);
  }

  private async beginWith({ cluster }: Client): Promise<void> {
    const { transactionalId } = this;
    await cluster.addMultipleTargetTopics([this.options.topic]);
    await cluster.refreshMetadata();
    const of = { groupId: transactionalId, coordinatorType: TRANSACTIONS };
    const coordinator = await cluster.findGroupCoordinator(of);
    // Ends what an earlier one with the id has left, and shuts out one that is still at work.
    const producer = await settled(() =>
      coordinator.initProducerId({ transactionalId, transactionTimeout: TRANSACTION_TIMEOUT }),
    );
    this.producer = { ...producer, transactionalId, sent: new Map() };
  }

  private async findPlace(client: Client): Promise<void> {
    if (this.isSure) return;
    const broker = await client.cluster.findGroupCoordinator({ groupId: this.transactionalId });
    const found = await settled(() => ask(broker, this.placeRequest()));
    const { written } = this;
    if (written !== undefined && (found === undefined || isBefore(found, written))) {
      throw new RunFailure(
        'sink-position',
        4,
        `${this.options.words(new Error('the brokers do not know any more how far it was written'))}; it was made anew or put back, or leat was killed and started again later than they keep places of groups (offsets.retention.minutes, 7 days)`,
        'begin anew with another directory, and look at what the topic has at its end',
      );
    }
    this.isSure = true;
    this.written = found;
  }

  /** Where the group is. Version 7 waits for what is not decided. */
  private placeRequest(): Request<Place | undefined> {
    const body = new Writer().noTags().compactText(this.transactionalId).count(1).compactText(this.options.topic);
    body.count(1).int32(0).noTags().int8(1).noTags();
    return {
      apiName: 'OffsetFetch',
      apiKey: 9,
      apiVersion: 7,
      body: body.bytes,
      read(answer) {
        answer.tags();
        answer.int32();
        const topics = answer.compactList(() => {
          answer.compactText();
          const partitions = answer.compactList(() => {
            const [, batch] = [answer.int32(), answer.int64()];
            answer.int32();
            const records = Number(answer.compactText());
            const errorCode = answer.int16();
            answer.tags();
            return { batch, records, errorCode };
          });
          answer.tags();
          return partitions;
        });
        const errorCode = answer.int16();
        const [found] = topics.flat();
        const failed = [errorCode, found?.errorCode ?? 0].find((code) => code !== 0);
        if (failed !== undefined) throw failureOf(failed);
        return found === undefined || found.batch < 0 ? undefined : { batch: found.batch, records: found.records };
      },
    };
  }

  /** What a failure means. @param since when the transaction began, ms. */
  private judged(error: unknown, since: number): unknown {
    if (!FENCED.has(typeOf(error))) return error;
    // The broker has taken back a transaction that took too long, as where the machine slept: begun anew it is written again.
    if (wallClock.now() - since >= TRANSACTION_TIMEOUT)
      return Object.assign(new Error('it took too long'), { retriable: true });
    return new RunFailure(
      'sink-fenced',
      4,
      `${this.options.words(new Error('another run that goes on from the same directory writes to it'))}, and the brokers take nothing of this one any more`,
      'let one of the two go on; a copy of the directory of --checkpoint is for one run alone',
    );
  }
}
