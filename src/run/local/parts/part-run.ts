import { wallClock } from '../../../base/clock.ts';
import { type BadRecord, type FailureExit, RunFailure, RunInterrupted } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../flow/catalog.ts';
import type { Origin } from '../../../flow/define/chunk.ts';
import type { RunContext, SourceContext } from '../../../flow/define/context.ts';
import type { StdinManner } from '../../../flow/define/source.ts';
import { type FilePart, isFirst } from '../../../flow/files/parts.ts';
import type { TableSnapshot } from '../../../flow/groups/group-table.ts';
import { observeMatches } from '../../../flow/pattern/watched.ts';
import type { Found } from '../../../flow/records/comparison.ts';
import { compileProgram } from '../../../query/compile.ts';
import { createScope } from '../../../query/plan/expression/scope.ts';
import { Reader, RunCursor } from '../reading/reader.ts';
import { Recognition } from '../reading/recognition.ts';
import { BadLog, type BadSummary } from '../reports/bad-log.ts';
import { buildSteps } from '../steps/build-steps.ts';
import { KeptSteps } from '../steps/kept-steps.ts';
import { Reach } from '../steps/reach.ts';
import { partedStages } from './parted-plan.ts';
import { regroupingTest } from './regrouping.ts';

/** What a worker is told: the same program as the run's, and which parts of the input are its own. Plain data. */
export interface PartTask {
  readonly program: string;
  readonly interval: number;
  /** The tick of the one batch, ms. */
  readonly batchEnd: number;
  readonly stateMax: number;
  readonly stdin: StdinManner;
  readonly kernels: boolean;
  readonly parts: readonly FilePart[];
  /** What the step that remembers something of each file is taken to remember where the first part begins, unless a file begins there. */
  readonly memory: Value | undefined;
  /** Shared: the first number is not 0 once the run is to end, when the worker gives what it has. */
  readonly signals: Int32Array;
  /** Which of the numbers is the worker's own: it counts there how many kB it has read. */
  readonly own: number;
}

/** What became of the parts of one worker. Plain data. */
export interface PartResult {
  readonly groups: TableSnapshot<unknown>;
  /** False where records came that must not be grouped in any way, see `GroupStep.watch`; nothing else here is of use then. */
  readonly mayRegroup: boolean;
  readonly records: number;
  readonly bytes: number;
  /** For each part, how many lines it had. */
  readonly lines: readonly number[];
  /** For each part, what of it was bad; line numbers count from its own first line. */
  readonly bad: readonly BadSummary[];
  /** For each part, what the step that remembers something of each file did so at its end; none where there is no such step. */
  readonly memories: readonly Value[];
  /** With what they are about. */
  readonly notes: readonly (readonly [about: string, message: string])[];
  /** What its comparisons have met, see `Comparisons`. */
  readonly comparisons: readonly Found[];
  /** How far its records have come, see `Reach`. */
  readonly reached: readonly number[];
  readonly failure?: {
    readonly code: string;
    readonly exit: FailureExit;
    readonly message: string;
    readonly help?: string;
  };
}

const KILOBYTE = 1024;

/** Works on some parts of the input, up to the first aggregation. */
export async function runParts(task: PartTask): Promise<PartResult> {
  const run = new PartRun(task);
  return run.run();
}

class PartRun implements RunContext {
  readonly interval: number;
  readonly cursor = new RunCursor();
  readonly clock = wallClock;
  readonly live = false;
  readonly isOneBatch = true;
  readonly stateMax: number;
  private readonly task: PartTask;
  /** What is told, by what it is about. */
  private readonly notes = new Map<string, string>();
  private badLog = quietLog();
  private failure: RunFailure | undefined;

  constructor(task: PartTask) {
    this.task = task;
    this.interval = task.interval;
    this.stateMax = task.stateMax;
  }

  now(): number {
    return this.task.batchEnd;
  }

  bad(problem: BadRecord): void {
    const { origin, line } = this.cursor;
    this.badLog.add(problem, { source: origin?.name, line, text: origin === null ? '' : this.cursor.text() });
  }

  late(): void {}

  note(message: string, about = message): void {
    if (!this.notes.has(about)) this.notes.set(about, message);
  }

  trace(): void {}

  fail(failure: RunFailure): void {
    this.failure ??= failure;
  }

  async run(): Promise<PartResult> {
    const { program, interval, parts, memory, signals, own, kernels, stdin } = this.task;
    const plan = compileProgram(program, {
      words: { sources, stages, aggregates, sinks },
      expressions: createScope({
        functions,
        imports: new Map(),
        now: () => this.now(),
        note: (about, message) => this.note(message(), about),
      }),
      interval,
    });
    const parted = partedStages(plan);
    const [source] = plan.sources;
    if (parted === undefined || source === undefined) throw new Error('a program that cannot be worked on in parts');
    const kept = new KeptSteps();
    const reach = new Reach(parted.plan);
    const steps = buildSteps(parted.plan, {
      run: this,
      watchers: [reach, kept],
      format: 'text',
      openSink() {
        throw new Error('a part has no sinks');
      },
    });
    const group = kept.groups.get(parted.group)!;
    const originStep = parted.byOrigin && kept.byOrigin.get(parted.byOrigin);
    const test = regroupingTest(parted.group);
    if (test !== undefined) group.watch(test);
    const bad = (problem: BadRecord) => this.bad(problem);
    const recognition = new Recognition(plan, (message, about) => this.note(message, about));
    let isStart = false;
    const look = (from: Origin, first: Uint8Array) => isStart && recognition.look(source, from, first);
    const reader = new Reader(this.cursor, steps.get(source)!, bad, kernels, leaveIfInterrupted, look);
    const isStopped = () => Atomics.load(signals, 0) !== 0 || this.failure !== undefined || !group.mayRegroup;
    observeMatches({
      begins() {},
      ended() {
        if (isStopped()) throw new RunInterrupted();
      },
    });
    const signal = new AbortController();
    const context: SourceContext = {
      clock: wallClock,
      signal: signal.signal,
      once: true,
      origin: newOrigin,
      deliver(chunk) {
        reader.read(chunk);
        return undefined;
      },
      bad(problem, badOrigin, text) {
        reader.read({ kind: 'bad', origin: badOrigin, problem, text });
      },
      note: (message) => this.note(message),
    };
    const behaviour = source.definition.behaviour(source.arguments, { stdin });
    if (behaviour.kind !== 'bounded') throw new Error('a part of a source that is not bounded');
    const opened = behaviour.open(source.arguments, context);
    const lines: number[] = [];
    const summaries: BadSummary[] = [];
    const memories: Value[] = [];
    for (const part of parts) {
      if (isStopped()) break;
      isStart = isFirst(part);
      this.badLog = quietLog();
      const origin = newOrigin(part.name);
      if (memory !== undefined && part === parts[0]) originStep?.resume(origin, memory, 0);
      try {
        await opened.inParts!.read(part, origin, () => {
          if (isStopped()) signal.abort();
          Atomics.store(signals, own, reader.bytes / KILOBYTE);
          return undefined;
        });
      } catch (error) {
        if (!(error instanceof RunFailure)) throw error;
        this.fail(error);
      }
      recognition.finish();
      lines.push(origin.lines);
      summaries.push(this.badLog.snapshot());
      if (originStep !== undefined) memories.push(originStep.recall(origin));
    }
    const { failure } = this;
    return {
      groups: group.snapshot(),
      mayRegroup: group.mayRegroup,
      records: reader.records,
      bytes: reader.bytes,
      lines,
      bad: summaries,
      memories,
      notes: [...this.notes],
      comparisons: plan.comparisons.snapshot(),
      reached: reach.snapshot(parted.plan),
      ...(failure === undefined ? {} : { failure: plainFailure(failure) }),
    };
  }
}

/** The run is to end, and will not use what has been made of the part. */
function leaveIfInterrupted(error: unknown): void {
  if (!(error instanceof RunInterrupted)) throw error;
}

function newOrigin(name: string): Origin {
  return { name, source: 0, lines: 0 };
}

/** Errors lose their fields on the way between threads. */
function plainFailure({ code, exit, message, help }: RunFailure): NonNullable<PartResult['failure']> {
  return { code, exit, message, ...(help === undefined ? {} : { help }) };
}

/** The run tells what is bad, once it knows the lines before the part. */
function quietLog(): BadLog {
  return new BadLog(undefined, () => {}, undefined);
}
