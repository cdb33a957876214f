import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planTexts } from '../../../src/query/plan/plan-text.ts';
import { within } from '../../support/effort.ts';
import { planned } from './planning.ts';

/** The text of what flows into the last sink. */
function textOf(program: string): string {
  const plan = planned(program);
  let last = plan.outputs.at(-1)!;
  while (last.kind === 'sink') last = last.input;
  return planTexts(plan).get(last)!;
}

/** Sources and stages, each in ways that say the same. No two of different lines do. */
const SOURCES: readonly (readonly string[])[] = [
  ['stdin', 'stdin()', 'stdin(tag: false)', 'stdin(maxLine: 64mb)', 'stdin(delimiter: "\\n", maxLine: 67108864)'],
  ['stdin(tag: true) | map(.line)', 'stdin(tag: true) | map(x => x.line)'],
  ['files("a", "b")', 'files("a", "b", tag: false)'],
  ['files("b", "a")'],
  [
    'listen(9000)',
    'listen(9001)',
    'listen(9000, host: "::1")',
    'listen(9000, clients: 5)',
    'listen(1, maxUnfinished: 5mb)',
  ],
  ['tail("a")', 'tail("a", from: "start")', 'tail("a", from: "end")'],
  ['connect("a", 9000)'],
];
const STAGES: readonly (readonly string[])[] = [
  ['filter(_.a > 1)', 'filter(x=>x.a>1)', 'filter( .a > 1 )', 'filter(record => (record["a"] > 1))'],
  ['filter(_.a >= 1)'],
  ['filter(1 > _.a)', 'filter(x => 1 > x.a)'],
  ['map({..._, b: .c * 2})', 'map(r => ({...r, "b": r.c * 2}))'],
  ['map({..._, b: .c * 2.5})'],
  ['map(upper(.a))', 'map(x => upper(x.a))'],
  ['map(if(.a, 1, 2))', 'map(.a ? 1 : 2)'],
  ['map(.a.map(_ + 1))', 'map(row => row.a.map(item => item + 1))'],
  ['map(.a.map(_ + 2))'],
  ['countByValue', 'map([_, 1]) | reduceByKey(_ + _)', 'map(x => [x, 1]) | reduceByKey((p, q) => q + p)'],
  ['countBy(.s)', 'countBy(x => x.s)', 'map([.s, 1]) | reduceByKey(_ + _)'],
  ['groupBy(.p, {n: count(), m: max(.ms)})', 'groupBy(x => x.p, {n: count, m: max(v => v.ms)})'],
  ['groupBy(.p, {m: max(.ms), n: count()})'],
  ['groupBy({p: .p}, {n: count(), m: max(.ms)})'],
  ['groupBy(.p, {n: count(), m: quantile(.ms, 0.5)})', 'groupBy(.p, {n: count(), m: quantile(_.ms, 5e-1)})'],
  ['sortBy(.a)', 'sortBy(_.a, desc: false)', 'sortBy(x => x.a)'],
  ['dedupe', 'dedupe(_)', 'dedupe(by: record => record)'],
  ['sortBy(.a, desc: true)'],
  ['count | window(30s)', 'window(30s) | count', 'window(30000) | count', 'countByWindow(30s)'],
  ['count | window(30s, 10s)', 'window(0.5m, 10s) | count', 'countByWindow(30s, 10s)'],
  [
    'window(10s, on: .t) | count',
    'window(10s, 10s, on: x => x.t) | count',
    'window(10s, on: .t, lateTo: "f", idle: 10s) | count',
  ],
  ['window(10s, on: .t, late: 1s, emit: "update") | count'],
  [
    'session(.u, {n: count()}, gap: 1m, on: .t)',
    'session(x => x.u, {n: count()}, gap: 60s, on: _.t)',
    'session(.u, {n: count()}, gap: 1m, on: .t, lateTo: "f")',
  ],
  ['dedupe(within: 1m)', 'dedupe(within: 60s)'],
  ['dedupe(.id)', 'dedupe(x => x.id)'],
  ['distinct', 'transform(distinct)'],
  [
    'map([.k, .v]) | mapWithState((k, v, s) => [v, s], snapshots: true)',
    'map(r => [r.k, r.v]) | mapWithState((a, b, c) => [b, c]) | stateSnapshots',
  ],
  ['csv(columns: ["a"])'].map((text) => `map(string(_)) | ${text}`),
  ['map(string(_)) | regex(/(?<a>.)/)'],
  ['map(string(_)) | regex(/(?<a>.)/i)'],
  ['union(files("u"))'],
];

/** What comes out of any of them, as any value again. */
const ANY = 'map(string(_)) | json';
const SPACES = fc.constantFrom(' | ', '|', '\n  | ', ' # a comment\n  | ', ' | // another | one\n  ');

interface Sketch {
  readonly source: number;
  readonly stages: readonly number[];
}

const sketches: fc.Arbitrary<Sketch> = fc.record({
  source: fc.nat(SOURCES.length - 1),
  stages: fc.array(fc.nat(STAGES.length - 1), { maxLength: 4 }),
});

/** A sketch in one of the ways that say it, with a sink on its way or a name of its stream perhaps. */
function spelt({ source, stages }: Sketch): fc.Arbitrary<string> {
  const parts = [SOURCES[source]!, ...stages.map((stage) => STAGES[stage]!)].map((ways) => fc.constantFrom(...ways));
  return fc
    .tuple(fc.tuple(...parts), SPACES, fc.boolean(), fc.boolean(), fc.constantFrom('print', 'none', 'append("x")'))
    .map(([[first, ...others], pipe, isNamed, isKept, sink]) => {
      const begin = `${first}${pipe}${ANY}${isKept ? `${pipe}append("y")` : ''}`;
      const rest = [...others.map((stage) => `${stage} | ${ANY}`), sink].join(pipe);
      return isNamed ? `let input = ${begin};\ninput${pipe}${rest}` : `${begin}${pipe}${rest}`;
    });
}

describe('the text of a part of a plan', () => {
  it('is one for all ways to say it', () => {
    fc.assert(
      fc.property(
        sketches.chain((sketch) => fc.tuple(spelt(sketch), spelt(sketch))),
        ([one, other]) => {
          const text = tried(one);
          fc.pre(text !== undefined);
          expect(textOf(other)).toBe(text);
        },
      ),
      { numRuns: 300, plugins: [within(5000)] },
    );
  });

  it('is another one for what is another', () => {
    fc.assert(
      fc.property(sketches, sketches, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        const [one, other] = [a, b].map((sketch) => tried(fc.sample(spelt(sketch), { numRuns: 1, seed: 1 })[0]!));
        fc.pre(one !== undefined && other !== undefined);
        expect(one).not.toBe(other);
      }),
      { numRuns: 300, plugins: [within(5000)] },
    );
  });

  it('is told apart among all single stages', () => {
    const texts = STAGES.map((ways) => new Set(ways.map((way) => textOf(`json | ${way}`))));
    expect(texts.map(({ size }) => size)).toEqual(STAGES.map(() => 1));
    expect(new Set(texts.flatMap((set) => [...set])).size).toBe(STAGES.length);
  });

  it('has a stream that goes in twice once, and grows with the program alone', () => {
    const twice = 'let a = files("x") | json; a | union(a | filter(.ok))';
    expect(textOf(twice).match(/files/g)).toHaveLength(1);
    const copies = Array.from({ length: 9 }, (_, i) => `let s${i + 1} = s${i} | union(s${i});`).join(' ');
    expect(textOf(`let s0 = files("x"); ${copies} s9 | count`).length).toBeLessThan(1000);
  });

  it('has a slide of one batch as none, but behind windows, where it would be another one', () => {
    expect(textOf('window(30s, 1s) | count')).toBe(textOf('window(30s) | count'));
    expect(() => textOf('count | window(30s, 10s) | window(30s, 1s) | count')).toThrow();
  });

  it('can be read', () => {
    expect(textOf('files("a") | words | map([_, 1]) | reduceByKey(_ + _) | window(30s)')).toBe(
      '[["files",[],{"paths":["a"],"delimiter":"\\n","maxLine":1048576,"tag":false}],["words",[0],{}],["countByValue",[1],{},{"kind":"batches","length":30000}]]',
    );
  });
});

/** Some stages do not follow others: windows do not fit windows by event time. */
function tried(program: string): string | undefined {
  try {
    return textOf(program);
  } catch {
    return undefined;
  }
}

describe('a name', () => {
  it('stands for all that is in front of its stage', () => {
    const named = 'groupBy(.p, {n: count()}) as "paths"';
    expect(textOf(`files("a") | json | ${named}`)).toBe(textOf(`listen(9000) | logfmt | filter(.p != 1) | ${named}`));
    expect(textOf(`json | ${named} | dedupe`)).toBe(textOf(`logfmt | ${named} | dedupe`));
    expect(textOf('json | map([.a, 1]) | join(stdin | json | map([.b, 1])) as "both"')).toBe(
      textOf('json | map([.c, 1]) | join(stdin | json | map([.d, 1])) as "both"'),
    );
  });

  it('and never for its key, its kind, its window, or another name', () => {
    const texts = [
      'json | countBy(.p) as "x"',
      'json | countBy(.q) as "x"',
      'json | dedupe(.p) as "x"',
      'json | countBy(.p) as "y"',
      'json | countBy(.p) | window(4s) as "x"',
      'json | countBy(.p)',
    ].map(textOf);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('is that of every node that its word has become', () => {
    expect(textOf('map([_, 1]) | reduceByKey(_ + _) as "n"')).toBe(textOf('filter(_ != "") | countByValue as "n"'));
    expect(textOf('count | window(30s) as "n"')).toBe(textOf('filter(_ != "") | window(30s) as "n" | count'));
  });
});
