import { type Identity, identity } from '../../../base/compare.ts';
import type { Value } from '../../../base/value.ts';
import type { ByteTable } from '../byte-table.ts';
import type { RunContext } from '../context.ts';
import type { Grouping } from '../grouping.ts';
import { reportBad } from '../report-bad.ts';
import type { Span } from '../span.ts';
import { PARTIAL_BYTES, partialBytes } from './partial-bytes.ts';

export interface Group<S> {
  readonly key: Value;
  state: S;
}

/** The groups of some records, in the order first seen: plain data, so that it can be kept between batches. */
export class GroupTable<S> {
  readonly groups = new Map<Identity, Group<S>>();
  private readonly grouping: Grouping<S>;

  constructor(grouping: Grouping<S>) {
    this.grouping = grouping;
  }

  get isEmpty(): boolean {
    return this.groups.size === 0;
  }

  /** About how much is kept; for partials that grow it looks at each group. */
  get bytes(): number {
    let bytes = this.groups.size * PARTIAL_BYTES;
    if (this.grouping.aggregate.grows) for (const { state } of this.groups.values()) bytes += partialBytes(state);
    return bytes;
  }

  /** @throws BadRecord, with nothing changed. */
  add(record: Value): void {
    const { key } = this.grouping;
    const keyValue = key === undefined ? null : key(record);
    this.addTo(keyValue, identity(keyValue), record);
  }

  /** The same where the key of the record is known. */
  addTo(key: Value, id: Identity, record: Value): void {
    const { aggregate } = this.grouping;
    const group = this.groups.get(id);
    if (group !== undefined) group.state = aggregate.add(group.state, record);
    else this.groups.set(id, { key, state: aggregate.add(aggregate.zero(), record) });
  }

  /** Adds texts that were counted as bytes. Only where the grouping counts records, so that a count is a partial. */
  addCounts(counts: ByteTable): void {
    counts.forEach((text, count) => {
      const id = identity(text);
      const group = this.groups.get(id);
      if (group === undefined) this.groups.set(id, { key: text, state: count as S });
      else group.state = this.grouping.aggregate.merge(group.state, count as S);
    });
  }

  /** Gives out what the groups became. */
  give(span: Span, run: RunContext, out: (record: Value) => void): void {
    for (const { key, state } of this.groups.values()) {
      try {
        this.grouping.emit(key, state, span, out);
      } catch (error) {
        reportBad(run, error, key);
      }
    }
  }
}

/** What stands for the aggregation where there is none: the records themselves, in order of arrival. */
export const recordsThemselves: Grouping<Value[]> = {
  aggregate: {
    zero: () => [],
    add(state, record) {
      state.push(record);
      return state;
    },
    merge(into, from) {
      // One by one: spreading a long list into arguments overflows the stack.
      for (const record of from) into.push(record);
      return into;
    },
    result: (state) => state.slice(),
    grows: true,
  },
  emit(_key, state, _span, out) {
    for (const record of state) out(record);
  },
};
