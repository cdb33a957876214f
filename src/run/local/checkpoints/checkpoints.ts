import type { Clock } from '../../../base/clock.ts';
import type { RunFailure } from '../../../base/problem.ts';
import type { Position } from '../../../flow/define/position.ts';
import type { State } from '../../../flow/define/snapshot.ts';
import { sinkFailure } from '../../../flow/output/failure.ts';
import { decodeState } from '../../../flow/state/encoding/decode.ts';
import { encodeState } from '../../../flow/state/encoding/encode.ts';
import { type Plan, writtenOf } from '../../../query/plan/plan.ts';
import { namesOf, type PlanNames } from '../../durable/plan-names.ts';
import type { Base, Frozen, StepStates } from '../../durable/records.ts';
import { refitsOf } from '../../durable/refits.ts';
import type { Store } from '../../durable/store.ts';
import type { Batches } from '../batches/batches.ts';
import type { CheckpointSettings } from '../options/checkpoint-settings.ts';
import type { Timing } from '../options/timing.ts';
import type { Grounds } from '../output/grounds.ts';
import type { OpenSinks } from '../output/open-sinks.ts';
import type { OpenSources } from '../reading/open-sources.ts';
import type { Reports } from '../reports/reports.ts';
import type { StepMemory } from '../steps/step-memory.ts';
import { aggregateChanges, changesOf, isOfBatch, isSameProgram } from './changed-program.ts';
import { Cuts, movesOf } from './cuts.ts';
import { NextBase } from './next-base.ts';
import { noteOnAgain, noteOnFinished, noteOnGoingOn, noteOnNew, noteOnPipe } from './telling.ts';

/** What a checkpoint is taken of. */
interface Checkpointed {
  readonly plan: Plan;
  readonly options: { readonly clock: Clock; readonly interval: number };
  readonly timing: Pick<Timing, 'mode'>;
  readonly batches: Batches;
  readonly reports: Reports;
  readonly sources: OpenSources;
  readonly sinks: OpenSinks;
  fail(failure: RunFailure): void;
}

/** What is to be kept. */
interface Taking {
  /** The batch under way is open, and was begun. */
  readonly isInside: boolean;
  /** Nothing is to be gone on with. */
  readonly isFinished?: boolean;
  /** Waited for when the sinks have said where they are; nothing is kept where it gives false. */
  isOut?(): Promise<boolean>;
}

/** What the run counts, beside its steps. */
type Counted = {
  readonly batches: State;
  readonly reports: State;
  readonly records: number;
  readonly nextOrigin: number;
};

/**
 * Keeps what a run is in, from time to time, so that another can go on from there; and goes on itself from what an earlier one has kept.
 *
 *     tick      batch written down ─▶ steps close ─▶ sinks write
 *               what all are in, put together at once ─▶ the sinks' marks, when they are safe ─▶ written: this is where the next run goes on
 */
export class Checkpoints {
  readonly cuts: Cuts;
  private readonly run: Checkpointed;
  private readonly settings: CheckpointSettings;
  private readonly store: Store;
  private readonly memory: StepMemory;
  private readonly grounds: Grounds;
  private readonly names: PlanNames;
  /** The places of the nodes that remember something, in the order of what is kept. */
  private readonly places: readonly number[];
  /** Resolves when the one under way is kept. */
  private underWay: Promise<void> | undefined;
  /** What is kept next can be read behind something that was all there is, of the same program. */
  private hasBase: boolean;
  /** The log under way is behind something. */
  private hasLog: boolean;
  /** The program is another than that which was kept. */
  private readonly hasChanged: boolean;
  /** What was kept has the text of another program, though its stages may be the same: it is written anew soon, so that who looks at it finds this one. */
  private hasOtherText: boolean;
  /** Nothing is read any more, and what is kept waits for the sinks. */
  private isEnding = false;
  /** Something was not kept, so that nothing can be read behind it. */
  private isBroken = false;
  /** The base that is being written. */
  private nextBase: NextBase | undefined;
  private readonly awaiting: (() => void)[] = [];
  private last: number;

  /** @param grounds what cannot be taken back waits for. */
  constructor(run: Checkpointed, settings: CheckpointSettings, memory: StepMemory, grounds: Grounds) {
    const { store } = settings;
    this.run = run;
    this.settings = settings;
    this.store = store;
    this.memory = memory;
    this.grounds = grounds;
    this.names = namesOf(run.plan);
    this.places = memory.places;
    this.hasLog = store.found !== undefined;
    this.hasChanged = store.found !== undefined && !isSameProgram(run.plan, store.found, this.places);
    this.hasBase = store.found !== undefined && !this.hasChanged;
    this.hasOtherText = store.found !== undefined && store.found.base.program !== settings.program;
    this.last = run.options.clock.now();
    // What another program read in a batch is read anew.
    this.cuts = new Cuts(run, store, grounds, this.hasChanged ? undefined : store.found);
    if (store.found !== undefined) this.restore();
    // What comes out at the end is waited for, and follows from nothing new.
    grounds.keeping = () => (this.isEnding ? undefined : this.underWay);
  }

  /** The run that this one goes on from had come to its end. */
  get isFinished(): boolean {
    return this.store.found?.frozen.isFinished === true;
  }

  /** What is said at the start. */
  get notes(): readonly (string | undefined)[] {
    const { plan, options } = this.run;
    const { found, directory } = this.store;
    const onPipe = noteOnPipe(this.run.sources.all);
    if (found === undefined) return [noteOnNew(plan, directory), onPipe];
    if (this.isFinished) return [noteOnFinished(directory, found)];
    const now = options.clock.now();
    const { bytes } = this.store.input.found;
    const changes = changesOf(plan, found, this.places);
    return [
      noteOnGoingOn(plan, directory, found, bytes, now),
      changes && `the program is another one; ${changes}`,
      ...aggregateChanges(plan, found, this.places, now),
      noteOnAgain(plan, found, now),
      onPipe,
    ];
  }

  /** Resolves when all is kept that the run begins with, so that it may begin. */
  async begin(): Promise<void> {
    const receivesAt = this.receives && !this.isFinished ? this.run.options.clock.now() : undefined;
    const opened = this.store.begin((failure) => this.run.fail(failure), receivesAt);
    if (!this.isFinished && (!this.hasBase || this.run.sinks.hasUnmarked)) this.takeFirst();
    await opened.catch(() => {});
    await this.underWay;
  }

  /** Keeps what the run begins with, before anything of it goes out. */
  private takeFirst(): void {
    const { hasBase } = this;
    const { found } = this.store;
    this.take({ isInside: found?.frozen.isInside === true });
    // What came out of the batch that was open is looked for behind where marks were asked for last.
    if (hasBase && found?.begun !== undefined) void this.store.append(found.begun).catch(() => {});
  }

  /** The first tick at or behind `tick` (ms) at which something is due. */
  due(tick: number): number | undefined {
    return this.memory.due(tick);
  }

  /** A promise while one is under way. */
  get keeping(): Promise<void> | undefined {
    return this.underWay;
  }

  /** Within a batch, where that can be gone on with, when the last one is so long ago as a batch takes. */
  inside(): void {
    const { clock, interval } = this.run.options;
    if (clock.now() - this.last >= interval && this.canBeInside) this.take({ isInside: true });
  }

  /** Whether a run can go on in the middle of the batch under way. */
  get canBeInside(): boolean {
    return this.run.sinks.isClear && this.hasPositions;
  }

  /** Resolves when what was taken so far is kept: soon, or at the next tick, where that is the first moment at which it can be. */
  async now(): Promise<void> {
    while (this.underWay !== undefined) await this.underWay;
    const hasLists = this.run.sources.all.some(({ behaviour }) => behaviour.kind === 'batches');
    if (this.canBeInside && !hasLists) this.take({ isInside: true });
    if (this.isBroken) return;
    if (this.underWay === undefined) await new Promise<void>((kept) => this.awaiting.push(kept));
    else await this.underWay;
  }

  /** The run was stopped, and what comes out comes behind what is kept. */
  async leave(): Promise<void> {
    while (this.underWay !== undefined) await this.underWay;
    if (!this.isBroken) await this.store.append({ kind: 'left' }).catch(() => {});
  }

  /** Resolves when what is under way is kept, and nothing is kept any more. */
  async close(): Promise<void> {
    await this.underWay;
    for (const kept of this.awaiting.splice(0)) kept();
    await this.store.close();
  }

  /** Where the nodes of a base are in this plan, −1 for those that are not; and how those of them go on that have other aggregates now. */
  private placesIn(base: Base) {
    const { nodes } = this.names;
    const refits = [...refitsOf(this.names, base)].map(([name, refit]) => ({ ...refit, place: nodes.indexOf(name) }));
    return {
      placeOf: base.nodes.map((name) => refits.find(({ before }) => before === name)?.place ?? nodes.indexOf(name)),
      refits: new Map(refits.map(({ place, places }) => [place, places])),
    };
  }

  private get hasPositions(): boolean {
    return this.run.sources.positions.every((position) => position !== undefined);
  }

  /**
   * Keeps what the run is in now, unless one is under way: then the next will do. What is kept is put together at once, and written when the sinks
   * have said where they are.
   */
  take({ isInside, isFinished = false, isOut }: Taking): void {
    if (this.underWay !== undefined || this.isBroken) return;
    this.last = this.run.options.clock.now();
    const { sinks } = this.run;
    if (!this.hasPositions) return;
    const isFirst = !this.hasBase;
    const isDue = this.store.isLong || this.hasOtherText;
    // The log stays while it says what is to come a second time.
    const begins = !isFirst && this.nextBase === undefined && !isFinished && !this.cuts.isRepeating && isDue;
    // What came out by now follows from how far the sources came since the change before.
    this.grounds.settle();
    this.isEnding = isOut !== undefined;
    const frozen = this.freeze(isInside, isFinished, !isFirst);
    if (begins) this.nextBase = new NextBase(this.store, this.memory, this.places);
    // Behind a base stands what is asked for from now on.
    if ((isFirst || begins) && this.hasLog) this.store.turn();
    const moves = this.cuts.takeMoves();
    const base = isFirst || begins ? this.describe() : undefined;
    if (base !== undefined) this.hasOtherText = false;
    this.hasBase = true;
    this.hasLog = true;
    if (!isFirst) this.store.noteAsked();
    const marks = sinks.marks();
    const keep = async () => {
      const known = await marks;
      if (known === undefined) throw new Error('a sink has failed');
      if ((await isOut?.()) === false) return;
      const kept = { ...frozen, marks: known };
      if (isFirst) {
        await this.store.beginBase({ ...base!, frozen: kept });
        return this.store.endBase();
      }
      await this.store.append({ kind: 'change', moves, frozen: kept });
      // What its steps remember comes in parts.
      if (begins) await this.nextBase!.begin({ ...base!, frozen: { ...kept, steps: encodeState([]) } });
      else if ((await this.nextBase?.endIfRead()) === true) this.nextBase = undefined;
      return this.nextBase?.goOn(frozen.steps.length);
    };
    this.underWay = keep()
      .catch((error: unknown) => {
        this.isBroken = true;
        this.run.fail(sinkFailure(this.store.directory, error));
      })
      .finally(() => {
        this.underWay = undefined;
        for (const kept of this.awaiting.splice(0)) kept();
      });
  }

  /** What a base says beside what the run is in. */
  private describe(): Omit<Base, 'frozen'> {
    const { plan, sources, options } = this.run;
    const { program, version } = this.settings;
    return {
      kind: 'base',
      program,
      interval: options.interval,
      version,
      sources: this.names.sources,
      nodes: this.places.map((place) => this.names.nodes[place]!),
      words: {
        sources: plan.sources.map(writtenOf),
        nodes: this.places.map((place) => ({
          words: writtenOf(plan.nodes[place]!),
          isOfBatch: isOfBatch(plan.nodes[place]!),
          ...(this.names.fitting[place] === undefined ? {} : { fitting: this.names.fitting[place] }),
        })),
      },
      positions: movesOf(sources.positions.map((position) => position ?? [])),
    };
  }

  /** Keeps that, and waits until it is kept. */
  async takeLast(what: Taking): Promise<void> {
    while (this.underWay !== undefined) await this.underWay;
    this.take(what);
    await this.underWay;
  }

  private freeze(isInside: boolean, isFinished: boolean, onlyChanges: boolean): Omit<Frozen, 'marks'> {
    const { batches, reports, sources, options } = this.run;
    const states = new Map(this.memory.snapshot(onlyChanges));
    const steps: StepStates = this.places.map((place, i) => [i, states.get(place)!]);
    const counted: Counted = {
      batches: batches.snapshot(sources.records),
      reports: reports.snapshot(),
      records: sources.recordsBefore + sources.records,
      nextOrigin: sources.nextOrigin,
    };
    return {
      batch: batches.number,
      isInside,
      tick: batches.lastTick,
      end: batches.end,
      written: options.clock.now(),
      // What is lent is written down before anything goes on.
      run: encodeState(counted),
      steps: encodeState(steps),
      inputs: this.run.sinks.inputs,
      ...(this.receives ? { input: this.store.input.needed(this.receivedPositions) } : {}),
      isFinished,
    };
  }

  /** Whether something comes from outside that nobody can give again. */
  private get receives(): boolean {
    return this.run.sources.received !== undefined;
  }

  /** How far what came was worked on, by the names of its sources. */
  private get receivedPositions(): readonly (readonly [name: string, position: Position])[] {
    const { all, positions } = this.run.sources;
    return all.flatMap(({ behaviour }, i) =>
      behaviour.received === true ? [[this.names.sources[i]!, positions[i] ?? []] as const] : [],
    );
  }

  private restore(): void {
    const { found } = this.store;
    const { batches, reports, sources } = this.run;
    const counted = decodeState(found!.frozen.run as Uint8Array) as Counted;
    batches.restore(counted.batches);
    reports.restore(counted.reports);
    sources.recordsBefore = counted.records;
    sources.nextOrigin = counted.nextOrigin;
    const { placeOf, refits } = this.placesIn(found!.base);
    for (const bytes of found!.steps) {
      const states = decodeState(bytes) as StepStates;
      const own = states.flatMap(([node, ofSteps]) => (placeOf[node]! < 0 ? [] : [[placeOf[node]!, ofSteps] as const]));
      this.memory.restore(own, sources, refits);
    }
  }
}
