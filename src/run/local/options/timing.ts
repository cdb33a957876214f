import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { SourceBehaviour } from '../../../flow/define/source.ts';
import type { Plan } from '../../../query/plan/plan.ts';
import type { LocalOptions } from './local-options.ts';

/** The ways through time; which one a run takes follows from its sources and options. */
export type Mode = 'live' | 'bounded' | 'lists' | 'replay' | 'recorded' | 'dealt';

/** How a run goes through time. */
export interface Timing {
  readonly mode: Mode;
  /** Records come in real time, or came so when they were recorded. */
  readonly live: boolean;
  /** All input is bounded and one batch. */
  readonly isBounded: boolean;
  /** All input is one batch: bounded, or a pipe that is read to its end. */
  readonly isOneBatch: boolean;
  /** Nothing that is read once is missed by later batches: there are none, or all is merged by its times. */
  readonly isReadAtOnce: boolean;
  /** The clock is moved by the run. */
  readonly isVirtual: boolean;
  /** People can look on while results come, by the clock of the wall. */
  readonly isPaced: boolean;
  /** Of when records come only their batch counts, since they come again in other processes, or did when they were recorded. */
  readonly isRepeatable: boolean;
}

/** What decides it, beside the sources. */
export type TimingOptions = Pick<LocalOptions, 'stdin' | 'once' | 'batches' | 'replay' | 'cluster' | 'checkpoint'>;

/** How the sources of a plan behave, in their order. */
export function behavioursOf(
  { sources }: Plan,
  environment: Pick<TimingOptions, 'stdin'>,
): readonly SourceBehaviour<BoundArguments>[] {
  return sources.map(({ definition, arguments: args }) => definition.behaviour(args, environment));
}

/** @param behaviours of the sources. */
export function timingOf(
  behaviours: readonly SourceBehaviour<BoundArguments>[],
  options: Omit<TimingOptions, 'stdin'>,
): Timing {
  const mode = chooseMode(behaviours, options);
  const sessions = behaviours.filter((behaviour) => behaviour.kind === 'recorded');
  const { once, batches, replay, checkpoint } = options;
  const live = mode === 'live' || mode === 'dealt' || (mode === 'recorded' && sessions.some((session) => session.live));
  const wasOneBatch = sessions.every(({ whole }) => whole);
  const isOneBatch =
    mode === 'recorded' ? once || wasOneBatch : mode === 'bounded' || ((mode === 'lists' || mode === 'dealt') && once);
  return {
    mode,
    live,
    isBounded: mode === 'recorded' ? once || (isOneBatch && !live) : isOneBatch,
    isOneBatch,
    isReadAtOnce: isOneBatch || batches === 1 || mode === 'replay',
    isVirtual: mode !== 'live' && mode !== 'bounded',
    isPaced: mode === 'live' || mode === 'dealt' || Number.isFinite(replay),
    isRepeatable:
      mode === 'recorded' ? sessions.some(({ kept }) => kept === true) : mode === 'live' && checkpoint !== undefined,
  };
}

function chooseMode(
  behaviours: readonly SourceBehaviour<BoundArguments>[],
  { once, replay, cluster }: Pick<TimingOptions, 'once' | 'replay' | 'cluster'>,
): Mode {
  if (behaviours.some(({ kind }) => kind === 'recorded')) return 'recorded';
  if (replay !== undefined) return 'replay';
  const isAnyLive = behaviours.some(({ kind }) => kind === 'live');
  if (isAnyLive && cluster !== undefined) return 'dealt';
  if (isAnyLive && !once) return 'live';
  return behaviours.some(({ kind }) => kind === 'batches') ? 'lists' : 'bounded';
}
