import { setMaxListeners } from 'node:events';
import { type Clock, VirtualClock } from '../../base/clock.ts';
import { toText } from '../../base/json.ts';
import { type BadRecord, RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Chunk, Origin } from '../../flow/define/chunk.ts';
import type { RunContext, SourceContext } from '../../flow/define/context.ts';
import type { Source } from '../../flow/define/source.ts';
import type { Step } from '../../flow/define/step.ts';
import type { Plan, SourceNode } from '../../query/plan/plan.ts';
import type { BatchTime } from './batches/batch-time.ts';
import { WindowClock } from './batches/next-window.ts';
import { Outflow } from './batches/outflow.ts';
import type { Core, OpenSource } from './drivers/core.ts';
import { chooseMode, DRIVERS, type Mode } from './drivers/mode.ts';
import type { LocalOptions, LocalResult } from './local-options.ts';
import { Outputs } from './output/open-sinks.ts';
import { Totals } from './output/totals.ts';
import { Reader, RunCursor } from './reading/reader.ts';
import { Recognition } from './reading/recognition.ts';
import { Recorder, RecordingReader } from './reading/recorder.ts';
import { ALL_BAD, BadLog, type BadSummary } from './reports/bad-log.ts';
import { failureOf } from './reports/fault.ts';
import { noteOnFilter } from './reports/filter-note.ts';
import { quietRun } from './reports/quiet-run.ts';
import { noteOnNothing, noteOnSeveralBatches, noteOnWholeWindows } from './reports/run-notes.ts';
import { Origins, type RunState } from './reports/run-state.ts';
import { notesOnStaticJoins } from './reports/static-join.ts';
import { buildSteps } from './steps/build-steps.ts';
import { FieldWatch } from './steps/field-watch.ts';
import { KeptSteps } from './steps/kept-steps.ts';
import { Reach } from './steps/reach.ts';

/** So many lines of live data are wanted to say what they are. */
const FEW_LINES = 3;

/**
 * A plan at work in this process: the micro-batch executor.
 *
 *     source ── deliver ──> read ──> steps ──> sinks        as data arrives
 *     clock  ── tick ─────────────> close ──> flush         every interval
 *
 * Work is done as data arrives; a tick only closes what was pushed. When ticks come is the matter of the drivers beside this file.
 */
export class LocalRun implements RunContext, Core {
  readonly interval: number;
  readonly cursor = new RunCursor();
  readonly clock: Clock;
  readonly live: boolean;
  readonly stateMax: number;
  readonly options: LocalOptions;
  readonly plan: Plan;
  readonly sources: readonly OpenSource[];
  readonly kept = new KeptSteps();
  batchEnd = 0;
  private batchStart = 0;
  closedBatches = 0;

  private readonly mode: Mode;
  /** What is told of joins with what is read once. */
  private readonly staticJoins: readonly string[];
  /** Whether all input is one batch, as far as sources that were recorded say so. */
  private readonly wasOneBatch: boolean;
  private readonly recorder: Recorder | undefined;
  private readonly fieldWatch: FieldWatch;
  readonly reach: Reach;
  private readonly windowClock: WindowClock;
  private readonly recognition: Recognition;
  private readonly batchTime: BatchTime;
  private readonly outflow: Outflow;
  private readonly outputs: Outputs;
  /** Results over all batches, where they are kept. */
  private readonly totals: Totals | undefined;
  private readonly badLog: BadLog;
  private readonly told = new Set<string>();
  private readonly stopping = new AbortController();
  private failure: RunFailure | undefined;
  private outputClosed = false;
  /** The run was to end while a record was worked on for too long; none is begun any more. */
  private isInterrupted = false;
  /** How many records were late, by why. */
  private readonly lates = new Map<string, number>();
  private readonly origins: readonly Origins[];
  /** How to ask the stages in event time how far they are. */
  private readonly followed: (() => number)[] = [];
  /** How to ask windows in event time when the first of them is over. */
  private readonly awaited: (() => number | undefined)[] = [];
  private lag = 0;
  private readByOthers = () => 0;
  private recordsAtLastTick = 0;
  /** Batches that had records. */
  private filledBatches = 0;
  private lastTick = 0;
  /** The start of the first batch, ms. */
  private firstStart = 0;

  /** @param batchTime is told the time of each batch before its first record, for `now()`. */
  constructor(plan: Plan, options: LocalOptions, batchTime: BatchTime) {
    this.plan = plan;
    this.options = options;
    this.batchTime = batchTime;
    batchTime.note = (about, message) => {
      if (!this.told.has(about)) this.note(message(), about);
    };
    // Each source has a listener or two. The program has as many as it wants; Node warns of more than ten.
    setMaxListeners(0, this.stopping.signal);
    this.interval = options.interval;
    this.stateMax = options.stateMax;
    const { keepBad } = options;
    this.outflow = new Outflow(options.clock, () => this.letOut());
    this.badLog = new BadLog(options.badMax, options.tell, keepBad && ((line) => keepBad.write(`${line}\n`)));
    this.origins = plan.sources.map(() => new Origins());
    const behaviours = plan.sources.map(({ definition, arguments: args }) =>
      definition.behaviour(args, { stdin: options.stdin }),
    );
    this.mode = chooseMode(behaviours, options);
    const sessions = behaviours.filter((behaviour) => behaviour.kind === 'recorded');
    this.live = this.mode === 'live' || (this.mode === 'recorded' && sessions.some(({ live }) => live));
    this.wasOneBatch = sessions.every(({ whole }) => whole);
    const isVirtual = this.mode === 'lists' || this.mode === 'replay' || this.mode === 'recorded';
    this.clock = isVirtual ? new VirtualClock() : options.clock;
    this.fieldWatch = new FieldWatch(plan, this);
    this.reach = new Reach(plan);
    this.windowClock = new WindowClock(plan, this.interval);
    this.recognition = new Recognition(plan, (message, about) => this.note(message, about));
    const isOneBatch = this.isOneBatch || options.batches === 1 || this.mode === 'replay';
    this.staticJoins = isOneBatch ? [] : notesOnStaticJoins(plan, behaviours);
    this.recorder = options.record && new Recorder(this, options.record);
    const isPaced = this.mode === 'live' || Number.isFinite(options.replay);
    this.outputs = new Outputs(plan, this, options, isPaced);
    const steps = this.tryToBuild();
    this.totals = this.keepTotals();
    this.sources = [...steps.keys()].map((node, i) => {
      const step = steps.get(node)!;
      return {
        node,
        step,
        behaviour: behaviours[i]!,
        reader: this.readerInto(node, step),
      };
    });
  }

  private readerInto(node: SourceNode, step: Step): Reader {
    const settings = [
      this.cursor,
      step,
      (problem: BadRecord) => this.bad(problem),
      this.options.kernels,
      (error: unknown) => this.fault(error),
      (origin: Origin, first: Uint8Array) => this.recognition.look(node, origin, first),
    ] as const;
    return this.recorder === undefined ? new Reader(...settings) : new RecordingReader(this.recorder, ...settings);
  }

  /** The steps; none if one of them cannot start (a table that cannot be read), which is the failure of the run. */
  private tryToBuild(): ReadonlyMap<SourceNode, Step> {
    try {
      return this.buildSteps();
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      this.fail(error);
      return new Map();
    }
  }

  private buildSteps(): ReadonlyMap<SourceNode, Step> {
    const { meter, format } = this.options;
    return buildSteps(this.plan, {
      run: this,
      format,
      watchers: [...(meter === undefined ? [] : [meter]), this.fieldWatch, this.reach, this.kept],
      openSink: (node) => this.outputs.open(node),
    });
  }

  /** A pipe is read to its end before there is a result, though nobody has asked for that. */
  private get isFilter(): boolean {
    return this.options.stdin === 'filter' && this.options.pipe?.isAsked === false;
  }

  isHolding(): boolean {
    return this.outputs.isHolding;
  }

  get isBounded(): boolean {
    const { mode, isOneBatch, options } = this;
    if (mode === 'recorded') return options.once || (isOneBatch && !this.live);
    return isOneBatch;
  }

  get isOneBatch(): boolean {
    const { mode, options, wasOneBatch } = this;
    if (mode === 'recorded') return options.once || wasOneBatch;
    return mode === 'bounded' || (mode === 'lists' && options.once);
  }

  // What steps and sinks may ask of the run.

  now(): number {
    return this.batchEnd;
  }

  bad(problem: BadRecord, record?: Value): void {
    this.options.meter?.bad();
    const { origin, line } = this.cursor;
    const text = origin === null ? (record === undefined ? '' : toText(record)) : this.cursor.text();
    const failure = this.badLog.add(problem, { source: origin?.name, line, text });
    if (failure !== undefined) this.fail(failure);
  }

  late(why: string): void {
    this.options.meter?.late();
    this.lates.set(why, (this.lates.get(why) ?? 0) + 1);
  }

  note(message: string, about = message): void {
    if (this.told.has(about)) return;
    this.told.add(about);
    this.options.tell(message);
  }

  trace(line: string): void {
    this.options.trace(line);
  }

  follow(reached: () => number): void {
    this.followed.push(reached);
  }

  awaitWindow(end: () => number | undefined): void {
    this.awaited.push(end);
  }

  fail(failure: RunFailure): void {
    this.failure ??= failure;
    this.stop();
  }

  /** A step threw what is no bad record. */
  private fault(error: unknown): void {
    const failure = failureOf(error, this.cursor);
    if (failure === undefined) this.isInterrupted = true;
    else this.fail(failure);
    this.stop();
  }

  // What the user may do.

  /** Runs to the end. Called once. A failure of the run is part of the result; a fault of ours rejects. */
  async run(): Promise<LocalResult> {
    this.noteAll(...this.plan.notes, ...this.staticJoins, this.isOneBatch ? noteOnWholeWindows(this.plan) : undefined);
    this.openBatch(Math.floor(this.clock.now() / this.interval) * this.interval + this.interval);
    this.firstStart = this.batchStart;
    // Before the first record there is no other time by which it could be of some year.
    if (this.mode === 'replay') this.batchTime.time = this.options.clock.now();
    const forgetNote = this.isFilter ? noteOnFilter(this, this.options.clock) : () => {};
    const { lastIsWhole } = await DRIVERS[this.mode](this);
    forgetNote();
    this.outflow.stop();
    if (this.mayPrint()) this.closeOpen(lastIsWhole);
    await this.outputs.finish();
    // What cannot be kept fails the run as well, and may show with the last bytes.
    await Promise.all([this.options.record, this.options.keepBad].map((output) => output?.flush()));
    const hasTotals = this.totals?.isEmpty === false;
    if (!this.signal.aborted && !hasTotals)
      this.noteAll(noteOnSeveralBatches(this.plan, this.options.pipe, this.filledBatches));
    return this.result();
  }

  /** Ends the run: what is open is closed and printed. Returns at once; {@link run} resolves when it is done. */
  stop(): void {
    this.stopping.abort();
  }

  /** Nobody reads what we print any more: the run ends without printing. */
  closeOutput(): void {
    this.outputClosed = true;
    this.stop();
  }

  /** How far the run is, now. */
  state(): RunState {
    const { sources, origins } = this;
    const watermark = Math.min(...this.followed.map((reached) => reached()));
    const expected = origins.reduce((sum, { expected = Number.NaN }) => sum + expected, 0);
    return {
      records: this.records,
      bytes: sources.reduce((sum, { reader }) => sum + reader.bytes, this.readByOthers()),
      expected: Number.isFinite(expected) && !this.live ? expected : undefined,
      bad: this.badLog.count,
      late: this.lateCount,
      batches: this.closedBatches,
      lag: this.lag,
      watermark: Number.isFinite(watermark) ? watermark : undefined,
      nextEventWindow: leastOf(this.awaited.flatMap((end) => end() ?? [])),
      nextWindow: this.mode === 'live' ? this.windowClock.next(this.batchEnd, this.records) : undefined,
      sources: this.plan.sources.map((node, i) => ({ node, opened: origins[i]!.opened, open: origins[i]!.open })),
    };
  }

  // What drivers do.

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  get isWanted(): boolean {
    return !this.outputClosed && !this.isInterrupted && this.failure === undefined;
  }

  get records(): number {
    return this.sources.reduce((sum, { reader }) => sum + reader.records, 0);
  }

  origin(node: SourceNode, name: string, firstLine?: string): Origin {
    const source = this.plan.sources.indexOf(node);
    const origins = this.origins[source]!;
    origins.opened++;
    const isMerged = this.mode === 'replay';
    const origin: Origin = { name, source, lines: 0, firstLine, isMerged, over: () => void origins.closed++ };
    // It begins with its first record then, when the clock has come there.
    if (!isMerged) {
      this.recorder?.opened(origin);
      this.sources[source]?.step.opened?.(origin);
    }
    return origin;
  }

  async start(
    source: OpenSource,
    deliver: (chunk: Chunk) => Promise<void> | undefined,
    read: (source: Source) => Promise<void> = (opened) => opened.run(),
  ): Promise<void> {
    const { node, behaviour } = source;
    if (behaviour.kind === 'batches' || behaviour.kind === 'recorded') return;
    const context: SourceContext = {
      clock: this.options.clock,
      signal: this.stopping.signal,
      once: this.options.once || this.mode === 'replay',
      origin: (name, firstLine) => {
        const origin = this.origin(node, name, firstLine);
        const { over } = origin;
        origin.over = () => {
          over?.();
          void deliver({ kind: 'end', origin });
        };
        return origin;
      },
      deliver,
      bad: (problem, origin, text) => {
        void deliver({ kind: 'bad', origin, problem, text });
      },
      note: (message) => this.note(message),
      expect: (bytes) => {
        const origins = this.origins[this.plan.sources.indexOf(node)]!;
        origins.expected = (origins.expected ?? 0) + bytes;
      },
    };
    try {
      await read(behaviour.open(node.arguments, context));
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      this.fail(error);
    }
  }

  expectParts({ node }: OpenSource, bytes: number, read: () => number): void {
    this.origins[this.plan.sources.indexOf(node)]!.expected = bytes;
    this.readByOthers = read;
  }

  absorbBad(summary: BadSummary, linesBefore: number): void {
    this.badLog.absorb(summary, linesBefore);
  }

  get isWriting(): boolean {
    return this.options.stdout.isWriting === true;
  }

  blocked(): Promise<void> | undefined {
    // Notes and traces may go the same way as what is printed, so that it counts even where nothing is printed.
    const { stdout, record, keepBad } = this.options;
    const blocked = [...this.outputs.sinks.values(), stdout, record, keepBad].flatMap(
      (output) => output?.blocked() ?? [],
    );
    return blocked.length === 0 ? undefined : Promise.all(blocked).then(() => {});
  }

  skipTo(time: number): void {
    const batches = Math.ceil((time - this.batchEnd) / this.interval);
    if (batches > 0) this.openBatch(this.batchEnd + batches * this.interval);
  }

  moveClock(time: number): void {
    if (this.clock instanceof VirtualClock) this.clock.moveTo(time);
  }

  openBatch(end: number): void {
    this.batchStart = end - this.interval;
    this.batchEnd = end;
    this.batchTime.time = end;
    // The times of a session are its records', which come within the batch.
    if (this.mode !== 'recorded') this.moveClock(end);
  }

  extendBatch(time: number): void {
    const end = Math.ceil(time / this.interval) * this.interval;
    if (end <= this.batchEnd) return;
    this.batchEnd = end;
    this.batchTime.time = end;
  }

  arrived(): void {
    this.outflow.arrived();
  }

  /** What waits for nothing comes out, though the batch goes on. */
  private letOut(): void {
    for (const { step } of this.sources) step.release?.();
    this.outputs.flush();
  }

  tick(partial = false): void {
    if (this.records > this.recordsAtLastTick) this.filledBatches++;
    this.recordsAtLastTick = this.records;
    if (this.live) this.recognition.finish(FEW_LINES);
    if (this.live) this.noteAll(...this.plan.comparisons.judge(this.records, false));
    this.closedBatches++;
    this.lag = Math.max(0, this.clock.now() - this.batchEnd);
    this.recorder?.tick(partial);
    void this.options.keepBad?.flush();
    const span = { time: this.batchEnd, start: this.batchStart, end: this.batchEnd, partial };
    try {
      for (const { step } of this.sources) step.close(span);
      for (const { step } of this.sources) step.advance(span.end);
    } catch (error) {
      this.fault(error);
    }
    this.lastTick = this.batchEnd;
    this.windowClock.passTick(this.batchEnd, this.records);
    this.openBatch(this.batchEnd + this.interval);
  }

  // The end.

  private mayPrint(): boolean {
    if (this.outputClosed) return false;
    // What was read before a source failed is still an answer; what passed a limit is none.
    return this.failure === undefined || (this.failure.exit === 3 && this.records > 0);
  }

  /** Of a pipe that was a stream: what its batches amount to, for those who look on. */
  private keepTotals(): Totals | undefined {
    const isPipe = this.mode === 'live' && this.plan.sources.every(({ definition }) => definition.name === 'stdin');
    if (!isPipe || this.options.showsTotals !== true) return undefined;
    return new Totals(this.plan, this.kept.groups, this.outputs.sinks, quietRun(this, this.cursor));
  }

  private giveTotals(): void {
    const { totals, lastTick, closedBatches } = this;
    if (totals === undefined || totals.isEmpty || this.filledBatches < 2) return;
    const span = { time: lastTick, start: this.firstStart, end: lastTick, partial: false, batches: closedBatches };
    if (totals.give(span)) return;
    this.note(
      'the result over all batches was not kept: it would take more than --state-max, or cannot be put together',
    );
  }

  /** The last batch, and what windows still hold. A run without a batch gives its one empty one. */
  private closeOpen(lastIsWhole: boolean): void {
    if (this.records > this.recordsAtLastTick || this.closedBatches === 0) this.tick(!lastIsWhole);
    try {
      for (const { step } of this.sources) step.finish({ time: this.lastTick });
      this.giveTotals();
    } catch (error) {
      this.fault(error);
    }
  }

  private noteAll(...notes: readonly (string | undefined)[]): void {
    for (const note of notes) if (note !== undefined) this.note(note);
  }

  private get lateCount(): number {
    let sum = 0;
    for (const count of this.lates.values()) sum += count;
    return sum;
  }

  /** Where nothing came out, that may be what was asked for, or not. */
  private noteOnNothing(): void {
    const lost = this.records - this.badLog.count - this.lateCount;
    const blocker = this.reach.blocker();
    if (lost <= 0 || blocker === undefined || this.failure !== undefined || this.outputClosed) return;
    this.note(noteOnNothing(this.records, blocker));
  }

  /** A run that has read something and nothing of it well has no answer to give. */
  private failureOfAllBad(): RunFailure | undefined {
    const { records, badLog, reach, recognition } = this;
    const { count } = badLog;
    if (count === 0 || !reach.isAllLost) return undefined;
    if (count < records && (this.lateCount > 0 || !reach.isLostAsBad)) return undefined;
    const all = Math.min(count, records);
    const what = all === 1 ? 'the one record is bad' : `all ${all.toLocaleString('en-US')} records are bad`;
    return new RunFailure(ALL_BAD, 1, what, recognition.wayOut);
  }

  private result(): LocalResult {
    const { records } = this;
    this.recognition.finish();
    this.fieldWatch.finish();
    this.noteAll(...this.plan.comparisons.judge(this.records, true));
    const allBad = this.failureOfAllBad();
    if (allBad === undefined) this.noteOnNothing();
    const summary = this.badLog.summary(records);
    if (summary !== undefined) this.options.tell(summary);
    for (const [why, count] of this.lates) this.options.tell(`${count} late of ${records}: ${why}`);
    this.failure ??= this.badLog.failureAtEnd(records) ?? allBad;
    const failure = this.outputClosed ? undefined : this.failure;
    return {
      exit: failure?.exit ?? 0,
      ...(failure === undefined ? {} : { failure }),
      records,
      bad: this.badLog.count,
      late: this.lateCount,
      batches: this.closedBatches,
    };
  }
}

function leastOf(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times);
}
