import { BadRecord } from '../../../base/problem.ts';
import { type NewFields, setField, type Value } from '../../../base/value.ts';

/** Deeper than this is taken for a circle. */
const DEEPEST = 500;

/**
 * What a function of the user's own gave, as a value: a copy, so that nothing of the host comes along. Undefined, NaN and the
 * infinities become null, dates their ISO text.
 *
 * @throws BadRecord for what is no value: functions, promises, instances of classes, circles.
 */
export function fromHost(result: unknown, name: string, depth = 0): Value {
  switch (typeof result) {
    case 'string':
    case 'boolean':
      return result;
    case 'number':
      return Number.isFinite(result) ? result : null;
    case 'bigint': {
      const double = Number(result);
      return Number.isSafeInteger(double) ? double : result;
    }
    case 'undefined':
      return null;
    case 'object':
      break;
    default:
      throw new BadRecord(`${name} gave a ${typeof result}, which is no value`);
  }
  if (result === null) return null;
  if (depth > DEEPEST) throw new BadRecord(`${name} gave a value that is nested too deep`);
  if (Array.isArray(result)) return Array.from(result, (item) => fromHost(item, name, depth + 1));
  if (result instanceof Date) return Number.isNaN(result.getTime()) ? null : result.toISOString();
  const prototype: unknown = Object.getPrototypeOf(result);
  if (prototype !== null && prototype !== Object.prototype) {
    const kind = result instanceof Promise ? 'a promise' : 'an object of a class';
    throw new BadRecord(`${name} gave ${kind}, which is no value`);
  }
  const copy: NewFields = {};
  for (const [field, value] of Object.entries(result)) setField(copy, field, fromHost(value, name, depth + 1));
  return copy;
}
