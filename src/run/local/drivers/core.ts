import type { RunContext } from '../../../flow/define/context.ts';
import type { Sink } from '../../../flow/define/sink.ts';
import type { Plan, SinkNode } from '../../../query/plan/plan.ts';
import type { Batches } from '../batches/batches.ts';
import type { LocalOptions } from '../options/local-options.ts';
import type { Timing } from '../options/timing.ts';
import type { OpenSources } from '../reading/open-sources.ts';
import type { Recognition } from '../reading/recognition.ts';
import type { Reports } from '../reports/reports.ts';
import type { FieldWatch } from '../steps/field-watch.ts';
import type { KeptSteps } from '../steps/kept-steps.ts';
import type { Reach } from '../steps/reach.ts';

/** What a driver sees of the run: it starts the sources, has chunks read, and says when a batch is over. */
export interface Core {
  readonly plan: Plan;
  readonly options: Pick<
    LocalOptions,
    'once' | 'batches' | 'duration' | 'replay' | 'clock' | 'stdin' | 'kernels' | 'workers' | 'cluster'
  >;
  readonly timing: Timing;
  /** What the steps are given of the run. */
  readonly context: RunContext;
  readonly reports: Reports;
  readonly batches: Batches;
  readonly sources: OpenSources;
  readonly sinks: { readonly all: ReadonlyMap<SinkNode, Sink> };
  /** The steps that drivers may ask for more. */
  readonly kept: KeptSteps;
  /** How far records have come. */
  readonly reach: Reach;
  readonly fieldWatch: FieldWatch;
  /** Tells what files evidently are. */
  readonly recognition: Recognition;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  /** Whether more of the input is worth reading. */
  readonly endings: { readonly isWanted: boolean };
  /** A promise while a sink cannot take more. */
  blocked(): Promise<void> | undefined;
  /** A promise while what the run was in at the last tick is being kept: the next tick waits for it, so that no more than one batch comes a second time. */
  readonly keeping: Promise<void> | undefined;
  /** Whether what is printed is on its way out. */
  readonly isWriting: boolean;
  /** Something was read into a batch that may go on for long: what waits for nothing is to come out. */
  arrived(): void;
  /** Closes the batch under way and opens the next. */
  tick(partial?: boolean): void;
  stop(): void;
  /** Time up to `until` (ms) goes by in which no process was at work, see `passPause`; only where the run goes on from another. */
  passPause(until: number): Promise<void>;
  /** The run ends without printing. */
  closeOutput(): void;
}

/** How a driver left things. */
export interface Driven {
  /** Whether the batch under way would not have held more, had the run gone on. */
  readonly lastIsWhole: boolean;
  /** All sources have ended, and not because the run was to: nothing will ever follow. */
  readonly isOver: boolean;
}

/** Whether the run has had as many batches as were asked for (`--batches`): what comes behind them belongs to none. */
export function hadAllBatches({ batches, options }: Core): boolean {
  return options.batches !== undefined && batches.closed >= options.batches;
}

/** How long sources may take to hand over what they have when the run ends, ms. */
const PATIENCE = 2000;

/** Resolves when all sources have ended, or the run is to end, or nothing reads them, and they have handed over what they have. */
export async function untilEnded(core: Core, running: readonly Promise<void>[]): Promise<void> {
  const ended = Promise.all(running);
  await orAborted(Promise.race([ended, core.sources.closed]), core.signal);
  if (!core.signal.aborted && core.sources.isOpen) return;
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
  return core.sources.all.flatMap((source) => {
    const { behaviour, node, reader, from } = source;
    if (behaviour.kind !== 'batches') return [];
    const list = behaviour.open(node.arguments, from);
    const split = from?.find((known) => known.origin !== undefined);
    const origin = core.sources.origin(source, node.definition.name, undefined, split);
    return [
      (index: number) => {
        const batch = list(index);
        if (batch !== undefined) reader.read({ kind: 'values', origin, ...batch });
        return batch !== undefined;
      },
    ];
  });
}
