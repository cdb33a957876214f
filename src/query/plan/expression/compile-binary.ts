import { equal, same } from '../../../base/compare.ts';
import { readNumber } from '../../../base/number-text.ts';
import { isNumber, type Value } from '../../../base/value.ts';
import type { Comparison } from '../../../flow/records/comparison.ts';
import { limited } from '../../../flow/texts/limits.ts';
import type { BinaryOperator } from '../../tree/tree.ts';
import { type Code, constantOf } from './code.ts';
import { arithmetic, asText, COMPARISONS, isComparison, OPERATIONS, plus } from './operators.ts';

/** What the two sides are called in the reasons of bad records. */
interface Names {
  readonly left: string;
  readonly right: string;
}

/**
 * `left operator right`. Each operator has a function literal of its own, numbers first, so that the engine can specialise it; a
 * constant on the right saves a call.
 *
 * @param met is told of values of two types; undefined where nothing is compared, or where that is no matter.
 */
export function compileBinary(
  operator: BinaryOperator,
  left: Code,
  right: Code,
  names: Names,
  met: Comparison | undefined,
): Code {
  const value = constantOf(right);
  if (value !== undefined) {
    const special = compileWithConstant(operator, left, value, names, met);
    if (special !== undefined) return special;
  }
  if (isComparison(operator)) return compileComparison(operator, left, right, met);
  switch (operator) {
    case '+':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        const b = right(x, y, frame);
        if (typeof a === 'number' && typeof b === 'number') {
          const sum = a + b;
          return sum - sum === 0 ? sum : null;
        }
        if (typeof a === 'string' && typeof b === 'string') return limited(a + b);
        return plus(a, b, names.left, names.right);
      };
    case '-':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        const b = right(x, y, frame);
        if (typeof a !== 'number' || typeof b !== 'number') return slowly(operator, a, b, names);
        const difference = a - b;
        return difference - difference === 0 ? difference : null;
      };
    case '*':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        const b = right(x, y, frame);
        if (typeof a !== 'number' || typeof b !== 'number') return slowly(operator, a, b, names);
        const product = a * b;
        return product - product === 0 ? product : null;
      };
    case '/':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        const b = right(x, y, frame);
        if (typeof a !== 'number' || typeof b !== 'number') return slowly(operator, a, b, names);
        const quotient = a / b;
        return quotient - quotient === 0 ? quotient : null;
      };
    default:
      return (x, y, frame) => slowly(operator, left(x, y, frame), right(x, y, frame), names);
  }
}

function slowly(operator: keyof typeof OPERATIONS, a: Value, b: Value, names: Names): Value {
  return arithmetic(OPERATIONS[operator], a, b, names.left, names.right);
}

function compileComparison(
  operator: keyof typeof COMPARISONS,
  left: Code,
  right: Code,
  met: Comparison | undefined,
): Code {
  // A number of the program was never spelt by a text.
  const isSame = [left, right].some((side) => isNumber(constantOf(side) ?? null)) ? equal : same;
  const holds =
    operator === '==' ? isSame : operator === '!=' ? (a: Value, b: Value) => !isSame(a, b) : COMPARISONS[operator];
  if (met === undefined) return (x, y, frame) => holds(left(x, y, frame), right(x, y, frame));
  return (x, y, frame) => {
    const a = left(x, y, frame);
    const b = right(x, y, frame);
    const result = holds(a, b);
    // A number that equals a text, which spells it, is compared with its like.
    if (typeof a === typeof b ? a !== null : result && operator === '==') met.hasSame = true;
    else met.meet(a, b);
    return result;
  };
}

/** `.status == 500`, `.ms > 10`, `.ms / 1000`, `_ + "!"`: with a number or a text on the right. */
function compileWithConstant(
  operator: BinaryOperator,
  left: Code,
  value: Value,
  names: Names,
  met: Comparison | undefined,
): Code | undefined {
  if (operator === '==' || operator === '!=') return compileEquality(operator === '==', left, value, met);
  if (typeof value === 'string' && operator === '+') {
    return (x, y, frame) => {
      const a = left(x, y, frame);
      return a === null ? null : limited(asText(a) + value);
    };
  }
  return typeof value === 'number' ? compileWithNumber(operator, left, value, names, met) : undefined;
}

/** `left == value` or, where `holds` is false, `left != value`. */
function compileEquality(holds: boolean, left: Code, value: Value, met: Comparison | undefined): Code | undefined {
  if (met !== undefined && (typeof value === 'boolean' || typeof value === 'string'))
    return watchedEquality(holds, left, value, met);
  if (value === null || typeof value === 'boolean') {
    return holds ? (x, y, frame) => left(x, y, frame) === value : (x, y, frame) => left(x, y, frame) !== value;
  }
  if (typeof value === 'string') {
    // What no number is spelt like is equal to texts alone.
    const number = readNumber(value);
    if (number === undefined) {
      return holds ? (x, y, frame) => left(x, y, frame) === value : (x, y, frame) => left(x, y, frame) !== value;
    }
    const plain = typeof number === 'number' ? number : undefined;
    return (x, y, frame) => {
      const a = left(x, y, frame);
      if (typeof a === 'string') return (a === value) === holds;
      return (plain !== undefined && typeof a === 'number' ? a === plain : same(a, value)) === holds;
    };
  }
  if (typeof value !== 'number') return undefined;
  const watched = met ?? UNWATCHED;
  return (x, y, frame) => {
    const a = left(x, y, frame);
    if (typeof a === 'number') {
      watched.hasSame = true;
      return (a === value) === holds;
    }
    met?.meet(a, value);
    return equal(a, value) === holds;
  };
}

/** With a boolean, or a text that looks like one: no value of another type is equal to it. */
function watchedEquality(holds: boolean, left: Code, value: Value, met: Comparison): Code {
  const kind = typeof value;
  return (x, y, frame) => {
    const a = left(x, y, frame);
    if (typeof a === kind) met.hasSame = true;
    else met.meet(a, value);
    return (a === value) === holds;
  };
}

/** Stands for what watches a comparison where nothing does. */
const UNWATCHED = { hasSame: false };

/** An order of something that is no plain number and a number. */
function orderOf(operator: '<' | '<=' | '>' | '>=', a: Value, b: number, met: Comparison | undefined): boolean {
  met?.meet(a, b);
  return COMPARISONS[operator](a, b);
}

function compileWithNumber(
  operator: BinaryOperator,
  left: Code,
  b: number,
  names: Names,
  met: Comparison | undefined,
): Code | undefined {
  const watched = met ?? UNWATCHED;
  switch (operator) {
    case '+':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return plus(a, b, names.left, names.right);
        const sum = a + b;
        return sum - sum === 0 ? sum : null;
      };
    case '-':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return slowly('-', a, b, names);
        const difference = a - b;
        return difference - difference === 0 ? difference : null;
      };
    case '*':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return slowly('*', a, b, names);
        const product = a * b;
        return product - product === 0 ? product : null;
      };
    case '/':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return slowly('/', a, b, names);
        const quotient = a / b;
        return quotient - quotient === 0 ? quotient : null;
      };
    case '%':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return slowly('%', a, b, names);
        const rest = a % b;
        return rest - rest === 0 ? rest : null;
      };
    case '<':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return orderOf('<', a, b, met);
        watched.hasSame = true;
        return a < b;
      };
    case '<=':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return orderOf('<=', a, b, met);
        watched.hasSame = true;
        return a <= b;
      };
    case '>':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return orderOf('>', a, b, met);
        watched.hasSame = true;
        return a > b;
      };
    case '>=':
      return (x, y, frame) => {
        const a = left(x, y, frame);
        if (typeof a !== 'number') return orderOf('>=', a, b, met);
        watched.hasSame = true;
        return a >= b;
      };
    default:
      return undefined;
  }
}
