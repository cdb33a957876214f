import type { SourceNode } from '../../../query/plan/plan.ts';

/** How far a source is: a part of the state of the run. */
export interface SourceState {
  readonly node: SourceNode;
  /** Clients or files that it has had so far. */
  readonly opened: number;
  /** Those of them that are not over. */
  readonly open: number;
  /** Records read so far, bad ones too, and bytes of text. */
  readonly records: number;
  readonly bytes: number;
  /** Records of those that no stage was given: they could not be framed, or are no text. */
  readonly bad: number;
  /** Records that are there and were not read yet, where it knows. */
  readonly lag?: number | undefined;
  /** Bytes of files that are there and were not read yet, where it knows. */
  readonly lagBytes?: number | undefined;
}

/** Counts the places that the data of one source comes from. */
export class Origins {
  opened = 0;
  closed = 0;
  /** Bytes that it said it would deliver. */
  expected: number | undefined;
  /** Records that it has not read yet, as it said last. */
  lag: number | undefined;
  /** How it is asked for bytes that it has not read yet. */
  lagBytes: (() => number) | undefined;

  get open(): number {
    return this.opened - this.closed;
  }
}
