import { expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { nodesOnBytes } from '../../../src/run/local/steps/byte-forms.ts';

/** The words of a program that take bytes. */
function onBytes(program: string, format: 'text' | 'table' = 'text'): string[] {
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  return [...nodesOnBytes(plan, format)].map(({ call }) => call.name).sort();
}

test.each([
  ['words | countByValue | top(3)', ['countByValue', 'words']],
  ['flatMap(_.split(" ")) | map([_, 1]) | reduceByKey(_ + _)', ['countByValue', 'flatMap']],
  ['json | map([.status, 1]) | reduceByKey(_ + _)', ['countBy', 'json']],
  ['json | filter(.a > 1)', ['filter', 'json']],
  ['json | filter(.a > 1) | groupBy(.b, {n: count()}) | running', ['filter', 'groupBy', 'json']],
  ['json | filter(.a > 1) | sortBy(.b)', ['filter', 'json']],
  ['flatMap(_.split(", ")) | countByValue', []],
  ['distinct | count', ['distinct']],
  ['words | countByValue | window(30s)', ['countByValue', 'words']],
  ['words | countByValue | running', ['countByValue', 'words']],
  ['words | window(30s, on: _) | count', []],
  ['words | map(upper) | count', []],
  ['lines | count', ['count', 'lines']],
  ['filter(_.includes("a"))', ['filter', 'print']],
  ['filter(_.includes("a")) | append("a.txt") | count', ['append', 'count', 'filter']],
  ['filter(_.includes("a")) | append("a.json")', ['filter']],
  ['send("127.0.0.1", 9999)', ['send']],
  ['filter(_.includes("a")) | send("127.0.0.1", 9999)', ['filter', 'send']],
  ['send("127.0.0.1", 9999, format: "json")', []],
  ['send("127.0.0.1", 9999, acked: true)', []],
  ['filter(line => line.startsWith("a")) | map(upper)', ['filter']],
  ['filter(_.includes("a\\n")) | count', []],
  ['filter(_.includes("\\ud800")) | count', []],
  ['filter(_.includes("")) | count', []],
  ['csv | countBy(.a)', ['countBy', 'csv']],
  ['csv(columns: ["a"], header: false) | filter(.a > 1) | count', ['count', 'csv', 'filter']],
  ['tsv(quotes: false, types: false) | groupBy(.a, {n: sum(.b)})', ['groupBy', 'tsv']],
  ['logfmt(types: false) | filter(.a > 1) | countBy(.b)', ['countBy', 'filter', 'logfmt']],
  ['csv', []],
  ['csv(delimiter: "||") | countBy(.a)', []],
  ['csv(delimiter: ".") | countBy(.a)', []],
  ['csv(header: false) | count', []],
  ['print(2)', []],
  // A stream that feeds several goes record by record, so that what they say of bad ones keeps the order of the input.
  ['let all = filter(_.includes("a")); all | words | count; all | distinct', ['filter']],
])('%s', (program, words) => {
  expect(onBytes(program)).toEqual(words);
});

test('a table of lines is drawn from records', () => {
  expect(onBytes('filter(_.includes("a"))', 'table')).toEqual(['filter']);
});
