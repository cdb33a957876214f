import type { Value } from '../../base/value.ts';
import type { Remembering } from './snapshot.ts';
import type { Span } from './span.ts';

/** What makes of the results of groups what they are beside others: beside those of one emission, or earlier ones of the same key. */
export interface Analysis extends Remembering {
  /**
   * Called once an emission, in order of time, also where it has no groups.
   *
   * @param values the results, one a group. @param keys the keys of these groups, null where there is one of all records.
   * @returns as many values, in their order.
   */
  of(values: readonly Value[], keys: readonly Value[], span: Span): readonly Value[];
}
