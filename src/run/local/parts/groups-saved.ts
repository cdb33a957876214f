import { wallClock } from '../../../base/clock.ts';
import type { PartWriter } from '../../../flow/define/sink.ts';
import { Reports } from '../reports/reports.ts';
import { buildSteps } from '../steps/build-steps.ts';
import { FieldWatch } from '../steps/field-watch.ts';
import { KeptSteps } from '../steps/kept-steps.ts';
import { Reach } from '../steps/reach.ts';
import { runContext } from '../steps/run-context.ts';
import { compileTask } from './compile-task.ts';
import { frontOf } from './parted-plan.ts';
import { inOrderFirstSeen, type Merged, type MergeTask, mergeShares, type Share } from './pieces.ts';
import { plainFailure } from './plain-failure.ts';
import { openPart, type PartSaved, savedBehind, spanOf } from './saved-behind.ts';

/** Merges the shares of one number, and writes what their groups give where that is asked for, unless it might depend on how records were grouped. */
export async function mergeOrSave(task: MergeTask, shares: readonly Share[]): Promise<Merged> {
  const { saves } = task;
  const [first] = shares;
  const merged = mergeShares(task, shares);
  if (saves === undefined || first === undefined || !merged.mayRegroup) return merged;
  return saveGroups(task, merged, { ...saves, number: saves.number + first.share });
}

/** Has groups given out and written as a part. */
async function saveGroups(task: MergeTask, merged: Merged, { number, stateMax }: PartSaved): Promise<Merged> {
  const reports = new Reports({ tell() {}, trace() {} }, () => {});
  const plan = compileTask(task, (about, message) => reports.noteOnce(about, message));
  const front = frontOf(plan, plan.sources[task.source]!);
  const { plan: part } = savedBehind(plan, front, 'groups')!;
  const { interval, batchEnd } = task;
  const whole = { live: false, isBounded: true, isOneBatch: true };
  const run = runContext({ interval, clock: wallClock, ...whole, stateMax, now: () => batchEnd }, reports);
  const kept = new KeptSteps();
  const reach = new Reach(part, () => reports.badCount);
  const fieldWatch = new FieldWatch(plan, run, true);
  const writers: PartWriter[] = [];
  buildSteps(part, {
    run,
    watchers: [fieldWatch, reach, kept],
    format: 'text',
    openSink(node) {
      const writer = openPart(node, run, number);
      writers.push(writer);
      return writer;
    },
  });
  const group = kept.groups.get(front.group!)!;
  group.absorb(inOrderFirstSeen([merged]));
  group.close(spanOf(task));
  const [writer] = writers;
  await writer!.finish();
  const { failure, notes } = reports;
  const { written } = writer!;
  return {
    ...merged,
    ...{ keys: [], states: [], pieces: [], places: [] },
    comparisons: plan.comparisons.snapshot(),
    saved: {
      number,
      bad: reports.takeBad(),
      notes: [...notes],
      reached: reach.snapshot(part),
      fields: fieldWatch.snapshot(part),
      ...(written === undefined ? {} : { saved: written }),
      ...(failure === undefined ? {} : { failure: plainFailure(failure) }),
    },
  };
}
