import { entriesOf } from '../../../base/fields.ts';
import { SpeltNumber } from '../../../base/spelt-number.ts';
import { isList, type Value } from '../../../base/value.ts';

/**
 * A value for a function of the user's own: a copy, since it may change what it is given, which other stages and streams still have. It is
 * JavaScript's own: numbers with a spelling are plain ones, and of an object the fields whose names are numbers come first.
 */
export function toHost(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof SpeltNumber) return value.valueOf();
  if (isList(value)) return value.map(toHost);
  // fromEntries defines fields rather than assigning them, so that `__proto__` is one as well.
  return Object.fromEntries(entriesOf(value).map(([name, inner]) => [name, toHost(inner)]));
}
