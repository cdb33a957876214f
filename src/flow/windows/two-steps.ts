import type { Value } from '../../base/value.ts';
import { isReading } from '../columns/group-rows.ts';
import type { Aggregate } from '../define/grouping.ts';

/** What an aggregate does with a record: it reads it, which may throw BadRecord, and puts what it has read into any number of partials. */
export interface TwoSteps<S> {
  /** What it gives is read before the next call. */
  read(record: Value): unknown;
  put(state: S, read: unknown): S;
}

/** @returns undefined where an aggregate, or a part of it, does both at once. */
export function inTwoSteps<S>(aggregate: Aggregate<S>): TwoSteps<S> | undefined {
  if (isReading(aggregate as Aggregate)) return aggregate as unknown as TwoSteps<S>;
  const { parts } = aggregate;
  if (parts?.every(isReading) !== true) return undefined;
  const read: unknown[] = parts.map(() => undefined);
  return {
    read(record) {
      for (let i = 0; i < parts.length; i++) read[i] = parts[i]!.read(record);
      return read;
    },
    put(state) {
      const states = state as unknown[];
      for (let i = 0; i < parts.length; i++) states[i] = parts[i]!.put(states[i], read[i]);
      return state;
    },
  };
}
