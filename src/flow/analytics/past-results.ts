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

interface Remembered {
  /** The end of the first emission that is kept. */
  readonly from: number;
  readonly ends: readonly number[];
  readonly keys: readonly (readonly Identity[])[];
  readonly values: readonly (readonly Value[])[];
}

/** About what a `Map` takes for a key that it shares with others, bytes. */
const ENTRY_BYTES = 48;

/** What each key had in the emission that ended so long before this one; null where there was none, or none of the key. */
export class PastResults implements Analysis {
  /** Those that may still be asked for, in order of their ends. */
  private emissions: Emission[] = [];
  /** The end of the last that was written down. */
  private written = Number.NEGATIVE_INFINITY;
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
    this.keep(end, ids, values);
    return found;
  }

  snapshot(onlyChanges = false): State {
    const since = onlyChanges ? this.written : Number.NEGATIVE_INFINITY;
    const kept = this.emissions.filter(({ end }) => end >= since);
    this.written = this.emissions.at(-1)?.end ?? this.written;
    return {
      from: this.emissions[0]?.end ?? Number.POSITIVE_INFINITY,
      ends: kept.map(({ end }) => end),
      keys: kept.map(({ values }) => [...values.keys()]),
      values: kept.map(({ values }) => [...values.values()]),
    } satisfies Remembered as State;
  }

  restore(state: State): void {
    const { from, ends, keys, values } = state as unknown as Remembered;
    this.forgetBefore(from);
    for (const [i, end] of ends.entries()) this.keep(end, keys[i]!, values[i]!);
    this.written = this.emissions.at(-1)?.end ?? this.written;
  }

  private keep(end: number, ids: readonly Identity[], values: readonly Value[]): void {
    if (this.emissions.at(-1)?.end === end) this.bound.add(-this.emissions.pop()!.bytes);
    const byKey = new Map(ids.map((id, i) => [id, values[i]!]));
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
