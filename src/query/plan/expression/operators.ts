import { compare, same } from '../../../base/compare.ts';
import { toJson } from '../../../base/json.ts';
import { BadRecord } from '../../../base/problem.ts';
import { SpeltNumber } from '../../../base/spelt-number.ts';
import { kindOf, type Value } from '../../../base/value.ts';
import { makesNumber } from '../../../flow/texts/as-number.ts';
import { limited } from '../../../flow/texts/limits.ts';
import type { BinaryOperator } from '../../tree/tree.ts';

/** The start of a value, for the detail of a bad record. */
function shown(value: Value): string {
  const text = toJson(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** `"ms" is not a number`: the same words for the same fault, with the value as its detail. */
export function notA(kind: string, name: string, value: Value): BadRecord {
  const article = /^[aeiou]/.test(kind) ? 'an' : 'a';
  const way = kind === 'number' ? makesNumber(value) : '';
  return new BadRecord(`${name} is not ${article} ${kind}`, `it is ${shown(value)}${way}`);
}

/** A result of arithmetic: null instead of NaN and the infinities. */
export function finite(x: number): number | null {
  // Only finite numbers differ from themselves by 0.
  return x - x === 0 ? x : null;
}

/** An operand of arithmetic as a double; null passes. */
export function operand(value: Value, name: string): number | null {
  if (typeof value === 'number' || value === null) return value;
  if (value instanceof SpeltNumber) return value.valueOf();
  if (typeof value === 'bigint') return finite(Number(value));
  throw notA('number', name, value);
}

/** `-`, `*`, `/`, `%`, `**` where at least one side is no number in the ordinary sense. */
export function arithmetic(
  operation: (a: number, b: number) => number,
  left: Value,
  right: Value,
  leftName: string,
  rightName: string,
): Value {
  if (left === null || right === null) return null;
  const a = operand(left, leftName);
  const b = operand(right, rightName);
  return a === null || b === null ? null : finite(operation(a, b));
}

/** `+`: a sum of numbers, or a text where either side is one. */
export function plus(left: Value, right: Value, leftName: string, rightName: string): Value {
  if (left === null || right === null) return null;
  if (typeof left === 'string' || typeof right === 'string') return limited(asText(left) + asText(right));
  return arithmetic((a, b) => a + b, left, right, leftName, rightName);
}

/** How a value is joined to a text: numbers and booleans as text, lists and objects as JSON. */
export function asText(value: Value): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? toJson(value) : String(value);
}

/** Whether two values can be put in an order: only those of one type can, and null never. */
function isOrdered(a: Value, b: Value): boolean {
  return a !== null && b !== null && kindOf(a) === kindOf(b);
}

const lessThan = (a: Value, b: Value): boolean =>
  typeof a === 'number' && typeof b === 'number' ? a < b : isOrdered(a, b) && compare(a, b) < 0;
const atMost = (a: Value, b: Value): boolean =>
  typeof a === 'number' && typeof b === 'number' ? a <= b : isOrdered(a, b) && compare(a, b) <= 0;
const greaterThan = (a: Value, b: Value): boolean => lessThan(b, a);
const atLeast = (a: Value, b: Value): boolean => atMost(b, a);

type Comparison = Extract<BinaryOperator, '==' | '!=' | '<' | '<=' | '>' | '>='>;

/** What each comparison says of two values. */
export const COMPARISONS: { readonly [O in Comparison]: (a: Value, b: Value) => boolean } = {
  '==': same,
  '!=': (a, b) => !same(a, b),
  '<': lessThan,
  '<=': atMost,
  '>': greaterThan,
  '>=': atLeast,
};

type Arithmetic = Exclude<BinaryOperator, Comparison | '+'>;

/** What each operation does with two doubles; the result may be NaN or infinite. */
export const OPERATIONS: { readonly [O in Arithmetic]: (a: number, b: number) => number } = {
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
};

export function isComparison(operator: BinaryOperator): operator is Comparison {
  return Object.hasOwn(COMPARISONS, operator);
}
