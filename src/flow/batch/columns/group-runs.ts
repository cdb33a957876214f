import type { Group } from './find-groups.ts';
import { MOST_ROWS } from './row-block.ts';

/** So many rows a group are worth putting them in order. */
const WORTH = 8;

/**
 * The rows of a block in order of their groups, and of the same group in their own order:
 *
 *     groups of rows    a b a a c b
 *     order             0 2 3 | 1 5 | 4       ends  3 5 6
 */
export class GroupRuns {
  readonly groups: Group<unknown>[] = [];
  /** How many groups there are. */
  size = 0;
  /** For each group, how far its rows go in `order`. */
  readonly ends = new Int32Array(MOST_ROWS);
  /** Numbers from 0 to the number of rows. */
  readonly order = new Int32Array(MOST_ROWS);
  private readonly next = new Int32Array(MOST_ROWS);

  /** @returns whether there are few groups for so many rows; else nothing is said of their order. */
  sort(found: readonly Group<unknown>[], count: number): boolean {
    const { groups, ends, next, order } = this;
    this.size = 0;
    for (let i = 0; i < count; i++) {
      const group = found[i]!;
      if (group.place >= this.size || groups[group.place] !== group) {
        if (this.size * WORTH >= count) return false;
        group.place = this.size;
        groups[this.size] = group;
        ends[this.size++] = 0;
      }
      ends[group.place]!++;
    }
    let end = 0;
    for (let place = 0; place < this.size; place++) {
      next[place] = end;
      end += ends[place]!;
      ends[place] = end;
    }
    for (let i = 0; i < count; i++) order[next[found[i]!.place]!++] = i;
    return true;
  }
}
