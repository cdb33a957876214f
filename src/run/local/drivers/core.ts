import type { Chunk, Origin } from '../../../flow/define/chunk.ts';
import type { RunContext } from '../../../flow/define/context.ts';
import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { Source, SourceBehaviour, StdinManner } from '../../../flow/define/source.ts';
import type { Step } from '../../../flow/define/step.ts';
import type { Plan, SourceNode } from '../../../query/plan/plan.ts';
import type { Workers } from '../parts/workers.ts';
import type { Reader, RunCursor } from '../reading/reader.ts';
import type { BadSummary } from '../reports/bad-log.ts';
import type { KeptSteps } from '../steps/kept-steps.ts';
import type { Reach } from '../steps/reach.ts';

/** A source of the plan, ready to be started. */
export interface OpenSource {
  readonly node: SourceNode;
  readonly behaviour: SourceBehaviour<BoundArguments>;
  /** Gives what is delivered to `step`. */
  readonly reader: Reader;
  readonly step: Step;
}

/** What a driver sees of the run: it starts the sources, has chunks read, and says when a batch is over. */
export interface Core extends RunContext {
  readonly cursor: RunCursor;
  readonly plan: Plan;
  readonly sources: readonly OpenSource[];
  readonly options: {
    readonly once: boolean;
    readonly batches?: number;
    readonly duration?: number;
    readonly replay?: number;
    readonly clock: RunContext['clock'];
    readonly stdin: StdinManner;
    readonly kernels: boolean;
    readonly workers?: Workers;
  };
  /** The steps that drivers may ask for more. */
  readonly kept: KeptSteps;
  /** How far records have come. */
  readonly reach: Reach;
  /** The tick that closes the batch under way, ms. */
  readonly batchEnd: number;
  readonly closedBatches: number;
  /** Records read so far. */
  readonly records: number;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  /** False once nothing more of the input is worth reading: nobody takes the output, or the run has failed. */
  readonly isWanted: boolean;
  /** A promise while a sink cannot take more. */
  blocked(): Promise<void> | undefined;
  /** Whether what is printed is on its way out. */
  readonly isWriting: boolean;
  /** A new place where data of a source comes from. */
  origin(node: SourceNode, name: string, firstLine?: string): Origin;
  /**
   * Starts a source, in the way that `read` says. Resolves when it has ended; a failure becomes the run's.
   */
  start(
    source: OpenSource,
    deliver: (chunk: Chunk) => Promise<void> | undefined,
    read?: (source: Source) => Promise<void>,
  ): Promise<void>;
  /** So many bytes will be read of a source by threads; `read` tells how many other threads than this one have read so far. */
  expectParts(source: OpenSource, bytes: number, read: () => number): void;
  /** Counts what was bad in a part of the input that has so many lines of its file before it. */
  absorbBad(summary: BadSummary, linesBefore: number): void;
  readonly isOneBatch: boolean;
  /** Moves the clock of a recorded session. */
  moveClock(time: number): void;
  /** Makes `end` the tick of the batch under way. */
  openBatch(end: number): void;
  /** The batch under way goes on at least to the tick that `time` (ms) belongs to: what is read now comes then. */
  extendBatch(time: number): void;
  /** Something was read into a batch that may go on for long: what waits for nothing is to come out. */
  arrived(): void;
  /** The batch under way, which is empty, and those behind it are left out up to the one that a time (ms) is in. */
  skipTo(time: number): void;
  /** Closes the batch under way and opens the next. */
  tick(partial?: boolean): void;
  stop(): void;
}

/** How a driver left things. */
export interface Driven {
  /** Whether the batch under way would not have held more, had the run gone on. */
  readonly lastIsWhole: boolean;
}

/** Whether the run has had as many batches as were asked for (`--batches`): what comes behind them belongs to none. */
export function hadAllBatches({ closedBatches, options }: Core): boolean {
  return options.batches !== undefined && closedBatches >= options.batches;
}

/** How long sources may take to hand over what they have when the run ends, ms. */
const PATIENCE = 2000;

/** Resolves when all sources have ended, or the run is to end and they have handed over what they have. */
export async function untilEnded(core: Core, running: readonly Promise<void>[]): Promise<void> {
  const ended = Promise.all(running);
  await orAborted(ended, core.signal);
  if (!core.signal.aborted) return;
  let callOff = () => {};
  const patience = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, PATIENCE);
    callOff = () => clearTimeout(timer);
  });
  await Promise.race([ended, patience]);
  callOff();
}

/** Resolves when `done` does, or the signal is aborted. It leaves no listener behind, however often a run waits. */
export async function orAborted(done: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let abort = () => {};
  const aborted = new Promise<void>((resolve) => {
    abort = resolve;
  });
  signal.addEventListener('abort', abort, { once: true });
  await Promise.race([done, aborted]).finally(() => signal.removeEventListener('abort', abort));
}

/** Resolves when all sinks can take more, or the run is to end. */
export async function sinksReady(core: Core): Promise<void> {
  for (let blocked = core.blocked(); blocked !== undefined && !core.signal.aborted; blocked = core.blocked()) {
    await orAborted(blocked, core.signal);
  }
}

/** For each source of lists: has the list of a batch (from 0) read, and says whether there was one. */
export function openLists(core: Core): readonly ((index: number) => boolean)[] {
  return core.sources.flatMap(({ behaviour, node, reader }) => {
    if (behaviour.kind !== 'batches') return [];
    const list = behaviour.open(node.arguments);
    const origin = core.origin(node, node.definition.name);
    return [
      (index: number) => {
        const values = list(index);
        if (values !== undefined) reader.read({ kind: 'values', origin, values });
        return values !== undefined;
      },
    ];
  });
}
