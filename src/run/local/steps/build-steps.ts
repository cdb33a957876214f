import type { Value } from '../../../base/value.ts';
import type { ProjectionTarget } from '../../../flow/bytes/projected-lines.ts';
import { type LookedAt, targetBehind } from '../../../flow/columns/projection-target.ts';
import type { PrintFormat, RunContext } from '../../../flow/define/context.ts';
import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { Sink } from '../../../flow/define/sink.ts';
import type { StageDefinition } from '../../../flow/define/stage.ts';
import { type Emit, keepingOrigin, passingOn, type Step } from '../../../flow/define/step.ts';
import type { TakeTexts } from '../../../flow/define/text-form.ts';
import { GroupStep } from '../../../flow/groups/group-step.ts';
import { reportBad } from '../../../flow/records/report-bad.ts';
import type { BatchWindowSpec } from '../../../flow/windows/batch-window.ts';
import { eventWindows } from '../../../flow/windows/event-windows.ts';
import { outThrough } from '../../../flow/windows/filter.ts';
import { runningGroups, runningRecords } from '../../../flow/windows/running.ts';
import { windowedGroups } from '../../../flow/windows/windowed-groups.ts';
import { windowedRecords } from '../../../flow/windows/windowed-records.ts';
import { type UsedFields, usedFields } from '../../../query/plan/faster/used-fields.ts';
import {
  inputsOf,
  type Node,
  type Plan,
  type SinkNode,
  type SourceNode,
  type StageNode,
  type StreamsNode,
} from '../../../query/plan/plan.ts';
import type { Watcher } from './watcher.ts';

/** What the steps of a run are made with. */
export interface StepSettings {
  readonly run: RunContext;
  /** Opens the sink of a node; called once a node, in the order of the program. */
  readonly openSink: (node: SinkNode) => Sink;
  /** The look of what is printed. */
  readonly format: PrintFormat;
  /** From the outermost to the innermost. */
  readonly watchers: readonly Watcher[];
}

/** The end of a stream that nothing follows. */
const nowhere: Step = { push() {}, texts: () => () => {}, close() {}, advance() {}, finish() {} };

/**
 * Puts the steps of a plan together, from the sinks back to the sources.
 *
 * @returns for each source the step that its records go into.
 */
export function buildSteps(plan: Plan, settings: StepSettings): ReadonlyMap<SourceNode, Step> {
  const builder = new StepBuilder(plan, settings);
  return new Map(
    plan.sources.map((source) => {
      const watched = (step: Step, watcher: Watcher) => watcher.behind?.(source, step) ?? step;
      return [source, settings.watchers.reduceRight(watched, builder.behind(source))];
    }),
  );
}

class StepBuilder {
  /** The steps that take what a node gives out, in the order of the program. */
  private readonly consumers = new Map<Node, Step[]>();
  private readonly settings: StepSettings;
  private readonly usedFields: UsedFields;

  constructor(plan: Plan, settings: StepSettings) {
    this.settings = settings;
    this.usedFields = usedFields(plan);
    const { nodes } = plan;
    const sinks = new Map(
      nodes.filter((node) => node.kind === 'sink').map((node) => [node, settings.openSink(node)] as const),
    );
    for (const node of nodes) this.consumers.set(node, []);
    // Fed nodes stand behind feeding ones, so from the back each node's own followers are ready.
    for (const node of nodes.toReversed()) {
      if (node.kind === 'source') continue;
      const create = settings.watchers.reduceRight(
        (inner, watcher) => (down: Step) => watcher.around(node, down, inner),
        (down: Step) => this.create(node, down, sinks),
      );
      const steps = create(this.behind(node));
      for (const [i, input] of inputsOf(node).entries()) this.consumers.get(input)?.unshift(steps[i]!);
    }
  }

  /** What takes the records of a node. */
  behind(node: Node): Step {
    const [only, ...others] = this.consumers.get(node) ?? [];
    if (only === undefined) return nowhere;
    return others.length === 0 ? only : fanOut([only, ...others]);
  }

  /** The steps of a node, one an input. */
  private create(node: Exclude<Node, SourceNode>, down: Step, sinks: ReadonlyMap<SinkNode, Sink>): readonly Step[] {
    const { run } = this.settings;
    switch (node.kind) {
      case 'sink':
        return [sinkStep(node, sinks.get(node)!, this.settings.format, down)];
      case 'window':
        if (node.spec.kind === 'event') return [eventWindows(node.spec, undefined, run, down)];
        if (node.spec.kind === 'batches' && run.isOneBatch === true) return [filtered(node.spec, run, down)];
        return [node.spec.kind === 'running' ? runningRecords(run, down) : windowedRecords(node.spec, run, down)];
      case 'streams':
        return streamSteps(node, run, down);
      case 'stage':
        return [stageStep(node, run, down, this.usedFields.get(node))];
    }
  }
}

function streamSteps(node: StreamsNode, run: RunContext, down: Step): readonly Step[] {
  const { behaviour } = node.definition;
  if (behaviour.kind !== 'streams') throw new Error(`${node.definition.name} does not take two streams`);
  const meeting = node.rhythm.kind === 'event' ? 'window' : 'tick';
  const { left, right } = behaviour.create(node.arguments, run, down, meeting);
  return [left, right];
}

/** The step of one stage. `lookedAt` says which fields of its records are looked at, where that is known. */
export function stageStep(node: StageNode, run: RunContext, down: Step, lookedAt?: LookedAt): Step {
  const { behaviour, name, projects } = node.definition;
  const args = node.arguments;
  switch (behaviour.kind) {
    case 'record': {
      const step = recordStep(behaviour, { args, run, down });
      if (projects === undefined || lookedAt === undefined) return step;
      return projecting((target) => projects(lookedAt.names, run.cursor, target, args), lookedAt, step, down);
    }
    case 'step': {
      const { create, projecting: createOfFields } = behaviour;
      const isWhole = createOfFields === undefined || lookedAt === undefined;
      return isWhole ? create(args, run, down) : createOfFields(lookedAt, args, run, down);
    }
    case 'group': {
      const grouping = behaviour.create(args);
      const spec = node.window?.spec;
      if (spec?.kind === 'event') return eventWindows(spec, grouping, run, down);
      if (spec?.kind === 'running') return runningGroups(grouping, run, down);
      if (spec !== undefined && run.isOneBatch !== true) return windowedGroups(spec, grouping, run, down);
      return new GroupStep(grouping, run, spec === undefined ? down : filtered(spec, run, down));
    }
    default:
      throw new Error(`${name} should not be left in a plan`);
  }
}

/** A window that holds the one batch there is: only its filter is left of it. */
function filtered({ filter }: BatchWindowSpec, run: RunContext, down: Step): Step {
  return passingOn(down, { ...keepingOrigin(down), push: outThrough(filter, run, down) });
}

type RecordBehaviour = Extract<StageDefinition['behaviour'], { kind: 'record' }>;

interface RecordSettings {
  readonly args: BoundArguments;
  readonly run: RunContext;
  readonly down: Step;
}

/** A stage that sees one record at a time. */
function recordStep(behaviour: RecordBehaviour, { args, run, down }: RecordSettings): Step {
  const work = behaviour.create(args, run);
  const emit: Emit = (record) => down.push(record);
  return passingOn(down, {
    ...keepingOrigin(down),
    push(record: Value) {
      try {
        work(record, emit);
      } catch (error) {
        reportBad(run, error, record);
      }
    },
    texts: (cut) => behaviour.texts?.(cut, down, args, run),
    rows: (projection) => behaviour.rows?.(args, projection, down),
  });
}

/** A parser that reads only some fields of lines that are still bytes, or those of them first that decide whether the others are wanted. */
function projecting(
  project: (target: ProjectionTarget) => TakeTexts,
  lookedAt: LookedAt,
  step: Step,
  down: Step,
): Step {
  const target = () => targetBehind(lookedAt, down, (line) => step.push(line));
  return { ...step, texts: (cut) => (cut.kind === 'lines' ? project(target()) : step.texts?.(cut)) };
}

/** A sink hands its records on. */
function sinkStep(node: SinkNode, sink: Sink, format: PrintFormat, down: Step): Step {
  return passingOn(down, {
    ...keepingOrigin(down),
    push(record) {
      sink.push(record);
      down.push(record);
    },
    texts(cut) {
      if (cut.kind !== 'lines' || !node.definition.takesLines?.(node.arguments, format)) return undefined;
      const takeOn = down.texts?.(cut);
      if (takeOn === undefined) return undefined;
      return (lines) => {
        sink.lines?.(lines);
        return takeOn(lines);
      };
    },
    close(span) {
      sink.close(span);
      down.close(span);
    },
  });
}

/**
 * One stream that feeds several, in the order of the program. It takes no texts as bytes: each record goes to all of them before the next
 * one, so that what they say of bad records comes in the order of the input.
 */
function fanOut(steps: readonly Step[]): Step {
  return {
    push(record) {
      for (const step of steps) step.push(record);
    },
    partition() {
      for (const step of steps) step.partition?.();
    },
    close(span) {
      for (const step of steps) step.close(span);
    },
    advance(through) {
      for (const step of steps) step.advance(through);
    },
    opened(origin) {
      for (const step of steps) step.opened?.(origin);
    },
    ended(origin) {
      for (const step of steps) step.ended?.(origin);
    },
    release() {
      for (const step of steps) step.release?.();
    },
    passed(reached) {
      for (const step of steps) step.passed?.(reached);
    },
    finish(end) {
      for (const step of steps) step.finish(end);
    },
  };
}
