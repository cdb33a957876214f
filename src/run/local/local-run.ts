import { toText } from '../../base/json.ts';
import { type BadRecord, RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Chunk, Origin } from '../../flow/batch/chunk.ts';
import { type Clock, VirtualClock } from '../../flow/batch/clock.ts';
import type { Output, PrintFormat, RunContext, SourceContext } from '../../flow/batch/context.ts';
import type { Span } from '../../flow/batch/span.ts';
import type { Step } from '../../flow/batch/step.ts';
import type { Sink, SourceBehaviour } from '../../flow/define.ts';
import { nodesOf, type Plan, type SinkNode, type SourceNode } from '../../query/plan/plan.ts';
import { BadLog, type BadMax } from './bad-log.ts';
import { Inbox } from './inbox.ts';
import { Reader, RunCursor } from './reader.ts';
import { buildSteps } from './steps.ts';

export interface LocalOptions {
  /** The batch interval, ms. */
  readonly interval: number;
  /** Everything until all sources end is one batch. */
  readonly once: boolean;
  /** End after so many batches. */
  readonly batches?: number;
  /** End after so many ms. */
  readonly duration?: number;
  /** The clock of the wall; used unless all sources are lists. */
  readonly clock: Clock;
  readonly stdinIsFile: boolean;
  readonly stdout: Output;
  readonly format: PrintFormat;
  readonly color: boolean;
  readonly width?: number;
  /** Bytes (estimated) that one stage may keep between batches. */
  readonly stateMax: number;
  readonly badMax?: BadMax;
  /** Takes each bad record as a line of JSON. */
  readonly keepBad?: (line: string) => void;
  /** Writes one line for the user. */
  readonly tell: (line: string) => void;
}

/** How a run went. */
export interface LocalResult {
  /** The exit code, but for signals: 0, or the failure's. */
  readonly exit: 0 | 1 | 3 | 4;
  readonly failure?: RunFailure;
  readonly records: number;
  readonly bad: number;
  readonly late: number;
  /** Batches that came out. */
  readonly batches: number;
}

/** Room for chunks that cannot be worked on yet, bytes. */
const INBOX_BYTES = 4 * 1024 * 1024;

/** How long sources may take to hand over what they have when the run ends, ms. */
const PATIENCE = 2000;

/** How many batches of lists are run back to back before timers and signals get their turn. */
const BATCHES_BETWEEN_TURNS = 64;

interface OpenSource {
  readonly node: SourceNode;
  readonly behaviour: SourceBehaviour<never>;
  readonly reader: Reader;
  readonly step: Step;
}

/**
 * A plan at work in this process: the micro-batch executor.
 *
 *     source ── deliver ──> [inbox] ── read ──> steps ──> sinks        as data arrives
 *     clock  ── tick ────────────────────────> close ──> flush         every interval
 *
 * Batch t holds what arrived in (t − interval, t]. A chunk is worked on at once where that is possible; it waits in the inbox while a
 * sink is slow. Ticks that are late come one after the other: no batch is skipped or merged.
 */
export class LocalRun implements RunContext {
  readonly interval: number;
  readonly cursor = new RunCursor();
  readonly clock: Clock;
  readonly live: boolean;
  readonly stateMax: number;

  private readonly options: LocalOptions;
  private readonly plan: Plan;
  private readonly sources: readonly OpenSource[];
  private readonly sinks: Sink[] = [];
  private readonly badLog: BadLog;
  private readonly told = new Set<string>();
  private readonly stopping = new AbortController();
  private readonly inbox = new Inbox(INBOX_BYTES);
  /** What bounded sources gave; it all belongs to the first batch, so it goes before what is live. */
  private readonly boundedInbox = new Inbox(INBOX_BYTES);
  private openBounded = 0;
  private failure: RunFailure | undefined;
  private outputClosed = false;
  private waiting = false;
  private lateCount = 0;

  /** The tick that closes the batch under way, ms. */
  private batchEnd = 0;
  private closedBatches = 0;
  private recordsAtLastTick = 0;
  private disarm = () => {};
  /** What wakes at the end of the time that the user gave. */
  private readonly calledOff: (() => void)[] = [];
  /** Called when something may have changed for whoever waits for the end of the run. */
  private wake = () => {};

  /** @param batchTime is told the time of each batch before its first record, for `now()`. */
  constructor(plan: Plan, options: LocalOptions, batchTime: { time: number }) {
    this.plan = plan;
    this.options = options;
    this.batchTime = batchTime;
    this.interval = options.interval;
    this.stateMax = options.stateMax;
    this.badLog = new BadLog(options.badMax, options.tell, options.keepBad);
    const behaviours = plan.sources.map(({ definition, arguments: args }) =>
      definition.behaviour(args as never, { stdinIsFile: options.stdinIsFile }),
    );
    const isVirtual =
      behaviours.some(({ kind }) => kind === 'batches') &&
      behaviours.every(({ kind }) => kind !== 'live' || options.once);
    const isBounded = behaviours.every(({ kind }) => kind === 'bounded') || options.once;
    this.live = !isVirtual && !isBounded;
    this.clock = isVirtual ? new VirtualClock() : options.clock;
    this.sources = this.open(behaviours);
  }

  private readonly batchTime: { time: number };

  private open(behaviours: readonly SourceBehaviour<never>[]): readonly OpenSource[] {
    let prints = 0;
    const printSinks = nodesOf(this.plan).filter(
      (node) => node.kind === 'sink' && node.definition.name === 'print',
    ).length;
    const steps = buildSteps(this.plan, {
      run: this,
      openSink: (node: SinkNode) => {
        const isPrint = node.definition.name === 'print';
        if (isPrint) prints++;
        const sink = node.definition.create(
          node.arguments as never,
          this.sinkContext(isPrint && printSinks > 1 ? prints : undefined),
        );
        this.sinks.push(sink);
        return sink;
      },
    });
    return this.plan.sources.map((node, i) => {
      const step = steps.get(node)!;
      return { node, step, behaviour: behaviours[i]!, reader: new Reader(this.cursor, step, (bad) => this.bad(bad)) };
    });
  }

  private sinkContext(output: number | undefined) {
    const { stdout, format, color, width } = this.options;
    return {
      interval: this.interval,
      cursor: this.cursor,
      clock: this.clock,
      live: this.live,
      stateMax: this.stateMax,
      now: () => this.now(),
      bad: (problem: BadRecord, record?: Value) => this.bad(problem, record),
      late: () => this.late(),
      note: (message: string) => this.note(message),
      trace: (line: string) => this.trace(line),
      fail: (failure: RunFailure) => this.fail(failure),
      stdout,
      format,
      color,
      width,
      output,
    };
  }

  // What steps and sinks may ask of the run.

  now(): number {
    return this.batchEnd;
  }

  bad(problem: BadRecord, record?: Value): void {
    const { origin, line } = this.cursor;
    const text = origin === null ? (record === undefined ? '' : toText(record)) : this.cursor.text();
    const failure = this.badLog.add(problem, { source: origin?.name, line, text });
    if (failure !== undefined) this.fail(failure);
  }

  late(): void {
    this.lateCount++;
  }

  note(message: string): void {
    if (this.told.has(message)) return;
    this.told.add(message);
    this.options.tell(message);
  }

  trace(line: string): void {
    this.options.tell(line);
  }

  fail(failure: RunFailure): void {
    this.failure ??= failure;
    this.stop();
  }

  /** Ends the run: what is open is closed and printed. Returns at once; {@link run} resolves when it is done. */
  stop(): void {
    this.stopping.abort();
    this.wake();
  }

  /** Nobody reads what we print any more: the run ends without printing. */
  closeOutput(): void {
    this.outputClosed = true;
    this.stop();
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Runs to the end. Called once. Never rejects for a failure of the run; a fault of ours rejects. */
  async run(): Promise<LocalResult> {
    for (const note of this.plan.notes) this.note(note);
    const isVirtual = this.clock instanceof VirtualClock;
    this.setBatchEnd(Math.floor(this.clock.now() / this.interval) * this.interval + this.interval);
    let lastWasWhole = true;
    if (isVirtual) await this.runLists();
    else if (this.live) lastWasWhole = await this.runLive();
    else await this.runBounded();
    for (const callOff of [this.disarm, ...this.calledOff]) callOff();
    if (this.mayPrint()) this.closeOpen(isVirtual, lastWasWhole);
    await Promise.all(this.sinks.map((sink) => sink.finish()));
    return this.result();
  }

  private mayPrint(): boolean {
    if (this.outputClosed) return false;
    // What was read before a source failed is still an answer; what passed a limit is none.
    return this.failure === undefined || (this.failure.exit === 3 && this.records() > 0);
  }

  /** The last batch, cut short by the end of the run, and what windows still hold. */
  private closeOpen(isVirtual: boolean, lastWasWhole: boolean): void {
    const hasNew = this.records() > this.recordsAtLastTick || this.closedBatches === 0;
    if (!isVirtual && hasNew) this.tick(this.live ? !lastWasWhole : this.isStopping);
    for (const { step } of this.sources) step.finish({ time: this.batchEnd });
  }

  private result(): LocalResult {
    const records = this.records();
    const summary = this.badLog.summary(records);
    if (summary !== undefined) this.options.tell(summary);
    if (this.lateCount > 0) this.options.tell(`${this.lateCount} late of ${records}: their windows had closed`);
    this.failure ??= this.badLog.failureAtEnd(records);
    return {
      exit: this.outputClosed ? 0 : (this.failure?.exit ?? 0),
      ...(this.failure !== undefined && !this.outputClosed ? { failure: this.failure } : {}),
      records,
      bad: this.badLog.count,
      late: this.lateCount,
      batches: this.closedBatches,
    };
  }

  private records(): number {
    return this.sources.reduce((sum, { reader }) => sum + reader.records, 0);
  }

  // The three ways of time.

  /** All lists, back to back, on a virtual clock; bounded sources go into the first batch. */
  private async runLists(): Promise<void> {
    await this.readBounded();
    const lists = this.openLists();
    const { batches = Number.POSITIVE_INFINITY, duration = Number.POSITIVE_INFINITY, once } = this.options;
    for (let index = 0; index < batches && !this.isStopping; index++) {
      if (this.batchEnd > duration) break;
      const given = lists.map((next) => next(index));
      if (
        given.every((isList) => !isList) &&
        (index > 0 || this.records() === 0) &&
        batches === Number.POSITIVE_INFINITY
      )
        break;
      if (!once) this.tick(false);
      await this.sinksReady();
      if (index % BATCHES_BETWEEN_TURNS === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (once && !this.isStopping) this.tick(false);
  }

  /** For each source of lists: pushes the list of a batch, and says whether there was one. */
  private openLists(): readonly ((index: number) => boolean)[] {
    return this.sources.flatMap(({ behaviour, node, reader }) => {
      if (behaviour.kind !== 'batches') return [];
      const list = behaviour.open(node.arguments as never);
      const origin = this.origin(node, node.definition.name);
      return [
        (index: number) => {
          const values = list(index);
          if (values !== undefined) reader.read({ kind: 'values', origin, values });
          return values !== undefined;
        },
      ];
    });
  }

  /** All input as one batch, as fast as it comes. */
  private async runBounded(): Promise<void> {
    this.stopAfter(this.options.duration);
    await this.readBounded();
  }

  private async readBounded(): Promise<void> {
    const sources = this.sources.filter(({ behaviour }) => behaviour.kind !== 'batches');
    await this.untilDone(sources.map((source) => this.start(source, this.boundedInbox)));
  }

  private stopAfter(duration: number | undefined): void {
    if (duration !== undefined) this.calledOff.push(this.clock.at(this.clock.now() + duration, () => this.stop()));
  }

  /** By the clock. @returns whether the end of the run was the end of a batch. */
  private async runLive(): Promise<boolean> {
    const { duration, batches = Number.POSITIVE_INFINITY } = this.options;
    this.stopAfter(duration);
    const lists = this.openLists();
    let index = 0;
    this.beforeBatch = () => {
      for (const next of lists) next(index);
      index++;
    };
    this.afterBatch = () => {
      if (this.closedBatches >= batches) this.stop();
    };
    this.beforeBatch();
    const running: Promise<void>[] = [];
    for (const source of this.sources) {
      if (source.behaviour.kind === 'bounded') {
        this.openBounded++;
        running.push(this.start(source, this.boundedInbox).finally(() => this.boundedEnded()));
      } else if (source.behaviour.kind === 'live') {
        running.push(this.start(source, this.inbox));
      }
    }
    this.arm();
    await this.untilDone(running);
    return this.closedBatches >= batches;
  }

  private beforeBatch = () => {};
  private afterBatch = () => {};

  private boundedEnded(): void {
    this.openBounded--;
    this.pump();
  }

  // Sources.

  private origin(node: SourceNode, name: string): Origin {
    return { name, source: this.plan.sources.indexOf(node), lines: 0 };
  }

  /** Starts a source. Resolves when it has ended; a failure becomes the run's. */
  private async start({ node, behaviour, reader }: OpenSource, inbox: Inbox): Promise<void> {
    if (behaviour.kind === 'batches') return;
    const context: SourceContext = {
      clock: this.clock,
      signal: this.stopping.signal,
      once: this.options.once,
      origin: (name) => this.origin(node, name),
      deliver: (chunk) => this.deliver(reader, chunk, inbox),
      bad: (problem, origin, text) => {
        const failure = this.badLog.add(problem, { source: origin.name, line: ++origin.lines, text });
        reader.records++;
        if (failure !== undefined) this.fail(failure);
      },
      note: (message) => this.note(message),
    };
    try {
      await behaviour.open(node.arguments as never, context).run();
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      this.fail(error);
    }
  }

  private deliver(reader: Reader, chunk: Chunk, inbox: Inbox): Promise<void> | undefined {
    // A bounded source's records are in the first batch whenever they come.
    const arrived = inbox === this.boundedInbox ? this.batchEnd : this.clock.now();
    if (inbox.isEmpty && this.canWork() && arrived <= this.batchEnd) {
      reader.read(chunk);
      // Whoever delivers without end must let sinks and timers have their turn.
      return this.blockedSinks();
    }
    const room = inbox.put({ reader, chunk, arrived });
    this.pump();
    return room;
  }

  private canWork(): boolean {
    return !this.waiting && this.blockedSinks() === undefined;
  }

  /** Works on what waits, as far as sinks and time allow. */
  private pump(): void {
    for (;;) {
      if (this.waitForSinks()) return;
      const bounded = this.boundedInbox.take();
      if (bounded !== undefined) {
        bounded.reader.read(bounded.chunk);
        continue;
      }
      const next = this.inbox.peek();
      if (next === undefined) break;
      if (next.arrived > this.batchEnd) {
        if (this.openBounded > 0) return;
        this.tick(false);
      } else {
        this.inbox.take();
        next.reader.read(next.chunk);
      }
    }
    this.wake();
  }

  /** Resolves when all sources have ended, or the run stops and they have handed over what they have; then nothing waits any more. */
  private async untilDone(running: readonly Promise<void>[]): Promise<void> {
    const ended = Promise.all(running);
    const stopped = new Promise<void>((resolve) => {
      if (this.isStopping) resolve();
      else this.stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([ended, stopped]);
    if (this.isStopping) {
      let cancel = () => {};
      const patience = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE);
        cancel = () => clearTimeout(timer);
      });
      await Promise.race([ended, patience]);
      cancel();
    }
    await this.drained();
  }

  /** Resolves when both inboxes are empty, or nothing of them is wanted any more. */
  private async drained(): Promise<void> {
    this.openBounded = 0;
    this.pump();
    while (!(this.inbox.isEmpty && this.boundedInbox.isEmpty) && !this.outputClosed && this.failure === undefined) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.wake = () => {};
  }

  // Sinks that cannot take more.

  private blockedSinks(): Promise<void> | undefined {
    const blocked = this.sinks.flatMap((sink) => sink.blocked() ?? []);
    return blocked.length === 0 ? undefined : Promise.all(blocked).then(() => {});
  }

  private async sinksReady(): Promise<void> {
    for (let blocked = this.blockedSinks(); blocked !== undefined && !this.isStopping; blocked = this.blockedSinks())
      await blocked;
  }

  /** Whether sinks are blocked; then work goes on by itself when they are free. */
  private waitForSinks(): boolean {
    if (this.waiting) return true;
    const blocked = this.blockedSinks();
    if (blocked === undefined) return false;
    this.waiting = true;
    void blocked.then(() => {
      this.waiting = false;
      this.pump();
      if (this.live && !this.isStopping) this.onTime();
    });
    return true;
  }

  // Ticks.

  private setBatchEnd(time: number): void {
    this.batchEnd = time;
    this.batchTime.time = time;
    if (this.clock instanceof VirtualClock) this.clock.moveTo(time);
  }

  private arm(): void {
    this.disarm();
    this.disarm = this.clock.at(this.batchEnd, () => this.onTime());
  }

  private onTime(): void {
    this.pump();
    while (this.inbox.isEmpty && this.openBounded === 0 && !this.isStopping && this.clock.now() >= this.batchEnd) {
      if (this.waitForSinks()) return;
      this.tick(false);
    }
    if (!this.isStopping) this.arm();
  }

  /** Closes the batch under way and opens the next. */
  private tick(partial: boolean): void {
    const span: Span = { time: this.batchEnd, start: this.batchEnd - this.interval, end: this.batchEnd, partial };
    this.recordsAtLastTick = this.records();
    this.closedBatches++;
    for (const { step } of this.sources) step.close(span);
    for (const { step } of this.sources) step.advance(span.end);
    this.setBatchEnd(this.batchEnd + this.interval);
    this.afterBatch();
    if (!this.isStopping) this.beforeBatch();
  }
}
