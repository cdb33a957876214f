import { expect, test } from 'vitest';
import { toJson } from '../../../src/base/json.ts';
import { stages } from '../../../src/flow/catalog.ts';
import { cut } from '../../../src/query/plan/cut.ts';
import { planned } from './planning.ts';

/** A plan in stretches: ` | ` within one, and between them what comes together, by what. */
function stretches(program: string): string {
  const plan = planned(program);
  const { crossings, places } = cut(plan);
  return plan.nodes
    .map((node) => {
      const crossing = crossings.get(node);
      const name = `${node.call.name}@${places.get(node)}`;
      if (crossing === undefined) return name;
      return `[${crossing.of} ${crossing.by === undefined ? 'all' : toJson(crossing.by.tree)}] ${name}`;
    })
    .join(' | ');
}

const RECORD = '["given",0,0]';
const KEY = '["index",["given",0,0],["value",0]]';
const member = (name: string) => `["member",["given",0,0],"${name}"]`;

test.each([
  ['json | filter(.a) | print', 'stdin@pieces | json@pieces | filter@pieces | print@tail'],
  [
    'words | countByValue | filter(_[1] > 1) | top(3)',
    `stdin@pieces | words@pieces | [partials ${RECORD}] countByValue@shares | filter@shares | [partials all] top@tail | print@tail`,
  ],
  [
    'json | groupBy(.p, {n: count()}) | groupBy(.n, {m: count()}) | none',
    `stdin@pieces | json@pieces | [partials ${member('p')}] groupBy@shares | [partials ${member('n')}] groupBy@shares | none@tail`,
  ],
  ['json | count', 'stdin@pieces | json@pieces | [partials all] count@tail | print@tail'],
  [
    'json | sort | countByValue',
    'stdin@pieces | json@pieces | [partials all] sort@tail | countByValue@tail | print@tail',
  ],
  ['json | glom | map(_)', 'stdin@pieces | json@pieces | [records all] glom@tail | map@tail | print@tail'],
  ['json | window(10s)', 'stdin@pieces | json@pieces | [records all] window@tail | print@tail'],
  [
    'csv | tap | dedupe(.id) | print',
    `stdin@pieces | csv@pieces | tap@pieces | [records ${member('id')}] dedupe@shares | print@tail`,
  ],
  ['json | dedupe | print', `stdin@pieces | json@pieces | [records ${RECORD}] dedupe@shares | print@tail`],
  ['json | print | count', 'stdin@pieces | json@pieces | print@tail | count@tail | print@tail'],
  [
    'json | session(.u, {n: count()}, gap: 1m, on: .t)',
    `stdin@pieces | json@pieces | [records ${member('u')}] session@shares | print@tail`,
  ],
  [
    'json | map([.k, .v]) | updateStateByKey((values, state) => values.length)',
    `stdin@pieces | json@pieces | map@pieces | [records ${KEY}] updateStateByKey@shares | print@tail`,
  ],
  // Sums of whole numbers are the same in any groups; what other functions do is not known.
  [
    'map([_, 1]) | reduceByKey((a, b) => a + b + 0)',
    `stdin@pieces | map@pieces | [records ${KEY}] reduceByKey@shares | print@tail`,
  ],
  ['map([_, 2]) | reduceByKey(_ + _)', `stdin@pieces | map@pieces | [partials ${KEY}] reduceByKey@shares | print@tail`],
  [
    'let a = files("a") | map([_, 1]); a | join(files("b") | map([_, 2]))',
    `files@pieces | map@pieces | files@pieces | map@pieces | [records ${KEY}] join@shares | print@tail`,
  ],
  [
    'files("a") | union(files("b")) | countByValue',
    `files@pieces | files@pieces | union@pieces | [partials ${RECORD}] countByValue@shares | print@tail`,
  ],
  [
    'files("a") | countByValue | union(files("b") | map([_, 1])) | countByKey',
    `files@pieces | [partials ${RECORD}] countByValue@shares | files@pieces | map@pieces | union@tail | countByKey@tail | print@tail`,
  ],
])('%s', (program, expected) => {
  expect(stretches(program)).toBe(expected);
});

test('each stage that comes together by something says by what as plain data', () => {
  for (const { name, behaviour, parameters } of stages) {
    const args = new Proxy({}, { get: (_, argument: string) => parameters[argument]?.fallback });
    if (behaviour.kind !== 'step' && behaviour.kind !== 'streams') continue;
    if (name === 'session') continue;
    const exchange = behaviour.exchange(args as never);
    expect([name, exchange === 'none' || exchange === 'whole' || exchange.by.tree !== null]).toEqual([name, true]);
  }
});
