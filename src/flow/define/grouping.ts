import type { Value } from '../../base/value.ts';
import type { Compiled } from './compiled.ts';
import type { Span } from './span.ts';

/**
 * How values combine: `S` is the partial result.
 *
 * Laws, held by the conformance suite of aggregates (test/contract/aggregate): for any cut of a sequence into runs, merging the
 * partials of the runs in their order gives the same result as adding all; `merge(zero(), s)` is `s`; `add` either succeeds or
 * throws without having changed `state`. A partial is plain data, or undefined: what structuredClone makes of it goes on the same.
 * A result depends on the values alone and not on what was done to come by the partial, whether added, merged, or subtracted again.
 */
export interface Aggregate<S = unknown> {
  /**
   * Set where functions of the program combine values. They should be associative, but sums of fractions are not quite: so that the
   * answer does not depend on how many workers there are, such records are worked on in parts only while it is certain of each (see
   * `GroupStep.watch`).
   */
  readonly byProgram?: true;
  /** A new empty partial. */
  zero(): S;
  /** Adds one record. May change and return `state`; the caller uses only what is returned. Throws BadRecord. */
  add(state: S, record: Value): S;
  /** `into` is of earlier records than `from`. May change `into`, never `from`, nor may the result share anything with `from` that a later call changes. Throws BadRecord, with `into` unchanged, where a function of the program fails. */
  merge(into: S, from: S): S;
  /** The final value. Does not change `state`, which may go on. `span` tells rates how long it was. */
  result(state: S, span: Span): Value;
  /**
   * Takes the oldest partial out again: `state` is a merge of two or more, of which `oldest` was the first. May change and return
   * `state`, never `oldest`. Returns undefined where it cannot this time; then `state` is of no use, and the others are merged anew.
   * That has to be rare, or there have to be few of them. Only where no partial is undefined and `merge` never throws.
   */
  subtract?(state: S, oldest: S): S | undefined;
  /** Set where a partial is a list with one partial of each of these, which are merged one by one. */
  readonly parts?: readonly Aggregate[];
  /**
   * Whether a partial keeps its records or their values (`list`, `sort`, `groupByKey`), so that it is as long as they are many. Windows
   * then keep no merges of it beside the partials themselves.
   */
  readonly grows?: boolean;
  /** Whether the result depends on the span (`rate`), so that it may be another one though the partial is the same. */
  readonly usesSpan?: boolean;
}

/**
 * An aggregate of the catalog. Its `add` is `put(state, read(record))`: only reading can fail, so that several of them take a
 * record together or not at all.
 */
export interface ReadingAggregate<S = unknown, X = unknown> extends Aggregate<S> {
  /** What it takes of a record. Throws BadRecord. */
  read(record: Value): X;
  /** Adds what was read, like `add`. Never throws. */
  put(state: S, read: X): S;
  /** How it takes many records at once; absent where it has to be given each. */
  readonly faster?: FasterAggregate<S>;
}

/**
 * What is read of what a function gives: that itself; numbers and nulls as they are, with something else to say to all other values; the same, with
 * booleans as 0 and 1 (`amounts`); or whether it is true as a condition.
 */
type ReadAs = 'values' | 'numbers' | 'amounts' | 'truth';

/** All that an aggregate can do in the fast lane, see `Offers`. */
export interface FasterAggregate<S> {
  /** What `read` gives, so that it can be read of many records at once: null of any record (`nothing`), or what is made of what a function gives. */
  readonly reads: 'nothing' | { readonly of: Compiled; readonly as: ReadAs };
  /**
   * Puts the first `count` of the numbers, one after the other, as `put` does; where it reads nothing, so many records, and where it reads
   * conditions, so many that are true. May change and return `state`, never `numbers`.
   */
  putMany?(state: S, numbers: Float64Array, count: number): S;
  /** Of one that reads values: set where its state is one of them or null, and a number that is kept gives way to no number that is larger or equal (1), or smaller or equal (-1), however it is spelt. */
  readonly keeps?: 1 | -1;
}

/**
 * A stage that makes few records out of many: every stage under "Per batch", `session`, and what windows aggregate.
 * The executor keeps one partial a group (and pane) and never the records themselves.
 */
export interface Grouping<S = unknown> {
  /** The key of a record's group; without it, all records are one group. Throws BadRecord. */
  readonly key?: Compiled;
  readonly aggregate: Aggregate<S>;
  /** Whether a batch without records gives the result of `zero()` (`count`, `aggregate`) rather than nothing. Only without `key`. */
  readonly emitsEmpty?: boolean;
  /** Gives out what one group became: one record, or many (`sort`, `top`). `key` is null without a key. Must not change `state`. */
  emit(key: Value, state: S, span: Span, out: (record: Value) => void): void;
  /** Set where it matters only how many records there were, so that bytes may stand for texts, and a number for records. */
  readonly faster?: FasterGrouping<S>;
}

/** All that a grouping can do in the fast lane besides its aggregates, see `Offers`. */
export interface FasterGrouping<S> {
  /** Whether each record's group is the record itself, or what the key is, and gives one record; or all records are one group. */
  readonly countOf: 'each' | 'key' | 'all';
  /** The partial of so many records, from 1 up. */
  readonly partial: (count: number) => S;
}
