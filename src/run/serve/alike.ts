import { keysOf } from '../../base/fields.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import { isList, type Value } from '../../base/value.ts';

/** Whether two values are written alike: to the spelling of their numbers and the order of their fields. */
export function isAlike(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof SpeltNumber || b instanceof SpeltNumber) {
    return a instanceof SpeltNumber && b instanceof SpeltNumber && a.toString() === b.toString();
  }
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, i) => isAlike(item, b[i]!));
  }
  const keys = keysOf(a);
  const others = keysOf(b);
  return keys.length === others.length && keys.every((key, i) => key === others[i] && isAlike(a[key]!, b[key]!));
}
