interface Heard {
  /** The highest event time, ms. */
  highest: number;
  /** The tick of the last batch with a record, ms. */
  tick: number;
  isIdle: boolean;
}

/**
 * How far event time has come: the highest event time of each source less `late`, of which the least counts.
 *
 *     source 0    10:00:00  10:00:07            10:00:09        highest 10:00:09
 *     source 1              10:00:03  10:00:05                  highest 10:00:05      late: 2s
 *     watermark    9:59:58   9:59:58            10:00:03
 *
 * It moves with every record and never back. Since it is judged record by record in order of arrival, neither the batch interval nor
 * the number of workers changes which records are late.
 *
 * A source without a record for `idle` ms holds nothing back until it has one again. That is told by the ticks of batches: a tick is
 * never before the record was there, so a source is at least as idle as it seems. Where all are idle, the one furthest ahead counts.
 */
export class Watermark {
  /** ms since the epoch; −Infinity before the first record. */
  value = Number.NEGATIVE_INFINITY;
  private readonly sources = new Map<number, Heard>();
  private readonly late: number;
  private readonly idle: number;

  constructor(late: number, idle: number) {
    this.late = late;
    this.idle = idle;
  }

  /** A record of a source with this event time, in the batch that ends at `tick`. */
  see(source: number, time: number, tick: number): void {
    const heard = this.sources.get(source);
    if (heard === undefined) this.sources.set(source, { highest: time, tick, isIdle: false });
    else {
      heard.tick = tick;
      heard.isIdle = false;
      if (time <= heard.highest) return;
      heard.highest = time;
    }
    this.move();
  }

  /** A batch is over. */
  passTick(tick: number): void {
    for (const heard of this.sources.values()) heard.isIdle ||= tick - heard.tick >= this.idle;
    this.move();
  }

  private move(): void {
    let least = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (const heard of this.sources.values()) {
      if (!heard.isIdle) least = Math.min(least, heard.highest);
      highest = Math.max(highest, heard.highest);
    }
    this.value = Math.max(this.value, Math.min(least, highest) - this.late);
  }
}
