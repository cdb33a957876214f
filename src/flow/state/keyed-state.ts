import { type Identity, identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { State } from '../define/snapshot.ts';
import { Changes } from './changes.ts';
import { estimatedBytes, MemoryBound } from './memory-bound.ts';
import { stretchesOf } from './parts.ts';

/** A key with what is kept for it. */
interface Kept<V extends Value> {
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
  /** What is kept for the key, if anything. */
  get(key: Value): V | undefined;
  /** Keeps `value` for the key. A key that is there stays in its place, a new one is the last. */
  put(key: Value, value: V): void;
  /** Does nothing if the key is not there. */
  forget(key: Value): void;
  /** All keys in the order in which they were first put. Keys may be forgotten, and known ones put, while it is walked. */
  entries(): Iterable<Kept<V>>;
  /**
   * Everything, in order. @param onlyChanges what has changed since the last snapshot of either kind will do, if that is less; then it costs
   * no more than there is of that.
   */
  snapshot(onlyChanges?: boolean): State;
  /** Everything part by part, so many keys at a time, see `Remembering`. */
  parts(size: number): IterableIterator<State>;
  /** Replaces everything by what {@link snapshot} gave, or changes it by what it gave of the changes since the one before; see `Remembering` for parts. */
  restore(state: State): void;
}

/** How what is kept for keys is written down: lists of numbers rather than a list of lists. */
export interface Columns<V extends Value> {
  write(values: readonly V[]): State;
  /** As many values, in their order. */
  read(state: State): readonly V[];
}

/** Values as they are. */
const asTheyAre: Columns<Value> = { write: (values) => values, read: (state) => state as readonly Value[] };

type KeyedSnapshot = {
  /** Whether it is all there is; else what has changed since the one before. */
  readonly isWhole: boolean;
  /** Keys that were there and were forgotten since; they may be there again. */
  readonly forgotten: readonly Value[];
  /** The others, in order, and in the order of these what is kept for each. */
  readonly keys: readonly Value[];
  readonly values: State;
  /** Set where it is one of the parts that make up a whole one, and which. */
  readonly part?: 'one' | 'last';
};

/** About what a `Map` and the entry itself take, bytes. */
const ENTRY_BYTES = 96;

interface Entry<V extends Value> extends Kept<V> {
  value: V;
  valueBytes: number;
  readonly keyBytes: number;
}

/**
 * Opens the state of a stage, empty. The run fails when it holds more than `run.stateMax`; `help` says what else can be done then.
 *
 * @param columns how what is kept is written down.
 */
export function openState<V extends Value = Value>(
  run: RunContext,
  stage: string,
  help: string,
  columns: Columns<V> = asTheyAre as unknown as Columns<V>,
): KeyedState<V> {
  return new MapState<V>(new MemoryBound(run, stage, help), columns);
}

class MapState<V extends Value> implements KeyedState<V> {
  private readonly kept = new Map<Identity, Entry<V>>();
  private readonly bound: MemoryBound;
  private readonly columns: Columns<V>;
  private readonly changes = new Changes<Entry<V>>();
  /** All of what it goes on from is known, but for what changes behind that. */
  private isWhole = false;

  constructor(bound: MemoryBound, columns: Columns<V>) {
    this.bound = bound;
    this.columns = columns;
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
      const added: Entry<V> = { id, key, value, valueBytes, keyBytes };
      this.kept.set(id, added);
      this.bound.add(keyBytes + valueBytes);
      this.changes.note(added, this.kept.size);
    } else if (entry.value !== value) {
      const valueBytes = estimatedBytes(value);
      this.bound.add(valueBytes - entry.valueBytes);
      entry.value = value;
      entry.valueBytes = valueBytes;
      this.changes.note(entry, this.kept.size);
    }
  }

  forget(key: Value): void {
    const id = identity(key);
    const entry = this.kept.get(id);
    if (entry === undefined) return;
    this.kept.delete(id);
    this.bound.add(-entry.keyBytes - entry.valueBytes);
    this.changes.forget(entry, entry.key, this.kept.size);
  }

  entries(): Iterable<Kept<V>> {
    return this.kept.values();
  }

  snapshot(onlyChanges = false): State {
    const changed = this.changes.take();
    const isWhole = !onlyChanges || changed === undefined;
    const entries = [...(isWhole ? this.kept.values() : changed.items)];
    return { ...this.write(entries), isWhole, forgotten: isWhole ? [] : changed.forgotten } satisfies KeyedSnapshot;
  }

  *parts(size: number): IterableIterator<State> {
    for (const { items, isLast } of stretchesOf(this.kept.values(), size)) {
      // One of them may be forgotten by now.
      const entries = items.filter((entry) => this.kept.get(entry.id) === entry);
      yield { ...this.write(entries), part: isLast ? 'last' : 'one' } satisfies KeyedSnapshot;
    }
  }

  restore(state: State): void {
    const { isWhole, forgotten, keys, values, part } = state as KeyedSnapshot;
    this.changes.stop();
    if (part === undefined || !this.isWhole) {
      if (isWhole) for (const { key } of this.kept.values()) this.forget(key);
      for (const key of forgotten) this.forget(key);
      this.isWhole ||= isWhole || part === 'last';
      // Of keys that are not known a part is still to come, in their order.
      const addsNew = this.isWhole || part !== undefined;
      const read = this.columns.read(values);
      for (const [i, key] of keys.entries()) if (addsNew || this.get(key) !== undefined) this.put(key, read[i]!);
    }
    this.changes.take();
  }

  private write(entries: readonly Entry<V>[]): KeyedSnapshot {
    const values = this.columns.write(entries.map(({ value }) => value));
    return { isWhole: false, forgotten: [], keys: entries.map(({ key }) => key), values };
  }
}
