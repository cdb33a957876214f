import { MOST_ROWS } from '../bytes/row-block.ts';

/** So many rows a group are worth putting them in order: with fewer, a group takes about as long for all of its rows as a row does by itself. */
const WORTH = 2;
/** The most groups that are looked for. */
const MOST = MOST_ROWS / WORTH;

/**
 * The rows of a block in order of their groups, and of the same group in their own order:
 *
 *     groups of rows    7 2 7 7 5 2
 *     order             0 2 3 | 1 5 | 4       groups  7 2 5       ends  3 5 6
 */
export class GroupRuns {
  /** The numbers of the groups, in the order first seen. */
  readonly groups = new Int32Array(MOST);
  /** How many groups there are. */
  size = 0;
  /** For each of them, how far its rows go in `order`. */
  readonly ends = new Int32Array(MOST);
  /** The numbers of the rows. */
  readonly order = new Int32Array(MOST_ROWS);
  private readonly next = new Int32Array(MOST);
  /** Of each row, which of the groups it belongs to. */
  private readonly which = new Uint16Array(MOST_ROWS);
  /** Of the groups by their numbers, which of the groups they are here, where `groups` says so too. */
  private known = new Uint16Array(MOST);

  /** @param found the numbers of the groups of rows, of which those from `from` up to `to` are looked at. @returns whether there are few groups for so many rows; else nothing is said of their order. */
  sort(found: Int32Array, from: number, to: number): boolean {
    if (!this.assign(found, from, to)) return false;
    const { ends, next, order, which } = this;
    let end = 0;
    for (let at = 0; at < this.size; at++) {
      next[at] = end;
      end += ends[at]!;
      ends[at] = end;
    }
    for (let i = from; i < to; i++) order[next[which[i]!]!++] = i;
    return true;
  }

  /** Says which group each row belongs to, and counts them in `ends`. */
  private assign(found: Int32Array, from: number, to: number): boolean {
    const { groups, ends, which } = this;
    const limit = (to - from) / WORTH;
    let size = 0;
    for (let i = from; i < to; i++) {
      const group = found[i]!;
      if (group >= this.known.length) this.reach(group);
      let at = this.known[group]!;
      if (at >= size || groups[at] !== group) {
        if (size >= limit || size === MOST) return false;
        at = size++;
        this.known[group] = at;
        groups[at] = group;
        ends[at] = 0;
      }
      ends[at]!++;
      which[i] = at;
    }
    this.size = size;
    return true;
  }

  private reach(group: number): void {
    const larger = new Uint16Array(2 * Math.max(group, this.known.length));
    larger.set(this.known);
    this.known = larger;
  }
}
