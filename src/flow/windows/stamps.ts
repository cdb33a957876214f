import { epochMs } from '../../base/epoch.ts';
import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { parseTime } from '../../base/time.ts';
import { isNumber, type Value } from '../../base/value.ts';
import { localZone, spelledOffset, UTC, type Zone, zoneNamed } from '../../base/zone.ts';
import type { RunContext } from '../define/context.ts';
import type { State } from '../define/snapshot.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** All offsets of zones are multiples of it. */
const QUARTER = 15 * MINUTE;
/** The offsets of zones go from 12 hours behind UTC to 14 ahead. */
const FURTHEST = 14 * HOUR;
/** How much later a record may come than it happened and still tell of a zone. */
const SLOW = 2 * MINUTE;
/** How long, and in how many records, times have to be off by the same before it is told. */
const SURE_AFTER = 10_000;
const SURE_RECORDS = 10;

/** What was seen of times that say no zone. */
type ZoneWatch = {
  readonly isWatching: boolean;
  readonly off: number;
  readonly since: number;
  readonly seen: number;
};

/** Reads what `on` gives, in the zone of `zone:`, and sees where a zone is missing. */
export class Stamps {
  private readonly run: Pick<RunContext, 'now' | 'note'>;
  private readonly reading: { readonly zone: Zone; readonly now: () => number };
  /** Whether the last text that was read said no zone, and was taken for one of UTC. */
  private isZoneless = false;
  private readonly isUtc: boolean;
  private local: Zone | undefined;
  private isWatching: boolean;
  /** By how much all times so far were off, since when, and how many. */
  private off = 0;
  private since = 0;
  private seen = 0;

  /**
   * @param zone of texts that say none: UTC unless given.
   * @param local what the machine is set to; it is asked unless given.
   */
  constructor(zone: string | undefined, run: Pick<RunContext, 'now' | 'note'>, local?: Zone) {
    this.run = run;
    this.local = local;
    this.isUtc = zone === undefined;
    this.isWatching = this.isUtc;
    const given = zone === undefined ? undefined : zoneNamed(zone);
    this.reading = { zone: given ?? this.watchedUtc(), now: () => run.now() };
  }

  /** ms since the epoch. @param isMs numbers are that already, whatever their size. @throws BadRecord for what is no time. */
  read(value: Value, isMs: boolean): number {
    const time = this.peek(value, isMs);
    if (time === undefined) throw new BadRecord('event time is not a time', toJson(value).slice(0, 60));
    return time;
  }

  /** The same; undefined for what is no time. */
  peek(value: Value, isMs: boolean): number | undefined {
    this.isZoneless = false;
    if (isMs && typeof value === 'number') return value;
    if (isNumber(value)) return epochMs(value);
    return typeof value === 'string' ? parseTime(value, this.reading) : undefined;
  }

  /** Whether {@link watch} has something to do with the time that was read last. */
  get isWatched(): boolean {
    return this.isWatching && this.isZoneless;
  }

  /** Why the time that was read last is too far ahead of the clock. */
  ahead(time: number, now: number): BadRecord {
    const at = `${new Date(time).toISOString()}, ${spelledHours(time - now)} ahead`;
    const isZone = this.isZoneless && this.isUtc && time - now <= FURTHEST + SLOW;
    const zone = isZone ? `; it says no zone, and was read as UTC: zone: "${this.zoneAhead(time - now, now)}"` : '';
    return new BadRecord('event time too far ahead of the clock', at + zone);
  }

  /** Looks at the time that was read last, the latest so far, beside the clock: is it off as by a zone? */
  watch(time: number, now: number): void {
    if (!this.isWatching || !this.isZoneless) return;
    const off = Math.round((time - now) / QUARTER) * QUARTER;
    this.isWatching = off !== 0 && Math.abs(off) <= FURTHEST && Math.abs(time - now - off) <= SLOW;
    if (!this.isWatching) return;
    if (this.seen++ === 0) {
      this.off = off;
      this.since = now;
    }
    this.isWatching = off === this.off;
    const isLocal = off === this.machine.offsetAt(now);
    if (this.isWatching && (isLocal || (this.seen >= SURE_RECORDS && now - this.since >= SURE_AFTER)))
      this.tell(off, now);
  }

  snapshot(): State {
    const { isWatching, off, since, seen } = this;
    return { isWatching, off, since, seen } satisfies ZoneWatch;
  }

  restore(state: State): void {
    Object.assign(this, state as ZoneWatch);
  }

  private tell(off: number, now: number): void {
    this.isWatching = false;
    this.run.note(
      `event times say no zone, are read as UTC, and are ${spelledHours(off)} ${off < 0 ? 'behind' : 'ahead of'} the clock: zone: "${this.zoneAhead(off, now)}"`,
      'zone-less event times',
    );
  }

  /** The zone that is about so far ahead of UTC: the machine's own if it is. */
  private zoneAhead(off: number, now: number): string {
    const offset = Math.round(off / QUARTER) * QUARTER;
    return this.machine.offsetAt(now) === offset ? this.machine.name : spelledOffset(offset);
  }

  /** Asked only where times are off: what finds it out takes 20 ms to load. */
  private get machine(): Zone {
    this.local ??= localZone();
    return this.local;
  }

  private watchedUtc(): Zone {
    return {
      ...UTC,
      toUtc: (local) => {
        this.isZoneless = true;
        return local;
      },
    };
  }
}

function spelledHours(time: number): string {
  const hours = Math.abs(time) / HOUR;
  const round = Math.round(hours * 4) / 4;
  return round >= 48 ? `${Math.round(round / 24)} d` : `${round} h`;
}
