import { VirtualClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { RunContext } from '../../flow/define/context.ts';
import type { Position } from '../../flow/define/position.ts';
import type { Span } from '../../flow/define/span.ts';
import type { Step } from '../../flow/define/step.ts';
import type { Plan, SourceNode } from '../../query/plan/plan.ts';
import { positionsOf } from '../durable/plan-names.ts';
import type { BatchTime } from './batches/batch-time.ts';
import { Batches } from './batches/batches.ts';
import { Outflow } from './batches/outflow.ts';
import { ReadCounts } from './batches/read-counts.ts';
import { cutsAnew } from './checkpoints/changed-program.ts';
import { Checkpoints } from './checkpoints/checkpoints.ts';
import { goOn } from './checkpoints/go-on.ts';
import { passPause } from './checkpoints/pause.ts';
import { conclude } from './conclusion.ts';
import type { Core, Driven } from './drivers/core.ts';
import { drive } from './drivers/drivers.ts';
import { Endings } from './endings.ts';
import { noteOnFilter } from './notes/filter-note.ts';
import { noteOnSeveralBatches, noteOnWholeWindows } from './notes/run-notes.ts';
import { notesOnStaticJoins } from './notes/static-join.ts';
import type { LocalOptions, LocalResult } from './options/local-options.ts';
import { behavioursOf, type Timing, timingOf } from './options/timing.ts';
import { Grounds } from './output/grounds.ts';
import { besideSinks, OpenSinks } from './output/open-sinks.ts';
import { type Totals, totalsOf } from './output/totals.ts';
import { OpenSources } from './reading/open-sources.ts';
import { Reader } from './reading/reader.ts';
import { receivedInput } from './reading/received-input.ts';
import { Recognition } from './reading/recognition.ts';
import { Recorder, RecordingReader } from './reading/recorder.ts';
import { Reports } from './reports/reports.ts';
import { type RunState, stateOf } from './run-state.ts';
import type { Running } from './running.ts';
import { Alerts } from './steps/alerts.ts';
import { buildSteps } from './steps/build-steps.ts';
import { Closing } from './steps/closing.ts';
import { FieldWatch } from './steps/field-watch.ts';
import { KeptSteps } from './steps/kept-steps.ts';
import { Reach } from './steps/reach.ts';
import { runContext } from './steps/run-context.ts';
import { StageProgress } from './steps/stage-progress.ts';
import { StepMemory } from './steps/step-memory.ts';
import { Waiting } from './steps/waiting.ts';

/** So many lines of live data are wanted to say what they are. */
const FEW_LINES = 3;

/**
 * A plan at work in this process: the micro-batch executor.
 *
 *     source ── deliver ──> read ──> steps ──> sinks        as data arrives
 *     clock  ── tick ─────────────> close ──> flush         every interval
 *
 * Work is done as data arrives; a tick only closes what was pushed. When ticks come is the matter of the drivers. Here the parts of a
 * run meet: what it says, its batches, sources, sinks, and how it ends.
 */
export class LocalRun implements Core, Running {
  readonly plan: Plan;
  readonly options: LocalOptions;
  readonly timing: Timing;
  readonly reports: Reports;
  readonly endings: Endings;
  readonly batches: Batches;
  readonly context: RunContext;
  readonly sources: OpenSources;
  readonly sinks: OpenSinks;
  readonly kept = new KeptSteps();
  readonly closing: Closing;
  readonly reach: Reach;
  readonly recognition: Recognition;
  readonly fieldWatch: FieldWatch;
  readonly alerts = new Alerts();
  readonly progress = new StageProgress();
  isLeft = false;
  private readonly waiting: Waiting;
  private readonly outflow: Outflow;
  private readonly readCounts: ReadCounts;
  private readonly checkpoints: Checkpoints | undefined;
  private readonly stepMemory: StepMemory | undefined;
  private readonly recorder: Recorder | undefined;
  /** What is told of joins with what is read once. */
  private readonly staticJoins: readonly string[];
  /** Results over all batches, where they are kept. */
  private readonly totals: Totals | undefined;

  /** @param batchTime is told the time of each batch before its first record, for `now()`. */
  constructor(plan: Plan, options: LocalOptions, batchTime: BatchTime) {
    this.plan = plan;
    this.options = options;
    const behaviours = behavioursOf(plan, options);
    const timing = timingOf(behaviours, options);
    const { interval, record, checkpoint: kept } = options;
    this.timing = timing;
    this.reports = new Reports(options, () => this.stop());
    this.endings = new Endings(this.reports);
    this.waiting = new Waiting(this.signal);
    batchTime.note = (about, message) => this.reports.noteOnce(about, message);
    const moved = timing.isVirtual ? new VirtualClock() : undefined;
    const clock = moved ?? options.clock;
    this.batches = new Batches(plan, { interval, clock, moved, isByRecords: timing.mode === 'recorded', batchTime });
    this.context = runContext(
      {
        interval,
        clock,
        ...timing,
        stateMax: options.stateMax,
        now: () => this.batches.end,
        appendTo: (path, failure) => this.sinks.appendTo(path, failure),
        inform: (whom) => this.sinks.inform(whom),
        awaits: (ask) => this.waiting.add(ask),
        keptStates: (kept) => options.initialStates?.get(kept),
      },
      this.reports,
    );
    this.staticJoins = timing.isReadAtOnce ? [] : notesOnStaticJoins(plan, behaviours);
    this.recorder = record && new Recorder(this.context, this.batches, record, kept !== undefined);
    this.outflow = new Outflow(options.clock, () => this.letOut());
    this.recognition = new Recognition(plan, (message, about) => this.reports.note(message, about));
    this.fieldWatch = new FieldWatch(plan, this.context);
    this.reach = new Reach(plan, () => this.reports.badCount);
    this.closing = new Closing(plan);
    const from = kept === undefined ? options.from : positionsOf(plan, kept.store.found);
    const received = kept && receivedInput(plan, behaviours, kept.store.input);
    const grounds = new Grounds();
    const isCutAnew = kept !== undefined && cutsAnew(plan, kept, timing.mode);
    this.stepMemory = kept && new StepMemory(plan);
    this.readCounts = new ReadCounts(plan, interval, () => this.sources.counts, from !== undefined);
    this.sinks = new OpenSinks(
      plan,
      this.context,
      options,
      {
        isPaced: timing.isPaced,
        recordsIn: (span, node) => this.readCounts.of(span, node),
        endings: this.endings,
      },
      kept && { store: kept.store, isCutAnew, grounds, others: besideSinks(options), failed: () => this.stop() },
    );
    const steps = this.tryToBuild();
    this.totals = totalsOf(this);
    this.sources = new OpenSources(
      [...steps].map(([node, step]) => ({
        node,
        step,
        behaviour: behaviours[plan.sources.indexOf(node)]!,
        from: from?.[plan.sources.indexOf(node)],
        reader: this.readerInto(node, step, from?.[plan.sources.indexOf(node)]),
      })),
      {
        options,
        once: options.once || timing.mode === 'replay',
        isMerged: timing.mode === 'replay',
        signal: this.signal,
        reports: this.reports,
        recorder: this.recorder,
        closing: this.closing,
        ...(kept === undefined ? {} : { kept: async () => this.checkpoints?.now() }),
        received,
      },
    );
    this.checkpoints = kept && steps.size > 0 ? new Checkpoints(this, kept, this.stepMemory!, grounds) : undefined;
  }

  private readerInto(node: SourceNode, step: Step, from: Position | undefined): Reader {
    const { reports, endings, recognition, recorder } = this;
    const settings: ConstructorParameters<typeof Reader> = [
      reports.cursor,
      step,
      (problem) => reports.bad(problem),
      this.options.kernels,
      (error) => endings.fault(error),
      (origin, first) => recognition.look(node, origin, first),
      from,
    ];
    return recorder === undefined ? new Reader(...settings) : new RecordingReader(recorder, ...settings);
  }

  /** The steps; none if one of them cannot start (a table that cannot be read), which is the failure of the run. */
  private tryToBuild(): ReadonlyMap<SourceNode, Step> {
    const { meter, fastLane, memory, format } = this.options;
    try {
      return buildSteps(this.plan, {
        run: this.context,
        format,
        watchers: [meter, this.fieldWatch, this.reach, fastLane, memory, this.stepMemory, this.kept].filter(
          (watcher) => watcher !== undefined,
        ),
        openSink: (node) => this.sinks.open(node),
        alerts: this.alerts,
        progress: this.progress,
        closing: this.closing,
      });
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      this.fail(error);
      return new Map();
    }
  }

  // What the user may do.

  /** Runs to the end. Called once. A failure of the run is part of the result; a fault of ours rejects. */
  async run(): Promise<LocalResult> {
    const { plan, options, timing, reports, batches, totals, checkpoints } = this;
    reports.noteAll([...plan.notes, ...this.staticJoins, timing.isOneBatch ? noteOnWholeWindows(plan) : undefined]);
    // Before the first record of a replay there is no other time by which it could be of some year.
    if (batches.isTakenUp) this.recorder?.goOn();
    else batches.begin(timing.mode === 'replay' ? options.clock.now() : undefined);
    await checkpoints?.begin();
    reports.noteAll(checkpoints?.notes ?? []);
    await this.waiting.ready(options, () => this.stop());
    const forgetNote = noteOnFilter(this);
    if (checkpoints !== undefined && timing.mode === 'live') await goOn(this, checkpoints);
    const driven = await this.drive();
    forgetNote();
    this.waiting.end();
    this.outflow.stop();
    await this.end(driven);
    // What cannot be kept fails the run as well, and may show with the last bytes.
    await Promise.all([options.record, options.keepBad].map((output) => output?.flush()));
    const hasTotals = totals?.isEmpty === false;
    if (!this.signal.aborted && !hasTotals) {
      reports.noteAll([noteOnSeveralBatches(plan, options.pipe, batches.filled)]);
    }
    return conclude(this);
  }

  private drive(): Promise<Driven> {
    if (this.checkpoints?.isFinished === true) return Promise.resolve({ lastIsWhole: true, isOver: false });
    return drive(this);
  }

  /** What is open is closed and comes out, unless another run goes on from here. */
  private async end({ lastIsWhole, isOver }: Driven): Promise<void> {
    const { checkpoints, endings, sinks, sources, options } = this;
    const isDone = checkpoints?.isFinished === true;
    const isLast =
      checkpoints === undefined || (!isDone && endings.isWanted && (isOver || options.checkpoint?.isFinal));
    if (isLast && endings.mayPrint(sources.records)) this.closeOpen(lastIsWhole);
    if (checkpoints === undefined) return sinks.finish();
    let finishing: Promise<void> | undefined;
    const finish = () => (finishing ??= sinks.finish());
    if (endings.isWanted && !isDone) {
      // It is finished when all is out, with what sinks give only at their end.
      const isOut = () => finish().then(() => endings.isWanted);
      if (isLast) await checkpoints.takeLast({ isInside: false, isFinished: true, isOut });
      else if (this.timing.mode === 'bounded' && checkpoints.canBeInside)
        await checkpoints.takeLast({ isInside: true });
    }
    this.isLeft = !isLast;
    if (isDone) await sinks.linger();
    await (isLast ? finish() : sinks.leave());
    if (!isLast && !isDone && endings.isWanted) await checkpoints.leave();
    await checkpoints.close();
  }

  /** Ends the run: what is open is closed and printed. Returns at once; {@link run} resolves when it is done. */
  stop(): void {
    this.endings.stop();
  }

  /** Ends the run with this failure, at the next safe moment; returns at once. */
  fail(failure: RunFailure): void {
    this.reports.fail(failure);
  }

  /** Nobody reads what we print any more: the run ends without printing. */
  closeOutput(): void {
    this.endings.closeOutput();
  }

  /** How far the run is, now. */
  state(): RunState {
    return stateOf(this);
  }

  // What drivers do.

  get signal(): AbortSignal {
    return this.endings.signal;
  }

  get isWriting(): boolean {
    return this.options.stdout.isWriting === true;
  }

  blocked(): Promise<void> | undefined {
    // Notes and traces may go the same way as what is printed, so that it counts even where nothing is printed.
    const { stdout, record, keepBad } = this.options;
    const blocked = this.waiting.missing() ?? this.sinks.blocked([stdout, record, keepBad]);
    // Where time is virtual there is always a tick next.
    return blocked ?? (this.timing.isVirtual ? this.keeping : undefined);
  }

  async passPause(until: number): Promise<void> {
    const { checkpoints } = this;
    if (checkpoints !== undefined) await passPause(this, (tick) => checkpoints.due(tick), until);
  }

  get keeping(): Promise<void> | undefined {
    return this.checkpoints?.keeping;
  }

  arrived(): void {
    this.outflow.arrived();
    // What others work on is gone on with whole batches at a time: their pieces have no positions of their own.
    if (this.options.cluster === undefined) this.checkpoints?.inside();
  }

  /** What waits for nothing comes out, though the batch goes on. */
  private letOut(): void {
    this.sources.release();
    this.sinks.flush();
  }

  tick(partial = false): void {
    const { checkpoints, timing } = this;
    this.batches.close(this.sources.records, partial, (span) => {
      if (timing.mode === 'live' && checkpoints !== undefined) checkpoints.cuts.batch(() => this.close(span));
      else this.close(span);
    });
    if (timing.mode !== 'bounded') checkpoints?.take({ isInside: false });
  }

  private close(span: Span): void {
    const { reports, recognition, sources, plan } = this;
    if (this.timing.live) {
      recognition.finish(FEW_LINES);
      reports.noteAll(plan.comparisons.judge(sources.records, false));
    }
    this.recorder?.tick(span.partial);
    void this.options.keepBad?.flush();
    this.endings.guard(() => sources.close(span));
    this.readCounts.passTick(span.end);
  }

  /** The last batch, and what windows still hold. */
  private closeOpen(lastIsWhole: boolean): void {
    const { batches, sources, reports, totals } = this;
    if (batches.isDue(sources.records)) this.tick(!lastIsWhole);
    this.endings.guard(() => {
      sources.finish({ time: batches.lastTick });
      totals?.conclude(batches, reports);
    });
  }
}
