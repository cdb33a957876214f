import type { Value } from '../../base/value.ts';
import type { Split } from './position.ts';

/** Files that a cluster finds for a source, and deals out by batches. */
interface DealtFiles {
  readonly kind: 'files';
  /** The directory that they come into. */
  readonly directory: string;
  /** Whether a file in it, or in one below, with the directory in front, is one that the source is about. */
  readonly isWanted: (path: string) => boolean;
  /** Whether those are read that are there at the start. */
  readonly existing: boolean;
}

/** Records that a source makes by the time alone. */
interface DealtRecords {
  readonly kind: 'records';
  /**
   * The next ones, up to a time (ms).
   *
   * @param begun what of the position was told with the ones before; undefined at the start.
   */
  readonly until: (
    time: number,
    begun: Split | undefined,
  ) => { readonly values: readonly Value[]; readonly behind: Split };
}

/** Numbered records of one place: from one on, up to another. Plain data. */
export interface DealtRange {
  /** What the place is called as an origin. */
  readonly name: string;
  /** Its split of the position. */
  readonly key: string;
  /** What that says where the first of them is the next to be read, whose number is `offset`. */
  readonly at: { readonly offset: number; readonly [name: string]: string | number };
  /** The number behind the last of them. */
  readonly end: number;
}

/** Records that others keep under numbers: what a source opens says which there are (`Source.ranges`), and what is `given` some of them as JSON reads them. */
interface DealtRanges {
  readonly kind: 'ranges';
}

/** What a source gives where somebody else says what belongs to each batch, and when it was: the same however often that is asked. */
export type Dealt = DealtFiles | DealtRecords | DealtRanges;
