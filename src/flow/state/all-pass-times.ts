import { type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { State } from '../define/snapshot.ts';
import { wholesOf } from './columns.ts';
import { estimatedBytes, MemoryBound } from './memory-bound.ts';
import { stretchesOf } from './parts.ts';

/** Some of the times of a key, in order; never empty. */
type Stretch = number[];

/** How many times a stretch holds at most: as many are moved to make room for one that comes out of order. */
const LONGEST = 128;

/** About what a `Map` takes for a key, and a list for a time, bytes. */
const KEY_BYTES = 64;
const TIME_BYTES = 16;

type AllTimesState = {
  /** Whether it is all there is; else the times that came since the snapshot before, and their keys. */
  readonly isWhole: boolean;
  readonly ids: readonly Identity[];
  /** How many times each of these has; absent where that is one. */
  readonly counts: Int32Array | undefined;
  /** Those of the first, those of the second, …; each in order. */
  readonly times: Float64Array;
};

/** The times that came since the last snapshot, with their keys. */
interface News {
  readonly ids: Identity[];
  readonly times: number[];
}

/** Before so many there is no use in comparing the news with all there is. */
const FEW_NEWS = 1000;

/**
 * Remembers all times at which records were passed on, where one may come that is behind all of them. Those of a key lie in stretches, one
 * behind the other, so that what a record costs hardly depends on how many there are.
 *
 *     stretches   ├a───b──c─d┤  ├e───f─────g┤  ├h──i┤
 *     a record                         t             is held against the times beside it, f and g
 */
export class AllPassTimes {
  /** Just the time where there is one: most keys come once, and a number takes a fraction of what lists do. */
  private readonly times = new Map<Identity, number | Stretch[]>();
  private readonly distance: number;
  private readonly bound: MemoryBound;
  /** How many times there are in all. */
  private count = 0;
  /** Undefined where there was no snapshot, and once there are more of them than there were times before. */
  private news: News | undefined;

  /** @param distance how near to a time of its key a record is not passed on, ms. */
  constructor(run: RunContext, distance: number, help: string) {
    this.distance = distance;
    this.bound = new MemoryBound(run, 'dedupe', help);
  }

  /** Whether no time of the key is near to this one; it is remembered then. */
  isNew(key: Value, time: number): boolean {
    const id = identity(key);
    if (!this.add(id, time, this.distance)) return false;
    this.count++;
    if (this.news !== undefined) this.note(this.news, id, time);
    return true;
  }

  /** @param onlyChanges what has come since the last snapshot will do, if that is less. */
  snapshot(onlyChanges = false): State {
    const { news } = this;
    this.news = { ids: [], times: [] };
    if (onlyChanges && news !== undefined) {
      const { ids, times } = news;
      return { isWhole: false, ids, counts: undefined, times: new Float64Array(times) } satisfies AllTimesState;
    }
    return this.write([...this.times.keys()], true);
  }

  /** See `Remembering`. In which order keys come does not matter. */
  *parts(size: number): IterableIterator<State> {
    for (const { items } of stretchesOf(this.times.keys(), size)) yield this.write(items, false);
  }

  private write(ids: readonly Identity[], isWhole: boolean): AllTimesState {
    const counts = wholesOf(ids, (id) => countIn(this.times.get(id)!));
    const times = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    let at = 0;
    for (const id of ids) {
      const kept = this.times.get(id)!;
      if (typeof kept === 'number') times[at++] = kept;
      else for (const stretch of kept) for (const time of stretch) times[at++] = time;
    }
    return { isWhole, ids, counts: times.length === ids.length ? undefined : counts, times };
  }

  /** Called with what was whole before anything else, then with the changes since. */
  restore(state: State): void {
    const { isWhole, ids, counts, times } = state as AllTimesState;
    if (isWhole) this.forgetAll();
    let at = 0;
    for (const [i, id] of ids.entries()) {
      // What stands in a part and in a change is one time.
      for (const end = at + (counts?.[i] ?? 1); at < end; at++) {
        if (this.add(id, times[at]!, Number.MIN_VALUE)) this.count++;
      }
    }
    this.news = { ids: [], times: [] };
  }

  restorePart(part: State): void {
    this.restore(part);
  }

  private note({ ids, times }: News, id: Identity, time: number): void {
    ids.push(id);
    times.push(time);
    // Where nobody asks any more, they must not become more and more.
    if (times.length > FEW_NEWS && 2 * times.length > this.count) this.news = undefined;
  }

  private forgetAll(): void {
    this.times.clear();
    this.count = 0;
    this.bound.hold(0);
  }

  /** Whether no time of the key is nearer than that; it is remembered then. */
  private add(id: Identity, time: number, distance: number): boolean {
    const kept = this.times.get(id);
    if (kept === undefined) {
      this.times.set(id, time);
      this.bound.add(KEY_BYTES + TIME_BYTES + estimatedBytes(id as Value));
      return true;
    }
    if (typeof kept !== 'number') return this.addTo(kept, time, distance);
    if (Math.abs(time - kept) < distance) return false;
    this.times.set(id, [kept < time ? [kept, time] : [time, kept]]);
    this.bound.add(TIME_BYTES + estimatedBytes([[]]));
    return true;
  }

  private addTo(stretches: Stretch[], time: number, distance: number): boolean {
    const at = Math.max(0, firstAfter(stretches, time, startOf) - 1);
    const stretch = stretches[at]!;
    const place = firstAfter(stretch, time, itself);
    const before = stretch[place - 1] ?? Number.NEGATIVE_INFINITY;
    const after = stretch[place] ?? stretches[at + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    if (time - before < distance || after - time < distance) return false;
    stretch.splice(place, 0, time);
    this.bound.add(TIME_BYTES);
    if (stretch.length > LONGEST) {
      // Of times that come in order, all stretches are full.
      const rest = stretch.splice(place === LONGEST ? LONGEST : LONGEST / 2);
      stretches.splice(at + 1, 0, rest);
    }
    return true;
  }
}

function countIn(kept: number | Stretch[]): number {
  return typeof kept === 'number' ? 1 : kept.reduce((sum, { length }) => sum + length, 0);
}

function itself(time: number): number {
  return time;
}

function startOf(stretch: Stretch): number {
  return stretch[0]!;
}

/** Where the first item later than a time is. Looked for at the back, where most records are, then by halves. */
function firstAfter<T>(items: readonly T[], time: number, timeOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  if (timeOf(items[high - 1]!) <= time) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(items[middle]!) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
