import type { Pattern } from '../pattern/pattern.ts';
import type { Access } from './access.ts';

/** A place in a topic: one of its ends, or a time in ms. */
export type Place = 'start' | 'end' | number;

/** What is read of Kafka, and how. */
export interface KafkaArguments {
  readonly brokers: string;
  readonly topic: string | Pattern;
  readonly from: Place;
  readonly until: Place | undefined;
  readonly group: string | undefined;
  readonly wait: boolean;
  readonly tag: boolean;
  /** The most bytes that a batch may unpack to. */
  readonly maxBatch: number;
  /** Read anew for each connection. */
  readonly access: () => Access;
  /** The offsets that partitions are read up to, by key of the position, and no others are read; absent where it finds them. */
  readonly ends?: ReadonlyMap<string, number>;
}
