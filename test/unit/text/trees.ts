import fc from 'fast-check';
import type { Argument, Call, Expression, Program, Stream } from '../../../src/query/tree/tree.ts';

/** Random trees as the parser could have made them, all places zero. */

const place = { start: 0, end: 0 };

const FOREIGN = new Set(
  (
    'true false null _ return let const var throw for while do switch try else function lambda async new this class super typeof ' +
    'await yield delete void undefined NaN Infinity import export not'
  ).split(' '),
);

const name = fc
  .oneof(
    fc.constantFrom('a', 'b', 'map', 'in', 'if', 'π', '$x', '__proto__', 'constructor'),
    fc.stringMatching(/^[a-z_$][a-z0-9_$]{0,5}$/),
  )
  .filter((text) => !FOREIGN.has(text) && !/^\$(?![a-z_$])/.test(text));

/** The name of a field or of a named argument: any word. */
const word = fc.oneof(name, fc.constantFrom('new', 'in', 'class', 'true', '_', '_1'));

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\n', `\${x}`, '`', '\\', '"', '\u2028', '\ud800', 'a\tb'),
);

const number = fc.oneof(
  fc.nat().map((value) => ({ value, text: String(value) })),
  // Written with an exponent a number is never a bigint.
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => ({ value, text: value.toExponential() })),
  fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n }).map((value) => ({ value, text: String(value) })),
  fc.constantFrom(
    { value: 31, text: '0x1f' },
    { value: 1000, text: '1_000' },
    { value: 1e6, text: '1e6' },
    { value: 0.5, text: '.5' },
  ),
  fc.constantFrom(
    { value: 5_400_000, text: '1h30m', unit: 'duration' as const },
    { value: 65536, text: '64kb', unit: 'size' as const },
  ),
);

const literal: fc.Arbitrary<Expression> = fc.oneof(
  number.map((parts): Expression => ({ kind: 'literal', ...parts, place })),
  text.map((value): Expression => ({ kind: 'literal', value, text: JSON.stringify(value), place })),
  fc
    .constantFrom(true, false, null)
    .map((value): Expression => ({ kind: 'literal', value, text: String(value), place })),
);

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  literal,
  name.map((name): Expression => ({ kind: 'name', name, place })),
  word.map((name): Expression => ({ kind: 'field', name, place })),
  fc.constant<Expression>({ kind: 'placeholder', place }),
  fc.record({
    kind: fc.constant('regex' as const),
    pattern: fc.constantFrom('a', '[/]', '\\/', '(?<n>x)', '\\d+$', '"'),
    flags: fc.constantFrom('', 'i', 'imsu'),
    place: fc.constant(place),
  }),
);

const { expression, stream } = fc.letrec<{
  expression: Expression;
  stream: Stream;
  inner: Expression;
  call: Call;
  stage: Call;
  arguments: readonly Argument[];
}>((tie) => {
  const inner = tie('inner');
  const at = fc.constant(place);
  const list = tie('arguments');
  const spread = fc.record({ kind: fc.constant('spread' as const), value: inner, place: at });
  const entry = fc.record({
    kind: fc.constant('entry' as const),
    key: fc.oneof(text, word, inner),
    value: inner,
    place: at,
  });
  const positional = fc.array(
    inner.map((value): Argument => ({ value })),
    { maxLength: 2 },
  );
  const value = fc.oneof(
    { weight: 4, arbitrary: inner },
    {
      weight: 1,
      arbitrary: tie('stream')
        .filter(({ stages }) => stages.length > 1)
        .map((stream) => ({ kind: 'stream' as const, stream, place })),
    },
  );
  const named = fc.uniqueArray(fc.record({ name: word, namePlace: at, value }), {
    maxLength: 2,
    selector: ({ name }) => name,
  });
  return {
    inner: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('expression')),
    arguments: fc
      .tuple(
        positional,
        fc.array(
          value.map((value): Argument => ({ value })),
          { maxLength: 1 },
        ),
        named,
      )
      .map((parts) => parts.flat()),
    call: fc.record({
      kind: fc.constant('call' as const),
      name,
      namePlace: at,
      arguments: list,
      bracketed: fc.constant(true),
      place: at,
    }),
    stage: fc.oneof(
      tie('call'),
      name.map((name): Call => ({ kind: 'call', name, namePlace: place, arguments: [], bracketed: false, place })),
    ),
    stream: fc.array(tie('stage'), { minLength: 1, maxLength: 3 }).map((stages) => ({ stages, place })),
    expression: fc.oneof(
      tie('call'),
      fc
        .array(inner, { maxLength: 3 })
        .chain((parts) =>
          fc
            .array(text, { minLength: parts.length + 1, maxLength: parts.length + 1 })
            .map((texts): Expression => ({ kind: 'template', texts, parts, place })),
        ),
      fc.record({
        kind: fc.constant('list' as const),
        items: fc.array(fc.oneof(inner, spread), { maxLength: 3 }),
        place: at,
      }),
      fc.record({
        kind: fc.constant('object' as const),
        entries: fc.array(fc.oneof(entry, spread), { maxLength: 3 }),
        place: at,
      }),
      fc.record({
        kind: fc.constant('member' as const),
        object: inner,
        name: word,
        namePlace: at,
        optional: fc.boolean(),
        place: at,
      }),
      fc.record({
        kind: fc.constant('index' as const),
        object: inner,
        index: inner,
        optional: fc.boolean(),
        place: at,
      }),
      fc.record({
        kind: fc.constant('method' as const),
        object: inner,
        name: word,
        namePlace: at,
        arguments: list,
        optional: fc.boolean(),
        place: at,
      }),
      fc.record({
        kind: fc.constant('unary' as const),
        operator: fc.constantFrom('!', '-', '+'),
        operand: inner,
        place: at,
      }),
      fc.record({
        kind: fc.constant('binary' as const),
        operator: fc.constantFrom('+', '-', '*', '/', '%', '**', '==', '!=', '<', '<=', '>', '>='),
        left: inner,
        right: inner,
        place: at,
      }),
      fc.record({
        kind: fc.constant('logical' as const),
        operator: fc.constantFrom('&&', '||', '??'),
        left: inner,
        right: inner,
        place: at,
      }),
      fc.record({ kind: fc.constant('conditional' as const), condition: inner, yes: inner, no: inner, place: at }),
      fc.record({
        kind: fc.constant('lambda' as const),
        parameters: fc.uniqueArray(fc.record({ name, place: at }), { maxLength: 3, selector: ({ name }) => name }),
        body: inner,
        place: at,
      }),
    ),
  };
});

export { expression, stream };

export const program: fc.Arbitrary<Program> = fc.record({
  lets: fc.uniqueArray(fc.record({ name, namePlace: fc.constant(place), stream }), {
    maxLength: 2,
    selector: ({ name }) => name,
  }),
  streams: fc.array(stream, { minLength: 1, maxLength: 3 }),
});

/** A tree with all its places made zero. */
export function withoutPlaces(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withoutPlaces);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => [
      name,
      name === 'place' || name === 'namePlace' ? place : withoutPlaces(value),
    ]),
  );
}
