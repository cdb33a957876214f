import type { Clock } from '../../../base/clock.ts';
import type { FailureExit, RunFailure } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { Drawing, Output, PrintFormat, ReadKept, Region, RunContext } from '../../../flow/define/context.ts';
import type { FileSystem } from '../../../flow/define/file-system.ts';
import type { Ground } from '../../../flow/define/ground.ts';
import type { InitialStates } from '../../../flow/define/initial.ts';
import type { Network, Sockets } from '../../../flow/define/network.ts';
import type { Position } from '../../../flow/define/position.ts';
import type { StdinManner } from '../../../flow/define/source.ts';
import type { Span } from '../../../flow/define/span.ts';
import type { ViewIntake, ViewWish } from '../../../flow/define/view.ts';
import type { SinkNode } from '../../../query/plan/plan.ts';
import type { FastLane } from '../steps/fast-lane.ts';
import type { StageMeter } from '../steps/stage-meter.ts';
import type { Watcher } from '../steps/watcher.ts';
import type { CheckpointSettings } from './checkpoint-settings.ts';
import type { Cluster } from './cluster.ts';
import type { PipeManner } from './filter-or-stream.ts';
import type { Workers } from './workers.ts';

/** How many bad records a run may have: so many, or so large a part (0 to 1) of all. */
export type BadMax = { readonly count: number } | { readonly share: number };

/** Whose records a view is of. */
export interface Served {
  readonly node: SinkNode;
  readonly run: RunContext;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  /** Where the run is kept; absent where it is not. */
  readonly keptAt?: { readonly files: FileSystem; readonly directory: string } | undefined;
  /** See `SinkContext.recordsIn`. */
  recordsIn(span: Span): number | undefined;
  /** See `SinkContext.ground`. */
  readonly ground?: (() => Ground) | undefined;
}

/** How a plan is run, and with what around it. */
export interface LocalOptions {
  /** The batch interval, ms. */
  readonly interval: number;
  /** Everything until all sources end is one batch. */
  readonly once: boolean;
  /** End after so many batches. */
  readonly batches?: number;
  /** End after so many ms. */
  readonly duration?: number;
  /** Bounded input at the pace of its event times: so many times as fast as they were, Infinity for as fast as can be. */
  readonly replay?: number;
  /** Threads that may read files beside the main one. */
  readonly workers?: Workers;
  /** Other processes that work on the input, up to the first aggregation; instead of threads. */
  readonly cluster?: Cluster;
  /** Takes all that is read, as a session that `replay` gives again; or goes on with one that an earlier run has begun. */
  readonly record?: Output & {
    readonly goesOn?: boolean;
    readonly isUnmarked?: boolean;
    mark?(): Promise<Value | undefined>;
  };
  /** Reads what other runs keep. See `SourceContext.readKept`. */
  readonly readKept?: ReadKept | undefined;
  /** What stages of this run begin with that other runs remember. */
  readonly initialStates?: InitialStates | undefined;
  /** Where the run is kept, and taken up from. */
  readonly checkpoint?: CheckpointSettings;
  /** For each source of the program, in their order, the position that it goes on from (see `OpenSources.positions`). */
  readonly from?: readonly (Position | undefined)[];
  /** Where sinks write files; the file system of the host unless given. */
  readonly files?: FileSystem;
  /** What sinks send goes through this; the network of the host unless given. */
  readonly network?: Network;
  /** What sources read of other machines goes through this; the sockets of the host unless given. */
  readonly sockets?: Sockets;
  /** The clock of the wall; used unless time is virtual. */
  readonly clock: Clock;
  /** How standard input is taken. */
  readonly stdin: StdinManner;
  /** Why so, where it is a pipe or a terminal that the program reads. */
  readonly pipe?: PipeManner | undefined;
  readonly stdout: Output;
  readonly format: PrintFormat;
  readonly color: boolean;
  /** Columns of the terminal now, which may change. A function, since a number would stay what it was wherever the options are copied. */
  readonly width?: () => number | undefined;
  /** Opens a part of the terminal for a sink to draw in; called in the order of the program, where a sink is to be live. */
  readonly openRegion?: () => Region;
  /** Live are `all` sinks that print, or those that `fit`: their records are groups, windows or states, by the clock of the wall. */
  readonly liveSinks?: 'all' | 'fit';
  /** Opens a view for a sink whose records are to be served; called in the order of the program. */
  readonly openView?: (wish: ViewWish, of: Served, from?: Value) => ViewIntake;
  /** Opens a place for the picture of a sink that draws; called in the order of the program. */
  readonly openPicture?: () => (draw: () => Drawing) => void;
  /** People look at standard output while it is written, and have not said how they want it. */
  readonly isWatched?: boolean;
  /** Data may go to standard output as it is, control characters too: it is no terminal, or that is wanted. */
  readonly mayShowAsIs?: boolean;
  /** Bars and lines are drawn with ASCII characters only. */
  readonly ascii?: boolean;
  /** A pipe that was a stream has its results over all batches printed last. */
  readonly showsTotals?: boolean;
  /** Live tables show each key's last values. */
  readonly sparklines?: boolean;
  /** Counts what goes through each stage. */
  readonly meter?: StageMeter;
  /** Counts what each stage takes in the fast lane. */
  readonly fastLane?: FastLane;
  /** Takes the steps as they are made, to take snapshots of them or to put others in their places. */
  readonly memory?: Watcher;
  /** Bytes (estimated) that one stage may keep between batches. */
  readonly stateMax: number;
  /** Whether stages may work on bytes, which gives the same answer faster. */
  readonly kernels: boolean;
  readonly badMax?: BadMax;
  /** Takes each bad record as a line of JSON. */
  readonly keepBad?: Output & { readonly isUnmarked?: boolean; mark?(): Promise<Value | undefined> };
  /** Writes one line for the user. */
  readonly tell: (line: string, data?: Value) => void;
  /** Writes one line that a stage of the program shows (`tap`). */
  readonly trace: (line: string) => void;
}

/** How a run went. */
export interface LocalResult {
  /** The exit code, but for signals: 0, or the failure's. */
  readonly exit: 0 | FailureExit;
  readonly failure?: RunFailure;
  readonly records: number;
  readonly bad: number;
  readonly late: number;
  /** Batches that came out. */
  readonly batches: number;
}
