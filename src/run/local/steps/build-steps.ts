import type { Value } from '../../../base/value.ts';
import type { PrintFormat, RunContext } from '../../../flow/define/context.ts';
import { answer, LINES, type LookedAt, type Offer, type TakeTexts } from '../../../flow/define/faster.ts';
import type { Sink } from '../../../flow/define/sink.ts';
import type { State } from '../../../flow/define/snapshot.ts';
import { type Emit, keepingOrigin, passingOn, type Step } from '../../../flow/define/step.ts';
import { GroupStep } from '../../../flow/groups/group-step.ts';
import { firstOf } from '../../../flow/records/first-of.ts';
import { fieldsInto } from '../../../flow/records/one-by-one.ts';
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
  isOfRecords,
  type Node,
  type Plan,
  type SinkNode,
  type SourceNode,
  type StageNode,
  type StreamsNode,
} from '../../../query/plan/plan.ts';
import type { Alerts } from './alerts.ts';
import type { Closing } from './closing.ts';
import type { StageProgress } from './stage-progress.ts';
import type { Watcher } from './watcher.ts';

/** What the steps of a run are made with. */
interface StepSettings {
  readonly run: RunContext;
  /** Opens the sink of a node; called once a node, in the order of the program. */
  readonly openSink: (node: SinkNode) => Sink;
  /** The look of what is printed. */
  readonly format: PrintFormat;
  /** From the outermost to the innermost. */
  readonly watchers: readonly Watcher[];
  /** Hears of steps that want no more; absent where all is read whatever they want. */
  readonly closing?: Closing;
  /** Knows which stages raise alerts; absent where nobody asks. */
  readonly alerts?: Alerts;
  /** Knows how far stages are, and what they keep; absent where nobody asks. */
  readonly progress?: StageProgress;
}

/** A step that a node feeds. */
interface Fed {
  readonly node: Node;
  readonly step: Step;
}

/** The end of a stream that nothing follows. */
const nowhere: Step = {
  push() {},
  faster: (offer) => answer({ texts: () => () => undefined }, offer, undefined),
  close() {},
  advance() {},
  finish() {},
};

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
  private readonly consumers = new Map<Node, Fed[]>();
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
      for (const [i, input] of inputsOf(node).entries()) this.consumers.get(input)?.unshift({ node, step: steps[i]! });
    }
  }

  /** What takes the records of a node. */
  behind(node: Node): Step {
    const [only, ...others] = this.consumers.get(node) ?? [];
    if (only === undefined) return nowhere;
    return others.length === 0 ? only.step : fanOut([only, ...others], this.settings.closing);
  }

  /** What the step of a node knows of the run. */
  private runOf(node: Node): RunContext {
    const { closing, alerts, progress } = this.settings;
    const run = progress === undefined ? this.settings.run : { ...this.settings.run, ...progress.of(node) };
    if (alerts !== undefined && node.kind === 'stage' && node.definition.raisesAlarms === true)
      return { ...run, showAlarms: (ask) => alerts.raisedBy(node, ask) };
    if (closing === undefined || node.kind !== 'stage' || node.definition.needsFirst === undefined) return run;
    return { ...run, full: () => closing.close(node) };
  }

  /** The steps of a node, one an input. */
  private create(node: Exclude<Node, SourceNode>, down: Step, sinks: ReadonlyMap<SinkNode, Sink>): readonly Step[] {
    const run = this.runOf(node);
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
  const { behaviour, name } = node.definition;
  const args = node.arguments;
  switch (behaviour.kind) {
    case 'record':
      return readingFields(node, recordStep(node, behaviour.create(args, run), run, down), { run, down, lookedAt });
    case 'step':
      return readingFields(node, behaviour.create(args, run, down), { run, down, lookedAt });
    case 'group': {
      const grouping = behaviour.create(args);
      const spec = node.window?.spec;
      if (spec?.kind === 'event') return eventWindows(spec, grouping, run, down);
      if (spec?.kind === 'running') return runningGroups(grouping, run, down);
      if (spec !== undefined && run.isOneBatch !== true) return windowedGroups(spec, grouping, run, down);
      const step = new GroupStep(grouping, run, spec === undefined ? down : filtered(spec, run, down));
      return isBrief(node, run) ? briefly(step, node.definition.needsFirst!(args), run) : step;
    }
    default:
      throw new Error(`${name} should not be left in a plan`);
  }
}

/** Whether a grouping needs no more than the first records of all input. */
function isBrief({ definition, input }: StageNode, run: RunContext): boolean {
  return definition.needsFirst !== undefined && run.isOneBatch === true && run.full !== undefined && isOfRecords(input);
}

/** A grouping that is given its first records only. */
function briefly(step: GroupStep<unknown>, n: number, run: RunContext): Step {
  const first = firstOf(n, run, step);
  return {
    ...first,
    snapshot: (onlyChanges) => [first.snapshot!(), step.snapshot(onlyChanges)],
    restore(state, origins) {
      const [given, groups] = state as readonly [State, State];
      step.restore(groups);
      first.restore!(given, origins);
    },
  };
}

/** A window that holds the one batch there is: only its filter is left of it. */
function filtered({ filter }: BatchWindowSpec, run: RunContext, down: Step): Step {
  return passingOn(down, { ...keepingOrigin(down), push: outThrough(filter, run, down) });
}

/** A stage that sees one record at a time. */
function recordStep(
  { definition, arguments: args }: StageNode,
  work: (record: Value, emit: Emit) => void,
  run: RunContext,
  down: Step,
): Step {
  const emit: Emit = (record) => down.push(record);
  const at = { args, run, down };
  return passingOn(down, {
    ...keepingOrigin(down),
    push(record: Value) {
      try {
        work(record, emit);
      } catch (error) {
        reportBad(run, error, record);
      }
    },
    faster: (offer) => answer(definition.faster, offer, at),
  });
}

interface FieldSettings {
  readonly run: RunContext;
  readonly down: Step;
  readonly lookedAt: LookedAt | undefined;
}

/** A parser that reads only some fields of lines that are still bytes, or those of them first that decide whether the others are wanted. It changes `step`. */
function readingFields(node: StageNode, step: Step, { run, down, lookedAt }: FieldSettings): Step {
  const { faster } = node.definition;
  if (faster?.fields === undefined || lookedAt === undefined) return step;
  const { fields } = faster;
  const texts = ({ cut }: Offer<'texts'>) =>
    cut.kind === 'lines' ? fields(node.arguments, step)?.(fieldsInto(down, step, lookedAt, run.cursor)) : undefined;
  const others = step.faster?.bind(step);
  step.faster = (offer) => answer({ texts }, offer, undefined) ?? others?.(offer);
  return step;
}

/** A sink hands its records on. */
function sinkStep(node: SinkNode, sink: Sink, format: PrintFormat, down: Step): Step {
  const takesLines = node.definition.faster?.lines(node.arguments, format) === true;
  const texts = ({ cut }: Offer<'texts'>): TakeTexts | undefined => {
    const takeOn = takesLines && cut.kind === 'lines' ? down.faster?.(LINES) : undefined;
    if (takeOn === undefined) return undefined;
    return (lines) => {
      sink.lines?.(lines);
      return takeOn(lines);
    };
  };
  return passingOn(down, {
    ...keepingOrigin(down),
    push(record) {
      sink.push(record);
      down.push(record);
    },
    faster: (offer) => answer({ texts }, offer, undefined),
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
function fanOut(fed: readonly Fed[], closing: Closing | undefined): Step {
  const steps = fed.map(({ step }) => step);
  /** Those that want more records. */
  let open = steps;
  for (const { node, step } of fed) {
    closing?.whenClosed(node, () => {
      open = open.filter((other) => other !== step);
    });
  }
  return {
    push(record) {
      for (const step of open) step.push(record);
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
