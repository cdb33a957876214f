import type { ChalkInstance } from 'chalk';
import textWidth from 'fast-string-width';
import { formatDuration } from '../../base/duration.ts';
import { formatSize } from '../../base/size.ts';
import { bar } from '../../flow/drawing/bars.ts';
import { cutText } from '../../flow/formats/cells.ts';
import { formatClock } from '../../flow/formats/times.ts';
import type { NextWindow } from '../../run/local/batches/next-window.ts';
import type { SourceState } from '../../run/local/reading/origins.ts';
import type { RunState } from '../../run/local/run-state.ts';

/** Rates are those of the last so many ms. */
const SPAN = 3000;
const BAR_WIDTH = 20;
/** A lag below this, ms, is nobody's business. */
const LEAST_LAG = 100;
/** The same of a file, bytes: what is written between two looks. */
const LEAST_BYTES = 64 * 1024;

interface Sample {
  readonly time: number;
  readonly records: number;
  readonly bytes: number;
}

interface StatusLook {
  readonly paint: ChalkInstance;
  readonly ascii: boolean;
  /** Whether keys are heard. */
  readonly keys: boolean;
  /** Whether there is something to look at that they can hold. */
  readonly view: boolean;
}

/** Records and bytes a second. */
interface Rate {
  readonly records: number;
  readonly bytes: number;
}

/**
 * What a run is doing, in one line:
 *
 *     2 clients  1,204/s  3.1mb/s  lag 210ms  watermark 07:00:05 (−3.1s)  late 3  bad 2
 *     ███████▌              38%  812mb of 2.1gb  9s left  1,031,220/s  97mb/s
 */
export class StatusLine {
  private readonly look: StatusLook;
  private readonly samples: Sample[];

  /** @param start when nothing had been read yet, ms. */
  constructor(look: StatusLook, start: number) {
    this.look = look;
    this.samples = [{ time: start, records: 0, bytes: 0 }];
  }

  /** @param now ms; @param columns of the terminal. */
  text(state: RunState, now: number, columns: number, isPaused: boolean): string {
    const rate = this.rate(state, now);
    const whole = this.parts(state, now, isPaused, rate, state.bytes > 0);
    const fits = textWidth(whole) <= columns;
    // Of all, the bytes a second are missed least.
    const line = fits ? whole : this.parts(state, now, isPaused, rate, false);
    return this.look.paint.dim(cutText(line, columns));
  }

  private parts(state: RunState, now: number, isPaused: boolean, rate: Rate, withBytes: boolean): string {
    const { keys, view } = this.look;
    const parts = [
      ...(isPaused ? ['paused'] : []),
      ...progressParts(state, rate.bytes, this.look.ascii),
      ...state.sources.flatMap((source) => sourcePart(source, state.expected !== undefined)),
      `${Math.round(rate.records).toLocaleString('en-US')}/s`,
      ...(withBytes ? [`${formatSize(Math.round(rate.bytes))}/s`] : []),
      ...(state.lag >= LEAST_LAG ? [`lag ${formatDuration(Math.round(state.lag))}`] : []),
      ...(state.watermark === undefined ? [] : [watermarkPart(state.watermark, now)]),
      ...(state.nextEventWindow === undefined
        ? []
        : [`next window at watermark ${formatClock(state.nextEventWindow)}`]),
      ...(state.nextWindow === undefined ? [] : [windowPart(state.nextWindow, now)]),
      ...(state.late > 0 ? [`late ${state.late.toLocaleString('en-US')}`] : []),
      ...(state.bad > 0 ? [`bad ${state.bad.toLocaleString('en-US')}`] : []),
      ...(keys ? [view ? `p ${isPaused ? 'goes on' : 'pause'}, q quit, ? keys` : 'q quit'] : []),
    ];
    return parts.join('  ');
  }

  /** Records and bytes a second, over the last few seconds. */
  private rate(state: RunState, now: number): Rate {
    this.samples.push({ time: now, records: state.records, bytes: state.bytes });
    while (this.samples.length > 2 && this.samples[1]!.time <= now - SPAN) this.samples.shift();
    const [first] = this.samples;
    const seconds = (now - first!.time) / 1000;
    if (seconds <= 0) return { records: 0, bytes: 0 };
    return { records: (state.records - first!.records) / seconds, bytes: (state.bytes - first!.bytes) / seconds };
  }
}

/** Clients are told as long as they are there, files by their number; a source that is behind says how many records, or bytes where these are worth a word and the progress of the run does not say so. */
function sourcePart(
  { node, opened, open, lag = 0, lagBytes = 0 }: SourceState,
  hasProgress: boolean,
): readonly string[] {
  const noun = node.definition.origins;
  if (noun === undefined) return [];
  const count = noun === 'client' ? open : opened;
  const much =
    lag > 0 ? lag.toLocaleString('en-US') : lagBytes >= LEAST_BYTES && !hasProgress ? formatSize(lagBytes) : undefined;
  const behind = much === undefined ? '' : ` (lag ${much})`;
  return [`${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}${behind}`];
}

function watermarkPart(watermark: number, now: number): string {
  const distance = now - watermark;
  const isNear = Math.abs(distance) < 86_400_000;
  const sign = distance < 0 ? '+' : '-';
  const tenths = Math.round(Math.abs(distance) / 100) * 100;
  return `watermark ${formatClock(Math.floor(watermark / 1000) * 1000)}${isNear ? ` (${sign}${formatDuration(tenths)})` : ''}`;
}

/** `next window 22:02:20 (7 s), 4 records so far` */
function windowPart({ end, records }: NextWindow, now: number): string {
  const seconds = Math.max(0, Math.ceil((end - now) / 1000));
  const left = seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
  const count = records === 1 ? '1 record' : `${records.toLocaleString('en-US')} records`;
  return `next window ${formatClock(end)} (${left}), ${count} so far`;
}

function progressParts({ bytes, expected }: RunState, rate: number, ascii: boolean): readonly string[] {
  if (expected === undefined || expected === 0) return [];
  const share = Math.min(1, bytes / expected);
  const left = rate > 0 ? [`${formatDuration(Math.ceil((expected - bytes) / rate) * 1000)} left`] : [];
  return [
    `${bar(share, BAR_WIDTH, ascii).padEnd(BAR_WIDTH)} ${Math.floor(share * 100)}%`,
    `${formatSize(bytes)} of ${formatSize(expected)}`,
    ...(share < 1 ? left : []),
  ];
}
