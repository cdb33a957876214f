const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A time zone: how far it is ahead of UTC, and when. All in ms since the epoch. */
export interface Zone {
  readonly name: string;
  /** How far it is ahead of UTC at a time. */
  offsetAt(time: number): number;
  /**
   * The time at which its clocks show `local` (as if that were UTC). What they leave out when they are put forward is read as if they had not been
   * yet, so it comes out later by as much; of what they show twice when they are put back it is the first time. Both as in java.time.
   */
  toUtc(local: number): number;
}

/** A zone of one offset, ms ahead of UTC. */
function fixedZone(name: string, offset: number): Zone {
  return { name, offsetAt: () => offset, toUtc: (local) => local - offset };
}

export const UTC = fixedZone('UTC', 0);

/** The zone that the machine is set to. */
export function localZone(): Zone {
  return zoneNamed(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? UTC;
}

/** `+05:30`. */
export function spelledOffset(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / MINUTE);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${offset < 0 ? '-' : '+'}${hour}:${minute}`;
}

/** Zones come from programs mostly, but may come from data; so many are remembered. */
const REMEMBERED = 64;
const known = new Map<string, Zone | undefined>();

/** The zone of a name of the IANA database, `Europe/Berlin`, or of an offset, `+02:00`. Undefined where there is none. */
export function zoneNamed(name: string): Zone | undefined {
  if (known.has(name)) return known.get(name);
  const offset = offsetNamed(name);
  const zone = offset === undefined ? namedZone(name) : fixedZone(name, offset);
  if (known.size >= REMEMBERED) known.clear();
  known.set(name, zone);
  return zone;
}

/** Of `+02:00`, `+0200`, `+02`, `UTC+2`, `Z`, ms; undefined for a name. Java's zones, and so Spark's, go to 18 hours. */
function offsetNamed(name: string): number | undefined {
  if (name === 'Z' || name === 'UTC' || name === 'GMT') return 0;
  const match = /^(?:(?:UTC|GMT)([+-])(\d{1,2})|([+-])(\d{2}))(?::?(\d{2}))?$/.exec(name);
  if (match === null) return undefined;
  const hours = Number(match[2] ?? match[4]);
  const minutes = Number(match[5] ?? 0);
  if (minutes > 59 || hours * 60 + minutes > 18 * 60) return undefined;
  const size = (hours * 60 + minutes) * MINUTE;
  return (match[1] ?? match[3]) === '-' ? -size : size;
}

function namedZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
  return new NamedZone(name, format);
}

/** A stretch of time with what offset a zone has in which part of it. */
interface Stretch {
  /** Where each part begins but the first. */
  readonly changes: readonly number[];
  /** One more than changes. */
  readonly offsets: readonly number[];
}

/** About half a year: no more than one or two changes. */
const STRETCH = 180 * DAY;
/** So far apart that a zone is asked for its offset; none changed it twice within. */
const STEP = 5 * DAY;
/** Some 120 years. */
const STRETCHES = 256;
/** The furthest a `Date` can be, less what an offset can add. */
const FURTHEST = 8.64e15 - 2 * DAY;

/** Asking the engine costs more than reading a whole time, so a zone is asked for each half year once. */
class NamedZone implements Zone {
  readonly name: string;
  private readonly format: Intl.DateTimeFormat;
  private readonly stretches = new Map<number, Stretch>();
  private last = Number.NaN;
  private stretch: Stretch = { changes: [], offsets: [0] };

  constructor(name: string, format: Intl.DateTimeFormat) {
    this.name = name;
    this.format = format;
  }

  offsetAt(time: number): number {
    if (!(Math.abs(time) <= FURTHEST)) return 0;
    const number = Math.floor(time / STRETCH);
    if (number !== this.last) {
      this.stretch = this.stretchOf(number);
      this.last = number;
    }
    const { changes, offsets } = this.stretch;
    let part = changes.length;
    while (part > 0 && time < changes[part - 1]!) part--;
    return offsets[part]!;
  }

  toUtc(local: number): number {
    const before = this.offsetAt(local - DAY);
    const after = this.offsetAt(local + DAY);
    if (before === after || this.offsetAt(local - before) === before) return local - before;
    if (this.offsetAt(local - after) === after) return local - after;
    return local - before;
  }

  private stretchOf(number: number): Stretch {
    let stretch = this.stretches.get(number);
    if (stretch === undefined) {
      stretch = this.look(number * STRETCH);
      if (this.stretches.size >= STRETCHES) this.stretches.clear();
      this.stretches.set(number, stretch);
    }
    return stretch;
  }

  private look(start: number): Stretch {
    const changes: number[] = [];
    const offsets = [this.ask(start)];
    for (let at = start; at < start + STRETCH; at += STEP) {
      const before = offsets.at(-1)!;
      const after = this.ask(at + STEP);
      if (after === before) continue;
      changes.push(this.changeWithin(at, before));
      offsets.push(after);
    }
    return { changes, offsets };
  }

  /** The second at which the offset is no longer what it was before. */
  private changeWithin(from: number, before: number): number {
    let low = from;
    let high = from + STEP;
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (this.ask(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }

  private ask(time: number): number {
    const within = Math.min(Math.max(time, -8.64e15), 8.64e15);
    const name = this.format.formatToParts(within).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    return longOffset(name);
  }
}

/** `GMT`, `GMT+05:30`, and before zones were standardised also `GMT+00:53:28`. */
function longOffset(name: string): number {
  const match = /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name);
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = '0'] = match;
  const size = (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * 1000;
  return sign === '-' ? -size : size;
}
