import { describe, expect, it } from 'vitest';
import { formatType, listOf, NUMBER, objectOf, pairOf, STRING, type Type, UNKNOWN } from '../../../src/base/type.ts';
import { bind, evaluate, problemsOf } from './evaluating.ts';

describe('placeholders', () => {
  it.each<[string, unknown, unknown]>([
    ['_.ms > 10 && _.ok', { ms: 11, ok: true }, true],
    ['{path: .path, s: .ms / 1000}', { path: '/', ms: 500 }, { path: '/', s: 0.5 }],
    ['_.items.map(_ + 1)', { items: [1, 2] }, [2, 3]],
    ['_.items.filter(.ok).length + .more', { items: [{ ok: 1 }, {}], more: 1 }, 2],
    ['_.map([_, 1]).map(_[0])', ['a', 'b'], ['a', 'b']],
    ['_.map(_.map(_ * 2))', [[1], [2]], [[2], [4]]],
    ['_.map(x => x + 1).reduce(_ + _)', [1, 2], 5],
    ['_.reduce(max)', [1, 3, 2], 3],
    ['_.reduce(_ + _, 10)', [1, 2], 13],
    ['_.map(round)', [1.5, 2.4], [2, 2]],
    ['_.map((x, i) => [i, x])', ['a'], [[0, 'a']]],
    [
      'xs => xs.map(x => xs.map(y => x * y))',
      [1, 2],
      [
        [1, 2],
        [2, 4],
      ],
    ],
    ['_.sort(_ - _)', [3, 1, 2], [1, 2, 3]],
    ['upper', 'a', 'A'],
    ['words', 'a b', ['a', 'b']],
    ['() => 1', 'a', 1],
  ])('%s of %o is %o', (text, record, result) => {
    const bound = bind(text);
    expect(bound.problems).toEqual([]);
    expect(bound.compiled.call(record as never)).toEqual(result);
  });

  it('are the parameters in turn where several are expected', () => {
    const two = [UNKNOWN, UNKNOWN];
    expect(bind('_ - _', two).compiled.call(5, 3)).toBe(2);
    expect(bind('[_, _]', two).compiled.call(5, 3)).toEqual([5, 3]);
    expect(bind('sum', two).compiled.call(5, 3)).toBe(8);
    expect(bind('(a, b) => b', two).compiled.call(5, 3)).toBe(3);
    expect(bind('a => a', two).compiled.call(5, 3)).toBe(5);
    const four = bind('(k, v, s, out) => [k, v, s, out]', [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]);
    expect(four.compiled.call(1, 2, 3)).toEqual([1, 2, 3, null]);
    expect(four.compiled.call(1, 2, 3, true)).toEqual([1, 2, 3, true]);
    const nested = bind('(k, v, s) => v.map(x => x + s).filter(_ > k)', [UNKNOWN, UNKNOWN, UNKNOWN]);
    expect(nested.compiled.call(2, [1, 2], 1)).toEqual([3]);
  });

  it.each<[string, readonly Type[], string]>([
    [
      '_ + _ + _',
      [UNKNOWN, UNKNOWN],
      'placeholder-count: the function here is given 2 values, so it needs `_` twice, and `_ + _ + _` has it 3 times',
    ],
    [
      '_ + 1',
      [UNKNOWN, UNKNOWN],
      'placeholder-count: the function here is given 2 values, so it needs `_` twice, and `_ + 1` has it once',
    ],
    [
      '.a + .b',
      [UNKNOWN, UNKNOWN],
      'placeholder-count: `.a` is a field of one parameter, and the function here is given 2 values',
    ],
    [
      '(a, b) => a',
      [UNKNOWN],
      'lambda-parameters: the function here is given one value, and this one has 2 parameters',
    ],
    [
      'x => _ + 1',
      [UNKNOWN],
      'placeholder-place: the function around it names its parameters, so `_` means nothing here',
    ],
    [
      '_.filter(x => x > _)',
      [UNKNOWN],
      'placeholder-place: the function around it names its parameters, so `_` means nothing here',
    ],
    ['5', [UNKNOWN], 'needs-function: a function is expected here, such as `_ …` or `x => …`, and this is a number'],
    [
      '_.map(5)',
      [UNKNOWN],
      'needs-function: a function is expected here, such as `_ …` or `x => …`, and this is a number',
    ],
    ['status > 3', [UNKNOWN], 'unknown-name: nothing is named `status`'],
    ['line => lime', [UNKNOWN], 'unknown-name: nothing is named `lime`'],
    ['uper(_)', [UNKNOWN], 'unknown-function: there is no function `uper`'],
    ['trimStart(_)', [UNKNOWN], 'unknown-function: there is no function `trimStart`'],
    ['_.tirm()', [UNKNOWN], 'unknown-method: there is no method `tirm`'],
    ['upper(_, 1)', [UNKNOWN], 'argument-count: `upper` takes 1 argument, and 2 are given'],
    ['upper() + _', [UNKNOWN], 'argument-count: `upper` takes 1 argument, and none are given'],
    ['_.padStart()', [UNKNOWN], 'argument-count: `padStart` takes 1 to 2 arguments, and none are given'],
    ['sum() + _', [UNKNOWN], 'argument-count: `sum` takes at least 1 argument, and none are given'],
    ['if', [UNKNOWN, UNKNOWN], 'argument-count: `if` takes 3 arguments, and 2 are given'],
    ['_.match("a")', [UNKNOWN], 'wrong-type: `match` needs a regular expression'],
    ['_.test("a")', [UNKNOWN], 'unknown-method: `test` is a method of regular expressions'],
    ['/a/', [UNKNOWN], 'pattern-place: a regular expression is no value'],
    ['upper(text: _)', [UNKNOWN], 'argument-name: arguments of functions have no names, and `upper` is a function'],
    ['[upper, _]', [UNKNOWN], 'function-place: `upper` is a function, and a value is expected here'],
  ])('%s is a problem', (text, takes, problem) => {
    expect(problemsOf(text, takes)).toEqual([problem]);
  });

  it.each<[string, string]>([
    ['status > 3', 'the field of that name is `.status`, the text `"status"`'],
    ['r => status > 3', 'the field of that name is `r.status`, the text `"status"`'],
    ['line => lime', 'did you mean `line`?'],
    ['uper(_)', 'did you mean `upper`?'],
    ['trimStart(_)', 'it is a method: `_.trimStart()`'],
    ['_.upper()', 'it is a function: `upper(_)`'],
    ['_.tirm()', 'did you mean `trim`?'],
    ['Math.round(_)', 'write `round(…)`'],
    ['JSON.parse(_)', 'write `parseJson(…)`'],
    ['Object.keys(_)', 'write `keys(…)`'],
    ['_.length()', 'it has no brackets: `_.length`'],
    ['_.push(1)', 'values never change; `[..._, x]` is the list with one more'],
    ['"status"', 'a field is written without quotes, `.name`; for the text itself write `x => "status"`'],
  ])('%s has a way out', (text, help) => {
    expect(bind(text).problems.map((problem) => problem.help)).toEqual([help]);
  });

  it('are all told at once', () => {
    expect(problemsOf('[uper(_), _.tirm(), nothing]')).toHaveLength(3);
  });

  it('have no place in a constant', () => {
    expect(() => evaluate('_ + 1')).toThrow(
      '`_` stands for the parameter of a function, and no function is expected here',
    );
    expect(() => evaluate('.a')).toThrow('`.a` stands for the parameter of a function');
    expect(() => evaluate('[1, 2].map(_ - "a")')).toThrow('needs numbers');
    expect(() => evaluate('[now()]')).toThrow('`now` changes with each batch');
    expect(() => evaluate('parseJson("{")')).toThrow('not JSON');
    expect(evaluate('[1, 2].map(_ * 1m)')).toEqual([60000, 120000]);
  });
});

describe('types', () => {
  const record = objectOf({ ms: NUMBER, name: STRING, tags: listOf(STRING) });

  it.each<[string, readonly Type[], string]>([
    ['[_, 1]', [STRING], '[string, number]'],
    ['_[0]', [pairOf(STRING, NUMBER)], 'string'],
    ['_ + _', [NUMBER, NUMBER], 'number'],
    ['_ + _', [UNKNOWN, NUMBER], 'any value'],
    ['_ + "x"', [UNKNOWN], 'string'],
    ['.ms', [record], 'number'],
    ['.other', [record], 'any value'],
    ['{a: .ms, b: [.name]}', [record], '{a, b}'],
    ['{...(_), ms: "x"}.ms', [record], 'string'],
    ['.tags.map(_.length)', [record], 'list of number'],
    ['.tags.flatMap(words)', [record], 'list of string'],
    ['.tags.filter(_ > "a").at(0)', [record], 'string'],
    ['_.split(" ")', [STRING], 'list of string'],
    ['_ ? 1 : "a"', [UNKNOWN], 'any value'],
    ['.ms ?? 0', [record], 'number'],
    ['_.slice(1)', [UNKNOWN], 'any value'],
    ['_.length > 1', [UNKNOWN], 'boolean'],
    ['max', [NUMBER, NUMBER], 'number'],
    ['entries(_)[0]', [UNKNOWN], '[string, any value]'],
  ])('%s of %o is %s', (text, takes, type) => {
    const bound = bind(text, takes);
    expect(bound.problems).toEqual([]);
    expect(formatType(bound.compiled.result)).toBe(type);
  });

  it.each<[string, Type, string]>([
    ['_ * 2', STRING, '`*` needs numbers, and `_` is a string'],
    ['_ + 1', listOf(NUMBER), '`+` adds numbers or joins texts, and `_` is a list'],
    ['.tags - 1', record, '`-` needs numbers, and `.tags` is a list'],
    ['-_', STRING, '`-` needs numbers, and `_` is a string'],
    ['_ > 5', STRING, '`>` between a string and a number is never true'],
    ['_ == 5', STRING, '`==` between a string and a number is never true'],
    ['_.name', STRING, 'a string has no field `name`'],
    ['_.trim', STRING, 'a string has no field `trim`'],
    ['_.toFixed(1)', STRING, 'a string has no method `toFixed`'],
    ['_.map(_ + 1)', STRING, 'a string has no method `map`'],
    ['.ms.trim()', record, 'a number has no method `trim`'],
    ['_.value', pairOf(STRING, NUMBER), 'a pair has no field `value`'],
    ['_[2]', pairOf(STRING, NUMBER), 'a pair has the items 0 and 1, and no item 2'],
    ['_[0]', NUMBER, 'a number has no items, and `_` is one'],
    ['upper(_)', NUMBER, '`upper` needs a string as its text, and `_` is a number'],
    ['_.slice("1")', STRING, '`slice` needs a number as its start, and `"1"` is a string'],
    ['upper', NUMBER, '`upper` needs a string as its text, and `_` is a number'],
  ])('%s is surely wrong', (text, type, message) => {
    expect(bind(text, [type]).problems.map((problem) => problem.message)).toEqual([message]);
  });

  it('is silent on what it does not know', () => {
    for (const text of [
      '_.trim() + 1',
      '_.foo.bar',
      '_[5]',
      'upper(_)',
      '_ > "a"',
      '_ == 5',
      '_ * 2',
      '_.map(_ + 1)',
      '_.includes(1)',
    ]) {
      expect([text, problemsOf(text)]).toEqual([text, []]);
    }
  });
});
