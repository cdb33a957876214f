import type { Identity } from '../../../base/compare.ts';
import type { Value } from '../../../base/value.ts';
import type { RunContext } from '../../define/context.ts';
import type { Aggregate } from '../../define/grouping.ts';
import { MergedAnew } from './merged-anew.ts';
import { PaneQueue } from './pane-queue.ts';
import type { Merging, Sliding } from './sliding.ts';
import { Subtracted } from './subtracted.ts';
import { TwoStacks } from './two-stacks.ts';

/** How the groups of a window slide: one column, or one for each part of an aggregate that has several. */
export interface Columns {
  readonly mergings: readonly Merging<unknown>[];
  readonly areParts: boolean;
}

export function columnsOf(aggregate: Aggregate, run: RunContext): Columns {
  const { parts } = aggregate;
  const mergings = (parts ?? [aggregate]).map((part, column) => ({ aggregate: part, run, column }));
  return { mergings, areParts: parts !== undefined };
}

function slidingOf<S>(queue: PaneQueue, merging: Merging<S>, key: Value): Sliding<S> {
  const { subtract, grows } = merging.aggregate;
  if (subtract !== undefined) return new Subtracted(queue, merging, key);
  return grows === true ? new MergedAnew(queue, merging, key) : new TwoStacks(queue, merging, key);
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

  /** The oldest partial goes. */
  leave(): void {
    for (const sliding of this.slidings) sliding.leaving();
    this.queue.shift();
    if (this.queue.length > 0) this.order = this.queue.order;
    this.hasMoved = true;
    this.given = undefined;
  }

  /** The merge of all partials, of which there is at least one. Not to be changed. */
  all(): S {
    const { slidings } = this;
    return (this.areParts ? slidings.map((sliding) => sliding.all()) : slidings[0]!.all()) as S;
  }
}
