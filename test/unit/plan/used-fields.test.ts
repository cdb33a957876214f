import { expect, test } from 'vitest';
import { usedFields } from '../../../src/query/plan/faster/used-fields.ts';
import { planned } from './planning.ts';

/** The fields that each parser of a program has to give out, in order of name, `a/b` within an object and `a/` for what that is; `all` where that is not known. */
function fieldsOf(program: string): string {
  const plan = planned(program);
  const used = [...usedFields(plan).values()].map(({ names, byFilters }) => {
    const shown = names.map((path) => path.replaceAll('\0', '/'));
    return `{${shown.sort().join(' ')}}${byFilters ? ' first' : ''}`;
  });
  return used.length === 0 ? 'all' : used.sort().join(' and ');
}

test.each([
  // What lambdas look at.
  ['json | map(.a)', '{a}'],
  ['json | map(_.a)', '{a}'],
  ['json | map(x => x.a)', '{a}'],
  ['json | map(.a.b.c)', '{a/ a/b/ a/b/c}'],
  ['csv | map(.a.b.c)', '{a}'],
  ['json | map(.a.b.length)', '{a/ a/b}'],
  ['json | map(.a[""].b)', '{a}'],
  ['json | map([.a.b, .a])', '{a}'],
  ['json | map([.a.b, .a == null])', '{a/ a/b}'],
  ['json | map([.a.b.c, .a.b, .a.d])', '{a/ a/b a/d}'],
  ['json | map(_["a\\0b"])', 'all'],
  ['json | map(.a[0].b)', '{a}'],
  ['json | map(_["a b"])', '{a b}'],
  ['json | map(_["a"]["b"])', '{a/ a/b}'],
  ['json | map(_[.a])', 'all'],
  ['json | map(_[0])', 'all'],
  ['json | map(.a[.b])', '{a b}'],
  ['json | map(.length)', '{length}'],
  ['json | map(_["__proto__"])', '{__proto__}'],
  ['json | map({a: .b, c: [.d, -.e], [.f]: 1})', '{b d e f}'],
  [`json | map(\`\${.a} and \${.b}\`)`, '{a b}'],
  ['json | map(.a ? .b : .c ?? .d)', '{a b c d}'],
  ['json | map(.a.map(x => x.b))', '{a}'],
  ['json | map(x => x.a.map(y => y.b + x.c))', '{a c}'],
  ['json | map(x => x.a.map(y => [x, y]))', 'all'],
  ['json | map(upper(.a) + .b.trim())', '{a b}'],
  ['json | map(.a.replace(/x/, .b))', '{a b}'],
  ['json | map(x => 1)', '{}'],
  ['json | map(_)', 'all'],
  ['json | map({..._, b: 1})', 'all'],
  ['json | map([_, 1])', 'all'],
  ['json | map(string(_))', 'all'],
  ['json | map(string)', 'all'],
  ['json | map(own)', 'all'],
  ['json | map(own(.a))', '{a}'],
  ['json | map(_ == null ? 1 : .a)', '{a}'],
  ['json | map(.a != null)', '{a/}'],
  ['csv | map(null == .a)', '{a}'],
  // How records flow.
  ['json', 'all'],
  ['json | print', 'all'],
  ['json | filter(.a > 1)', '{a} first'],
  ['json | filter(.a > 1) | filter(.b) | print', '{a b} first'],
  ['json | filter(.a > 1) | filter(_ != null) | filter(.b)', '{a b} first'],
  ['json | filter(.a.b > 1)', '{a/ a/b} first'],
  ['json | filter(_.length > 1)', '{length} first'],
  ['json | filter(_ != null)', 'all'],
  ['json | tap(.a) | filter(.a)', 'all'],
  ['json | filter(.a > 1) | map(.b)', '{a b}'],
  ['json | filter(.a) | filter(.b) | sample(0.5) | count', '{a b}'],
  ['json | tap(.a) | map(.b)', '{a b}'],
  ['json | tap | map(.b)', 'all'],
  ['json | map(.a) | filter(.b) | print', '{a}'],
  // What is looked at of what `map` gives.
  ['json | map(.a) | filter(_ != null) | map(.b)', '{a/ a/b}'],
  ['json | map(.a) | map(.b) | countBy(.c)', '{a/ a/b/ a/b/c}'],
  ['json | map(.a) | filter(_ != null) | count', '{a/}'],
  ['json | map(.a) | filter(.b) | map(.length)', '{a}'],
  ['json | map(.a) | countBy(_[0])', '{a}'],
  ['json | map(.a) | rename({c: .b}) | countBy(.c.d)', '{a/ a/b a/c}'],
  ['json | rename({c: .b}) | map(.c) | countBy(.d)', '{b c}'],
  ['json | filter(.a.b) | map(.a) | aggregate({n: sum(_)})', '{a}'],
  ['json | map({a: .b}) | map(.a) | count', '{b}'],
  ['json | flatMap(.a)', '{a}'],
  ['json | count', '{}'],
  ['json | countBy(.a)', '{a}'],
  ['json | countBy({a: .a, b: .c})', '{a c}'],
  ['json | groupBy(.a, {n: count(), mean: avg(.b.c), p: quantile(.d, 0.5)})', '{a b/ b/c d}'],
  ['json | groupBy(.a, {all: list(_)})', 'all'],
  ['json | aggregate({n: count(), last: last(.a)})', '{a}'],
  ['json | countBy(.a) | window(2s)', '{a}'],
  ['json | groupBy(.a, {n: count()}) | running', '{a}'],
  ['json | window(2s, on: .t) | groupBy(.a, {n: count()})', '{a t}'],
  ['json | window(2s, on: .t, lateTo: "late.txt") | groupBy(.a, {n: count()})', 'all'],
  ['json | window(2s, on: .t) | filter(.a) | count', 'all'],
  // What keeps whole records, or looks at more than its functions do.
  ['json | sort | map(.a)', 'all'],
  ['json | sortBy(.a) | map(.b)', 'all'],
  ['json | take(2) | map(.b)', 'all'],
  ['json | top(2, by: .a) | map(.b)', 'all'],
  ['json | distinct | count', 'all'],
  ['json | dedupe(.a) | count', 'all'],
  ['json | reduce((a, b) => a.x)', 'all'],
  ['json | countByValue', 'all'],
  ['json | session(.a, {n: count()}, gap: 1s)', 'all'],
  // Several streams.
  ['let j = json; j | map(.a); j | countBy(.b)', '{a b}'],
  ['let j = json; j | map(.a); j', 'all'],
  ['let j = json; let k = j | filter(.f); k | map(.a); k | map(.b); j | count', '{a b f}'],
  ['json | union(rate(1)) | map(.a)', 'all'],
  ['json | map(.a) | union(files("x") | json | map(.b))', '{a} and {b}'],
  ['json | map(.a) | union(stdin | json | map(.b))', 'all'],
  ['let l = stdin; l | json | map(.a); l | count', 'all'],
  ['let l = stdin | filter(_.includes("a")); l | json | map(.a); l | count', 'all'],
  ['let l = stdin; l | filter(_.includes("a")) | json | map(.a); l | count', 'all'],
  ['clf | countBy(.status)', '{status}'],
  ['csv | countBy(.status)', '{status}'],
  ['tsv(header: false) | countBy(_[0])', 'all'],
  ['regex(/(?<status>.)/) | countBy(.status)', 'all'],
])('%s needs %s', (program, expected) => {
  expect(fieldsOf(program)).toBe(expected);
});
