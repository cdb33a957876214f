import type { Clock, VirtualClock } from '../../../base/clock.ts';
import type { State } from '../../../flow/define/snapshot.ts';
import type { Span } from '../../../flow/define/span.ts';
import type { Plan } from '../../../query/plan/plan.ts';
import type { BatchTime } from './batch-time.ts';
import { type NextWindow, WindowClock } from './next-window.ts';

interface BatchSettings {
  /** How long a batch is, ms. */
  readonly interval: number;
  readonly clock: Clock;
  /** The same where the run moves it, with the batches. */
  readonly moved: VirtualClock | undefined;
  /** Whether the clock is moved by records instead, which come within their batch. */
  readonly isByRecords: boolean;
  /** Told the time of each batch before its first record, for `now()`. */
  readonly batchTime: BatchTime;
}

/** What of it goes on in another run. Times in ms. */
type Kept = {
  readonly number: number;
  readonly filled: number;
  readonly end: number;
  readonly start: number;
  readonly lastTick: number;
  readonly firstStart: number;
  /** Records of the batch under way. */
  readonly open: number;
  readonly windows: State;
};

/**
 * The batch under way and those before it: when it ends, how many there were, how late they came out. When a batch is over is the
 * matter of a driver.
 *
 *     open ── read … read ── close ──▶ open of the next
 */
export class Batches {
  readonly interval: number;
  /** The tick that closes the batch under way, ms. */
  end = 0;
  /** How many batches are over. */
  closed = 0;
  /** How many were over in earlier runs, which this one goes on from. */
  before = 0;
  /** How many of those had records. */
  filled = 0;
  /** How long after its end the last batch was closed, ms. */
  lag = 0;
  /** The end of the last batch that is over, ms. */
  lastTick = 0;
  /** The start of the first batch, ms; of all runs, where it goes on from others. */
  firstStart = 0;
  /** The batch under way was opened by an earlier run. */
  isTakenUp = false;
  /** The start of the first batch of this run, ms. */
  begun = 0;
  private start = 0;
  private readonly settings: BatchSettings;
  private readonly windows: WindowClock;
  private recordsAtLastTick = 0;

  constructor(plan: Plan, settings: BatchSettings) {
    this.settings = settings;
    this.interval = settings.interval;
    this.windows = new WindowClock(plan, settings.interval);
  }

  /** Opens the first batch, which the clock is in. @param now is what `now()` says until the next one, if it is not the tick. */
  begin(now?: number): void {
    this.open(Math.floor(this.settings.clock.now() / this.interval) * this.interval + this.interval);
    this.firstStart = this.start;
    this.begun = this.start;
    if (now !== undefined) this.settings.batchTime.time = now;
  }

  /** What of it goes on in another run; lent. @param records read in all. */
  snapshot(records: number): State {
    const { end, start, filled, lastTick, firstStart } = this;
    const open = records - this.recordsAtLastTick;
    const windows = this.windows.snapshot(records);
    return { number: this.number, filled, end, start, lastTick, firstStart, open, windows } satisfies Kept;
  }

  /** Goes on from there, instead of {@link begin}: the batch under way is the one that was. Records are counted anew. */
  restore(state: State): void {
    const { number, filled, end, start, lastTick, firstStart, open, windows } = state as Kept;
    this.open(end);
    Object.assign(this, { start, before: number, filled, lastTick, firstStart, begun: start, isTakenUp: true });
    this.recordsAtLastTick = -open;
    this.windows.restore(windows);
  }

  /** How many batches are over, those of earlier runs too. */
  get number(): number {
    return this.before + this.closed;
  }

  /** Makes `end` the tick of the batch under way. */
  open(end: number): void {
    this.start = end - this.interval;
    this.end = end;
    this.settings.batchTime.time = end;
    if (!this.settings.isByRecords) this.moveClock(end);
  }

  /** The batch under way goes on at least to the tick that `time` (ms) belongs to: what is read now comes then. */
  extend(time: number): void {
    const end = Math.ceil(time / this.interval) * this.interval;
    if (end <= this.end) return;
    this.end = end;
    this.settings.batchTime.time = end;
  }

  /** The batch under way, which is empty, and those behind it are left out up to the one that a time (ms) is in. */
  skipTo(time: number): void {
    const batches = Math.ceil((time - this.end) / this.interval);
    if (batches > 0) this.open(this.end + batches * this.interval);
  }

  /** Moves the clock of the run, where that is the run's. */
  moveClock(time: number): void {
    this.settings.moved?.moveTo(time);
  }

  /** Whether there is something of the batch under way to come out at the end. A run without a batch gives its one empty one. @param records read in all. */
  isDue(records: number): boolean {
    return records > this.recordsAtLastTick || this.number === 0;
  }

  /**
   * Closes the batch under way and opens the next.
   *
   * @param records read in all.
   * @param partial whether the end of the run cut it short.
   * @param work what is done with it, while it is still the one under way.
   */
  close(records: number, partial: boolean, work: (span: Span) => void): void {
    if (records > this.recordsAtLastTick) this.filled++;
    this.recordsAtLastTick = records;
    this.closed++;
    this.lag = Math.max(0, this.settings.clock.now() - this.end);
    work({ time: this.end, start: this.start, end: this.end, partial });
    this.lastTick = this.end;
    this.windows.passTick(this.end, records);
    this.open(this.end + this.interval);
  }

  /** Of windows by time of arrival, the next that comes out. @param records read in all. */
  nextWindow(records: number): NextWindow | undefined {
    return this.windows.next(this.end, records);
  }
}
