import { formatDuration } from '../../base/duration.ts';
import { label } from '../drawing/points.ts';
import { formatClock, isDate } from '../formats/times.ts';
import { niceWidth } from '../sketches/bin-width.ts';
import type { Axis } from './plot.ts';

interface AxisOptions {
  readonly isTime?: boolean;
  readonly isLog?: boolean;
  /** Whether 0 is on it, so that lengths can be compared. */
  readonly fromZero?: boolean;
}

/** What is smaller has no place on a logarithmic axis: its border would be no number any more. */
const LEAST = 1e-300;

/** An axis that has all of the values on it, but for those that a logarithm has no place for. */
export function axisOf(
  values: Iterable<number>,
  { isTime = false, isLog = false, fromZero = false }: AxisOptions,
): Axis {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (isLog && value < LEAST) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) [least, most] = isLog ? [1, 10] : [0, 0];
  if (fromZero && !isLog) [least, most] = [Math.min(0, least), Math.max(0, most)];
  // A logarithm shows factors: from one power of ten on, so that the least value is seen as well.
  if (isLog) least = 10 ** Math.floor(Math.log10(least) + 1e-9);
  if (isLog && most <= least) most = least * 10;
  return { least, most, isTime, isLog };
}

/** Where a value stands on an axis, from 0 to 1; undefined where it has no place. All of one value stand in the middle, times at the end. */
export function shareOn({ least, most, isLog, isTime }: Axis, value: number): number | undefined {
  if (isLog) {
    return value < LEAST ? undefined : (Math.log(value) - Math.log(least)) / (Math.log(most) - Math.log(least));
  }
  if (most === least) return isTime ? 1 : 0.5;
  // By halves, which no difference makes larger than numbers can be.
  return (value / 2 - least / 2) / (most / 2 - least / 2);
}

/** The value at a share of an axis. */
export function valueAt({ least, most, isLog }: Axis, share: number): number {
  if (isLog) return Math.exp(Math.log(least) + (Math.log(most) - Math.log(least)) * share);
  return least * (1 - share) + most * share;
}

/** A place on an axis that is named. */
interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Round places on an axis, at most about so many. */
export function ticksOf(axis: Axis, most: number): readonly Tick[] {
  if (axis.isTime) return timeTicks(axis, most);
  if (axis.isLog) return logTicks(axis, most);
  if (!Number.isFinite(axis.most - axis.least))
    return [axis.least, axis.most].map((value) => ({ value, text: label(value) }));
  const step = niceWidth((axis.most - axis.least) / Math.max(1, most));
  return multiples(axis, step, 0).map((value) => ({ value, text: label(Number(value.toPrecision(12))) }));
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 91, 365].map((n) => n * DAY),
];

/** At round times of the zone of the machine, named as far as they differ. */
function timeTicks(axis: Axis, most: number): readonly Tick[] {
  const wanted = (axis.most - axis.least) / Math.max(1, most);
  const step = TIME_STEPS.find((width) => width >= wanted) ?? Math.ceil(wanted / (365 * DAY)) * 365 * DAY;
  const offset = isDate(axis.most) ? -new Date(axis.most).getTimezoneOffset() * MINUTE : 0;
  return multiples(axis, step, offset).map((value) => ({ value, text: timeText(value, step) }));
}

function timeText(time: number, step: number): string {
  if (!isDate(time)) return formatDuration(time);
  const clock = formatClock(time);
  const midnight = clock === '00:00:00';
  if (step < MINUTE) return clock;
  if (step < DAY && !midnight) return clock.slice(0, 5);
  const date = new Date(time);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

function logTicks({ least, most }: Axis, wanted: number): readonly Tick[] {
  const powers = Math.log10(most) - Math.log10(least);
  const factors = powers * 3 <= wanted ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(powers / Math.max(1, wanted)));
  const ticks: Tick[] = [];
  for (let power = Math.round(Math.log10(least)); 10 ** power <= most * 1.000001; power += every) {
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(12));
      if (value <= most * 1.000001) ticks.push({ value, text: label(value) });
    }
  }
  return ticks;
}

/** The multiples of a step that are on an axis. @param offset what they are multiples before. */
function multiples({ least, most }: Axis, step: number, offset: number): readonly number[] {
  const first = Math.ceil((least + offset) / step - 1e-9);
  const last = Math.floor((most + offset) / step + 1e-9);
  return Array.from({ length: Math.max(0, Math.min(1000, last - first + 1)) }, (_, i) => (first + i) * step - offset);
}
