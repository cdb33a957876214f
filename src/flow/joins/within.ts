import { UNKNOWN } from '../../base/type.ts';
import { type Compiled, opaque } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import { duration, lambda } from '../define/parameters.ts';
import { defineStage, type StageDefinition } from '../define/stage.ts';
import type { Step } from '../define/step.ts';
import { keyOfPair } from '../groups/groupings.ts';
import { eventTime } from '../windows/parameters.ts';
import { joinedType, KEY_FIRST, other, type Unmatched } from './joining.ts';
import { TimedJoin } from './timed-join.ts';

/** What says that two streams are joined over time, and how. */
const over = {
  within: duration('how far apart the times of two pairs may be, either way, instead of being of one batch', {
    named: true,
  }),
  // Of both streams, whose pairs may be of different types.
  on: lambda(
    'the event time of a pair of either stream: a number, or a text that `time` reads; the time of its batch unless given',
    () => [UNKNOWN],
    { named: true, with: 'within' },
  ).optional(),
  ...eventTime,
};

/** The parameters that joins have for it besides. */
export const overTime = { ...over, within: over.within.optional() };

interface Arguments {
  readonly within: number;
  readonly on: Compiled | undefined;
  readonly late: number | undefined;
  readonly idle: number;
  readonly future: number;
  readonly lateTo: string | undefined;
  readonly zone: string | undefined;
}

/** A join of pairs that are near to each other in time: what the join of that name is with `within:`. */
export function joiningWithin(name: string, unmatched: Unmatched): StageDefinition {
  return defineStage({
    name,
    group: 'streams',
    summary: 'Pairs with the same key in both streams, whose times are near to each other',
    docs: `See \`${name}\`.`,
    examples: [],
    parameters: { other, ...over },
    needs: 'pairs',
    instead: KEY_FIRST,
    gives: joinedType,
    isOverTime: true,
    byClock: ({ on }) => on === undefined,
    behaviour: {
      kind: 'streams',
      create: (args, run, down) => timedJoin(name, unmatched, args, run, down),
      exchange: () => ({ by: keyOfPair }),
    },
  });
}

function timedJoin(
  stage: string,
  unmatched: Unmatched,
  { within, on, late, idle, future, lateTo, zone }: Arguments,
  run: RunContext,
  down: Step,
): TimedJoin {
  const settings = on && {
    // What is known of its results would be of the left stream alone.
    on: opaque(on.call),
    late,
    idle,
    future,
    ...(lateTo === undefined ? {} : { lateTo }),
    ...(zone === undefined ? {} : { zone }),
  };
  return new TimedJoin({ stage, within, unmatched, eventTime: settings }, run, down);
}
