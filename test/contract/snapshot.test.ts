/**
 * A snapshot is invisible (flow/define/snapshot.ts): every spec, with its steps written down and made anew at random places, gives what it
 * says, to the last digit, with the bad and late records that it says. All steps are made anew, so that one which remembers something and does not
 * say so is found by any spec that it matters to.
 *
 * `LEAT_SEEDS=100 npx vitest run test/contract/snapshot` runs more, `LEAT_SEED=7` one again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashIdentity } from '../../src/base/hash.ts';
import { runSpec } from '../../src/run/spec/run-spec.ts';
import type { SpecManner } from '../../src/run/spec/started.ts';
import { Random } from '../../src/run/trials/random.ts';
import { tries } from '../support/effort.ts';
import { Restarts } from '../support/restarts.ts';
import type { Cut } from '../support/steps-anew.ts';

const FOLDER = 'test/spec';
const paths = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.spec'));

const FIRST = Number(process.env.LEAT_SEED ?? 1);
const SEEDS = process.env.LEAT_SEED === undefined ? Number(process.env.LEAT_SEEDS ?? tries(1, 2)) : 1;
const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i);

/** So often at most in one run. */
const MOST = 12;

interface Disturbance {
  readonly manner: SpecManner;
  readonly restarts: () => number;
  readonly replaced: () => number;
}

/** Each text in a way of its own, so that a seed is not the same for all. */
function disturbed(text: string, seed: number): Disturbance {
  const random = new Random(hashIdentity(text) + seed);
  const often = random.pick([0.05, 0.3, 1]);
  const made: Restarts[] = [];
  let happened = 0;
  const next = (): Cut | undefined => {
    if (happened === MOST || !random.chance(often)) return undefined;
    happened++;
    const parts = { size: random.whole(1, 3), count: random.whole(1, 4) };
    if (random.chance(0.3)) return { isTakenUp: false, onlyChanges: true, isOfParts: true, parts };
    const cut = { isTakenUp: random.chance(0.5), onlyChanges: random.chance(0.7) };
    return random.chance(0.5) ? { ...cut, parts } : cut;
  };
  const cut = (lines: readonly string[]) => {
    const pieces: string[][] = [[]];
    for (const line of lines) {
      if (pieces.at(-1)!.length > 0 && random.chance(0.3)) pieces.push([]);
      pieces.at(-1)!.push(line);
    }
    return pieces.filter(({ length }) => length > 0);
  };
  return {
    manner: {
      kernels: random.chance(0.5),
      memory(plan) {
        const restarts = new Restarts(plan, next);
        made.push(restarts);
        return restarts;
      },
      cut,
    },
    restarts: () => made.reduce((sum, { restarts }) => sum + restarts, 0),
    replaced: () => made.reduce((sum, { replaced }) => sum + replaced, 0),
  };
}

let restarted = 0;
let inParts = 0;

test.each(paths)('%s', async (path) => {
  const text = readFileSync(join(FOLDER, path), 'utf8');
  for (const seed of seeds) {
    const { manner, restarts, replaced } = disturbed(text, seed);
    const result = await runSpec(text, manner);
    restarted += restarts();
    inParts += replaced();
    expect(result.actual, `LEAT_SEED=${seed}: ${result.sentence}`).toBe(result.expected);
  }
});

test('steps were made anew at all', () => {
  expect(restarted).toBeGreaterThan(paths.length * seeds.length * 0.2);
  expect(inParts).toBeGreaterThan(paths.length * seeds.length * 0.05);
});

/** All aggregates but those of all records' values, of which there are few. */
const EACH =
  '{n: count(), sum: sum(.v), mean: avg(.v), spread: stddev(.v), least: min(.v), most: max(.v), first: first(.w), last: last(.w), ' +
  'all: list(.w), set: set(.w), distinct: distinct(.w), about: approxDistinct(.w), top: top(2, .w), p50: p50(.v), p99: p99(.v), ' +
  'exact: exactQuantile(.v, 0.3), rate: rate()}';

/** Aggregations whose partials are of all kinds, in all that windows do with them. */
const AGGREGATIONS = [
  `json | groupBy(.k, ${EACH})`,
  `json | aggregate(${EACH})`,
  // No sum of fractions is the same in another order, and this one is another one altogether.
  'json | map([.k, .v]) | reduceByKey(_ * 0.7 + _)',
  'json | map([.k, .v]) | reduceByKey((a, b) => a.length + b)',
  'json | map([.k, .w]) | groupByKey',
  'json | map(.u) | reduce(_ * 0.7 + _)',
  'json | sort',
  'json | top(3, .w)',
  'json | countBy(.k)',
  'json | distinct | count',
  'json',
  'words | countByValue',
  'words | count',
];
const WINDOWS = ['', 'window(4s)', 'window(20s, 1s)', 'window(6s, 4s)', 'window(2s, 5s)', 'running'];
const programs = AGGREGATIONS.flatMap((aggregation) =>
  WINDOWS.map((window) => (window === '' ? aggregation : `${aggregation} | ${window}`)),
);

/** A spec without expectations: batches of lines, some of them without any; or one of all lines. */
function specOf(program: string, isBounded: boolean, seed: number): string {
  const random = new Random(hashIdentity(program) + seed);
  const some = (list: readonly string[]) => random.pick(list);
  const numbers = ['1', '-0', '0.1', '0.30', '1e3', '-7.25', '12345678901234567890', '1e300', '0.7', '2'];
  const line = () =>
    `{"k":"${some(['a', 'b', '__proto__', 'ü €'])}","v":${some([...numbers, 'null', '"none"'])},"w":${some([...numbers, '"x"', '[1,{"y":2}]'])},"u":${random.next()}}`;
  const batch = () => Array.from({ length: Math.max(0, random.whole(-1, 4)) }, line);
  const heads = Array.from({ length: isBounded ? 1 : 30 }, (_, i) => (isBounded ? 'in' : `in ${i + 1}s`));
  const lines = () => (isBounded ? Array.from({ length: 60 }, line) : batch());
  const batches = heads.map((head) => [head, ...lines().map((text) => `    ${text}`)]);
  return ['# A program.', 'every 1s', program, '', ...batches.flat(), ''].join('\n');
}

describe('what partials of all kinds become', () => {
  const cases = programs.flatMap((program) => [false, true].map((isBounded) => [program, isBounded] as const));

  test.each(cases)('%s, bounded: %s', async (program, isBounded) => {
    for (const seed of seeds) {
      const text = specOf(program, isBounded, seed);
      const plain = await runSpec(text);
      const result = await runSpec(text, disturbed(text, seed).manner);
      expect(result.actual, `LEAT_SEED=${seed}`).toBe(plain.actual);
    }
  });
});
