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

/** What a source gives where somebody else says what belongs to each batch, and when it was: the same however often that is asked. */
export type Dealt = DealtFiles | DealtRecords;
