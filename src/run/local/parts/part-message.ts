import { readNumber } from '../../../base/number-text.ts';
import { SpeltNumber } from '../../../base/spelt-number.ts';
import type { PartResult } from './part-run.ts';

/** A result on its way between threads, which clone it: of an object of a class they keep no more than its fields. */
export interface PartMessage {
  readonly result: PartResult;
  /** Whether some of its numbers have a spelling. */
  readonly hasSpellings: boolean;
}

/** Numbers with a spelling become objects of JavaScript's `String`, which no value is and which are cloned as such. Changes `result`. */
export function toMessage(result: PartResult): PartMessage {
  let hasSpellings = false;
  exchange(result.groups, (item) => {
    if (!(item instanceof SpeltNumber)) return item;
    hasSpellings = true;
    return new String(item);
  });
  return { result, hasSpellings };
}

/** What {@link toMessage} was given, as a clone of its own. */
export function fromMessage({ result, hasSpellings }: PartMessage): PartResult {
  if (hasSpellings) exchange(result.groups, (item) => (item instanceof String ? readNumber(item.toString()) : item));
  return result;
}

/** Puts something else in the place of some objects anywhere within plain data, which it changes. @returns the data, or what takes its place. */
function exchange(data: unknown, change: (item: object) => unknown): unknown {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return data;
  const changed = change(data);
  if (changed !== data) return changed;
  if (Array.isArray(data)) {
    for (let i = 0; i < data.length; i++) data[i] = exchange(data[i], change);
  } else if (data instanceof Map) {
    for (const [key, value] of data) data.set(key, exchange(value, change));
  } else {
    // A set of partials has the identities of values, which are no objects.
    for (const [name, value] of Object.entries(data)) {
      const item = exchange(value, change);
      if (item !== value) (data as Record<string, unknown>)[name] = item;
    }
  }
  return data;
}
