import { compare } from '../../base/compare.ts';
import { addToSum, divideSum, emptySum, roundSum } from '../../base/exact-sum.ts';
import { fewDigits, parseNumber } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import { common, itemType, NUMBER, STRING, type Type, UNKNOWN } from '../../base/type.ts';
import { type AnyNumber, isList, kindOf, type Value } from '../../base/value.ts';
import { defineFunction, type FunctionDefinition } from '../define/function.ts';
import { within } from '../texts/limits.ts';

/** What a text may look like to be a number: more than JSON allows, `+1`, `.5`, `007`, white space around it. */
const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function number(value: Value): Value {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string': {
      const whole = fewDigits(value);
      if (whole !== undefined) return whole;
      const text = value.trim();
      if (!NUMBER_TEXT.test(text)) return null;
      return parseNumber(text) ?? wholeNumber(text) ?? Number(text);
    }
    default:
      if (value === null) return null;
      if (value instanceof SpeltNumber) return value.valueOf();
      throw new BadRecord(`a ${kindOf(value)} is not a number`);
  }
}

/** Digits that JSON would not take, `+12345678901234567890`, but that a double would not hold. */
function wholeNumber(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? BigInt(text.replace(/^\+/, '')) : undefined;
}

/** The values that `sum`, `min`, `max` and `avg` are of: those of the one list, or the arguments. Nulls are passed over. */
function several(given: readonly Value[]): readonly Value[] {
  const [only] = given;
  const values = given.length === 1 && isList(only!) ? only : given;
  return values.filter((value) => value !== null);
}

function added(name: string, given: readonly Value[]) {
  let total = emptySum();
  const values = several(given);
  for (const value of values) {
    if (typeof value === 'number') total = addToSum(total, value);
    else if (typeof value === 'bigint') total = addToSum(total, inRange(value));
    else if (value instanceof SpeltNumber) total = addToSum(total, value.valueOf());
    else throw new BadRecord(`${name} needs numbers, and a ${kindOf(value)} is none`);
  }
  return { total, count: values.length };
}

function inRange(value: bigint): bigint {
  if (Number.isFinite(Number(value))) return value;
  throw new BadRecord('a number is too large for arithmetic');
}

function extreme(given: readonly Value[], sign: 1 | -1): Value {
  let best: Value = null;
  for (const value of several(given)) if (best === null || compare(value, best) * sign > 0) best = value;
  return best;
}

/** The type of one of the values, as far as it is known. */
function oneOf(types: readonly Type[]): Type {
  const [only] = types;
  if (only === undefined) return UNKNOWN;
  if (types.length === 1) return only.kind === 'list' || only.kind === 'pair' ? itemType(only) : only;
  return types.reduce(common);
}

const VALUES = [{ name: 'values', type: UNKNOWN, rest: true }];
const X = [{ name: 'x', type: NUMBER }];

/** A function of one number. */
function ofOne(
  name: string,
  summary: string,
  call: (x: number) => number,
  example: { readonly expression: string; readonly gives: string },
): FunctionDefinition {
  return defineFunction({
    name,
    group: 'number',
    summary,
    examples: [example],
    parameters: X,
    gives: NUMBER,
    call,
  });
}

/** Powers of ten that doubles have without error. */
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/** A product differs from that of the number as it is written by less than this share of it. */
const PRODUCT_ERROR = 2 ** -50;

function round(x: number, digits = 0): number {
  if (digits === 0) return Math.round(x);
  const scale = POWERS[digits];
  if (scale !== undefined) {
    const product = x * scale;
    const distance = Math.abs(product - Math.floor(product) - 0.5);
    // Far enough from a half the product is rounded as the text would be; the quotient of two whole numbers is the double that is nearest to it. Not -0.
    if (distance > Math.abs(product) * PRODUCT_ERROR) return Math.round(product) / scale + 0;
  }
  within('round', digits, -15, 15);
  // By its decimal text, so that 1.005 is not rounded as the 1.00499… that a product would make of it.
  const [mantissa, exponent = '0'] = String(x).split('e');
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  const [whole, power = '0'] = String(shifted).split('e');
  return Number(`${whole}e${Number(power) - digits}`);
}

/** Functions of numbers, JavaScript's `Math` among them. */
export const numberFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'number',
    group: 'number',
    summary: 'A text read as a number, null if it is none',
    synonyms: ['parse', 'cast', 'float'],
    examples: [
      { expression: 'number("12.5")', gives: '12.5' },
      { expression: 'number("n/a")', gives: 'null' },
    ],
    parameters: [{ name: 'value', type: UNKNOWN }],
    gives: NUMBER,
    call: number,
  }),
  defineFunction({
    name: 'sum',
    group: 'number',
    summary: 'The sum of a list or of several numbers, nulls passed over; 0 of none',
    examples: [
      { expression: 'sum([1, 2, null])', gives: '3' },
      { expression: 'sum(0.1, 0.2, 0.3)', gives: '0.6' },
      { expression: 'sum([])', gives: '0' },
    ],
    parameters: VALUES,
    gives: NUMBER,
    call: (...given: Value[]) => roundSum(added('sum', given).total),
    regroups: 'counts',
  }),
  defineFunction({
    name: 'min',
    group: 'number',
    summary: 'The least of a list or of several values, nulls passed over; null of none',
    examples: [
      { expression: 'min([3, 1, 2])', gives: '1' },
      { expression: 'min(3, 1)', gives: '1' },
    ],
    parameters: VALUES,
    gives: oneOf,
    call: (...given: Value[]) => extreme(given, -1),
    regroups: 'any',
  }),
  defineFunction({
    name: 'max',
    group: 'number',
    summary: 'The greatest of a list or of several values, nulls passed over; null of none',
    examples: [
      { expression: 'max([3, 1, 2])', gives: '3' },
      { expression: 'max("a", "b")', gives: '"b"' },
    ],
    parameters: VALUES,
    gives: oneOf,
    call: (...given: Value[]) => extreme(given, 1),
    regroups: 'any',
  }),
  defineFunction({
    name: 'avg',
    group: 'number',
    summary: 'The mean of a list or of several numbers, nulls passed over; null of none',
    examples: [
      { expression: 'avg([1, 2, 6])', gives: '3' },
      { expression: 'avg([])', gives: 'null' },
    ],
    parameters: VALUES,
    gives: NUMBER,
    call: (...given: Value[]) => {
      const { total, count } = added('avg', given);
      return count === 0 ? null : divideSum(total, count);
    },
  }),
  defineFunction({
    name: 'round',
    group: 'number',
    summary: 'The nearest whole number, or with so many digits behind the point',
    examples: [
      { expression: 'round(2.5)', gives: '3' },
      { expression: 'round(1.005, 2)', gives: '1.01' },
    ],
    parameters: [...X, { name: 'digits', type: NUMBER, optional: true }],
    gives: NUMBER,
    call: round,
  }),
  ofOne('floor', 'The greatest whole number that is not above it', Math.floor, {
    expression: 'floor(-1.5)',
    gives: '-2',
  }),
  ofOne('ceil', 'The least whole number that is not below it', Math.ceil, { expression: 'ceil(1.2)', gives: '2' }),
  ofOne('trunc', 'The whole part', Math.trunc, { expression: 'trunc(-1.5)', gives: '-1' }),
  ofOne('abs', 'The number without its sign', Math.abs, { expression: 'abs(-3)', gives: '3' }),
  ofOne('sign', '-1, 0 or 1', Math.sign, { expression: 'sign(-3)', gives: '-1' }),
  ofOne('sqrt', 'The square root, null of a negative number', Math.sqrt, { expression: 'sqrt(9)', gives: '3' }),
  ofOne('cbrt', 'The cube root', Math.cbrt, { expression: 'cbrt(27)', gives: '3' }),
  ofOne('exp', 'e to the power of it', Math.exp, { expression: 'exp(0)', gives: '1' }),
  ofOne('expm1', 'e to the power of it, less 1', Math.expm1, { expression: 'expm1(0)', gives: '0' }),
  ofOne('log', 'The natural logarithm, null of 0 and below', Math.log, { expression: 'log(0)', gives: 'null' }),
  ofOne('log1p', 'The natural logarithm of 1 and it', Math.log1p, { expression: 'log1p(0)', gives: '0' }),
  ofOne('log2', 'The logarithm to base 2', Math.log2, { expression: 'log2(8)', gives: '3' }),
  ofOne('log10', 'The logarithm to base 10', Math.log10, { expression: 'log10(1000)', gives: '3' }),
  ofOne('sin', 'The sine of an angle in radians', Math.sin, { expression: 'sin(0)', gives: '0' }),
  ofOne('cos', 'The cosine of an angle in radians', Math.cos, { expression: 'cos(0)', gives: '1' }),
  ofOne('tan', 'The tangent of an angle in radians', Math.tan, { expression: 'tan(0)', gives: '0' }),
  ofOne('asin', 'The angle of a sine, in radians', Math.asin, { expression: 'asin(2)', gives: 'null' }),
  ofOne('acos', 'The angle of a cosine, in radians', Math.acos, { expression: 'acos(1)', gives: '0' }),
  ofOne('atan', 'The angle of a tangent, in radians', Math.atan, { expression: 'atan(0)', gives: '0' }),
  ofOne('sinh', 'The hyperbolic sine', Math.sinh, { expression: 'sinh(0)', gives: '0' }),
  ofOne('cosh', 'The hyperbolic cosine', Math.cosh, { expression: 'cosh(0)', gives: '1' }),
  ofOne('tanh', 'The hyperbolic tangent', Math.tanh, { expression: 'tanh(0)', gives: '0' }),
  defineFunction({
    name: 'atan2',
    group: 'number',
    summary: 'The angle of the point (x, y) seen from (0, 0), in radians',
    examples: [{ expression: 'atan2(0, 1)', gives: '0' }],
    parameters: [{ name: 'y', type: NUMBER }, ...X],
    gives: NUMBER,
    call: Math.atan2,
  }),
  defineFunction({
    name: 'pow',
    group: 'number',
    summary: 'x to the power of y, as `x ** y`',
    examples: [{ expression: 'pow(2, 10)', gives: '1024' }],
    parameters: [...X, { name: 'y', type: NUMBER }],
    gives: NUMBER,
    call: Math.pow,
  }),
  defineFunction({
    name: 'hypot',
    group: 'number',
    summary: 'The square root of the sum of the squares',
    examples: [{ expression: 'hypot(3, 4)', gives: '5' }],
    parameters: [{ name: 'numbers', type: NUMBER, rest: true }],
    gives: NUMBER,
    call: Math.hypot,
  }),
  defineFunction({
    name: 'toFixed',
    receiver: 'number',
    group: 'number',
    summary: 'The number as text with so many digits behind the point',
    synonyms: ['decimals'],
    examples: [{ expression: '(1.5).toFixed(2)', gives: '"1.50"' }],
    parameters: [{ name: 'digits', type: NUMBER, optional: true }],
    gives: STRING,
    call: (x: AnyNumber, digits = 0) => Number(x).toFixed(within('toFixed', digits, 0, 100)),
  }),
  defineFunction({
    name: 'toPrecision',
    receiver: 'number',
    group: 'number',
    summary: 'The number as text with so many digits in all',
    examples: [{ expression: '(123.456).toPrecision(4)', gives: '"123.5"' }],
    parameters: [{ name: 'digits', type: NUMBER }],
    gives: STRING,
    call: (x: AnyNumber, digits: number) => Number(x).toPrecision(within('toPrecision', digits, 1, 100)),
  }),
  defineFunction({
    name: 'toExponential',
    receiver: 'number',
    group: 'number',
    summary: 'The number as text with an exponent and so many digits behind the point',
    examples: [{ expression: '(12345).toExponential(2)', gives: '"1.23e+4"' }],
    parameters: [{ name: 'digits', type: NUMBER }],
    gives: STRING,
    call: (x: AnyNumber, digits: number) => Number(x).toExponential(within('toExponential', digits, 0, 100)),
  }),
  defineFunction({
    name: 'toString',
    receiver: 'number',
    group: 'number',
    summary: 'The number as text, in decimal or to the base of 2 to 36',
    examples: [
      { expression: '(255).toString(16)', gives: '"ff"' },
      { expression: '(1.5).toString()', gives: '"1.5"' },
    ],
    parameters: [{ name: 'base', type: NUMBER, optional: true }],
    gives: STRING,
    call: (x: AnyNumber, base = 10) => x.toString(within('toString', base, 2, 36)),
  }),
];
