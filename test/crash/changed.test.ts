/** Runs that end at any of their calls, and are gone on with by another program. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { crashSeeds, isEveryCrash, tries } from '../support/effort.ts';
import { atEveryCall, type Subject } from './lives.ts';

const SUM = '(values, state) => if(len(values) == 0, null, sum(values) + (state ?? 0))';

/** What is kept with a name, by what it is, with other aggregates, or not at all. */
const PAIRS: readonly (readonly [before: string, after: string])[] = [
  ['left | words | countByValue as "w" | running', 'left | words | filter(_ != "b") | countByValue as "w" | running'],
  ['left | words | countByValue | running', 'left | words | countByValue | running | top(2)'],
  ['left | words | countByValue | running', 'left | count | running'],
  ['left | words', 'left | words | countByValue | window(3s, 1s)'],
  ['left | words | countByValue | window(4s, 1s) as "w"', 'left | words | countByValue | window(4s, 1s) as "w" | sort'],
  [
    'left | words | groupBy(_, {n: count(), p: p90(len(_))}) | window(4s, 1s) as "g"',
    'left | words | groupBy(_, {all: list(_), n: count()}) | window(4s, 1s) as "g"',
  ],
  [
    'left | words | groupBy(_, {first: first(_), n: count()}) as "g" | running',
    'left | words | groupBy(_, {n: count(), size: sum(len(_)), most: max(_)}) as "g" | running',
  ],
  // Keys of their own, since it is not called at the ticks at which nobody was at work.
  [
    `left | map([_, 1]) | updateStateByKey(${SUM}) as "s"`,
    `left | filter(_[0] != "a") | map([_, 1]) | updateStateByKey(${SUM}) as "s"`,
  ],
  [
    'left | map([_, 1]) | mapWithState((k, v, s) => [(s ?? 0) + 1, [k, s]], timeout: 3s) as "s"',
    'left | filter(_[0] != "a") | map([_, 1]) | mapWithState((k, v, s) => [(s ?? 0) + 1, [k, s]], timeout: 3s) as "s"',
  ],
  [
    'left | words | session(_, {n: count()}, gap: 2s) as "s"',
    'left | words | session(_, {n: count(), first: first(_)}, gap: 2s) as "s"',
  ],
  ['left | words | dedupe(within: 2s) as "d"', 'left | words | filter(_ != "c") | dedupe(within: 2s) as "d"'],
  [
    'left | union(right) | words | countByValue as "w" | running',
    'left | words | union(right | words) | filter(_ != "a") | countByValue as "w" | running',
  ],
];

const subjects: readonly Subject[] = PAIRS.flatMap(([before, program], i) => {
  const kinds = [
    'live',
    ...(before.includes('union') ? [] : ['batches' as const]),
    ...(i % 3 === 0 ? ['listen' as const] : []),
  ] as const;
  return kinds.map((kind): Subject => ({ before, program, kind, measure: 'ticks' }));
});

/** In other tests at some of the calls only. */
const EACH = isEveryCrash ? 1 : tries(11, 5);

describe.each(
  subjects
    .map((subject, number) => ({ ...subject, seeds: crashSeeds(number) }))
    .filter(({ seeds }) => seeds.length > 0),
)('$kind: $before, then $program', ({ seeds, ...subject }) => {
  test.each(seeds)(
    'goes on as from a run that was left, wherever it ends, with seed %i',
    { timeout: 600_000 },
    async (seed) => {
      expect(await atEveryCall(subject, seed, (endsAt) => [{ endsAt }], EACH)).toBeGreaterThan(10);
    },
  );

  test.each(seeds)('and ends again while it goes on, with seed %i', { timeout: 600_000 }, async (seed) => {
    const random = new Random(seed);
    const fates = (endsAt: number) => [{ endsAt }, { endsAt: random.whole(1, 30) }, { endsAt: random.whole(1, 90) }];
    await atEveryCall(subject, seed, fates, EACH);
  });
});
