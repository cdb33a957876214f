import { wallClock } from '../../../base/clock.ts';
import { BadRecord } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { Grouping } from '../../../flow/define/grouping.ts';
import type { Span } from '../../../flow/define/span.ts';
import type { Step } from '../../../flow/define/step.ts';
import { reportBad } from '../../../flow/records/report-bad.ts';
import type { Node, Plan, StageNode } from '../../../query/plan/plan.ts';
import { stageStep } from '../steps/build-steps.ts';
import { noRun } from '../steps/run-context.ts';

/** What stands behind an aggregation and may leave out some of what it gives. */
interface Narrowing {
  /** Stages that see one record at a time. */
  readonly stages: readonly StageNode[];
  /** What gives some of the records that come to it (`top`), behind these. */
  readonly picking: StageNode | undefined;
}

/** A group of a share. */
interface Member {
  readonly key: Value;
  readonly state: unknown;
}

/** So many records are kept before those are dropped that would not be picked; twice what is left then, if that is more. */
const MANY = 1 << 14;

/** What stands directly behind an aggregation and can be done to the groups of some keys without those of the others; undefined where nothing of it leaves any out. */
export function narrowingBehind(plan: Plan, group: StageNode): Narrowing | undefined {
  const stages: StageNode[] = [];
  const { behaviour: grouped } = group.definition;
  if (group.window !== undefined || grouped.kind !== 'group') return undefined;
  // What depends on how long a batch was is known where it ends.
  if (grouped.create(group.arguments).aggregate.usesSpan === true) return undefined;
  for (let last: Node = group; ; ) {
    const consumers: readonly Node[] = plan.consumers.get(last)!;
    const [next] = consumers;
    if (consumers.length !== 1 || next?.kind !== 'stage' || next.window !== undefined) break;
    const { definition, arguments: args } = next;
    if (definition.picks === true) return { stages, picking: next };
    if (definition.behaviour.kind !== 'record' || definition.awaits?.(args) === true) break;
    stages.push(next);
    last = next;
  }
  return stages.every(({ definition }) => definition.givesEach === true) ? undefined : { stages, picking: undefined };
}

/**
 * Which groups of a share somebody wants who goes on with those of all shares: what stages behind them leave out of the records of this share, they leave out of
 * all. Whoever goes on does all of it once more, so that fewer groups come to the same. Those stay that are bad on the way, and one that comes as far as any, so
 * that it can be told where all were lost.
 *
 * @param batchEnd the tick of the batch, ms.
 * @returns their places, ascending.
 */
export function wantedGroups(
  groups: readonly Member[],
  grouping: Grouping,
  { stages, picking }: Narrowing,
  batchEnd: number,
): readonly number[] {
  const wanted = new Set<number>();
  const span: Span = { time: batchEnd, start: batchEnd, end: batchEnd, partial: false };
  let place = 0;
  let farthest = -1;
  const run = { ...noRun(), clock: wallClock, now: () => batchEnd, bad: () => void wanted.add(place) };
  const comeTo = (stage: number) => {
    if (stage > farthest) wanted.add(place);
    farthest = Math.max(farthest, stage);
  };
  const picked = picking && new Picked(picking, span, wanted);
  const end = pushing((record) => {
    comeTo(stages.length);
    if (picked === undefined) wanted.add(place);
    else picked.push(place, record);
  });
  const first = stages.reduceRight<Step>((down, node, i) => {
    const step = stageStep(node, run, down);
    return pushing((record) => {
      comeTo(i);
      step.push(record);
    });
  }, end);
  for (const { key, state } of groups) {
    try {
      grouping.emit(key, state, span, (record) => first.push(record));
    } catch (error) {
      reportBad(run, error, key);
    }
    place++;
  }
  picked?.finish();
  return [...wanted].sort((a, b) => a - b);
}

function pushing(push: Step['push']): Step {
  return { push, close() {}, advance() {}, finish() {} };
}

/** Finds the places of the records that a stage would give of all that come. */
class Picked {
  private readonly grouping: Grouping;
  private readonly span: Span;
  private readonly wanted: Set<number>;
  private kept: { readonly place: number; readonly record: Value }[] = [];
  private most = MANY;

  /** @param wanted gets them, and at once those of records that are bad. */
  constructor({ definition: { behaviour }, arguments: args }: StageNode, span: Span, wanted: Set<number>) {
    if (behaviour.kind !== 'group') throw new Error('what picks records is a grouping');
    this.grouping = behaviour.create(args) as Grouping;
    this.span = span;
    this.wanted = wanted;
  }

  push(place: number, record: Value): void {
    this.kept.push({ place, record });
    if (this.kept.length >= this.most) this.dropOthers();
  }

  finish(): void {
    this.dropOthers();
    for (const { place } of this.kept) this.wanted.add(place);
  }

  private dropOthers(): void {
    const { aggregate, emit } = this.grouping;
    let state = aggregate.zero();
    for (const { place, record } of this.kept) {
      try {
        state = aggregate.add(state, record);
      } catch (error) {
        if (!(error instanceof BadRecord)) throw error;
        // Whoever goes on tells of it.
        this.wanted.add(place);
      }
    }
    const given = new Set<Value>();
    emit(null, state, this.span, (record) => given.add(record));
    this.kept = this.kept.filter(({ record }) => given.has(record));
    this.most = Math.max(MANY, 2 * this.kept.length);
  }
}
