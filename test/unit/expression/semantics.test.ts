// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates are of the language under test
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, equal, same } from '../../../src/base/compare.ts';
import { fieldsOf } from '../../../src/base/fields.ts';
import { toJson } from '../../../src/base/json.ts';
import { UNKNOWN } from '../../../src/base/type.ts';
import { isNumber, type Value } from '../../../src/base/value.ts';
import { apply, BATCH_TIME, bind, evaluate, outcome, scopeWith } from './evaluating.ts';

const BIG = 9007199254740993n;

describe('what differs from JavaScript', () => {
  it.each<[string, Value, Value]>([
    ['.a', {}, null],
    ['.a.b.c', { a: null }, null],
    ['_[3]', [1], null],
    ['_[-1]', [1], null],
    ['_[0.5]', [1], null],
    ['_["a"]', { a: 1 }, 1],
    ['_[1]', fieldsOf([['1', 'x']]), 'x'],
    ['_["1"]', fieldsOf([['1', 'x']]), 'x'],
    ['_["1"]', ['x', 'y'], null],
    ['.a', 'text', null],
    ['.a', 5, null],
    ['_[0]', null, null],
    ['_?.a?.b', null, null],
  ])('%s of %o is %o: what is missing is null', (text, record, result) => {
    expect(apply(text, record)).toEqual(result);
  });

  it.each<[string, Value, Value]>([
    ['_ == {b: 1, a: [1]}', { a: [1], b: 1 }, true],
    ['_ === [1, 2]', [1, 2], true],
    ['_ != [2, 1]', [1, 2], true],
    ['_ == "1"', 1, true],
    ['_ == 1', '1', false],
    ['_ == "1.0"', 1, false],
    ['_ == [1]', ['1'], false],
    ['_ == 0', '', false],
    ['_ == null', false, false],
    ['_ == null', null, true],
    ['_ == 9007199254740992', 9007199254740992, true],
    ['_ == 9007199254740993', 9007199254740992, false],
    ['_ == 9007199254740993', BIG, true],
  ])('%s of %o is %o: equality is of content, without conversion', (text, record, result) => {
    expect(apply(text, record)).toEqual(result);
  });

  it.each<[string, Value, Value]>([
    ['_ + 1', null, null],
    ['_ + "a"', null, null],
    ['"a" + _', null, null],
    ['`a${_}`', null, null],
    ['_ - 1', null, null],
    ['1 / _', 0, null],
    ['_ / 0', 1, null],
    ['_ % 0', 1, null],
    ['_ ** 0.5', -1, null],
    ['_ * 1e308', 1e308, null],
    ['_ + 1e308', 1.7e308, null],
    ['-_', null, null],
    ['number(_)', 'x', null],
    ['number(_)', 'NaN', null],
    ['number(_)', 'Infinity', null],
    ['number(_)', '1e999', null],
    ['number(_)', '', null],
    ['sqrt(_)', -1, null],
    ['log(_)', 0, null],
    ['max(_)', [], null],
    ['_.map(_ / 0)', [1], [null]],
  ])('%s of %o is %o: no NaN and no Infinity', (text, record, result) => {
    expect(apply(text, record)).toEqual(result);
  });

  it.each<[string, Value, Value]>([
    ['_ < 5', null, false],
    ['_ >= null', null, false],
    ['_ < 5', '4', false],
    ['_ > "4"', 5, false],
    ['_ < [1, 3]', [1, 2], true],
    ['_ < true', false, true],
    ['_ <= {a: 1}', { a: 1 }, true],
    // By code point, as sort does; UTF-16 units would say the opposite.
    ['_ < "\\u{10000}"', '\uffff', true],
    ['_ > 9007199254740992', BIG, true],
  ])('%s of %o is %o: only values of one type are in an order', (text, record, result) => {
    expect(apply(text, record)).toEqual(result);
  });

  it.each<[string, Value, Value]>([
    ['"a" + _', 1.5, 'a1.5'],
    ['_ + "a"', true, 'truea'],
    ['_ + "a"', [1, 'b'], '[1,"b"]a'],
    ['"" + _', { a: null }, '{"a":null}'],
    ['`<${_}>`', [1], '<[1]>'],
    ['_ + "!"', BIG, '9007199254740993!'],
  ])('%s of %o is %o: a text on either side joins', (text, record, result) => {
    expect(apply(text, record)).toEqual(result);
  });

  it.each<[Value, boolean]>([
    [null, false],
    [false, false],
    [0, false],
    ['', false],
    ['0', true],
    [[], true],
    [{}, true],
    [BIG, true],
  ])('%o as a condition is %o', (value, result) => {
    expect(apply('_ ? true : false', value)).toBe(result);
    expect(apply('!_', value)).toBe(!result);
    expect(apply('if(_, 1, 2)', value)).toBe(result ? 1 : 2);
    expect(apply('_ && 1', value)).toEqual(result ? 1 : value);
    expect(apply('_ || 1', value)).toEqual(result ? value : 1);
  });

  it.each<[string, Value, Value]>([
    ['_.replaceAll(/a/, "$&$&")', 'banana', 'baanaanaa'],
    ['_.replace(/(\\w)(\\w)/, "$2$1")', 'abc', 'bac'],
    ['_.replace(/a/, "")', 'banana', 'bnana'],
    ['_.match(/(b)(x)?/)', 'abc', ['b', 'b', null]],
    ['_.match(/(?<a>b)(?<x>x)?/)', 'abc', { a: 'b', x: null }],
    ['_.match(/\\d/)', 'abc', null],
    ['_.matchAll(/(?<l>[a-c])/)', 'ab', [{ l: 'a' }, { l: 'b' }]],
    ['_.split(/(,)|;/, 3)', 'a,b;c', ['a', ',', 'b']],
    ['_.split("")', 'a😀', ['a', '😀']],
    ['_.sort()', ['b', 10, 9, null, true, [1], { a: 1 }, 'a'], [null, true, 9, 10, 'a', 'b', [1], { a: 1 }]],
    ['_.length', 'a😀b', 3],
    ['len(_)', '😀', 1],
    ['_[1]', 'a😀b', '😀'],
    ['_.slice(-2)', 'a😀b', '😀b'],
    ['_.at(-2)', 'a😀b', '😀'],
    ['_.indexOf("b")', 'a😀b', 2],
    ['_.padStart(4, "é")', '😀', 'ééé😀'],
    ['_.substring(2, 0)', 'a😀b', 'a😀'],
  ])('%s of %o is %o', (text, record, result) => {
    expect(apply(text, record)).toEqual(result);
  });

  it.each<[string, Value, string]>([
    ['.ms - 1', { ms: 'a' }, '"ms" is not a number'],
    ['r => r.request.ms * 2', { request: { ms: [] } }, '"request.ms" is not a number'],
    ['_ - 1', 'a', '_ is not a number'],
    ['_ + 1', [1], '_ is not a number'],
    ['x => x + 1', true, 'x is not a number'],
    ['-_', true, '_ is not a number'],
    ['_.trim()', 5, '_ is a number, which has no method trim'],
    ['.tags.map(_ + 1)', { tags: { a: 1 } }, '"tags" is an object, which has no method map'],
    ['upper(.name)', { name: 5 }, '"name" is not a string'],
    ['[..._]', 5, '_ is not a list'],
    ['{..._}', [1], '_ is not an object'],
    ['parseJson(_)', '{', 'not JSON'],
    ['sum(_)', [1, 'a'], 'sum needs numbers, and a string is none'],
  ])('%s of %o is bad: %s', (text, record, reason) => {
    const bound = bind(text);
    expect(bound.problems).toEqual([]);
    expect(outcome(() => bound.compiled.call(record))).toBe(`bad: ${reason}`);
  });

  it('keeps the digits of long integers while they are carried, and makes doubles of them in arithmetic', () => {
    expect(evaluate('9007199254740993')).toBe(BIG);
    expect(evaluate('-9007199254740993')).toBe(-BIG);
    expect(apply('{n: _, list: [_]}', BIG)).toEqual({ n: BIG, list: [BIG] });
    expect(apply('_ + 1', BIG)).toBe(9007199254740992 + 1);
    expect(apply('-_', BIG)).toBe(-9007199254740992);
    expect(apply('floor(_)', BIG)).toBe(9007199254740992);
    expect(apply('_ * 2', 10n ** 400n)).toBe(null);
    expect(apply('string(_)', BIG)).toBe('9007199254740993');
    expect(apply('number(_)', '9007199254740993')).toBe(BIG);
    expect(apply('max(_)', [BIG, 9007199254740992])).toBe(BIG);
    expect(apply('hash(_) == hash(9007199254740992)', 9007199254740992n)).toBe(true);
  });

  it('lets null through functions and methods, and nothing else that does not fit', () => {
    expect(apply('upper(_)', null)).toBe(null);
    expect(apply('_.trim().length', null)).toBe(null);
    expect(apply('"a".padStart(_)', null)).toBe(null);
    expect(apply('[null].includes(_)', null)).toBe(true);
    expect(apply('round(_, 2)', null)).toBe(null);
    expect(apply('coalesce(_, 0)', null)).toBe(0);
  });

  it('works out only what is needed', () => {
    expect(apply('if(_ == null, 0, _ - 1)', null)).toBe(0);
    expect(apply('if(true, 0, "a".length - _)', 'x')).toBe(0);
    expect(apply('coalesce(_, "a" + 1, parseJson("{"))', null)).toBe('a1');
    expect(apply('_ == null || parseJson(_)', null)).toBe(true);
  });

  it('holds texts to 16 MB and lists to so many items', () => {
    expect(apply('"ab".repeat(_)', 16 * 1024 * 1024)).toBe('bad: a text grew over 16 MB');
    expect(apply('"a".padEnd(_)', 1e15)).toBe('bad: a text grew over 16 MB');
    expect(apply('_.reduce((a, b) => a + a, "abcdefgh")', Array(40).fill(0))).toBe('bad: a text grew over 16 MB');
    expect(apply('_.reduce((a, b) => `${a}${a}`, "abcdefgh")', Array(40).fill(0))).toBe('bad: a text grew over 16 MB');
    expect(apply('_.map(x => "a".repeat(1000000)).join("")', Array(20).fill(0))).toBe('bad: a text grew over 16 MB');
    expect(apply('_.reduce((a, b) => [...a, ...a], [1, 2, 3, 4])', Array(40).fill(0))).toBe(
      'bad: a list grew too long',
    );
  });

  it('takes the time of the batch, and reads and writes times', () => {
    expect(apply('now() - _', 1)).toBe(BATCH_TIME - 1);
    expect(apply('time(_)', '2024-02-30')).toBe(null);
    expect(apply('time(_)', '2024-01-02 03:04:05,678')).toBe(1704164645678);
    expect(apply('time(_)', 1704164645678000000n)).toBe(1704164645678);
    expect(apply('time(_)', true)).toBe('bad: a boolean is not a time');
    const summer = 1720000000123;
    expect(apply('formatTime(_, "yyyy-MM-dd\'T\'HH:mm:ss.SSSXXX", "Europe/Berlin")', summer)).toBe(
      '2024-07-03T11:46:40.123+02:00',
    );
    expect(apply('formatTime(_, "EEEE, d MMMM yyyy h:mm a Z", "America/New_York")', summer)).toBe(
      'Wednesday, 3 July 2024 5:46 AM -0400',
    );
    expect(apply('formatTime(_, "D Q \'\'yy\'\'", "+05:30")', summer)).toBe("185 3 '24'");
    expect(apply('formatTime(_, "yyyy", "Mars/Olympus")', 0)).toBe('bad: there is no time zone "Mars/Olympus"');
    expect(apply('formatTime(_, "yyyy b")', 0)).toBe(
      'bad: the time pattern "yyyy b" has the letter b, which means nothing',
    );
    expect(apply('formatTime(_)', -1)).toBe('1969-12-31 23:59:59');
    expect(apply('formatTime(_)', 1e300)).toBe('bad: a time is beyond all dates');
  });

  it('changes over to summer time at the right moment', () => {
    const before = Date.UTC(2024, 2, 31, 0, 59, 59, 999);
    const f = bind('formatTime(_, "HH:mm:ss.SSS xxx", "Europe/Berlin")').compiled.call;
    expect([f(before), f(before + 1), f(before)]).toEqual([
      '01:59:59.999 +01:00',
      '03:00:00.000 +02:00',
      '01:59:59.999 +01:00',
    ]);
  });
});

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    2 ** 53,
    1e308,
    -1e308,
    5e-324,
    '',
    'a',
    '1',
    BIG,
    -BIG,
    10n ** 320n,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 3 }),
  fc.array(fc.constantFrom<Value>(1, null, 'x'), { maxLength: 2 }),
  fc
    .array(fc.tuple(fc.constantFrom('a', '__proto__', 'constructor', '7'), fc.constantFrom<Value>(1, 'x')), {
      maxLength: 2,
    })
    .map(fieldsOf),
);

const OPERATORS = ['+', '-', '*', '/', '%', '**', '==', '!=', '<', '<=', '>', '>='];

/** A value as it stands in a program. */
function literal(of: Value): string {
  return typeof of === 'number' && (of < 0 || Object.is(of, -0)) ? `(-${-of})` : toJson(of);
}

describe('operators', () => {
  it('give the same with a constant on the right as with a parameter', () => {
    fc.assert(
      fc.property(value, value, fc.constantFrom(...OPERATORS), (a, b, operator) => {
        const special = bind(`x => x ${operator} ${literal(b)}`);
        // A mistake that is sure ahead of the run has no function; the constant alone never makes one.
        expect(special.problems.filter(({ code }) => code !== 'wrong-type')).toEqual([]);
        if (special.problems.length > 0) return;
        const general = outcome(() => bind(`(x, y) => x ${operator} y`, [UNKNOWN, UNKNOWN]).compiled.call(a, b));
        const given = outcome(() => special.compiled.call(a));
        const isBad = typeof general === 'string' && general.startsWith('bad: ');
        // A number that stands in the program equals numbers only, another one also the text that it is spelt like.
        const isSpelling = isNumber(b) && !equal(a, b) && same(a, b);
        if (isSpelling && (operator === '==' || operator === '!=')) expect(given).toBe(operator === '!=');
        else if (isBad) expect(given).toMatch(/^bad: /);
        else expect([given, equal(given, general)]).toEqual([given, true]);
      }),
      { numRuns: 600 },
    );
  });

  it('never give undefined, NaN or an infinity, and equal as spellings do and compare as the total order does within a type', () => {
    fc.assert(
      fc.property(value, value, fc.constantFrom(...OPERATORS), (a, b, operator) => {
        const given = outcome(() => bind(`(x, y) => x ${operator} y`, [UNKNOWN, UNKNOWN]).compiled.call(a, b));
        expect(given).toBeDefined();
        if (typeof given === 'number') expect(Number.isFinite(given)).toBe(true);
        // A number also equals the text that it is spelt like, which the order of values tells from it.
        if (operator === '==') expect(given).toBe(same(a, b));
        if (operator === '!=') expect(given).toBe(!same(a, b));
        if (operator === '<' && given === true) expect(compare(a, b)).toBeLessThan(0);
      }),
      { numRuns: 600 },
    );
  });
});

describe('functions of the user', () => {
  const scope = scopeWith({
    twice: (x) => (x as number) * 2,
    nothing: () => undefined,
    date: () => new Date(0),
    broken: () => {
      throw new Error('no luck');
    },
    promise: () => Promise.resolve(1),
    func: () => () => 1,
    circle: () => {
      const list: unknown[] = [];
      list.push(list);
      return list;
    },
  });
  const call = (text: string, record: Value = null) =>
    outcome(() => bind(text, [UNKNOWN], scope).compiled.call(record));

  it('are called by name and as functions, and give values only', () => {
    expect(call('twice(_) + 1', 4)).toBe(9);
    expect(call('twice', 4)).toBe(8);
    expect(call('_.map(twice)', [1, 2])).toEqual([2, 4]);
    expect(call('nothing(_)')).toBe(null);
    expect(call('twice(_)', 'x')).toBe(null);
    expect(call('date(_)')).toBe('1970-01-01T00:00:00.000Z');
    expect(call('broken(_)')).toBe('bad: broken failed');
    expect(call('promise(_)')).toBe('bad: promise gave a promise, which is no value');
    expect(call('func(_)')).toBe('bad: func gave a function, which is no value');
    expect(call('circle(_)')).toBe('bad: circle gave a value that is nested too deep');
  });
});
