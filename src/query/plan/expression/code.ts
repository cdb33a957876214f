import { BadRecord } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';

/** What the lambdas inside the outermost one are given, and its own parameters from the third on; by slot. */
export type Frame = Value[];

/** A compiled expression. `x` and `y` are the first two parameters of the outermost lambda, which most programs need no more than. */
export type Code = (x: Value, y: Value, frame: Frame) => Value;

/** The first two parameters of the outermost lambda; code around them may look at them itself. */
export const FIRST: Code = (x) => x;
export const SECOND: Code = (_x, y) => y;

/** A parameter by its slot. */
export function variable(slot: number): Code {
  if (slot === 0) return FIRST;
  if (slot === 1) return SECOND;
  return (_x, _y, frame) => frame[slot]!;
}

/** Codes that give the same value each time. */
const constants = new WeakMap<Code, { readonly value: Value }>();

export function constant(value: Value): Code {
  const code: Code = () => value;
  constants.set(code, { value });
  return code;
}

/** The value of a constant; undefined for any other code. */
export function constantOf(code: Code): Value | undefined {
  return constants.get(code)?.value;
}

/** The code, or its value if all it is made of is constant and it succeeds. What is bad then is bad record by record, if it is reached. */
export function folded(code: Code, parts: readonly Code[]): Code {
  if (!parts.every((part) => constants.has(part))) return code;
  try {
    return constant(code(null, null, []));
  } catch (error) {
    if (error instanceof BadRecord || error instanceof RangeError) return code;
    throw error;
  }
}

/** What went wrong with a record, as a BadRecord where it is a limit of the engine's: the call stack, or the length of a text. */
export function asBadRecord(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  if (/call stack/.test(error.message)) return new BadRecord('a value is nested too deep');
  return new BadRecord('a value grew too large');
}
