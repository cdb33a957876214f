import { transformSync } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEXT_PROBLEMS } from '../../../src/query/text/codes.ts';
import { MAX_NESTING } from '../../../src/query/text/expression.ts';
import { parseProgram } from '../../../src/query/text/parser.ts';
import { printProgram } from '../../../src/query/text/printer.ts';
import type { Call, Expression } from '../../../src/query/tree/tree.ts';
import { program } from './trees.ts';

function stages(text: string): readonly Call[] {
  const { program, problems } = parseProgram(text);
  expect(problems).toEqual([]);
  expect(program.streams).toHaveLength(1);
  return program.streams[0]!.stages;
}

/** The expression of `map(…)`. */
function expression(text: string): Expression {
  return stages(`map(${text})`)[0]!.arguments[0]!.value as Expression;
}

const codes = (text: string) => parseProgram(text).problems.map(({ code }) => code);

/** An expression with brackets around every operator. */
function grouped(node: Expression): string {
  switch (node.kind) {
    case 'binary':
    case 'logical':
      return `(${grouped(node.left)} ${node.operator} ${grouped(node.right)})`;
    case 'unary':
      return `(${node.operator}${grouped(node.operand)})`;
    case 'conditional':
      return `(${grouped(node.condition)} ? ${grouped(node.yes)} : ${grouped(node.no)})`;
    case 'member':
      return `(${grouped(node.object)}.${node.name})`;
    case 'lambda':
      return `(${node.parameters.map(({ name }) => name).join(' ')} => ${grouped(node.body)})`;
    case 'name':
      return node.name;
    case 'literal':
      return node.text;
    case 'field':
      return `.${node.name}`;
    default:
      return node.kind;
  }
}

describe('a program', () => {
  it('has let streams, and streams of stages', () => {
    const { program, problems } = parseProgram('let errors = json | filter(.bad);\nerrors | count;\nerrors | print;');
    expect(problems).toEqual([]);
    expect(program.lets.map(({ name, stream }) => [name, stream.stages.map((stage) => stage.name)])).toEqual([
      ['errors', ['json', 'filter']],
    ]);
    expect(program.streams.map((stream) => stream.stages.map((stage) => stage.name))).toEqual([
      ['errors', 'count'],
      ['errors', 'print'],
    ]);
  });

  it('says of each stage whether it has brackets, and where it stands', () => {
    const [count, top] = stages('count | top(5, by: .n,)');
    expect(count).toEqual({
      kind: 'call',
      name: 'count',
      namePlace: { start: 0, end: 5 },
      arguments: [],
      bracketed: false,
      place: { start: 0, end: 5 },
    });
    expect(top).toMatchObject({
      name: 'top',
      bracketed: true,
      namePlace: { start: 8, end: 11 },
      place: { start: 8, end: 23 },
    });
    expect(top!.arguments).toEqual([
      { value: { kind: 'literal', value: 5, text: '5', place: { start: 12, end: 13 } } },
      {
        name: 'by',
        namePlace: { start: 15, end: 17 },
        value: { kind: 'field', name: 'n', place: { start: 19, end: 21 } },
      },
    ]);
  });

  it('takes an argument with a lone `|` as a stream, and a lone stage as a name or a call', () => {
    const [union, join] = stages('union(files("a") | json, words | count) | join(other, on: a | b)');
    expect(union!.arguments.map(({ value }) => value.kind)).toEqual(['stream', 'stream']);
    expect(join!.arguments.map(({ name, value }) => [name, value.kind])).toEqual([
      [undefined, 'name'],
      ['on', 'stream'],
    ]);
    expect(union!.arguments[0]!.value).toMatchObject({
      stream: {
        stages: [
          { name: 'files', bracketed: true },
          { name: 'json', bracketed: false },
        ],
      },
      place: { start: 6, end: 23 },
    });
  });

  it('may have any word as the name of an argument or of a field', () => {
    expect(stages('f(in: 1, new: 2)')[0]!.arguments.map(({ name }) => name)).toEqual(['in', 'new']);
    expect(expression('_.class?.new.in')).toMatchObject({
      name: 'in',
      object: { name: 'new', object: { name: 'class' } },
    });
  });
});

describe('operators', () => {
  it.each([
    ['a + b * c - d', '((a + (b * c)) - d)'],
    ['a ** b ** c', '(a ** (b ** c))'],
    ['2 ** -1', '(2 ** (-1))'],
    ['-a * b', '((-a) * b)'],
    ['!a == b', '((!a) == b)'],
    ['a || b && c == d', '(a || (b && (c == d)))'],
    ['a && b || c', '((a && b) || c)'],
    ['a ?? b ?? c', '((a ?? b) ?? c)'],
    ['a < b == c >= d', '((a < b) == (c >= d))'],
    ['a === b !== c', '((a == b) != c)'],
    ['a ? b : c ? d : e', '(a ? b : (c ? d : e))'],
    ['a || b ? .c : .d', '((a || b) ? .c : .d)'],
    ['-.a.b', '(-(.a.b))'],
    ['x => y => x + y', '(x => (y => (x + y)))'],
    ['(a, b) => a ? b : 1', '(a b => (a ? b : 1))'],
    ['() => 1', '( => 1)'],
    ['(a ?? b) || c', '((a ?? b) || c)'],
    ['(-a) ** 2', '((-a) ** 2)'],
    ['(a < b) < c', '((a < b) < c)'],
    ['a % b / c', '((a % b) / c)'],
  ])('%s is %s', (text, meaning) => {
    expect(grouped(expression(text))).toBe(meaning);
  });

  it('has the precedence of JavaScript', () => {
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom('a', 'b', 'c'),
        fc
          .tuple(tie('value'), fc.constantFrom(...'+ - * / % ** < >= == != && || ??'.split(' ')), tie('value'))
          .map((parts) => parts.join(' ')),
        fc.tuple(fc.constantFrom('-', '!', '+'), tie('value')).map(([sign, rest]) => `${sign} ${rest}`),
        tie('value').map((inner) => `(${inner})`),
        tie('value').map((inner) => `(${inner}).d`),
        tie('value').map((inner) => `(x => ${inner})`),
        fc.tuple(tie('value'), tie('value'), tie('value')).map(([a, b, c]) => `${a} ? ${b} : ${c}`),
      ),
    }));
    // Another parser of JavaScript prints both with as few brackets as it can: what it prints alike has one meaning.
    const print = (text: string) => transformSync(text).code;
    fc.assert(
      fc.property(value, (text) => {
        const { program, problems } = parseProgram(`map(${text})`);
        fc.pre(problems.length === 0);
        expect(print(grouped(program.streams[0]!.stages[0]!.arguments[0]!.value as Expression))).toBe(print(text));
      }),
      { numRuns: 200 },
    );
  });
});

describe('expressions', () => {
  it('takes braces behind `=>` for an object', () => {
    expect(expression('x => {a: x, x, ["b" + x]: 1, ...x, "c d": 2, 3: 4}')).toMatchObject({
      body: {
        kind: 'object',
        entries: [
          { key: 'a', value: { kind: 'name', name: 'x' } },
          { key: 'x', value: { kind: 'name', name: 'x' } },
          { key: { kind: 'binary' } },
          { kind: 'spread' },
          { key: 'c d' },
          { key: '3' },
        ],
      },
    });
  });

  it('takes `.name(…)` for a method of the record', () => {
    expect(expression('.trim()')).toMatchObject({ kind: 'method', name: 'trim', object: { kind: 'placeholder' } });
  });

  it('keeps optional steps', () => {
    expect(expression('a?.b?.[0]?.c(1)')).toMatchObject({
      kind: 'method',
      optional: true,
      object: { kind: 'index', optional: true, object: { kind: 'member', optional: true } },
    });
  });

  it('leaves the flag `g` out where all matches count anyway', () => {
    expect(expression('_.replaceAll(/a/gi, "")')).toMatchObject({
      arguments: [{ value: { kind: 'regex', flags: 'i' } }, {}],
    });
    expect(codes('map(_.replace(/a/g, ""))')).toEqual(['bad-flag']);
  });

  it('covers brackets with the places of what stands around them', () => {
    const sum = expression('(a + b).c');
    expect(sum.place).toEqual({ start: 4, end: 13 });
  });
});

describe('mistakes', () => {
  it('are all reported, in the order of their places, and the stages behind them are read', () => {
    const { program, problems } = parseProgram('map(_.a +) | filter(.b = 1) | top(3 4); take(;) | count | sortBy(');
    expect(problems.map(({ code }) => code)).toEqual([
      'missing-expression',
      'no-assignment',
      'unexpected',
      'no-statements',
      'unclosed-bracket',
    ]);
    expect(program.streams.map((stream) => stream.stages.map(({ name }) => name))).toEqual([
      ['map', 'filter', 'top'],
      ['take', 'count', 'sortBy'],
    ]);
  });

  it('in brackets that are never closed leave the rest of the program readable', () => {
    const { program, problems } = parseProgram('json | map(_.a | filter(.b > 1) | count; words | print');
    expect(problems.map(({ code, place }) => [code, place.start])).toEqual([['unclosed-bracket', 39]]);
    expect(program.streams.map(({ stages }) => stages.length)).toEqual([4, 2]);
  });

  it('make their stages suspect, and no others', () => {
    const text = 'let a = json | top 3; x = words; count | map(_.a + ) | sort(.b) | print > file | take(3';
    const { suspect } = parseProgram(text);
    expect(suspect.map(({ start, end }) => text.slice(start, end))).toEqual([
      'top 3',
      'map(_.a + )',
      'print > file',
      'take(3',
    ]);
    expect(parseProgram('words | count').suspect).toEqual([]);
  });

  it('in a `let` leave its name known', () => {
    for (const text of ['let a = ; a', 'let a words; a', 'a = words; a', 'const a = words; a', 'let a = 1 +; a']) {
      const { program, problems } = parseProgram(text);
      expect(problems).toHaveLength(1);
      expect(program.lets.map(({ name }) => name)).toEqual(['a']);
      expect(program.streams).toHaveLength(1);
    }
  });

  it('of nesting are problems, at any depth', () => {
    const deep = (open: string, close: string, depth: number) => `map(${open.repeat(depth)}1${close.repeat(depth)})`;
    expect(codes(deep('(', ')', MAX_NESTING / 4))).toEqual([]);
    for (const [open, close] of [
      ...[
        ['(', ')'],
        ['[', ']'],
        ['{a:', '}'],
        ['!', ''],
        ['- ', ''],
        ['`${', '}`'],
        ['f(', ')'],
        ['x => ', ''],
      ],
      ...[
        ['1 ** ', ''],
        ['1 ? 1 : ', ''],
        ['a[', ']'],
        ['f(x | y(', '))'],
        ['[...', ']'],
      ],
    ] as const) {
      expect(codes(deep(open, close, 5_000))).toEqual(['too-deep']);
    }
    expect(codes(`map(${'1 + '.repeat(500)}1)`)).toEqual([]);
    for (const link of [' + 1', '.a', '[0]', '.b()', ' && a'])
      expect(codes(`map(a${link.repeat(5_000)})`)).toEqual(['too-deep']);
    expect(codes(`map(${'('.repeat(5_000)}`)).toEqual(['unclosed-bracket']);
    expect(codes(`count${' | count'.repeat(999)}`)).toEqual([]);
    expect(codes(`count${' | count'.repeat(5_000)}`)).toEqual(['too-deep']);
  });
});

describe('any text', () => {
  const isSound = (text: string) => {
    const { program, problems } = parseProgram(text);
    for (const { code, place, also, message } of problems) {
      expect(TEXT_PROBLEMS).toHaveProperty(code);
      expect(message).not.toMatch(/undefined|\[object|\bsign\b token/);
      for (const { start, end } of [place, ...(also === undefined ? [] : [also.place])]) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }
    for (const { stages } of [...program.streams, ...program.lets.map(({ stream }) => stream)]) {
      expect(stages.length).toBeGreaterThan(0);
    }
    if (problems.length === 0) expect(program.streams.length).toBeGreaterThan(0);
  };

  it('is read without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), isSound), { numRuns: 1000 });
  });

  it('made of the signs of the language is read without throwing', () => {
    const piece = fc.constantFrom(
      ...[
        'map',
        'let',
        '_',
        'x',
        'if',
        'new',
        '.a',
        '"s"',
        '`t',
        '`',
        '${',
        '}',
        '{',
        '[',
        ']',
        '(',
        ')',
        '=>',
        '=',
        '==',
        '|',
        '||',
      ],
      ...[
        ';',
        ',',
        ':',
        '?',
        '?.',
        '??',
        '...',
        '.',
        '+',
        '-',
        '**',
        '!',
        '/',
        '/r/g',
        '1',
        '5s',
        '07',
        '\\',
        '“',
        '”',
        '$',
        '#',
        '\n',
        "'",
        '"',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, spaced) =>
        isSound(pieces.join(spaced ? ' ' : '')),
      ),
      { numRuns: 2000 },
    );
  });

  it('that was a program before something was changed in it is read without throwing', () => {
    const change = fc.record({ at: fc.nat(), length: fc.nat({ max: 3 }), insert: fc.string({ maxLength: 2 }) });
    fc.assert(
      fc.property(program, fc.array(change, { minLength: 1, maxLength: 4 }), (tree, changes) => {
        let text = printProgram(tree);
        for (const { at, length, insert } of changes) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + insert + text.slice(start + length);
        }
        isSound(text);
      }),
      { numRuns: 500 },
    );
  });
});
