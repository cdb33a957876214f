import type { Batches } from './batches/batches.ts';
import type { NextWindow } from './batches/next-window.ts';
import type { Timing } from './options/timing.ts';
import type { SourceState } from './reading/origins.ts';
import type { Reports } from './reports/reports.ts';
import type { Alerts, AlertsOf } from './steps/alerts.ts';
import type { StageProgress, StageState } from './steps/stage-progress.ts';

/** How far a run is: what a status line shows. Asking for it costs little, and a run that nobody asks counts no more than it must. */
export interface RunState {
  /** Records read so far, bad ones too. */
  readonly records: number;
  /** Bytes of text read so far. */
  readonly bytes: number;
  /** Bytes of text there are to read in all, where every source knows. */
  readonly expected: number | undefined;
  readonly bad: number;
  readonly late: number;
  /** Batches that came out. */
  readonly batches: number;
  /** How long after its end the last batch came out, ms. */
  readonly lag: number;
  /** How far event time has come, ms since the epoch: of several stages, the one that is least far. */
  readonly watermark: number | undefined;
  /** Of windows by time of arrival that do not come out with every batch, by the clock of the wall. */
  readonly nextWindow?: NextWindow | undefined;
  /** Of windows by event time: the end of the first one that is open, ms. */
  readonly nextEventWindow?: number | undefined;
  readonly sources: readonly SourceState[];
  /** Which alerts are on. */
  alerts(): readonly AlertsOf[];
  /** How far stages are that keep something, or are in event time. Where other threads or machines work, what those keep is not in it. */
  stages(): readonly StageState[];
}

/** What is looked at of a run under way. */
interface Observed {
  readonly timing: Timing;
  readonly reports: Pick<Reports, 'badCount' | 'lateCount'>;
  readonly batches: Batches;
  readonly alerts: Pick<Alerts, 'on'>;
  readonly progress: Pick<StageProgress, 'states' | 'watermark' | 'nextWindow'>;
  readonly sources: Pick<RunState, 'records' | 'bytes' | 'expected'> & { readonly states: readonly SourceState[] };
}

/** How far a run is, now. */
export function stateOf({ timing, reports, batches, alerts, progress, sources }: Observed): RunState {
  const { records } = sources;
  return {
    records,
    bytes: sources.bytes,
    expected: timing.live ? undefined : sources.expected,
    bad: reports.badCount,
    late: reports.lateCount,
    batches: batches.closed,
    lag: batches.lag,
    watermark: progress.watermark,
    nextEventWindow: progress.nextWindow,
    nextWindow: timing.mode === 'live' ? batches.nextWindow(records) : undefined,
    sources: sources.states,
    alerts: () => alerts.on,
    stages: () => progress.states,
  };
}
