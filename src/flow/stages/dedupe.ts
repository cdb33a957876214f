import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import { duration, lambda } from '../define/parameters.ts';
import type { State } from '../define/snapshot.ts';
import { defineStage } from '../define/stage.ts';
import { passingOn, type Step } from '../define/step.ts';
import { itself } from '../groups/groupings.ts';
import { reportBad } from '../records/report-bad.ts';
import { AllPassTimes } from '../state/all-pass-times.ts';
import { type KeyedState, openState } from '../state/keyed-state.ts';
import { asPart, partsOf } from '../state/parts.ts';
import { type PassTimes, passTimes, RecentPassTimes } from '../state/recent-pass-times.ts';
import { EventTime } from '../windows/event-time.ts';
import { zone } from '../windows/parameters.ts';

interface Arguments {
  readonly by: Compiled;
  readonly within: number | undefined;
  readonly on: Compiled | undefined;
  readonly zone?: string | undefined;
}

/** How long a source without records holds the time back, and how far ahead of the clock a time may be, ms: as for windows. */
const IDLE = 10_000;
const FUTURE = 3_600_000;

type DedupeState = {
  readonly times: State;
  readonly eventTime: State;
};

const LATE = 'behind the highest time so far by more than the within: of dedupe';
const HELP = 'remember for a shorter time with within:';

/** The times of records where they count: without `within` a key is there or not, whatever the time. */
function eventTimeOf({ within, on, zone }: Omit<Arguments, 'by'>, run: RunContext): EventTime | undefined {
  if (on === undefined || within === undefined) return undefined;
  const late = run.isBounded ? undefined : within;
  return new EventTime(
    { on, late, idle: IDLE, future: FUTURE, why: LATE, ...(zone === undefined ? {} : { zone }) },
    run,
  );
}

/**
 * Passes a record on unless one with the same key was, less than `within` before or, in event time, behind it.
 *
 *     times of one key      ──a────b──────────c───────        b is less than `within` from a, c is not
 *     state                 ──a────a──────────a,c─────        until nothing that comes can be near to a
 *
 * Over bounded input nothing is late, and all is remembered.
 */
export function deduping(
  { by, within, on, zone }: Arguments,
  run: RunContext,
  down: Step,
  passed: KeyedState<PassTimes> = openState(run, 'dedupe', HELP, passTimes),
): Step {
  const distance = within ?? Number.POSITIVE_INFINITY;
  const eventTime = eventTimeOf({ within, on, zone }, run);
  // No record to come has a time before this; in batch time that is the batch under way.
  const earliest = () => (eventTime === undefined ? run.now() : eventTime.reached);
  const all = eventTime !== undefined && run.isBounded === true ? new AllPassTimes(run, distance, HELP) : undefined;
  const recent = new RecentPassTimes(passed, distance, earliest);
  const times = all ?? recent;

  return passingOn(down, {
    push(record) {
      const time = eventTime === undefined ? run.now() : eventTime.take(record);
      if (time === undefined) return;
      if (eventTime !== undefined && time < eventTime.over) {
        eventTime.dismiss(record);
        return;
      }
      let passes = false;
      try {
        passes = times.isNew(by.call(record), time);
      } catch (error) {
        reportBad(run, error, record);
      }
      if (passes) down.push(record);
    },
    opened(origin) {
      eventTime?.opened(origin);
      down.opened?.(origin);
    },
    ended(origin) {
      eventTime?.ended(origin);
      down.ended?.(origin);
    },
    release: () => down.release?.(),
    passed(reached) {
      eventTime?.tell(reached);
      down.passed?.(reached);
    },
    close(span) {
      eventTime?.passTick();
      recent.sweep();
      down.close(span);
    },
    finish(end) {
      eventTime?.finish(end);
      down.finish(end);
    },
    snapshot: (onlyChanges): DedupeState => ({
      times: times.snapshot(onlyChanges),
      eventTime: eventTime?.snapshot(),
    }),
    parts: (size) => partsOf('times', times.parts(size)),
    restore(state, origins) {
      const part = asPart(state);
      if (part !== undefined) {
        times.restorePart(part.part);
        return;
      }
      const kept = state as DedupeState;
      times.restore(kept.times);
      eventTime?.restore(kept.eventTime, origins);
    },
  });
}

export const dedupe = defineStage({
  name: 'dedupe',
  group: 'state',
  summary: 'Passes a record on unless one like it was passed on a short time ago',
  synonyms: ['deduplicate', 'uniq', 'unique'],
  docs:
    'Records are alike where `by` gives the same for them; without it, where they are the same in content. A record is passed on if none like it was passed on less than `within` ago, in batch time. ' +
    'Those that are left out do not put that off: of a record that comes every second, `within: 10s` passes on each tenth. Without `within` a record is passed on once in the whole run. ' +
    'With `on:` the times are those of the records: a number (told by its magnitude: seconds, ms, µs or ns) or a text that `time` reads, and records that come out of order count as near in both directions. ' +
    'A record that is more than `within` behind the highest time so far of its file or client is late: it is counted, and left out; over files alone none is. ' +
    'What was passed on longer ago than that is forgotten; what is remembered must fit into `--state-max`.',
  examples: [
    { program: 'words | dedupe', in: 'to be or not to be', out: 'to\nbe\nor\nnot' },
    { program: 'queue(["a"], ["a", "b"], ["a"]) | dedupe(within: 2s)', out: 'a\nb\na' },
    {
      program: 'json | dedupe(.id, within: 1m, on: .at) | map(.n)',
      in: '{"n":1,"id":7,"at":1700000000}\n{"n":2,"id":7,"at":1700000059}\n{"n":3,"id":7,"at":1700000060}',
      out: '1\n3',
    },
  ],
  parameters: {
    by: lambda('what records are told apart by').or(itself),
    within: duration('for how long a record keeps others like it out; for ever unless given', {
      named: true,
    }).optional(),
    on: lambda('the time of a record; the time of its batch unless given', (input) => [input], {
      named: true,
    }).optional(),
    zone,
  },
  needs: 'anything',
  gives: (input) => input,
  keeps: true,
  keepsOrigin: true,
  // Without `within` a record is passed on once in the run, whenever that is.
  byClock: ({ within, on }) => within !== undefined && on === undefined,
  behaviour: {
    kind: 'step',
    create: (args, run, down) => deduping(args, run, down),
    exchange: ({ by }) => ({ by }),
  },
});
