/**
 * What happens to a run, all of it under one seed: what comes from which client at what time, clocks that jump, a reader of the output that
 * stops reading, and how it ends.
 */
import { Random } from '../../src/run/trials/random.ts';
import type { SourceName, TwoSourceProgram } from '../support/two-sources.ts';

/** One thing that happens; times are ms since the start. */
export type Happening =
  /** Time goes on, with all alarms on the way at their times. */
  | { readonly kind: 'pass'; readonly ms: number }
  /** The machine slept: time has gone on, and no alarm has rung. */
  | { readonly kind: 'sleep'; readonly ms: number }
  /** Lines arrive together from one client of a source. */
  | { readonly kind: 'arrive'; readonly source: SourceName; readonly client: number; readonly lines: readonly string[] }
  /** The steps are written down, all or what has changed of them; new ones may go on from that. */
  | { readonly kind: 'snapshot'; readonly onlyChanges: boolean; readonly isTakenUp: boolean }
  /** A client has nothing more. */
  | { readonly kind: 'leave'; readonly source: SourceName; readonly client: number }
  /** The source on the right has nothing more. */
  | { readonly kind: 'finish' }
  /** Whoever reads the output stops, or goes on. */
  | { readonly kind: 'shut' }
  | { readonly kind: 'open' };

/** How a run ends: its sources do, it is stopped, or its output is closed or fails. */
export type Ending = 'over' | 'stop' | 'closed' | 'failed';

export interface World extends TwoSourceProgram {
  /** Whether the source on the right is bounded, so that all of it belongs to the first batch. */
  readonly isRightBounded: boolean;
  /** How long looking at the clock takes, ms: work that goes on for longer than a turn of the event loop. */
  readonly drag: number;
  /** Whether its steps can be written down, which then take records one by one. */
  readonly isWrittenDown: boolean;
  readonly happenings: readonly Happening[];
  readonly ending: Ending;
}

/** Durations are in intervals, `3i`, since they have to be multiples of one. */
const PROGRAMS = [
  'left',
  'left | words | countByValue',
  'left | count',
  'left | count | running',
  'left | words | countByValue | running',
  'left | print | count | print',
  'left | words | map([_, 1]) | reduceByKey(_ + _) | window(3i, 2i)',
  'left | words | countByValue | window(4i, 1i) | top(2)',
  'left | countByWindow(3i, 3i)',
  'left | words | groupBy(_, {n: count(), first: first(_)}) | window(2i, 1i)',
  'left | window(2i, 5i) | sort',
  'left | words | reduce(_ + _)',
  'left | words | distinct | sort | take(3)',
  'left | map([_, 1]) | updateStateByKey((values, state) => if(len(values) == 0, null, sum(values) + (state ?? 0)))',
  'left | map([_, 1]) | mapWithState((key, value, state) => [(state ?? 0) + 1, [key, value, state]], timeout: 3i)',
  'left | words | dedupe(within: 2i)',
  'left | regex(/^(?<first>[abc])/) | countBy(.first)',
  'left | words | map([_, "l"]) | join(right | words | map([_, "r"]))',
  'left | words | map([_, 1]) | window(2i, 1i) | cogroup(right | map([_, 2]) | window(3i, 1i))',
  'left | union(right) | countByValue',
  'let both = left | union(right) | words; both | count; both | countByValue | top(1)',
] as const;

/** The world of a seed. */
export function worldOf(seed: number): World {
  const random = new Random(seed);
  const interval = random.pick([100, 1000]);
  const program = random.pick(PROGRAMS).replaceAll(/\b(\d+)i\b/g, (_, count) => `${Number(count) * interval}ms`);
  const made = happenings(random, interval, program.includes('right') ? ['left', 'right'] : ['left']);
  const isWrittenDown = random.chance(0.5);
  return {
    program,
    interval,
    isRightBounded: random.chance(0.3),
    batches: random.chance(0.15) ? random.whole(1, 6) : undefined,
    drag: random.chance(0.3) ? random.pick([1, 3]) : 0,
    isWrittenDown,
    happenings: isWrittenDown ? made.flatMap((happening) => [happening, ...snapshots(random)]) : made,
    ending: random.pick(['over', 'over', 'over', 'stop', 'stop', 'closed', 'failed']),
  };
}

function happenings(random: Random, interval: number, sources: readonly SourceName[]): Happening[] {
  const made: Happening[] = [];
  const count = random.whole(1, 25);
  for (let i = 0; i < count; i++) {
    const die = random.next();
    if (die < 0.45)
      made.push({ kind: 'arrive', source: random.pick(sources), client: random.whole(0, 2), lines: lines(random) });
    // Often exactly at a tick, where it is decided to which batch something belongs.
    else if (die < 0.75)
      made.push({ kind: 'pass', ms: random.pick([1, interval / 2, interval, random.whole(1, 3 * interval)]) });
    else if (die < 0.82)
      made.push({ kind: 'sleep', ms: random.pick([interval, 2 * interval, random.whole(1, 8 * interval)]) });
    else if (die < 0.92) made.push({ kind: 'shut' });
    else if (die < 0.95) made.push({ kind: 'open' });
    else if (die < 0.985) made.push({ kind: 'leave', source: random.pick(sources), client: random.whole(0, 2) });
    else made.push({ kind: 'finish' });
  }
  return made;
}

/** Behind something that happens the steps may be written down, and be others from then on. */
function snapshots(random: Random): Happening[] {
  if (!random.chance(0.3)) return [];
  return [{ kind: 'snapshot', onlyChanges: random.chance(0.6), isTakenUp: random.chance(0.5) }];
}

function lines(random: Random): string[] {
  return Array.from({ length: random.whole(1, 4) }, () =>
    Array.from({ length: random.whole(1, 3) }, () => random.pick(['a', 'b', 'c', 'd'])).join(' '),
  );
}
