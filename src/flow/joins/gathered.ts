import type { Value } from '../../base/value.ts';
import type { KnownOrigins, State } from '../define/snapshot.ts';

/** How the records of one emission of one side are gathered, in order, into a `G`. */
export interface Gathering<G> {
  /** A new empty gathering. */
  gather(): G;
  /** Throws BadRecord, with `into` unchanged. */
  add(into: G, record: Value): void;
  /** The last so many of its records, as plain data. */
  write(gathered: G, count: number): State;
  /** Puts these behind what it has. */
  append(into: G, state: State, origins: KnownOrigins): void;
}

/** Some of the records of a gathering, and which one it is. */
export type GatheredState = {
  readonly number: number;
  /** How many records it had before these. */
  readonly from: number;
  readonly count: number;
  readonly bytes: number;
  readonly records: State;
};

/** What one emission of one side has given so far. Records are added and none are taken away, so that what is new of it is what stands behind what was written. */
export class Gathered<G> {
  readonly records: G;
  /** How many there are, and about how much they take. */
  count = 0;
  bytes = 0;
  /** Which of all it is that the stage has gathered. */
  readonly number: number;
  private written = 0;
  private readonly gathering: Gathering<G>;

  constructor(gathering: Gathering<G>, number: number) {
    this.gathering = gathering;
    this.records = gathering.gather();
    this.number = number;
  }

  /** All records, or those since the last snapshot. */
  snapshot(isWhole: boolean): GatheredState {
    const { number, count, bytes } = this;
    const from = isWhole ? 0 : this.written;
    this.written = count;
    return { number, from, count, bytes, records: this.gathering.write(this.records, count - from) };
  }

  restore({ count, bytes, records }: GatheredState, origins: KnownOrigins): void {
    this.gathering.append(this.records, records, origins);
    this.count = count;
    this.written = count;
    this.bytes = bytes;
  }
}
