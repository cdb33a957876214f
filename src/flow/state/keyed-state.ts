import { type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import { estimatedBytes, MemoryBound } from './memory-bound.ts';

/** A key with what is kept for it. */
export interface Kept<V extends Value> {
  /** What equal keys have in common. */
  readonly id: Identity;
  readonly key: Value;
  readonly value: V;
}

/**
 * What a stage keeps between batches, by key; keys are told apart by content. Everything that a stage has to remember stands in
 * here, so that a run can be taken up again from snapshots alone.
 */
export interface KeyedState<V extends Value = Value> {
  /** How many keys there are. */
  readonly size: number;
  /** Whether it was filled by {@link restore}, so that nothing initial belongs into it. */
  readonly restored: boolean;
  /** What is kept for the key, if anything. */
  get(key: Value): V | undefined;
  /** Keeps `value` for the key. A key that is there stays in its place, a new one is the last. */
  put(key: Value, value: V): void;
  /** Does nothing if the key is not there. */
  forget(key: Value): void;
  /** All keys in the order in which they were first put. Keys may be forgotten, and known ones put, while it is walked. */
  entries(): Iterable<Kept<V>>;
  /** Everything as a value, in order: to be taken between batches, when the stage holds nothing else. */
  snapshot(): Value;
  /** Replaces everything by what {@link snapshot} gave. */
  restore(data: Value): void;
}

/** About what a `Map` and the entry itself take, bytes. */
const ENTRY_BYTES = 96;

interface Entry<V extends Value> extends Kept<V> {
  value: V;
  valueBytes: number;
  readonly keyBytes: number;
}

/** Opens the state of a stage, empty. The run fails when it holds more than `run.stateMax`; `help` says what else can be done then. */
export function openState<V extends Value = Value>(run: RunContext, stage: string, help: string): KeyedState<V> {
  return new MapState<V>(new MemoryBound(run, stage, help));
}

class MapState<V extends Value> implements KeyedState<V> {
  restored = false;
  private readonly kept = new Map<Identity, Entry<V>>();
  private readonly bound: MemoryBound;

  constructor(bound: MemoryBound) {
    this.bound = bound;
  }

  get size(): number {
    return this.kept.size;
  }

  get(key: Value): V | undefined {
    return this.kept.get(identity(key))?.value;
  }

  put(key: Value, value: V): void {
    const id = identity(key);
    const entry = this.kept.get(id);
    if (entry === undefined) {
      // A list or an object stands in the map a second time, as the text that tells it from others.
      const keyBytes = ENTRY_BYTES + estimatedBytes(key) + (typeof key === 'object' ? estimatedBytes(id as Value) : 0);
      const valueBytes = estimatedBytes(value);
      this.kept.set(id, { id, key, value, valueBytes, keyBytes });
      this.bound.add(keyBytes + valueBytes);
    } else if (entry.value !== value) {
      const valueBytes = estimatedBytes(value);
      this.bound.add(valueBytes - entry.valueBytes);
      entry.value = value;
      entry.valueBytes = valueBytes;
    }
  }

  forget(key: Value): void {
    const id = identity(key);
    const entry = this.kept.get(id);
    if (entry === undefined) return;
    this.kept.delete(id);
    this.bound.add(-entry.keyBytes - entry.valueBytes);
  }

  entries(): Iterable<Kept<V>> {
    return this.kept.values();
  }

  snapshot(): Value {
    return Array.from(this.kept.values(), ({ key, value }) => [key, value]);
  }

  restore(data: Value): void {
    for (const { key } of this.kept.values()) this.forget(key);
    for (const [key, value] of data as readonly (readonly [Value, V])[]) this.put(key, value);
    this.restored = true;
  }
}
