import type { Value } from '../../../base/value.ts';
import type { Lambda } from '../../parameters.ts';
import type { RunContext } from '../context.ts';
import { reportBad } from '../report-bad.ts';
import { LateFile } from './late-file.ts';
import { Stamps } from './stamps.ts';
import { Watermark } from './watermark.ts';

/** What a stage in event time is told. All in ms. */
export interface EventTimeSettings {
  readonly on: Lambda;
  readonly late: number;
  readonly idle: number;
  readonly future: number;
  readonly lateTo?: string;
  /** The zone of times that say none: UTC unless given. */
  readonly zone?: string;
  /** What is told of records that are late. */
  readonly why?: string;
}

/** The event times of a stage's records, its watermark, and where its late records go. */
export class EventTime {
  private readonly stamps: Stamps;
  private readonly watermark: Watermark;
  private readonly lateFile: LateFile | undefined;
  private highest = Number.NEGATIVE_INFINITY;
  private readonly settings: EventTimeSettings;
  private readonly run: RunContext;

  constructor(settings: EventTimeSettings, run: RunContext) {
    this.settings = settings;
    this.run = run;
    this.stamps = new Stamps(settings.zone, run);
    this.watermark = new Watermark(settings.late, settings.idle);
    run.follow?.(() => this.reached);
    this.lateFile = settings.lateTo === undefined ? undefined : new LateFile(settings.lateTo, run);
  }

  /** What is over: ms since the epoch. */
  get reached(): number {
    return this.watermark.value;
  }

  /**
   * The event time of a record, ms, which moves the watermark; undefined for a bad record, which does not. Whoever judges whether the
   * record is late reads {@link reached} before, though it makes no difference: no window of the record ends by its own time.
   */
  take(record: Value): number | undefined {
    const { run } = this;
    try {
      const time = this.stamps.read(this.settings.on(record));
      if (time > this.highest) {
        // Only the highest time so far can be too far ahead, and asking the clock costs more than comparing.
        if (run.live) this.judge(time);
        this.highest = time;
      }
      this.watermark.see(run.cursor.origin?.source ?? -1, time, run.now());
      return time;
    } catch (error) {
      reportBad(run, error, record);
      return undefined;
    }
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
    this.lateFile?.write(record);
  }

  passTick(tick: number): void {
    this.watermark.passTick(tick);
    this.lateFile?.flush();
  }

  finish(): void {
    this.lateFile?.close();
  }
}
