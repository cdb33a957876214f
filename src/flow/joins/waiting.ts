import type { Identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { State } from '../define/snapshot.ts';
import { Changes } from '../state/changes.ts';
import { doublesOf } from '../state/columns.ts';

/** A pair of one side of a join over time, as long as one of the other side may meet it. */
interface Waiter {
  /** What equal keys have in common. */
  readonly id: Identity;
  readonly key: Value;
  readonly value: Value;
  /** ms since the epoch. */
  readonly time: number;
  /** How many came before it, of both sides. */
  readonly order: number;
  /** About how many bytes it takes. */
  readonly bytes: number;
  /** Whether it has met one. */
  isMet: boolean;
}

type WaitingState = {
  /** Whether it is all there is; else what has changed since the one before. */
  readonly isWhole: boolean;
  readonly keys: readonly Value[];
  readonly values: readonly Value[];
  readonly times: Float64Array;
  readonly orders: Float64Array;
  readonly met: Uint8Array;
};

/** What of a waiter is not written down. */
type Known = (key: Value, value: Value) => Pick<Waiter, 'id' | 'bytes'>;

const NONE: readonly Waiter[] = [];

/** By time, and of one time by when they came. */
const inTime = (a: Waiter, b: Waiter) => a.time - b.time || a.order - b.order;

/**
 * The pairs of one side of a join over time: by key, each key's in the order of their times; and by stretches of time, so that letting go of the
 * oldest costs no more than there are of them.
 */
export class Waiting {
  private readonly byKey = new Map<Identity, Waiter[]>();
  private readonly byTime = new Map<number, Waiter[]>();
  private readonly changes = new Changes<Waiter>();
  private size = 0;
  /** How long a stretch is, ms. */
  private readonly stretch: number;

  constructor(stretch: number) {
    this.stretch = stretch;
  }

  add(waiter: Waiter): void {
    const { id, time } = waiter;
    const ofKey = this.byKey.get(id);
    if (ofKey === undefined) this.byKey.set(id, [waiter]);
    // Nearly always the latest one.
    else if (inTime(ofKey.at(-1)!, waiter) < 0) ofKey.push(waiter);
    else
      ofKey.splice(
        firstBehind(ofKey, (other) => inTime(other, waiter) > 0),
        0,
        waiter,
      );
    const number = Math.floor(time / this.stretch);
    const ofTime = this.byTime.get(number);
    if (ofTime === undefined) this.byTime.set(number, [waiter]);
    else ofTime.push(waiter);
    this.size++;
    this.changes.note(waiter, this.size);
  }

  /** Those of a key with a time from `from` to `to`, both included, in the order of their times; good until the next of this side comes. */
  near(id: Identity, from: number, to: number): readonly Waiter[] {
    const ofKey = this.byKey.get(id);
    if (ofKey === undefined) return NONE;
    // Nearly always all of them: a list of its own for each pair that comes would be most of the garbage of a join.
    if (ofKey[0]!.time >= from && ofKey.at(-1)!.time <= to) return ofKey;
    const first = firstBehind(ofKey, ({ time }) => time >= from);
    return ofKey.slice(
      first,
      firstBehind(ofKey, ({ time }) => time > to, first),
    );
  }

  /** One has met another. */
  meet(waiter: Waiter): void {
    if (waiter.isMet) return;
    waiter.isMet = true;
    this.changes.note(waiter, this.size);
  }

  /** Takes away all whose time is before this, which is the beginning of a stretch; in the order of their times. */
  takeBefore(time: number): readonly Waiter[] {
    return this.removeBefore(time).sort(inTime);
  }

  /** The same where nobody wants to see them. @returns about how many bytes they took. */
  dropBefore(time: number): number {
    let bytes = 0;
    if (time === Number.POSITIVE_INFINITY && !this.changes.areNoted) return this.clear();
    for (const waiter of this.removeBefore(time)) bytes += waiter.bytes;
    return bytes;
  }

  private removeBefore(time: number): Waiter[] {
    const taken: Waiter[] = [];
    for (const [number, waiters] of this.byTime) {
      if ((number + 1) * this.stretch > time) continue;
      this.byTime.delete(number);
      for (const waiter of waiters) taken.push(waiter);
    }
    if (taken.length === 0) return taken;
    this.size -= taken.length;
    // They are the first ones of their keys.
    const counts = new Map<Identity, number>();
    for (const waiter of taken) {
      counts.set(waiter.id, (counts.get(waiter.id) ?? 0) + 1);
      this.changes.forget(waiter, waiter.order, this.size);
    }
    for (const [id, count] of counts) {
      const ofKey = this.byKey.get(id)!;
      if (count === ofKey.length) this.byKey.delete(id);
      else ofKey.splice(0, count);
    }
    return taken;
  }

  /** Where the first stretch ends that has any; Infinity where there is none. */
  firstEnd(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const number of this.byTime.keys()) first = Math.min(first, (number + 1) * this.stretch);
    return first;
  }

  snapshot(onlyChanges: boolean): State {
    const changed = this.changes.take();
    const isWhole = !onlyChanges || changed === undefined;
    const waiters = isWhole ? [...this.byTime.values()].flat() : [...changed.items];
    return {
      isWhole,
      keys: waiters.map(({ key }) => key),
      values: waiters.map(({ value }) => value),
      times: doublesOf(waiters, ({ time }) => time),
      orders: doublesOf(waiters, ({ order }) => order),
      met: Uint8Array.from(waiters, ({ isMet }) => Number(isMet)),
    } satisfies WaitingState;
  }

  /** @param known what is not written down. @returns about how many bytes are held more than before. */
  restore(state: State, known: Known): number {
    const { isWhole, keys, values, times, orders, met } = state as WaitingState;
    let bytes = isWhole ? -this.clear() : 0;
    for (const [i, key] of keys.entries()) {
      const value = values[i]!;
      const waiter = { ...known(key, value), key, value, time: times[i]!, order: orders[i]!, isMet: met[i] === 1 };
      const ofKey = isWhole ? [] : (this.byKey.get(waiter.id) ?? []);
      const same = ofKey[firstBehind(ofKey, (other) => inTime(other, waiter) >= 0)];
      if (same?.order === waiter.order) {
        same.isMet = waiter.isMet;
        continue;
      }
      this.add(waiter);
      bytes += waiter.bytes;
    }
    this.changes.take();
    return bytes;
  }

  /** @returns about how many bytes were held. */
  private clear(): number {
    let bytes = 0;
    for (const waiters of this.byTime.values()) for (const waiter of waiters) bytes += waiter.bytes;
    this.byKey.clear();
    this.byTime.clear();
    this.size = 0;
    return bytes;
  }
}

/** The place of the first of a list for which a condition is true, which it is for all behind it as well; the length where there is none. */
function firstBehind<T>(list: readonly T[], isBehind: (item: T) => boolean, from = 0): number {
  let low = from;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
