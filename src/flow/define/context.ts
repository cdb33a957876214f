import type { Clock } from '../../base/clock.ts';
import type { BadRecord, RunFailure } from '../../base/problem.ts';
import type { Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { AlarmsOn, Informs } from './alarm.ts';
import type { Chunk, Cursor, Origin } from './chunk.ts';
import type { FileSystem } from './file-system.ts';
import type { Framer } from './framer.ts';
import type { Ground } from './ground.ts';
import type { KeptStage } from './initial.ts';
import type { Intents } from './intents.ts';
import type { Network, Sockets } from './network.ts';
import type { Split } from './position.ts';
import type { Span } from './span.ts';
import type { OpenView } from './view.ts';

/** What steps know of the run they are in. */
export interface RunContext {
  /** The batch interval, ms. */
  readonly interval: number;
  readonly cursor: Cursor;
  readonly clock: Clock;
  /** Whether records come in real time: false where the clock is virtual or all input is bounded. */
  readonly live: boolean;
  /** Records come in real time and may come again in another process, with their batch: of when they came only that counts. */
  readonly isRepeatable?: boolean;
  /** All input is bounded and one batch: all is at hand, and no record is late unless the program says `late:`. */
  readonly isBounded?: boolean;
  /** All input is one batch: bounded, or a pipe that is read to its end. */
  readonly isOneBatch?: boolean;
  /** How many bytes (estimated) one stage may keep between batches before the run fails: `--state-max`. */
  readonly stateMax: number;
  /** The time of the batch under way, ms: the tick that will close it. */
  now(): number;
  /** Counts and reports a bad record; its place is the cursor's. `record` is what the step was given, shown where there is no text. */
  bad(problem: BadRecord, record?: Value): void;
  /** Counts a record that came too late for what it belongs to. `why` says so for the sum at the end, as in `all their windows had closed`. */
  late(why: string): void;
  /** One line for the user on stderr, once however often it is said; of several that are `about` the same, the first. */
  note(message: string, about?: string): void;
  /** Writes a line to stderr, every time, in order: what `tap` shows. */
  trace(line: string): void;
  /** Ends the run with this failure, at the next safe moment; returns at once. */
  fail(failure: RunFailure): void;
  /**
   * No record that the step is pushed from now on will change anything: what feeds nothing else need not be read on. It may be pushed more all
   * the same. Absent where a stage is only looked at.
   */
  full?(): void;
  /** Called by whatever keeps something of a stage between batches: how to ask for how many bytes (estimated). Absent where a stage is only looked at. */
  holds?(ask: () => number): void;
  /** Called once by each stage in event time: how to ask how far its watermark has come, ms; −Infinity before the first record. */
  follow?(reached: () => number): void;
  /** Called once by each window in event time: how to ask when the first one that is open ends, ms; undefined where none is. */
  awaitWindow?(end: () => number | undefined): void;
  /**
   * A file for a stage to add text to, which is opened at once and belongs to the run: it waits for it, closes it at its end, and fails with
   * what `failure` makes of the first error. Absent where nothing may be left behind: a stage is only looked at.
   *
   * @throws the failure, where it cannot be opened.
   */
  appendTo?(path: string, failure: (error: unknown) => RunFailure): Output;
  /**
   * A command or a server for a stage to inform: a command is run by `sh` for each line, which it reads on its standard input, a server is sent it,
   * one after the other. The run waits for it at its end. Absent where a stage is only looked at.
   */
  inform?(whom: Informs): (line: string) => void;
  /**
   * Called once by a stage that needs what takes a while to come: how to ask for a promise of it, undefined where nothing is missing. It is asked before
   * the first record and between any two chunks, and nothing is read until the promise resolves, which it does at the end of the run as well; it never rejects. Absent where a stage is only looked at.
   *
   * @returns a signal that is aborted when the run is over, or to end: nothing is waited for any more.
   */
  awaits?(ask: () => Promise<void> | undefined): AbortSignal;
  /**
   * What a stage of another run remembers, for one of this run to begin with; nothing where it goes on from what was kept of this run, undefined where nobody has read it. Absent where a stage is only looked at.
   */
  keptStates?(kept: KeptStage): readonly Value[] | undefined;
  /** Called once by a stage that raises alarms: how to ask which are on. */
  showAlarms?(ask: () => AlarmsOn): void;
}

/** See `SourceContext.readKept`. */
export type ReadKept = (directory: string, name: string | undefined) => Promise<readonly Value[]>;

/** What a source is given. */
export interface SourceContext {
  readonly clock: Clock;
  /** Servers of TCP, and connections to them, of `listen` and `connect` and those that are like them: a test may give others. */
  readonly sockets: Sockets;
  /** Aborted when the run ends; the source then delivers what it has and resolves. */
  readonly signal: AbortSignal;
  /** `--once`: take what is there, or one connection, then end. */
  readonly once: boolean;
  /**
   * A new place where data comes from, with its own line numbers.
   *
   * @param firstLine of a file, where what comes begins behind it.
   * @param from the split of the position that it goes on in: its lines are counted on.
   */
  origin(name: string, firstLine?: string, from?: Split): Origin;
  /**
   * Hands a chunk over. Returns a promise where the inbox is full: the source must not read on until it resolves. A chunk that
   * is handed over all the same is kept. Its bytes are the source's again after the call.
   */
  deliver(chunk: Chunk): Promise<void> | undefined;
  /**
   * A record that could not be framed or was too long: counted as bad, with the start of its text. It is the origin's next line
   * behind those that have been delivered, so its number is known only when the reader has come there. `behind` as of a chunk.
   */
  bad(problem: BadRecord, origin: Origin, text: string, behind?: Split): void;
  /** One line for the user on stderr, once however often it is said. */
  note(message: string): void;
  /**
   * Resolves when what was received so far, or delivered, is safe from a power cut, positions too; absent where nothing is kept of the run. Who
   * acknowledges does so then: it receives, since of what it delivers an inbox full has to be worked on first.
   */
  kept?(): Promise<void>;
  /**
   * A new place where data comes from that nobody can give again: takes its bytes, which are the caller's again after the call, keeps them, and
   * gives them to the source's own framer (see `Source.framer`) when a process that is killed does not lose them any more. Waits as a framer
   * does. Absent where nothing is kept of the run.
   */
  receive?(name: string): Framer;
  /**
   * What a stage remembers of another run that is kept in a directory, as records. Absent where nobody can read it.
   *
   * @param name of the stage, or its word; undefined where only one remembers something.
   * @throws RunFailure where it cannot be read.
   */
  readKept?: ReadKept | undefined;
  /** How many records there are that it has not read yet, as far as it knows now: what people see of how far it is behind. */
  lag?(records: number): void;
  /** Tells how to ask it, now or later, how many bytes there are in files that it has not read yet. Called once. */
  lagBytes?(ask: () => number): void;
  /** So many more bytes of text will be delivered, where that is known ahead (the sizes of files): what progress is shown of. */
  expect?(bytes: number): void;
}

/** Where `print` writes. */
export interface Output {
  /** Queues text; bytes are copied. Never throws. */
  write(text: string | Uint8Array): void;
  /** A promise while too much is queued (more than 1 MB). */
  blocked(): Promise<void> | undefined;
  /** Whether something that was written is not out yet, and goes out by turns of the event loop. */
  readonly isWriting?: boolean;
  /** Resolves when all that was written is out. */
  flush(): Promise<void>;
}

/** How the user wants to look at what is drawn: at another part of it, in another order, or only at what holds a text. */
export type Move =
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'home'
  | 'end'
  | 'left'
  | 'right'
  | 'sort'
  | 'reverse'
  | { readonly filter: string };

/** A picture of some lines, drawn when there is time for it. What it is of is settled: it may be held while newer ones come. */
export interface Frame {
  /** How many lines it would take, were there room for all of them. */
  readonly height: number;
  /**
   * At most `rows` lines (1 or more) of at most `columns` columns each. Called when it is drawn, again where the size of the terminal
   * has changed or the user has moved, and never where a newer frame came first.
   */
  paint(columns: number, rows: number): readonly string[];
  /** From now on this frame, and those of its region behind it, are looked at in this way. Absent where there is one way only. */
  move?(move: Move): void;
}

/** A picture for a file or a page, as SVG in a room of its own, from its top left corner. */
export interface Drawing {
  /** Empty where it has none. */
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Elements of SVG, in which the texts of the data are no mark-up. */
  readonly body: string;
}

/** A part of the terminal that is drawn anew in place. What was shown last stays when the run is over. */
export interface Region {
  show(frame: Frame): void;
}

/** What a sink is given. */
export interface SinkContext extends RunContext {
  /** What it writes to files goes through this. */
  readonly files: FileSystem;
  /** What it sends to other machines goes through this. */
  readonly network: Network;
  /** Where it writes down what it is about to do; absent where nobody will go on from a mark of it. */
  readonly intents?: Intents | undefined;
  /** What that follows from which is given now: what cannot be taken back goes out behind it. Absent where nothing is kept; `stdout` waits by itself. */
  readonly ground?: (() => Ground) | undefined;
  readonly stdout: Output;
  /** The look of `print`: `--format`, or what fits standard output. */
  readonly format: PrintFormat;
  /** Whether to colour. */
  readonly color: boolean;
  /** Columns of the terminal now; undefined where standard output is none. A function, since a copy of this would go on with the number that it was. */
  readonly width: () => number | undefined;
  /** The number of this print sink in the program from 1, where there are several; else undefined. */
  readonly output: number | undefined;
  /** Where to draw in place instead of writing one result below the other; undefined where that is not wanted or not possible. */
  readonly region?: Region | undefined;
  /** The records are what came in, one by one, and people look on: no batch is to be told from the next. */
  readonly isFlowing?: boolean;
  /** They come of one source, so that they come in the same order again where it is read again. */
  readonly isOfOneSource?: boolean;
  /** The records are of all batches from the start of the run on. */
  readonly isRunning?: boolean;
  /** What is known of the records. */
  readonly type?: Type;
  /** What serves results while the run goes; absent where nobody can look. */
  readonly openView?: OpenView | undefined;
  /** Takes how what is drawn now becomes a picture, which is asked for once, at the end; the newest counts. Absent where nobody wants one. */
  readonly keepPicture?: ((draw: () => Drawing) => void) | undefined;
  /**
   * How many records were read for an emission, bad ones too: those of its batch, its window by time of arrival, or of the run so far. Called at
   * its close. Gives undefined where nobody counts them: by event time, a record is in another window than others that were read with it.
   */
  recordsIn?(span: Span): number | undefined;
  /**
   * Whether the user has ended the run: what people are shown of it then is its last whole result, and what the end left over of a batch
   * only where there is none.
   */
  isStopped?(): boolean;
  /** Whether data may go to standard output as it is: that is no terminal, or the user wants it so (`--raw`). */
  readonly mayShowAsIs?: boolean;
  /** Whether bars and lines are drawn with ASCII characters only; else with Unicode's. */
  readonly ascii?: boolean;
  /** `--sparklines`: whether the live table shows a line of each key's last values. */
  readonly sparklines?: boolean;
}

export const PRINT_FORMATS = ['table', 'text', 'json', 'csv', 'tsv', 'batches', 'spark'] as const;
export type PrintFormat = (typeof PRINT_FORMATS)[number];
