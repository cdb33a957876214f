import { wallClock } from '../../../base/clock.ts';
import { type BadRecord, RunFailure, RunInterrupted } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { Cursor, Origin } from '../../../flow/define/chunk.ts';
import type { FilePart } from '../../../flow/define/file-part.ts';
import type { PartWriter } from '../../../flow/define/sink.ts';
import type { Source, StdinManner } from '../../../flow/define/source.ts';
import type { OriginStep, Step } from '../../../flow/define/step.ts';
import { isFirst } from '../../../flow/files/parts.ts';
import type { Parted } from '../../../flow/groups/absorbing.ts';
import type { TableSnapshot } from '../../../flow/groups/group-table.ts';
import { observeMatches } from '../../../flow/pattern/watched.ts';
import type { Found } from '../../../flow/records/comparison.ts';
import { hostSockets } from '../../../flow/sockets/host-sockets.ts';
import type { Plan, SourceNode } from '../../../query/plan/plan.ts';
import { Reader } from '../reading/reader.ts';
import { Recognition } from '../reading/recognition.ts';
import type { BadSummary } from '../reports/bad-log.ts';
import { Reports } from '../reports/reports.ts';
import { buildSteps } from '../steps/build-steps.ts';
import { type FieldsSeen, FieldWatch } from '../steps/field-watch.ts';
import { KeptSteps } from '../steps/kept-steps.ts';
import { Reach, type ReachOfPart } from '../steps/reach.ts';
import { runContext } from '../steps/run-context.ts';
import { Collected, type RecordBlock } from './collected.ts';
import { type Compiling, compileTask } from './compile-task.ts';
import type { ListPart, RecordsWanted } from './part-input.ts';
import { type Front, frontOf, frontPlan, withoutWindow } from './parted-plan.ts';
import { type PlainFailure, plainFailure } from './plain-failure.ts';
import { regroupingTest } from './regrouping.ts';
import { openPart, type PartSaved, savedBehind, spanOf } from './saved-behind.ts';

/** What a worker is told: the same program as the run's, and which parts of the input are its own. Plain data. */
export interface PartTask extends Compiling {
  /** The number of its source in the program, from 0. */
  readonly source: number;
  readonly stateMax: number;
  readonly stdin: StdinManner;
  readonly kernels: boolean;
  readonly parts: readonly FilePart[];
  /** Records that are given as values, instead of parts; absent where it reads files. */
  readonly list?: ListPart;
  /** For each part, whether nothing of its file follows, so that steps hear of its end here; absent where whoever goes on behind the parts tells them. */
  readonly ends?: readonly boolean[];
  /** Set where groups are wanted by their keys, even if they are of texts that were counted as bytes. */
  readonly byKeys?: true;
  /** What the step that remembers something of each file is taken to remember where the first part begins, unless a file begins there. */
  readonly memory: Value | undefined;
  /** Set where records are wanted as they are in front of an aggregation, instead of groups. */
  readonly records?: RecordsWanted;
  /** Set where the records in front of an aggregation are written here, as a part of a batch of the sink behind them. */
  readonly saves?: PartSaved;
  /** Set where each part is a whole file, which its source reads as it does alone: packed, or no plain lines. */
  readonly isWhole?: true;
  /** How many lines come before those that the memory counts, seen from where the first part begins; 0 unless given. */
  readonly linesBefore?: number;
  /** Shared: the first number is not 0 once the run is to end, when the worker gives what it has. */
  readonly signals: Int32Array;
  /** Which of the numbers is the worker's own: it counts there how many kB it has read. */
  readonly own: number;
}

/** What became of the parts of one worker. Plain data. */
export interface PartResult {
  /** None where records were wanted. */
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
  readonly reached: ReachOfPart;
  /** Which fields its first records had, see `FieldWatch`. */
  readonly fields: FieldsSeen;
  readonly failure?: PlainFailure;
  /** The part that was written, where `saves` was asked for and something came. */
  readonly saved?: Value;
}

const KILOBYTE = 1024;
/** How often steps are asked for what is over, at which they see how much they hold, ms. */
const RELEASED_EVERY = 100;

const NO_GROUPS: TableSnapshot<unknown> = { texts: undefined, keys: [], states: [] };

/** Works on some parts of the input, up to the first aggregation. @param give takes records where they are wanted. */
export async function runParts(task: PartTask, give: (block: RecordBlock) => void = () => {}): Promise<PartResult> {
  return new PartRun(task, give).run();
}

class PartRun {
  private readonly task: PartTask;
  /** The run itself tells what is said here, once it knows the lines before each part. */
  private readonly reports = new Reports({ tell() {}, trace() {} }, () => {});
  private readonly plan: Plan;
  /** What of it is worked on here. */
  private readonly part: Plan;
  private readonly source: SourceNode;
  private readonly group: Parted | undefined;
  private readonly collected: Collected | undefined;
  private writer: PartWriter | undefined;
  private readonly originStep: OriginStep | undefined;
  private readonly reach: Reach;
  private readonly fieldWatch: FieldWatch;
  private readonly recognition: Recognition;
  private readonly reader: Reader;
  private readonly step: Step;
  private readonly ending = new AbortController();
  /** Whether the part being read is the start of its file, which tells what the file is. */
  private isStart = false;
  private openedOrigins = 0;
  private released = wallClock.now();
  /** All records that are wanted were given. */
  private isFull = false;
  private readonly lines: number[] = [];
  private readonly bad: BadSummary[] = [];
  private readonly memories: Value[] = [];

  constructor(task: PartTask, give: (block: RecordBlock) => void) {
    const { reports } = this;
    this.task = task;
    this.plan = compileTask(task, (about, message) => reports.noteOnce(about, message));
    this.source = this.plan.sources[task.source]!;
    const front = withoutWindow(frontOf(this.plan, this.source));
    this.part =
      task.saves === undefined
        ? frontPlan(this.plan, front, task.records === undefined ? 'groups' : 'records')
        : savedBehind(this.plan, front, 'records')!.plan;
    this.reach = new Reach(this.part, () => reports.badCount);
    const { interval, stateMax, batchEnd } = task;
    const whole = { live: false, isBounded: true, isOneBatch: true };
    const context = runContext({ interval, clock: wallClock, ...whole, stateMax, now: () => batchEnd }, reports);
    this.fieldWatch = new FieldWatch(this.plan, context, true);
    const { byOrigin } = front;
    const kept = new KeptSteps();
    this.collected = task.records && this.collecting(front, give);
    const collecting = this.collected === undefined ? [] : [this.collected];
    const steps = buildSteps(this.part, {
      run: context,
      watchers: [this.fieldWatch, this.reach, kept, ...collecting],
      format: 'text',
      openSink: (node) => {
        if (task.saves === undefined) throw new Error('a part has no sinks');
        this.writer = openPart(node, context, task.saves.number);
        return this.writer;
      },
    });
    this.group = this.collected === undefined && task.saves === undefined ? kept.parted.get(front.group!) : undefined;
    this.originStep = byOrigin && this.fieldWatch.withCopy(byOrigin, kept.byOrigin.get(byOrigin)!);
    const test = this.group && regroupingTest(front.group!);
    if (test !== undefined) this.group!.watch?.(test);
    this.recognition = new Recognition(this.plan, (message, about) => reports.note(message, about));
    const bad = (problem: BadRecord) => reports.bad(problem);
    const look = (from: Origin, first: Uint8Array) => this.isStart && this.recognition.look(this.source, from, first);
    this.step = steps.get(this.source)!;
    this.reader = new Reader(reports.cursor, this.step, bad, task.kernels, leaveIfInterrupted, look);
  }

  private collecting({ last }: Front, give: (block: RecordBlock) => void): Collected {
    const { withTexts, most = Number.POSITIVE_INFINITY } = this.task.records!;
    const cursor: Cursor = this.reports.cursor;
    if (Number.isFinite(most)) cursor.mayEnd = true;
    const full = () => {
      this.isFull = true;
      this.reader.close();
    };
    return new Collected(last, cursor, { withTexts, most, full }, give);
  }

  async run(): Promise<PartResult> {
    let isOver = false;
    observeMatches({
      begins() {},
      ended: () => {
        // What stopped this run stops no other one of the process.
        if (!isOver && this.isStopped) throw new RunInterrupted();
      },
    });
    await this.readAll();
    isOver = true;
    return this.result();
  }

  private async readAll(): Promise<void> {
    const { reader } = this;
    const { list, memory, isWhole } = this.task;
    if (isWhole === true) await this.readWholes();
    else if (list === undefined) await this.readParts();
    else {
      const origin = this.begin(list.name, memory);
      reader.read({ kind: 'values', origin, values: list.values });
      this.end(origin, false);
    }
    this.collected?.flush();
    if (this.reports.failure === undefined) this.writer?.close(spanOf(this.task));
    await this.writer?.finish();
  }

  private result(): PartResult {
    const { reports, reader, group, plan, part, writer } = this;
    // It may hold too much.
    const groups = group?.soFar(this.task.byKeys) ?? NO_GROUPS;
    const { failure, notes } = reports;
    const { lines, bad, memories } = this;
    return {
      groups,
      mayRegroup: group?.mayRegroup !== false,
      records: reader.records,
      bytes: reader.bytes,
      lines,
      bad,
      memories,
      notes: [...notes],
      comparisons: plan.comparisons.snapshot(),
      reached: this.reach.snapshot(part),
      fields: this.fieldWatch.snapshot(part),
      ...(writer?.written === undefined ? {} : { saved: writer.written }),
      ...(failure === undefined ? {} : { failure: plainFailure(failure) }),
    };
  }

  private async readParts(): Promise<void> {
    const { parts, memory, ends } = this.task;
    const opened = this.open();
    for (const [i, part] of parts.entries()) {
      if (this.isStopped) break;
      this.collected?.begin(i);
      const origin = this.begin(part.name, i === 0 ? memory : undefined);
      await this.read(opened, part, origin);
      this.end(origin, ends?.[i] === true);
    }
  }

  /** Reads what its source finds, or is given, as it does alone. */
  private async readWholes(): Promise<void> {
    const { parts, memory, ends, linesBefore = 0 } = this.task;
    const all = await this.open(parts.map(({ file }) => String(file))).wholes!();
    const wholes = new Map(all.map((whole) => [whole.origin.name, whole]));
    for (const [i, { name }] of parts.entries()) {
      if (this.isStopped) break;
      const whole = wholes.get(name);
      if (whole === undefined) throw new Error(`${name} is not there, where the run was started it is`);
      this.collected?.begin(i);
      this.isStart = true;
      if (i === 0 && memory !== undefined) this.originStep?.resume(whole.origin, memory, linesBefore);
      await this.guarded(whole.read());
      this.end(whole.origin, ends?.[i] === true);
    }
  }

  /** The origin of a part. @param memory what is remembered of it where the part begins. */
  private begin(name: string, memory: Value | undefined): Origin {
    const origin = this.origin(name);
    if (memory !== undefined) this.originStep?.resume(origin, memory, this.task.linesBefore ?? 0);
    return origin;
  }

  /** A part has been read. @param isLast whether nothing of its file follows. */
  private end(origin: Origin, isLast: boolean): void {
    const { originStep } = this;
    if (isLast) this.reader.read({ kind: 'end', origin });
    this.lines.push(origin.lines);
    this.bad.push(this.reports.takeBad());
    if (originStep !== undefined) this.memories.push(originStep.recall(origin));
  }

  private origin(name: string): Origin {
    return { id: this.openedOrigins++, name, source: 0, lines: 0 };
  }

  private async read(opened: Source, part: FilePart, origin: Origin): Promise<void> {
    const { signals, own } = this.task;
    this.isStart = isFirst(part);
    const reading = opened.shared!.read(part, origin, () => {
      this.release();
      if (this.isStopped) this.ending.abort();
      Atomics.store(signals, own, this.reader.bytes / KILOBYTE);
      return this.writer?.blocked();
    });
    await this.guarded(reading);
  }

  private release(): void {
    const now = wallClock.now();
    if (now < this.released + RELEASED_EVERY) return;
    this.released = now;
    this.step.release?.();
  }

  /** A part is read; what cannot be is part of the result. */
  private async guarded(reading: Promise<void>): Promise<void> {
    try {
      await reading;
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      this.reports.fail(error);
    }
    this.recognition.finish();
  }

  /** Whether what is made here will not be used. */
  private get isStopped(): boolean {
    const isOfNoUse = this.reports.failure !== undefined || this.group?.mayRegroup === false;
    return this.isFull || isOfNoUse || Atomics.load(this.task.signals, 0) !== 0;
  }

  private open(given: readonly string[] = []): Source {
    const { source, reader, reports } = this;
    const behaviour = source.definition.behaviour(source.arguments, { stdin: this.task.stdin, given });
    if (behaviour.kind !== 'bounded') throw new Error('a part of a source that is not bounded');
    return behaviour.open(source.arguments, {
      clock: wallClock,
      sockets: hostSockets,
      signal: this.ending.signal,
      once: true,
      origin: (name) => this.origin(name),
      deliver: (chunk) => {
        reader.read(chunk);
        return this.writer?.blocked();
      },
      bad(problem, origin, text) {
        reader.read({ kind: 'bad', origin, problem, text });
      },
      note: (message) => reports.note(message),
    });
  }
}

/** The run is to end, and will not use what has been made of the part. */
function leaveIfInterrupted(error: unknown): void {
  if (!(error instanceof RunInterrupted)) throw error;
}
