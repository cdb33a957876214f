import { toJson } from '../../base/json.ts';
import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { Compiled } from '../define/compiled.ts';
import type { Output, RunContext } from '../define/context.ts';
import type { KnownOrigins, State } from '../define/snapshot.ts';
import type { Reached } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';
import { Stamps } from './stamps.ts';
import { Watermark } from './watermark.ts';

/** What a stage in event time is told. All in ms. */
export interface EventTimeSettings {
  readonly on: Compiled;
  /** Undefined where the program does not say: 0, and over bounded input as if it were endless. */
  readonly late: number | undefined;
  readonly idle: number;
  readonly future: number;
  readonly lateTo?: string;
  /** The zone of times that say none: UTC unless given. */
  readonly zone?: string;
  /** What is told of records that are late. */
  readonly why?: string;
}

type EventTimeState = {
  readonly highest: number;
  readonly watermark: State;
  readonly stamps: State;
};

/** The event times of a stage's records, its watermark, and where its late records go. */
export class EventTime {
  /** What was over, ms, for the origin of the record that was taken last, before it came. */
  over = Number.NEGATIVE_INFINITY;
  private readonly stamps: Stamps;
  private readonly watermark: Watermark;
  /** Takes the records that are late, a JSON value a line. */
  private readonly lateFile: Output | undefined;
  /** Of all records so far, ms. */
  highest = Number.NEGATIVE_INFINITY;
  /** What is known of the times ahead: that they are ms, or the end of what a stage in front gives. */
  private readonly known: 'time' | 'end' | undefined;
  /** How late a record may be, ms; Infinity over bounded input where the program does not say. */
  readonly late: number;
  /** Gives the time of a record. */
  readonly on: Compiled;
  private readonly settings: EventTimeSettings;
  private readonly run: RunContext;

  constructor(settings: EventTimeSettings, run: RunContext) {
    this.settings = settings;
    this.on = settings.on;
    this.run = run;
    const { result } = settings.on;
    this.known = result.kind === 'number' ? result.is : undefined;
    this.stamps = new Stamps(settings.zone, run);
    this.late = settings.late ?? (run.isBounded ? Number.POSITIVE_INFINITY : 0);
    this.watermark = new Watermark(this.late, settings.idle);
    run.follow?.(() => this.reached);
    const { lateTo } = settings;
    if (lateTo !== undefined) this.lateFile = run.appendTo?.(lateTo, (error) => lateFailure(lateTo, error));
  }

  /** What was over for all origins at the last tick: ms since the epoch. */
  get reached(): number {
    return this.watermark.value;
  }

  /** Whether a stage in front says how far event time has come. */
  get isTold(): boolean {
    return this.watermark.isTold;
  }

  opened(origin: Origin): void {
    this.watermark.open(origin, this.run.now());
  }

  ended(origin: Origin): void {
    this.watermark.end(origin);
  }

  /** A stage in front says how far it has come. */
  tell(reached: Reached): void {
    this.watermark.tell(this.known === 'end' ? reached.ends : reached.times());
  }

  /**
   * The event time of a record, ms, which moves the watermark; undefined for a bad record, which does not. Whether the record is late is
   * judged by {@link over}.
   */
  take(record: Value): number | undefined {
    const { run } = this;
    try {
      const time = this.stamps.read(this.on.call(record), this.known !== undefined);
      if (time > this.highest) {
        // Only the highest time so far can be too far ahead, and asking the clock costs more than comparing.
        if (run.live && !this.isTold) this.judge(time);
        this.highest = time;
      }
      this.over = this.watermark.see(run.cursor.origin, time, run.now());
      return time;
    } catch (error) {
      reportBad(run, error, record);
      return undefined;
    }
  }

  /** What is over for the next record, ms, where all that come together are of one origin; undefined where {@link take} has to be given it. */
  get overNow(): number | undefined {
    return this.watermark.overOf(this.run.cursor.origin);
  }

  /**
   * The event time that {@link take} would give of a record with this value of `on`, with nothing changed; undefined where it has something to say of it.
   *
   * @param highest of those that were looked at since the last one that was taken, ms.
   */
  peek(value: Value, highest: number): number | undefined {
    const { stamps } = this;
    const time = stamps.peek(value, this.known !== undefined);
    if (time === undefined || (stamps.isWatched && this.isJudged(time, highest))) return undefined;
    return this.peekTime(time, highest);
  }

  /** The same where the time is known, and said its zone. */
  peekTime(time: number, highest: number): number | undefined {
    return this.isJudged(time, highest) && time > this.run.clock.now() + this.settings.future ? undefined : time;
  }

  private isJudged(time: number, highest: number): boolean {
    return this.run.live && time > highest && time > this.highest;
  }

  /** Records came of the origin under way whose times were looked at, and of which this is the highest, ms. */
  saw(highest: number): void {
    if (highest > this.highest) this.highest = highest;
    this.watermark.see(this.run.cursor.origin, highest, this.run.now());
  }

  /** The same of records that others took, of what has ended. */
  sawElsewhere(highest: number): void {
    if (highest > this.highest) this.highest = highest;
    this.watermark.sawEnded(highest);
  }

  /** @throws BadRecord for a time that is too far ahead of the clock. */
  private judge(time: number): void {
    const { clock } = this.run;
    const now = clock.now();
    if (time > now + this.settings.future) throw this.stamps.ahead(time, now);
    this.stamps.watch(time, now);
  }

  /** A record that came when all it could belong to was over. */
  dismiss(record: Value): void {
    this.run.late(this.settings.why ?? 'all their windows had closed (late: allows for more)');
    this.lateFile?.write(`${toJson(record)}\n`);
  }

  /** A tick has passed. Returns what is over now. */
  passTick(): number {
    void this.lateFile?.flush();
    return this.watermark.passTick(this.run.now());
  }

  snapshot(): State {
    return {
      highest: this.highest,
      watermark: this.watermark.snapshot(),
      stamps: this.stamps.snapshot(),
    } satisfies EventTimeState;
  }

  restore(state: State, known: KnownOrigins): void {
    const { highest, watermark, stamps } = state as EventTimeState;
    this.highest = highest;
    this.watermark.restore(watermark, known);
    this.stamps.restore(stamps);
  }

  /** The run is over. Returns how far event time has come: what lies behind was cut short by the end, ms. */
  finish(end: { readonly reached?: Reached }): number {
    if (this.isTold && end.reached !== undefined) this.tell(end.reached);
    return this.watermark.atEnd(this.settings.late ?? 0);
  }
}

function lateFailure(path: string, error: unknown): RunFailure {
  if (error instanceof RunFailure) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new RunFailure('late-file', 4, `late records cannot be written to ${path}: ${reason}`);
}
