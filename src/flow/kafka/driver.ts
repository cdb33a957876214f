import type { Socket } from 'node:net';
import type * as Kafkajs from 'kafkajs';
import { type Driver, loadDriver } from '../drivers/driver.ts';
import type { Access } from './access.ts';

export const KAFKA: Driver = { package: 'kafkajs', version: '2.2.4', of: 'Kafka' };

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
  const { Kafka, logLevel } = loadDriver<typeof Kafkajs>(KAFKA);
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
    close() {
      isClosed = true;
      for (const socket of sockets) socket.destroy(new Error(CLOSED));
      void Promise.allSettled([cluster.disconnect(), admin.disconnect()]);
    },
  };
}
