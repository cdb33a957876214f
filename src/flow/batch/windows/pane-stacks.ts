import type { Identity } from '../../../base/compare.ts';
import type { Value } from '../../../base/value.ts';
import type { RunContext } from '../context.ts';
import type { Aggregate } from '../grouping.ts';
import { reportBad } from '../report-bad.ts';

/** What a group became in one pane. */
interface Part<S> {
  /** The place of the group's first record of the pane among all of the stream. */
  readonly order: number;
  state: S;
}

/** How partials are put together, the same for all groups of a window. */
export interface Merging<S> {
  readonly aggregate: Aggregate<S>;
  readonly run: RunContext;
}

/**
 * The partials of one group, one a pane, as a queue that knows the merge of all of them: two stacks.
 *
 *     pane      1       2       3    │    4       5       6
 *     front   1+2+3    2+3      3    │                          each one merged with all that follow in front
 *     back                           │    4       5       6     as they came
 *     merged                         │                  4+5+6   grows with the back
 *
 *     all = front's oldest + merged          one merge, wherever the border is
 *     a new pane   goes on the back and into merged
 *     pane 1 left  is taken off the front; then 2+3 is there already
 *     front empty  the back is turned over into the front, merging from the newest to the oldest
 *
 * Each partial is merged once on its way in and once when it is turned over, so that a slide costs a constant number of merges on
 * average, however many panes there are, always of neighbours in order of arrival, and without an inverse.
 *
 * Partials that keep their records (`grows`) would be repeated in every merge of the front. They stay as they came, and are merged
 * when the whole is asked for, which is as much work as giving the records out.
 */
export class PaneStacks<S> {
  readonly key: Value;
  readonly id: Identity;
  /** The oldest is last. */
  private readonly front: Part<S>[] = [];
  private readonly back: Part<S>[] = [];
  /** The merge of the back. */
  private merged: S | undefined;
  private whole: S | undefined;
  private isWholeKnown = false;
  private readonly merging: Merging<S>;

  constructor(key: Value, id: Identity, merging: Merging<S>) {
    this.key = key;
    this.id = id;
    this.merging = merging;
  }

  get isEmpty(): boolean {
    return this.front.length === 0 && this.back.length === 0;
  }

  /** The order of the oldest pane's partial. Only where there is one. */
  get order(): number {
    return (this.front.at(-1) ?? this.back[0]!).order;
  }

  /** A pane's partial comes in; it belongs to this queue from then on. */
  enter(order: number, state: S): void {
    // The oldest of the back may grow into the merge of all: when the back is turned over, it is the one that leaves.
    if (this.back.length === 0) this.merged = state;
    else if (!this.keepsApart) this.merged = this.merge(this.merged as S, state);
    this.back.push({ order, state });
    this.isWholeKnown = false;
  }

  /** The oldest pane's partial goes. */
  leave(): void {
    if (this.front.length === 0) this.turnOver();
    this.front.pop();
    this.isWholeKnown = false;
  }

  /** The merge of all that are here, found anew only if one came or went. Not to be changed. */
  all(): S {
    if (!this.isWholeKnown) this.whole = this.keepsApart ? this.mergeEach() : this.mergeBoth();
    this.isWholeKnown = true;
    return this.whole as S;
  }

  private get keepsApart(): boolean {
    return this.merging.aggregate.grows === true;
  }

  private turnOver(): void {
    while (this.back.length > 0) {
      const part = this.back.pop()!;
      const newer = this.front.at(-1);
      // The oldest is about to leave, so what it would be merged into is of no use.
      if (newer !== undefined && this.back.length > 0 && !this.keepsApart) {
        part.state = this.merge(part.state, newer.state);
      }
      this.front.push(part);
    }
    this.merged = undefined;
  }

  private mergeBoth(): S {
    const oldest = this.front.at(-1);
    if (oldest === undefined) return this.merged as S;
    if (this.back.length === 0) return oldest.state;
    // Into a copy, since the oldest stays as it is until it leaves.
    return this.merge(this.merge(this.merging.aggregate.zero(), oldest.state), this.merged as S);
  }

  private mergeEach(): S {
    const parts = [...this.front.toReversed(), ...this.back];
    if (parts.length === 1) return parts[0]!.state;
    return parts.reduce((all, part) => this.merge(all, part.state), this.merging.aggregate.zero());
  }

  /** A function that fails on a partial makes that partial bad; the group goes on without it. */
  private merge(into: S, from: S): S {
    try {
      return this.merging.aggregate.merge(into, from);
    } catch (error) {
      reportBad(this.merging.run, error, this.key);
      return into;
    }
  }
}
