import type { Value } from '../../base/value.ts';
import type { Span } from '../../flow/define/span.ts';

/** The result of one batch or window, as it is kept and served. */
export interface Batch {
  /** Counted from 1 in its view. */
  readonly number: number;
  readonly span: Span;
  /** In order. Those that are as they were in the batch before are the same objects. */
  readonly records: readonly Value[];
  /** What tells the records apart, one for each; undefined where nothing does. */
  readonly keys: readonly string[] | undefined;
  /** How many more there were than are kept. */
  readonly leftOut: number;
  /** How many records were read for it; undefined where nobody counts them. */
  readonly read: number | undefined;
  /** What tells the run that found it from others, where that is an earlier one. */
  readonly run?: string | undefined;
}
