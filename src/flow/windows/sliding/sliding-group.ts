import type { Identity } from '../../../base/compare.ts';
import type { Value } from '../../../base/value.ts';
import type { RunContext } from '../../define/context.ts';
import type { Aggregate } from '../../define/grouping.ts';
import type { Refit, State } from '../../define/snapshot.ts';
import { MergedAnew } from './merged-anew.ts';
import { PaneQueue } from './pane-queue.ts';
import type { Merging, Sliding } from './sliding.ts';
import { Subtracted } from './subtracted.ts';
import { TwoStacks } from './two-stacks.ts';

/** How the groups of a window slide: one column, or one for each part of an aggregate that has several. */
export interface Columns {
  readonly mergings: readonly Merging<unknown>[];
  readonly areParts: boolean;
  /** Whether functions of the program combine values. */
  readonly isByProgram: boolean;
}

export function columnsOf(aggregate: Aggregate, run: RunContext): Columns {
  const { parts } = aggregate;
  const mergings = (parts ?? [aggregate]).map((part, column) => ({ aggregate: part, run, column }));
  return { mergings, areParts: parts !== undefined, isByProgram: aggregate.byProgram === true };
}

function slidingOf<S>(queue: PaneQueue, merging: Merging<S>, key: Value): Sliding<S> {
  const { subtract, grows } = merging.aggregate;
  if (subtract !== undefined) return new Subtracted(queue, merging, key);
  return grows === true ? new MergedAnew(queue, merging, key) : new TwoStacks(queue, merging, key);
}

/**
 * What is remembered of some groups, as plain data. An item for each group, or for each of their partials, in a list for each thing: written in columns,
 * lists of one object a group take several times as long.
 */
export interface SlidingStates {
  readonly keys: readonly Value[];
  /** The place of its oldest partial in the stream: what it had before that is gone. */
  readonly oldest: readonly number[];
  /** How many partials follow of each; those of before may be left out where they are known. */
  readonly counts: readonly number[];
  /** The places of these partials, those of a group one behind the other, its oldest first. */
  readonly orders: readonly number[];
  /** These partials, a list for each column. */
  readonly columns: readonly (readonly unknown[])[];
  /** For each column, what each group remembers of merges. */
  readonly merges: readonly (readonly State[])[];
  /** What was given out of each as it is now; undefined where no function of the program may fail on it once more. */
  readonly given: readonly (readonly Value[] | undefined)[] | undefined;
}

/** The same while it is written. */
interface WrittenStates {
  readonly keys: Value[];
  readonly oldest: number[];
  readonly counts: number[];
  readonly orders: number[];
  readonly columns: readonly unknown[][];
  readonly merges: readonly State[][];
  readonly given: (readonly Value[] | undefined)[] | undefined;
}

/** What is remembered of groups, see `Remembering`, with their partials from one place of the stream on. */
export function writtenGroups<S>(
  groups: Iterable<SlidingGroup<S>>,
  { mergings, isByProgram }: Columns,
  from: number,
): SlidingStates {
  const written: WrittenStates = {
    keys: [],
    oldest: [],
    counts: [],
    orders: [],
    columns: mergings.map(() => []),
    merges: mergings.map(() => []),
    given: isByProgram ? [] : undefined,
  };
  for (const group of groups) group.writeTo(written, from);
  return written;
}

/** What is remembered of groups by a window whose aggregate had other parts. One that was not there has a partial of nothing in each pane. */
export function refitGroups(states: SlidingStates, own: Columns, refit: Refit): SlidingStates {
  const { keys, orders, columns, merges } = states;
  return {
    ...states,
    columns: refitColumns(columns, orders.length, own, refit),
    merges: refit.map((place) => (place === undefined ? keys.map(() => undefined) : merges[place]!)),
  };
}

/** So many partials of an aggregate that had other parts, a list for each column: those of a part that was not there are of nothing. */
export function refitColumns(
  columns: readonly (readonly unknown[])[],
  partials: number,
  { mergings }: Columns,
  refit: Refit,
): readonly (readonly unknown[])[] {
  return refit.map((place, i) =>
    place === undefined ? Array.from({ length: partials }, () => mergings[i]!.aggregate.zero()) : columns[place]!,
  );
}

/**
 * A group of a window: its partials, one a pane, and the merge of them all. Each aggregate slides in the way that costs it least, so
 * that a `max` beside a `p99` keeps no merges of sketches.
 */
export class SlidingGroup<S> {
  readonly key: Value;
  readonly id: Identity;
  /** The place of the oldest partial in the stream. A field, since all groups are put in order by it. */
  order = 0;
  /** Whether a partial left, so that the order is another one; whoever puts groups in order takes it back. */
  hasMoved = false;
  /** What was given out of the group as it is now; undefined where that is not known. */
  given: readonly Value[] | undefined;
  private readonly queue: PaneQueue;
  private readonly slidings: readonly Sliding<unknown>[];
  private readonly areParts: boolean;

  constructor(key: Value, id: Identity, { mergings, areParts }: Columns) {
    this.key = key;
    this.id = id;
    const queue = new PaneQueue(mergings.length);
    this.queue = queue;
    this.slidings = mergings.map((merging) => slidingOf(queue, merging, key));
    this.areParts = areParts;
  }

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  /** A pane's partial comes in, behind all others; it belongs to the group from then on. */
  enter(order: number, state: S): void {
    const { queue, slidings } = this;
    if (queue.length === 0) this.order = order;
    queue.push(order);
    for (let i = 0; i < slidings.length; i++) {
      queue.set(queue.length - 1, i, this.areParts ? (state as readonly unknown[])[i] : state);
      slidings[i]!.entered();
    }
    this.given = undefined;
  }

  /** The same with a partial that stands at `at` of lists of columns, unless it came before. */
  enterAgain(order: number, columns: readonly (readonly unknown[])[], at: number): void {
    const { queue } = this;
    if (queue.length > 0 && queue.orderAt(queue.length - 1) >= order) return;
    const partial = columns.map((column) => column[at]);
    this.enter(order, (this.areParts ? partial : partial[0]) as S);
  }

  /** The partials go that entered before a place of the stream. */
  leaveBefore(order: number): void {
    while (this.queue.length > 0 && this.queue.order < order) this.leave();
  }

  /** The newest partial in a column, as it came. Only where nothing has entered behind it. */
  newest(column: number): unknown {
    return this.queue.get(this.queue.length - 1, column);
  }

  /** The oldest partial goes. */
  leave(): void {
    for (const sliding of this.slidings) sliding.leaving();
    this.queue.shift();
    if (this.queue.length > 0) this.order = this.queue.order;
    this.hasMoved = true;
    this.given = undefined;
  }

  /** Adds what is remembered of it, with the partials from one place of the stream on. */
  writeTo({ keys, oldest, counts, orders, columns, merges, given }: WrittenStates, from: number): void {
    const { queue, slidings } = this;
    const { length } = queue;
    let first = length;
    while (first > 0 && queue.orderAt(first - 1) >= from) first--;
    keys.push(this.key);
    oldest.push(this.order);
    counts.push(length - first);
    for (let row = first; row < length; row++) orders.push(queue.orderAt(row));
    for (let i = 0; i < slidings.length; i++) {
      const { covered } = slidings[i]!;
      for (let row = first; row < length; row++) columns[i]!.push(row === covered ? undefined : queue.get(row, i));
      merges[i]!.push(slidings[i]!.snapshot());
    }
    given?.push(this.given);
  }

  /**
   * Goes on from what was written of it, behind what it may have gone on from before.
   *
   * @param place of the group in the lists, and `at` that of its first partial.
   */
  restore({ oldest, counts, orders, columns, merges, given }: SlidingStates, place: number, at: number): void {
    const { queue, slidings } = this;
    const order = oldest[place]!;
    while (queue.length > 0 && queue.order < order) queue.shift();
    for (let i = at; i < at + counts[place]!; i++) {
      // Known of a part.
      if (queue.length > 0 && orders[i]! <= queue.orderAt(queue.length - 1)) continue;
      queue.push(orders[i]!);
      for (let column = 0; column < slidings.length; column++) queue.set(queue.length - 1, column, columns[column]![i]);
    }
    for (const [i, sliding] of slidings.entries()) sliding.restore(merges[i]![place]);
    this.order = order;
    this.given = given?.[place];
  }

  /** The places of its partials in the stream, the oldest first. */
  *orders(): Iterable<number> {
    for (let row = 0; row < this.queue.length; row++) yield this.queue.orderAt(row);
  }

  /** The merge of all partials, of which there is at least one. Not to be changed. */
  all(): S {
    const { slidings } = this;
    return (this.areParts ? slidings.map((sliding) => sliding.all()) : slidings[0]!.all()) as S;
  }
}
