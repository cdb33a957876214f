import { VirtualClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { RunContext } from '../../flow/define/context.ts';
import type { Span } from '../../flow/define/span.ts';
import type { Step } from '../../flow/define/step.ts';
import type { Plan, SourceNode } from '../../query/plan/plan.ts';
import type { BatchTime } from './batches/batch-time.ts';
import { Batches } from './batches/batches.ts';
import { Outflow } from './batches/outflow.ts';
import { ReadCounts } from './batches/read-counts.ts';
import { conclude } from './conclusion.ts';
import type { Core } from './drivers/core.ts';
import { DRIVERS } from './drivers/drivers.ts';
import { Endings } from './endings.ts';
import { noteOnFilter } from './notes/filter-note.ts';
import { noteOnSeveralBatches, noteOnWholeWindows } from './notes/run-notes.ts';
import { notesOnStaticJoins } from './notes/static-join.ts';
import type { LocalOptions, LocalResult } from './options/local-options.ts';
import { type Timing, timingOf } from './options/timing.ts';
import { OpenSinks } from './output/open-sinks.ts';
import { type Totals, totalsOf } from './output/totals.ts';
import { OpenSources } from './reading/open-sources.ts';
import { Reader } from './reading/reader.ts';
import { Recognition } from './reading/recognition.ts';
import { Recorder, RecordingReader } from './reading/recorder.ts';
import { EventProgress } from './reports/event-progress.ts';
import { Reports } from './reports/reports.ts';
import { type RunState, stateOf } from './run-state.ts';
import { buildSteps } from './steps/build-steps.ts';
import { Closing } from './steps/closing.ts';
import { FieldWatch } from './steps/field-watch.ts';
import { KeptSteps } from './steps/kept-steps.ts';
import { Reach } from './steps/reach.ts';
import { runContext } from './steps/run-context.ts';

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
export class LocalRun implements Core {
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
  readonly eventProgress = new EventProgress();
  private readonly outflow: Outflow;
  private readonly readCounts: ReadCounts;
  private readonly recorder: Recorder | undefined;
  /** What is told of joins with what is read once. */
  private readonly staticJoins: readonly string[];
  /** Results over all batches, where they are kept. */
  private readonly totals: Totals | undefined;

  /** @param batchTime is told the time of each batch before its first record, for `now()`. */
  constructor(plan: Plan, options: LocalOptions, batchTime: BatchTime) {
    this.plan = plan;
    this.options = options;
    const behaviours = plan.sources.map(({ definition, arguments: args }) =>
      definition.behaviour(args, { stdin: options.stdin }),
    );
    const timing = timingOf(behaviours, options);
    const { interval, record } = options;
    this.timing = timing;
    this.reports = new Reports(options, () => this.stop());
    this.endings = new Endings(this.reports);
    batchTime.note = (about, message) => this.reports.noteOnce(about, message);
    const clock = timing.isVirtual ? new VirtualClock() : options.clock;
    this.batches = new Batches(plan, { interval, clock, isByRecords: timing.mode === 'recorded', batchTime });
    const { live, isBounded, isOneBatch } = timing;
    this.context = runContext(
      {
        interval,
        clock,
        live,
        isBounded,
        isOneBatch,
        stateMax: options.stateMax,
        now: () => this.batches.end,
        follow: (reached) => this.eventProgress.follow(reached),
        awaitWindow: (end) => this.eventProgress.awaitWindow(end),
        appendTo: (path, failure) => this.sinks.appendTo(path, failure),
      },
      this.reports,
    );
    this.staticJoins = timing.isReadAtOnce ? [] : notesOnStaticJoins(plan, behaviours);
    this.recorder = record && new Recorder(this.context, this.batches, record);
    this.outflow = new Outflow(options.clock, () => this.letOut());
    this.recognition = new Recognition(plan, (message, about) => this.reports.note(message, about));
    this.fieldWatch = new FieldWatch(plan, this.context);
    this.reach = new Reach(plan);
    this.closing = new Closing(plan);
    this.readCounts = new ReadCounts(plan, interval, () => this.sources.counts, options.from !== undefined);
    this.sinks = new OpenSinks(plan, this.context, options, {
      isPaced: timing.isPaced,
      recordsIn: (span, node) => this.readCounts.of(span, node),
      isStopped: () => this.signal.aborted && this.reports.failure === undefined,
    });
    const steps = this.tryToBuild();
    this.totals = totalsOf(this);
    this.sources = new OpenSources(
      [...steps].map(([node, step]) => ({
        node,
        step,
        behaviour: behaviours[plan.sources.indexOf(node)]!,
        from: options.from?.[plan.sources.indexOf(node)],
        reader: this.readerInto(node, step),
      })),
      {
        clock: options.clock,
        once: options.once || timing.mode === 'replay',
        isMerged: timing.mode === 'replay',
        signal: this.signal,
        reports: this.reports,
        recorder: this.recorder,
        closing: this.closing,
      },
    );
  }

  private readerInto(node: SourceNode, step: Step): Reader {
    const { reports, endings, recognition, recorder } = this;
    const settings: ConstructorParameters<typeof Reader> = [
      reports.cursor,
      step,
      (problem) => reports.bad(problem),
      this.options.kernels,
      (error) => endings.fault(error),
      (origin, first) => recognition.look(node, origin, first),
      this.options.from?.[this.plan.sources.indexOf(node)],
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
        watchers: [meter, this.fieldWatch, this.reach, fastLane, memory, this.kept].filter(
          (watcher) => watcher !== undefined,
        ),
        openSink: (node) => this.sinks.open(node),
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
    const { plan, options, timing, reports, batches, totals } = this;
    reports.noteAll([...plan.notes, ...this.staticJoins, timing.isOneBatch ? noteOnWholeWindows(plan) : undefined]);
    // Before the first record of a replay there is no other time by which it could be of some year.
    batches.begin(timing.mode === 'replay' ? options.clock.now() : undefined);
    const forgetNote = noteOnFilter(this);
    const { lastIsWhole } = await DRIVERS[timing.mode](this);
    forgetNote();
    this.outflow.stop();
    if (this.endings.mayPrint(this.sources.records)) this.closeOpen(lastIsWhole);
    await this.sinks.finish();
    // What cannot be kept fails the run as well, and may show with the last bytes.
    await Promise.all([options.record, options.keepBad].map((output) => output?.flush()));
    const hasTotals = totals?.isEmpty === false;
    if (!this.signal.aborted && !hasTotals) {
      reports.noteAll([noteOnSeveralBatches(plan, options.pipe, batches.filled)]);
    }
    return conclude(this);
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
    return this.sinks.blocked([stdout, record, keepBad]);
  }

  arrived(): void {
    this.outflow.arrived();
  }

  /** What waits for nothing comes out, though the batch goes on. */
  private letOut(): void {
    this.sources.release();
    this.sinks.flush();
  }

  tick(partial = false): void {
    this.batches.close(this.sources.records, partial, (span) => this.close(span));
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
