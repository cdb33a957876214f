import { compare, same } from '../../base/compare.ts';
import { toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import { BOOLEAN, common, itemType, listOf, NUMBER, STRING, type Type, UNKNOWN } from '../../base/type.ts';
import { isList, isTruthy, kindOf, type Value } from '../../base/value.ts';
import type { Lambda } from '../define/compiled.ts';
import { defineFunction, type FunctionDefinition, type FunctionParameter } from '../define/function.ts';
import { checkListLength, checkTextLength } from '../texts/limits.ts';

type List = readonly Value[];

function join(list: List, separator = ','): string {
  let length = 0;
  const parts: string[] = [];
  for (const item of list) {
    // As JavaScript does, which writes nothing for null.
    const part = item === null ? '' : toText(item);
    length += part.length + separator.length;
    checkTextLength(length - separator.length);
    parts.push(part);
  }
  return parts.join(separator);
}

function flattened(list: List, depth: number): Value[] {
  const result: Value[] = [];
  for (const item of list) {
    if (!isList(item)) {
      result.push(item);
      continue;
    }
    const inner = depth > 1 ? flattened(item, depth - 1) : item;
    checkListLength(result.length + inner.length);
    for (const value of inner) result.push(value);
  }
  return result;
}

function flatMap(list: List, f: Lambda): Value[] {
  return flattened(
    list.map((item, i) => f(item, i)),
    1,
  );
}

function reduce(list: List, f: Lambda, initial?: Value): Value {
  if (list.length === 0) return initial ?? null;
  let result = initial === undefined ? list[0]! : initial;
  for (let i = initial === undefined ? 1 : 0; i < list.length; i++) result = f(result, list[i]!, i);
  return result;
}

function reduceRight(list: List, f: Lambda, initial?: Value): Value {
  if (list.length === 0) return initial ?? null;
  const last = list.length - 1;
  let result = initial === undefined ? list[last]! : initial;
  for (let i = initial === undefined ? last - 1 : last; i >= 0; i--) result = f(result, list[i]!, i);
  return result;
}

function sort(list: List, order?: Lambda): Value[] {
  if (order === undefined) return list.toSorted(compare);
  return list.toSorted((a, b) => {
    const sign = order(a, b);
    if (typeof sign === 'number') return sign;
    if (sign instanceof SpeltNumber) return sign.valueOf();
    if (sign === null) return 0;
    throw new BadRecord(`the function of sort gave a ${kindOf(sign)}, not a number`);
  });
}

function replaced(list: List, index: number, value: Value): Value[] {
  const at = index < 0 ? list.length + index : index;
  if (!Number.isInteger(at) || at < 0 || at >= list.length) {
    throw new BadRecord('with needs the index of an item', `it is ${index}, of ${list.length} items`);
  }
  return list.with(at, value);
}

function concat(list: List, ...others: Value[]): Value[] {
  const result = [...list];
  for (const other of others) {
    const items = isList(other) ? other : [other];
    checkListLength(result.length + items.length);
    for (const item of items) result.push(item);
  }
  return result;
}

function indexOf(list: List, wanted: Value, from = 0): number {
  for (let i = from < 0 ? Math.max(0, list.length + from) : from; i < list.length; i++) {
    if (same(list[i]!, wanted)) return i;
  }
  return -1;
}

interface Row {
  readonly name: string;
  readonly summary: string;
  readonly example: readonly [expression: string, gives: string];
  readonly takes?: readonly FunctionParameter[];
  readonly gives: FunctionDefinition['gives'];
  // biome-ignore lint/suspicious/noExplicitAny: the binder checks arguments against `takes`
  readonly call: (list: List, ...args: any[]) => Value;
}

const one = (name: string, type: Type): FunctionParameter => ({ name, type });
const maybe = (name: string, type: Type): FunctionParameter => ({ name, type, optional: true });

/** A function of an item and its index; its short form is of the item. */
const OF_ITEM: FunctionParameter = {
  name: 'f',
  type: UNKNOWN,
  lambda: (list) => [itemType(list), NUMBER],
  placeholders: 1,
};

/** A function of what it gave before, the next item and its index; its short form is of the first two. */
const FOLD: readonly FunctionParameter[] = [
  { name: 'f', type: UNKNOWN, lambda: (list) => [UNKNOWN, itemType(list), NUMBER], placeholders: 2 },
  maybe('initial', UNKNOWN),
];

const ORDER: FunctionParameter = {
  name: 'order',
  type: UNKNOWN,
  optional: true,
  lambda: (list) => [itemType(list), itemType(list)],
};

const ITEM = (types: readonly Type[]) => itemType(types[0]!);
const LIST_OF_ITEMS = (types: readonly Type[]) => listOf(itemType(types[0]!));

const ROWS: readonly Row[] = [
  {
    name: 'at',
    summary: 'The item at an index, counted from the end where negative; null beyond',
    example: ['[1, 2, 3].at(-1)', '3'],
    takes: [one('index', NUMBER)],
    gives: ITEM,
    call: (list, index) => list.at(index) ?? null,
  },
  {
    name: 'concat',
    summary: 'The list with the items of others, or with other values, behind it',
    example: ['[1].concat([2, 3], 4)', '[1,2,3,4]'],
    takes: [{ name: 'others', type: UNKNOWN, rest: true }],
    gives: listOf(UNKNOWN),
    call: concat,
  },
  {
    name: 'every',
    summary: 'Whether the function holds for all items',
    example: ['[1, 2].every(_ > 0)', 'true'],
    takes: [OF_ITEM],
    gives: BOOLEAN,
    call: (list, f: Lambda) => list.every((item, i) => isTruthy(f(item, i))),
  },
  {
    name: 'filter',
    summary: 'The items for which the function holds',
    example: ['[1, 2, 3].filter(_ > 1)', '[2,3]'],
    takes: [OF_ITEM],
    gives: LIST_OF_ITEMS,
    call: (list, f: Lambda) => list.filter((item, i) => isTruthy(f(item, i))),
  },
  {
    name: 'find',
    summary: 'The first item for which the function holds, or null',
    example: ['[1, 2, 3].find(_ > 1)', '2'],
    takes: [OF_ITEM],
    gives: ITEM,
    call: (list, f: Lambda) => list.find((item, i) => isTruthy(f(item, i))) ?? null,
  },
  {
    name: 'findIndex',
    summary: 'The index of the first item for which the function holds, or -1',
    example: ['[1, 2, 3].findIndex(_ > 1)', '1'],
    takes: [OF_ITEM],
    gives: NUMBER,
    call: (list, f: Lambda) => list.findIndex((item, i) => isTruthy(f(item, i))),
  },
  {
    name: 'findLast',
    summary: 'The last item for which the function holds, or null',
    example: ['[1, 2, 3].findLast(_ < 3)', '2'],
    takes: [OF_ITEM],
    gives: ITEM,
    call: (list, f: Lambda) => list.findLast((item, i) => isTruthy(f(item, i))) ?? null,
  },
  {
    name: 'findLastIndex',
    summary: 'The index of the last item for which the function holds, or -1',
    example: ['[1, 2, 3].findLastIndex(_ < 3)', '1'],
    takes: [OF_ITEM],
    gives: NUMBER,
    call: (list, f: Lambda) => list.findLastIndex((item, i) => isTruthy(f(item, i))),
  },
  {
    name: 'flat',
    summary: 'The list with the items of inner lists in their place, as deep as said, else one level',
    example: ['[1, [2, [3]]].flat()', '[1,2,[3]]'],
    takes: [maybe('depth', NUMBER)],
    gives: listOf(UNKNOWN),
    call: (list, depth = 1) => (depth < 1 ? list : flattened(list, depth)),
  },
  {
    name: 'flatMap',
    summary: 'What the function gives for each item, lists by their items',
    example: ['[1, 2].flatMap([_, _ * 10])', '[1,10,2,20]'],
    takes: [OF_ITEM],
    gives: (types) => {
      const result = types[1] ?? UNKNOWN;
      return listOf(result.kind === 'list' || result.kind === 'pair' ? itemType(result) : result);
    },
    call: flatMap,
  },
  {
    name: 'includes',
    summary: 'Whether one of the items equals a value',
    example: ['[1, [2]].includes([2])', 'true'],
    takes: [one('value', UNKNOWN), maybe('from', NUMBER)],
    gives: BOOLEAN,
    call: (list, value, from) => indexOf(list, value, from) >= 0,
  },
  {
    name: 'indexOf',
    summary: 'The index of the first item that equals a value, or -1',
    example: ['["a", "b"].indexOf("b")', '1'],
    takes: [one('value', UNKNOWN), maybe('from', NUMBER)],
    gives: NUMBER,
    call: indexOf,
  },
  {
    name: 'join',
    summary: 'The items as one text with a separator between them, a comma unless said',
    example: ['["a", 1, null].join("-")', '"a-1-"'],
    takes: [maybe('separator', STRING)],
    gives: STRING,
    call: join,
  },
  {
    name: 'lastIndexOf',
    summary: 'The index of the last item that equals a value, or -1',
    example: ['[1, 2, 1].lastIndexOf(1)', '2'],
    takes: [one('value', UNKNOWN)],
    gives: NUMBER,
    call: (list, value) => list.findLastIndex((item) => same(item, value)),
  },
  {
    name: 'map',
    summary: 'What the function gives for each item',
    example: ['[1, 2].map(_ * 2)', '[2,4]'],
    takes: [OF_ITEM],
    gives: (types) => listOf(types[1] ?? UNKNOWN),
    call: (list, f: Lambda) => list.map((item, i) => f(item, i)),
  },
  {
    name: 'reduce',
    summary: 'The items combined two by two from the left; null of none',
    example: ['[1, 2, 3].reduce(_ + _)', '6'],
    takes: FOLD,
    gives: (types) => (types.length > 2 ? common(types[1]!, types[2]!) : UNKNOWN),
    call: reduce,
  },
  {
    name: 'reduceRight',
    summary: 'The items combined two by two from the right; null of none',
    example: ['["a", "b"].reduceRight(_ + _)', '"ba"'],
    takes: FOLD,
    gives: (types) => (types.length > 2 ? common(types[1]!, types[2]!) : UNKNOWN),
    call: reduceRight,
  },
  {
    name: 'reverse',
    summary: 'The items from the last to the first, in a new list',
    example: ['[1, 2].reverse()', '[2,1]'],
    gives: LIST_OF_ITEMS,
    call: (list) => list.toReversed(),
  },
  {
    name: 'slice',
    summary: 'The items from an index up to another, both counted from the end where negative',
    example: ['[1, 2, 3].slice(1)', '[2,3]'],
    takes: [maybe('start', NUMBER), maybe('end', NUMBER)],
    gives: LIST_OF_ITEMS,
    call: (list, start, end) => list.slice(start, end),
  },
  {
    name: 'some',
    summary: 'Whether the function holds for one item at least',
    example: ['[1, 2].some(_ > 1)', 'true'],
    takes: [OF_ITEM],
    gives: BOOLEAN,
    call: (list, f: Lambda) => list.some((item, i) => isTruthy(f(item, i))),
  },
  {
    name: 'sort',
    summary: 'The items in order, or in that of a function (below 0: the first comes first)',
    example: ['[10, 9, "a", null].sort()', '[null,9,10,"a"]'],
    takes: [ORDER],
    gives: LIST_OF_ITEMS,
    call: sort,
  },
  {
    name: 'toReversed',
    summary: 'As reverse',
    example: ['[1, 2].toReversed()', '[2,1]'],
    gives: LIST_OF_ITEMS,
    call: (list) => list.toReversed(),
  },
  {
    name: 'toSorted',
    summary: 'As sort',
    example: ['[2, 1].toSorted(_ - _)', '[1,2]'],
    takes: [ORDER],
    gives: LIST_OF_ITEMS,
    call: sort,
  },
  {
    name: 'with',
    summary: 'The list with another value at an index, counted from the end where negative',
    example: ['[1, 2, 3].with(1, 5)', '[1,5,3]'],
    takes: [one('index', NUMBER), one('value', UNKNOWN)],
    gives: listOf(UNKNOWN),
    call: replaced,
  },
];

/** JavaScript's methods of lists, as far as they change nothing; `reverse` and `sort` give new lists here. */
export const methodsOfLists: readonly FunctionDefinition[] = ROWS.map(
  ({ name, summary, example, takes, gives, call }) =>
    defineFunction({
      name,
      receiver: 'list',
      group: 'list',
      summary,
      examples: [{ expression: example[0], gives: example[1] }],
      parameters: takes ?? [],
      gives,
      call,
    }),
);
