import type { Origin } from '../define/chunk.ts';
import { type KnownOrigins, type OriginState, originState, type State } from '../define/snapshot.ts';
import { doublesOf } from '../state/columns.ts';

interface Heard {
  /** The highest event time, ms; −Infinity before the first record. */
  highest: number;
  /** What is over for its own records, ms: the highest event time less `late`, or what was over for all when it began. */
  over: number;
  /** The tick of the last batch with a record, or of the one in which it began, ms. */
  tick: number;
  isIdle: boolean;
}

/** What a watermark is, as plain data; of each origin, null for none, what was heard of it. */
type WatermarkState = {
  readonly value: number;
  readonly told: number | undefined;
  readonly highestEnded: number;
  readonly origins: readonly (OriginState | null)[];
  readonly highest: Float64Array;
  readonly over: Float64Array;
  readonly ticks: Float64Array;
  readonly isIdle: readonly boolean[];
};

/**
 * How far event time has come: for each origin (a file, a client, a connection) its highest event time less `late`, and for all of them
 * the least of these.
 *
 *     a.log        10:00:00  10:00:07            10:00:09        over for its records 10:00:07
 *     b.log                  10:00:03  10:00:05                  over for its records 10:00:03      late: 2s
 *     all           −∞       10:00:01  10:00:03                  what comes out
 *
 * Whether a record is late is told by its own origin alone, so that it does not depend on which of several came first. What is over for
 * all never is ahead of that, but for an origin that begins late or was idle. So it is worked out once a tick, and a record costs one
 * comparison however many origins there are.
 *
 * An origin that has begun and given nothing yet holds all back; one without a record for `idle` ms holds nothing back until it has one
 * again, and one that has ended is forgotten. Idleness is told by the ticks of batches: a tick is never before the record was there, so
 * an origin is at least as idle as it seems. Where none is left to hold back, the one furthest ahead counts.
 */
export class Watermark {
  /** What was over for all when it was last asked, ms since the epoch; −Infinity before the first record. */
  value = Number.NEGATIVE_INFINITY;
  private readonly origins = new Map<Origin | null, Heard>();
  /** The origin of the last record: it changes rarely. */
  private last: { readonly origin: Origin | null; readonly heard: Heard } | undefined;
  /** How many origins hold all back that have given nothing yet. */
  private silent = 0;
  /** The highest event time of origins that have ended. */
  private highestEnded = Number.NEGATIVE_INFINITY;
  private told: number | undefined;
  private readonly late: number;
  private readonly idle: number;

  /** Both in ms. */
  constructor(late: number, idle: number) {
    this.late = late;
    this.idle = idle;
  }

  /** Whether a stage in front says how far event time has come; records of no origin go by that. */
  get isTold(): boolean {
    return this.told !== undefined;
  }

  /** A stage in front says that nothing before this will follow. */
  tell(time: number): void {
    this.told = Math.max(this.told ?? Number.NEGATIVE_INFINITY, time);
  }

  /** An origin begins, in the batch that ends at `tick`. */
  open(origin: Origin, tick: number): void {
    if (!this.origins.has(origin)) this.add(origin, tick);
  }

  /** A record of an origin with this event time, in the batch that ends at `tick`. Returns what was over for the origin before it. */
  see(origin: Origin | null, time: number, tick: number): number {
    if (origin === null && this.told !== undefined) return this.told - this.late;
    const heard = this.last?.origin === origin ? this.last!.heard : this.lookUp(origin, tick);
    const before = heard.over;
    heard.tick = tick;
    if (time > heard.highest) {
      if (heard.highest === Number.NEGATIVE_INFINITY) this.silent--;
      heard.highest = time;
      if (time - this.late > heard.over) heard.over = time - this.late;
    }
    return before;
  }

  /** What is over for the next record of the origin of the last one; undefined for another origin, and where it has to be looked up. */
  overOf(origin: Origin | null): number | undefined {
    return this.told === undefined && this.last?.origin === origin ? this.last!.heard.over : undefined;
  }

  /** Nothing more comes from an origin. */
  end(origin: Origin): void {
    const heard = this.origins.get(origin);
    if (heard === undefined) return;
    this.sawEnded(heard.highest);
    if (heard.highest === Number.NEGATIVE_INFINITY && !heard.isIdle) this.silent--;
    this.origins.delete(origin);
    if (this.last?.origin === origin) this.last = undefined;
  }

  /** What has ended had records up to this event time. */
  sawEnded(highest: number): void {
    if (highest > this.highestEnded) this.highestEnded = highest;
  }

  /** A batch is over. Returns what is over now. */
  passTick(tick: number): number {
    for (const heard of this.origins.values()) {
      if (heard.isIdle || tick - heard.tick < this.idle) continue;
      heard.isIdle = true;
      if (heard.highest === Number.NEGATIVE_INFINITY) this.silent--;
    }
    // The next record is looked up, so that an origin that was idle is seen to come back.
    this.last = undefined;
    return this.move();
  }

  /** How far event time had come when all was read, ms. @param late what is taken for `late` then. */
  atEnd(late: number): number {
    return Math.max(this.value, this.furthest() - late);
  }

  snapshot(): State {
    const heard = [...this.origins.values()];
    return {
      value: this.value,
      told: this.told,
      highestEnded: this.highestEnded,
      origins: Array.from(this.origins.keys(), (origin) => origin && originState(origin)),
      highest: doublesOf(heard, ({ highest }) => highest),
      over: doublesOf(heard, ({ over }) => over),
      ticks: doublesOf(heard, ({ tick }) => tick),
      isIdle: heard.map(({ isIdle }) => isIdle),
    } satisfies WatermarkState;
  }

  restore(state: State, known: KnownOrigins): void {
    const { value, told, highestEnded, origins, highest, over, ticks, isIdle } = state as WatermarkState;
    this.value = value;
    this.told = told;
    this.highestEnded = highestEnded;
    this.last = undefined;
    this.silent = 0;
    this.origins.clear();
    for (const [i, origin] of origins.entries()) {
      const heard = { highest: highest[i]!, over: over[i]!, tick: ticks[i]!, isIdle: isIdle[i]! };
      this.origins.set(origin && known.of(origin), heard);
      if (heard.highest === Number.NEGATIVE_INFINITY && !heard.isIdle) this.silent++;
    }
  }

  private lookUp(origin: Origin | null, tick: number): Heard {
    const heard = this.origins.get(origin) ?? this.add(origin, tick);
    if (heard.isIdle) {
      // What went on without it is over for it as well.
      if (origin?.isMerged !== true) heard.over = Math.max(heard.over, this.move());
      heard.isIdle = false;
      if (heard.highest === Number.NEGATIVE_INFINITY) this.silent++;
    }
    this.last = { origin, heard };
    return heard;
  }

  private add(origin: Origin | null, tick: number): Heard {
    const over = origin?.isMerged === true ? Number.NEGATIVE_INFINITY : this.move();
    const heard: Heard = { highest: Number.NEGATIVE_INFINITY, over, tick, isIdle: false };
    this.origins.set(origin, heard);
    this.silent++;
    return heard;
  }

  private move(): number {
    // With many origins that begin together, none is looked at before all have given something.
    if (this.silent === 0) this.value = Math.max(this.value, this.furthest() - this.late);
    return this.value;
  }

  /** The highest event time up to which all that count have come. */
  private furthest(): number {
    let least = this.told ?? Number.POSITIVE_INFINITY;
    let highest = this.highestEnded;
    for (const heard of this.origins.values()) {
      if (!heard.isIdle) least = Math.min(least, heard.highest);
      highest = Math.max(highest, heard.highest);
    }
    return least === Number.POSITIVE_INFINITY ? highest : least;
  }
}
