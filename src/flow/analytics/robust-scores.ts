import { isNumber, type Value } from '../../base/value.ts';
import { UTC, type Zone } from '../../base/zone.ts';
import type { Analysis } from '../define/analysis.ts';
import type { RunContext } from '../define/context.ts';
import type { State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { type KeyedState, openState } from '../state/keyed-state.ts';

/** So many results before it are needed to judge one. */
const FEWEST = 8;
/** Of the same hour on other days: so many, on so many days. */
const FEWEST_OF_HOUR = 12;
const FEWEST_DAYS = 3;
/** One result of each stretch of ten minutes is kept for so many days. */
const STRETCH = 600_000;
const DAY = 24 * 3_600_000;
const DAYS = 14;
const STRETCHES_AN_HOUR = 6;
/** The most that a score is. */
const HIGHEST = 1000;
/** What is larger counts as this. */
const LARGEST = 1e300;

/** What is kept of a key, in lists of numbers. */
type Past = readonly [
  /** The last results, the newest last. */
  recent: readonly number[],
  /** For each hour of the day, by the clocks of the zone, the stretches that results are kept of, in order, and these results. */
  stretches: readonly (readonly number[])[],
  values: readonly (readonly number[])[],
  /** The end of the last emission with the key. */
  seen: number,
];

/** When an emission was: its hour of the day, and its stretch, by the clocks of the zone. */
interface Moment {
  readonly hour: number;
  readonly stretch: number;
  readonly end: number;
}

/** What an emission gave. */
type Given = { readonly end: number; readonly keys: readonly Value[]; readonly values: readonly Value[] };

type Remembered =
  | { readonly day: number; readonly keys: readonly Value[]; readonly pasts: readonly Past[] }
  /** What came since the snapshot before, which was of all there was or of what had come by then. */
  | { readonly news: readonly Given[] };

/** So many times as many results as there are keys may come between two snapshots before it is less to write down all there is. */
const MOST_NEWS = 4;

const HOURS: readonly (readonly number[])[] = Array.from({ length: 24 }, () => []);

/**
 * The modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993): the distance from the median, divided by 1.4826 times the
 * median absolute deviation; where that is 0, by 1.2533 times the mean one.
 *
 * @param before at least one number.
 */
export function robustScore(x: number, before: readonly number[]): number {
  const middle = medianOf(before);
  const distances = before.map((other) => Math.abs(other - middle));
  const mad = 1.4826 * medianOf(distances);
  const spread = mad > 0 ? mad : (1.2533 * distances.reduce((sum, distance) => sum + distance, 0)) / distances.length;
  // The standard deviation of what rounding takes away.
  const least = Number.isInteger(x) && before.every(Number.isInteger) ? 1 / Math.sqrt(12) : 0;
  const scale = Math.max(spread, least);
  if (x === middle) return 0;
  return Math.max(-HIGHEST, Math.min(HIGHEST, scale === 0 ? Math.sign(x - middle) * HIGHEST : (x - middle) / scale));
}

function medianOf(numbers: readonly number[]): number {
  const sorted = Float64Array.from(numbers).sort();
  const half = sorted.length >> 1;
  // Each half by itself: their sum may be beyond the range of doubles.
  return sorted.length % 2 === 1 ? sorted[half]! : sorted[half - 1]! / 2 + sorted[half]! / 2;
}

/** So that distances are within the range of doubles. */
function bounded(x: number): number {
  return Math.max(-LARGEST, Math.min(LARGEST, x));
}

/** Judges each result by those that the key had before, of the same hour of other days where they are known. */
export class RobustScores implements Analysis {
  private readonly past: KeyedState<Past>;
  private readonly among: number;
  private readonly zone: Zone;
  /** The day of the last emission, since the epoch. */
  private day = Number.NEGATIVE_INFINITY;
  /** What came since the last snapshot, and how many results that is; undefined before there is one, and where that is too much. */
  private news: Given[] | undefined;
  private newsSize = 0;
  /** What it goes on from is known. */
  private isBegun = false;

  /**
   * @param among how many of the last results count.
   * @param zone whose clocks tell the hour of the day.
   */
  constructor(among: number, run: RunContext, zone: Zone = UTC) {
    this.among = among;
    this.zone = zone;
    this.past = openState(run, '`spike`', 'use fewer keys, or longer batches or windows');
  }

  of(values: readonly Value[], keys: readonly Value[], { end }: Span): readonly Value[] {
    this.note({ end, keys, values });
    this.forgetIdle(end);
    const moment = this.momentOf(end);
    return values.map((value, i) => {
      if (!isNumber(value)) return null;
      const x = bounded(Number(value));
      const past = this.pastOf(keys[i]!, end);
      const before = this.before(past, moment.hour, moment.stretch);
      this.past.put(keys[i]!, this.with(past, x, moment));
      return before === undefined ? null : robustScore(x, before);
    });
  }

  /** A key has up to some thousand numbers of its past, of which a result changes two: what has changed is told by the results. */
  snapshot(onlyChanges = false): State {
    const { news } = this;
    this.beginNews();
    if (onlyChanges && news !== undefined) return { news } satisfies Remembered;
    const entries = [...this.past.entries()];
    const pasts = entries.map(({ value }) => value);
    return { day: this.day, keys: entries.map(({ key }) => key), pasts } satisfies Remembered;
  }

  restore(state: State): void {
    const remembered = state as Remembered;
    // Where it has not begun, all there is follows.
    if ('news' in remembered) for (const given of this.isBegun ? remembered.news : []) this.takeIn(given);
    else {
      for (const { key } of this.past.entries()) this.past.forget(key);
      for (const [i, key] of remembered.keys.entries()) this.past.put(key, remembered.pasts[i]!);
      this.day = remembered.day;
      this.isBegun = true;
    }
    this.beginNews();
  }

  private beginNews(): void {
    this.news = [];
    this.newsSize = 0;
  }

  private note(given: Given): void {
    this.newsSize += given.keys.length;
    if (this.newsSize > MOST_NEWS * Math.max(this.past.size, given.keys.length)) this.news = undefined;
    this.news?.push(given);
  }

  /** Remembers an emission without a judgement on it. */
  private takeIn({ end, keys, values }: Given): void {
    this.forgetIdle(end);
    const moment = this.momentOf(end);
    for (const [i, value] of values.entries()) {
      if (!isNumber(value)) continue;
      this.past.put(keys[i]!, this.with(this.pastOf(keys[i]!, end), bounded(Number(value)), moment));
    }
  }

  private pastOf(key: Value, end: number): Past {
    return this.past.get(key) ?? [[], HOURS, HOURS, end];
  }

  private momentOf(end: number): Moment {
    const stretch = Math.floor((end + this.zone.offsetAt(end)) / STRETCH);
    // Times before 1970 have hours as well.
    const hour = ((Math.floor(stretch / STRETCHES_AN_HOUR) % 24) + 24) % 24;
    return { hour, stretch, end };
  }

  private before([recent, stretches, values]: Past, hour: number, stretch: number): readonly number[] | undefined {
    const dayOf = (at: number) => Math.floor((at * STRETCH) / DAY);
    const today = dayOf(stretch);
    const days = stretches[hour]!.map(dayOf);
    const earlier = days.filter((day) => day < today).length;
    const isKnown = earlier >= FEWEST_OF_HOUR && new Set(days.slice(0, earlier)).size >= FEWEST_DAYS;
    if (isKnown) return values[hour]!.slice(0, earlier);
    return recent.length < FEWEST ? undefined : recent;
  }

  private with([recent, stretches, values]: Past, x: number, { hour, stretch, end }: Moment): Past {
    const last = [...recent.slice(-this.among + 1), x];
    if (stretches[hour]!.at(-1) === stretch) return [last, stretches, values, end];
    const first = stretches[hour]!.findIndex((at) => at > stretch - (DAYS * DAY) / STRETCH);
    const from = first === -1 ? stretches[hour]!.length : first;
    const added = (lists: readonly (readonly number[])[], item: number) =>
      lists.with(hour, [...lists[hour]!.slice(from), item]);
    return [last, added(stretches, stretch), added(values, x), end];
  }

  /** Once a day. */
  private forgetIdle(end: number): void {
    const day = Math.floor(end / DAY);
    if (day === this.day) return;
    this.day = day;
    for (const { key, value } of this.past.entries()) if (value[3] < end - DAYS * DAY) this.past.forget(key);
  }
}
