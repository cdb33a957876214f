import { type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { Analysis } from '../define/analysis.ts';
import type { RunContext } from '../define/context.ts';
import type { State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { estimatedBytes, MemoryBound } from '../state/memory-bound.ts';

/** What an emission gave, by what tells its keys apart. */
interface Emission {
  readonly end: number;
  readonly values: ReadonlyMap<Identity, Value>;
  readonly bytes: number;
}

/** An emission as it is beside the one before it. */
type EmissionState = {
  readonly end: number;
  /** Whether it is told by itself, since little of it is as it was. */
  readonly isAnew: boolean;
  /** Keys that are in it no more. */
  readonly gone: readonly Identity[];
  /** Keys that have another value, and these. */
  readonly keys: readonly Identity[];
  readonly values: readonly Value[];
};

type Remembered = {
  /** Whether it is all there is; else what came since the one before. */
  readonly isWhole: boolean;
  /** The end of the first emission that is kept. */
  readonly from: number;
  readonly emissions: readonly EmissionState[];
};

/** About what a `Map` takes for a key that it shares with others, bytes. */
const ENTRY_BYTES = 48;

/** What each key had in the emission that ended so long before this one; null where there was none, or none of the key. */
export class PastResults implements Analysis {
  /** Those that may still be asked for, in order of their ends. */
  private emissions: Emission[] = [];
  /** The last that was written down. */
  private written: Emission | undefined;
  private readonly back: number;
  private readonly bound: MemoryBound;

  /** @param back ms, above 0. */
  constructor(back: number, run: RunContext) {
    this.back = back;
    this.bound = new MemoryBound(run, '`lag`', 'use fewer keys, a shorter time, or longer batches or windows');
  }

  of(values: readonly Value[], keys: readonly Value[], { end }: Span): readonly Value[] {
    const ids = keys.map(identity);
    this.forgetBefore(end - this.back);
    const [oldest] = this.emissions;
    const past = oldest?.end === end - this.back ? oldest.values : undefined;
    const found = ids.map((id) => past?.get(id) ?? null);
    this.keep(end, new Map(ids.map((id, i) => [id, values[i]!])));
    return found;
  }

  snapshot(onlyChanges = false): State {
    const since = onlyChanges ? this.written : undefined;
    const kept =
      since === undefined ? this.emissions : this.emissions.filter((one) => one !== since && one.end >= since.end);
    this.written = this.emissions.at(-1);
    return {
      isWhole: since === undefined,
      from: this.emissions[0]?.end ?? Number.POSITIVE_INFINITY,
      emissions: kept.map((emission, i) => emissionState(emission, i === 0 ? since : kept[i - 1])),
    } satisfies Remembered;
  }

  restore(state: State): void {
    const { isWhole, from, emissions } = state as Remembered;
    if (isWhole) this.forgetBefore(Number.POSITIVE_INFINITY);
    // All there is follows.
    else if (this.written === undefined) return;
    for (const { end, isAnew, gone, keys, values } of emissions) {
      const byKey = new Map(isAnew ? [] : this.emissions.at(-1)!.values);
      for (const key of gone) byKey.delete(key);
      for (const [i, key] of keys.entries()) byKey.set(key, values[i]!);
      this.keep(end, byKey);
    }
    this.forgetBefore(from);
    this.written = this.emissions.at(-1);
  }

  private keep(end: number, byKey: ReadonlyMap<Identity, Value>): void {
    if (this.emissions.at(-1)?.end === end) this.bound.add(-this.emissions.pop()!.bytes);
    let bytes = ENTRY_BYTES;
    for (const value of byKey.values()) bytes += ENTRY_BYTES + estimatedBytes(value);
    this.emissions.push({ end, values: byKey, bytes });
    this.bound.add(bytes);
  }

  private forgetBefore(end: number): void {
    let old = 0;
    while (old < this.emissions.length && this.emissions[old]!.end < end) this.bound.add(-this.emissions[old++]!.bytes);
    if (old > 0) this.emissions = this.emissions.slice(old);
  }
}

/** What tells an emission from the one before it. Where that is most of it, all of it is told. */
function emissionState({ end, values }: Emission, before: Emission | undefined): EmissionState {
  const changed = before === undefined ? undefined : changesOf(values, before.values);
  if (changed !== undefined) return { end, isAnew: false, ...changed };
  return { end, isAnew: true, gone: [], keys: [...values.keys()], values: [...values.values()] };
}

function changesOf(
  now: Emission['values'],
  before: Emission['values'],
): Pick<EmissionState, 'gone' | 'keys' | 'values'> | undefined {
  const most = now.size / 2;
  const keys: Identity[] = [];
  const values: Value[] = [];
  let stayed = 0;
  for (const [key, value] of now) {
    const past = before.get(key);
    if (past !== undefined) stayed++;
    if (Object.is(past, value)) continue;
    if (keys.length >= most) return undefined;
    keys.push(key);
    values.push(value);
  }
  if (before.size - stayed > most) return undefined;
  const gone = before.size === stayed ? [] : Array.from(before.keys()).filter((key) => !now.has(key));
  return { gone, keys, values };
}
