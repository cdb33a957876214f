import { Sliding } from './sliding.ts';

/**
 * For aggregates that can take the oldest partial out of a merge again (`subtract`): one total a group.
 *
 *     panes     1   2   3   4
 *     total     1 + 2 + 3 + 4          one merge when pane 4 comes
 *                   2 + 3 + 4          one subtraction when pane 1 goes
 *
 * Where `subtract` cannot, the total is found anew when it is next asked for.
 */
export class Subtracted<S> extends Sliding<S> {
  /** The merge of all rows, where there are two or more. */
  private total: S | undefined;
  private isKnown = false;

  entered(): void {
    if (this.isKnown) this.total = this.merge(this.total as S, this.partial(this.queue.length - 1));
  }

  leaving(): void {
    if (!this.isKnown) return;
    // A single row is its own total.
    this.total = this.queue.length === 2 ? undefined : this.aggregate.subtract!(this.total as S, this.partial(0));
    this.isKnown = this.total !== undefined;
  }

  override restore(): void {
    this.total = undefined;
    this.isKnown = false;
  }

  all(): S {
    const { length } = this.queue;
    if (length === 1) return this.partial(0);
    if (!this.isKnown) this.total = this.mergeRows(0, length);
    this.isKnown = true;
    return this.total as S;
  }
}
