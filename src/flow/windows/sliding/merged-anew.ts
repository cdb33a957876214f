import { Sliding } from './sliding.ts';

/**
 * For partials that keep their records (`grows`): any merge that was kept would hold every record once more. They are merged when the
 * whole is asked for, which is as much work as giving the records out.
 */
export class MergedAnew<S> extends Sliding<S> {
  entered(): void {}

  leaving(): void {}

  all(): S {
    const { length } = this.queue;
    return length === 1 ? this.partial(0) : this.mergeRows(0, length);
  }
}
