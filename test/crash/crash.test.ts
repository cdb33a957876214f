import { describe, expect, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { crashSeeds, few, isEveryCrash, tries } from '../support/effort.ts';
import { atEveryCall, type Subject } from './lives.ts';

const LIVE: readonly string[] = [
  'left',
  'left | words | countByValue',
  'left | count | running',
  'left | words | countByValue | running',
  'left | words | map([_, 1]) | reduceByKey(_ + _) | window(3s, 2s)',
  'left | words | countByValue | window(4s, 1s) | top(2)',
  'left | words | groupBy(_, {mean: avg(len(_)), last: last(_)}) | window(4s, 1s)',
  'left | window(2s, 5s) | sort',
  'left | map([_, 1]) | updateStateByKey((values, state) => if(len(values) == 0, null, sum(values) + (state ?? 0)))',
  'left | map([_, 1]) | mapWithState((key, value, state) => [(state ?? 0) + 1, [key, value, state]], timeout: 3s)',
  'left | words | dedupe(within: 2s)',
  'left | words | groupBy(_, {n: count(), before: lag(n, 2s), z: spike(n, among: 8)})',
  'left | words | session(_, {n: count()}, gap: 2s)',
  'left | words | alert(_ == "a", for: 1s, keep: 2s) | sample(0.5)',
  'left | map([_, "l"]) | join(right | map([_, "r"]))',
  'left | union(right) | words | groupBy(_, {n: count(), first: first(_), p: p90(len(_))})',
];

/** What does not depend on the batches that records come in. */
const TIMELESS: readonly string[] = [
  'left | regex(/^(?<key>.) (?<n>.) (?<t>.*)$/) | map({key: _.key, t: number(_.t)}) | window(2s, on: .t, late: 1h) | countBy(.key)',
  'left | union(right) | dedupe(_, within: 1h)',
];

const subjects: readonly Subject[] = [
  ...LIVE.flatMap((program) => [
    { program, kind: 'live' as const, measure: 'ticks' as const },
    ...(program.includes('union') ? [] : [{ program, kind: 'batches' as const, measure: 'ticks' as const }]),
  ]),
  ...['left | words | countByValue | running', 'left | union(right) | words | countByValue | window(4s, 1s)'].map(
    (program) => ({ program, kind: 'recorded' as const, measure: 'all' as const }),
  ),
  { program: 'left | words | countByValue | running', kind: 'marked' as const, measure: 'ticks' as const },
  { program: 'left | union(right) | words', kind: 'marked' as const, measure: 'ticks' as const },
  ...TIMELESS.map((program) => ({ program, kind: 'live' as const, measure: 'records' as const })),
  ...['left', 'left | words | countByValue', 'left | union(right) | count'].map((program) => ({
    program,
    kind: 'bounded' as const,
    measure: 'records' as const,
  })),
];

const received: readonly Subject[] = [
  ...(['listen', 'connect', 'exec', 'udp', 'syslog', 'stdin'] as const).flatMap((kind) =>
    ['left | words | countByValue | running', 'left', 'left | words | countByValue | window(4s, 1s)'].map(
      (program) => ({ program, kind, measure: 'ticks' as const }),
    ),
  ),
  { program: 'left | union(right) | words | countByValue | running', kind: 'listen', measure: 'ticks' },
  { program: 'left | words | countByValue', kind: 'listen', measure: 'ticks', sink: 'print' },
  { program: 'left | words | countByValue', kind: 'listen', measure: 'ticks', sink: 'save' },
  { program: 'left', kind: 'filter', measure: 'records' },
];

const inParts: readonly Subject[] = [
  ...(['live', 'listen', 'exec'] as const).map((kind) => ({
    program: 'left',
    kind,
    measure: 'ticks' as const,
    sink: 'lines' as const,
  })),
  { program: 'left', kind: 'bounded', measure: 'records', sink: 'twice' },
];

const more: readonly Subject[] = (['save', 'print'] as const).flatMap((sink) => [
  { program: LIVE[1]!, kind: 'live', measure: 'ticks', sink },
  { program: LIVE[4]!, kind: 'batches', measure: 'ticks', sink },
  { program: LIVE[0]!, kind: 'bounded', measure: 'records', sink },
]);

/** In `npm test` the first few. */
const recorded: readonly Subject[] = few<Pick<Subject, 'program' | 'kind'>>(4, [
  { program: LIVE[12]!, kind: 'live' },
  { program: LIVE[8]!, kind: 'live' },
  { program: LIVE[4]!, kind: 'listen' },
  { program: LIVE[1]!, kind: 'bounded' },
  ...[0, 3, 4, 9, 13, 14, 15].map((i) => ({ program: LIVE[i]!, kind: 'live' as const })),
  ...(['marked', 'batches', 'recorded', 'exec', 'stdin'] as const).map((kind) => ({ program: LIVE[3]!, kind })),
]).map((subject) => ({ ...subject, measure: subject.kind === 'recorded' ? 'all' : 'ticks', isRecorded: true }));

/** In other tests at some of the calls only. */
const EACH = isEveryCrash ? 1 : tries(7, 5);

const numbered = [...subjects, ...received, ...inParts, ...more, ...recorded].map((subject, number) => {
  const into = subject.isRecorded === true ? 'recorded' : `into ${subject.sink}`;
  return { ...subject, into, seeds: crashSeeds(number) };
});

describe.each(numbered.filter(({ seeds }) => seeds.length > 0))(
  '$kind: $program, $into',
  ({ into: _into, seeds, ...subject }) => {
    test.each(seeds)(
      'is as if never interrupted, wherever it ends, with seed %i',
      { timeout: 600_000 },
      async (seed) => {
        expect(await atEveryCall(subject, seed, (endsAt) => [{ endsAt }], EACH)).toBeGreaterThan(10);
      },
    );

    test.each(seeds)('and ends again while it goes on, with seed %i', { timeout: 600_000 }, async (seed) => {
      const random = new Random(seed);
      await atEveryCall(
        subject,
        seed,
        (endsAt) => [{ endsAt }, { endsAt: random.whole(1, 30) }, { endsAt: random.whole(1, 90) }],
        EACH,
      );
    });

    test.each(seeds)('and when a call fails, with seed %i', { timeout: 600_000 }, async (seed) => {
      const random = new Random(seed);
      const fate = (failsAt: number) => [{ failsAt, code: random.pick(['ENOSPC', 'EIO'] as const) }];
      await atEveryCall(subject, seed, fate, 3 * EACH);
    });
  },
);
