import type { Socket } from 'node:net';
import type * as Kafkajs from 'kafkajs';
import { type Driver, loadDriver } from '../drivers/driver.ts';
import type { Access } from './access.ts';
import { isBatch } from './record-set.ts';

export const KAFKA: Driver = { package: 'kafkajs', version: '2.2.4', of: 'Kafka' };

/** What unpacks records that were packed by other than gzip, which the driver has of its own. */
const PACKINGS: readonly (Driver & { readonly type: 'Snappy' | 'LZ4' | 'ZSTD' })[] = [
  { package: 'kafkajs-snappy', version: '1.1.0', of: 'Snappy', type: 'Snappy' },
  { package: 'lz4js', version: '0.2.0', of: 'LZ4', type: 'LZ4' },
  { package: 'fzstd', version: '0.1.1', of: 'Zstandard', type: 'ZSTD' },
];

/** One record, as it is stored. Numbers of 64 bits are texts. */
export interface Message {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: { readonly [name: string]: Buffer | null | readonly (Buffer | null)[] };
  /** It is the mark of a transaction. Messages as they were before Kafka 0.11 know nothing of them. */
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

/** Who writes in a transaction. */
interface TransactionNames {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

/** One broker that is connected. Each request rejects with what the broker told. */
export interface Broker {
  /** Which versions of a request it knows, by the key of the request. */
  readonly versions: { readonly [apiKey: number]: { readonly maxVersion: number } | undefined };
  /** Takes any request. */
  readonly connectionPool: {
    send<T>(what: {
      readonly request: {
        readonly apiName: string;
        readonly apiKey: number;
        readonly apiVersion: number;
        readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
      };
      readonly response: { decode(answer: Buffer): Promise<T>; parse(read: T): Promise<T> };
    }): Promise<T>;
  };
  initProducerId(request: {
    readonly transactionalId: string;
    /** ms. */
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  addPartitionsToTxn(
    request: TransactionNames & {
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
    },
  ): Promise<unknown>;
  addOffsetsToTxn(request: TransactionNames & { readonly groupId: string }): Promise<unknown>;
  txnOffsetCommit(
    request: TransactionNames & {
      readonly groupId: string;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly offset: string;
          readonly metadata: string;
        }[];
      }[];
    },
  ): Promise<unknown>;
  endTxn(request: TransactionNames & { readonly transactionResult: boolean }): Promise<unknown>;
  deleteGroups(groupIds: readonly string[]): Promise<unknown>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<unknown>;
}

interface OffsetsRequest {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
  readonly fromBeginning?: boolean;
  /** ms. */
  readonly fromTimestamp?: number;
}

/** The brokers together. Part of the driver that it does not show: its consumers read as members of a group only, which begins where others left it. */
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(of: { readonly nodeId: number }): Promise<Broker>;
  refreshMetadataIfNecessary(): Promise<void>;
  findGroupCoordinator(of: { readonly groupId: string; readonly coordinatorType?: number }): Promise<Broker>;
  fetchTopicsOffset(
    topics: readonly OffsetsRequest[],
  ): Promise<
    readonly { readonly topic: string; readonly partitions: readonly { partition: number; offset: string }[] }[]
  >;
}

export interface Client {
  readonly cluster: Cluster;
  readonly admin: Kafkajs.Admin;
  /** All that is in one stored batch. */
  messagesOf(batch: Buffer): Promise<readonly Message[]>;
  /** Lets go of all connections at once: what waits for an answer fails, and none is made any more. */
  close(): void;
}

/** Who commits for a group without being one of its members. */
export const NO_MEMBER = { groupGenerationId: -1, memberId: '' };

/** What was committed, and what stands before everything that is not decided yet. */
export const READ_COMMITTED = 1;

const CLOSED = 'the connection was let go of';

const RETRY = { retries: 2, initialRetryTime: 100, maxRetryTime: 1000 };

/** The kind of coordinator that has transactions rather than groups. */
export const TRANSACTIONS = 1;

/** A client that is not connected yet. @param brokers as `host:port`. @param makesTopics whether brokers may make a topic that is asked for. */
export function openClient(brokers: readonly string[], access: Access = {}, { makesTopics = false } = {}): Client {
  const { Kafka, logLevel, CompressionTypes, CompressionCodecs } = loadDriver<typeof Kafkajs>(KAFKA);
  for (const packing of PACKINGS) {
    // It is asked for with each few records.
    let unpacker: ReturnType<typeof unpackerOf> | undefined;
    CompressionCodecs[CompressionTypes[packing.type]] = () => {
      unpacker ??= unpackerOf(packing);
      return unpacker;
    };
  }
  type NewCluster = new (options: object) => Cluster;
  const ClusterOf = loadDriver<NewCluster>(KAFKA, 'kafkajs/src/cluster');
  const { createLogger } = loadDriver<{ createLogger(options: object): unknown }>(KAFKA, 'kafkajs/src/loggers');
  type SocketFactory = (options: unknown) => Socket;
  const newSocket = loadDriver<() => SocketFactory>(KAFKA, 'kafkajs/src/network/socketFactory')();
  const sockets = new Set<Socket>();
  let isClosed = false;
  // The driver closes a connection when the broker has answered all that it was asked, which one that hangs never does, and while it connects not at all.
  const socketFactory: SocketFactory = (options) => {
    const socket = newSocket(options);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (isClosed) socket.destroy(new Error(CLOSED));
    return socket;
  };
  const common = {
    clientId: 'leat',
    brokers: [...brokers],
    retry: RETRY,
    logLevel: logLevel.NOTHING,
    socketFactory,
    ...access,
  } as Kafkajs.KafkaConfig;
  const cluster = new ClusterOf({
    ...common,
    logger: createLogger({ level: logLevel.NOTHING, logCreator: () => () => {} }),
    connectionTimeout: 3000,
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: makesTopics,
    isolationLevel: READ_COMMITTED,
  });
  const admin = new Kafka(common).admin({ retry: RETRY });
  return {
    cluster,
    admin,
    messagesOf: unbatcher(),
    close() {
      isClosed = true;
      for (const socket of sockets) socket.destroy(new Error(CLOSED));
      void Promise.allSettled([cluster.disconnect(), admin.disconnect()]);
    },
  };
}

/** What reads a stored batch, of either format. */
function unbatcher(): Client['messagesOf'] {
  type Batches = (decoder: unknown) => Promise<{ readonly records: readonly Message[] }>;
  type Messages = (decoder: unknown, size: number) => Promise<readonly Message[]>;
  const DecoderOf = loadDriver<new (bytes: Buffer) => unknown>(KAFKA, 'kafkajs/src/protocol/decoder');
  const ofBatch = loadDriver<Batches>(KAFKA, 'kafkajs/src/protocol/recordBatch/v0/decoder');
  const ofMessages = loadDriver<Messages>(KAFKA, 'kafkajs/src/protocol/messageSet/decoder');
  return async (bytes) => {
    const decoder = new DecoderOf(bytes);
    return isBatch(bytes) ? (await ofBatch(decoder)).records : await ofMessages(decoder, bytes.length);
  };
}

/** Records are packed by it. @throws where its package is not installed. */
function unpackerOf(packing: (typeof PACKINGS)[number]) {
  let loaded: unknown;
  try {
    loaded = loadDriver(packing);
  } catch {
    const { of, package: name, version } = packing;
    throw new Error(`records are packed by ${of}, and ${name} is not installed: \`npm install ${name}@${version}\``);
  }
  const compress = () => Promise.reject(new Error('nothing is written'));
  switch (packing.type) {
    case 'Snappy':
      return (loaded as () => { compress(): Promise<Buffer>; decompress(buffer: Buffer): Promise<Buffer> })();
    case 'LZ4': {
      const { decompress } = loaded as { decompress(buffer: Uint8Array): Uint8Array };
      return { compress, decompress: async (buffer: Buffer) => Buffer.from(decompress(buffer)) };
    }
    case 'ZSTD': {
      const { decompress } = loaded as { decompress(buffer: Uint8Array): Uint8Array };
      return { compress, decompress: async (buffer: Buffer) => Buffer.from(decompress(buffer)) };
    }
  }
}
