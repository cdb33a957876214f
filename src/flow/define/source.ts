import type { Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from './chunk.ts';
import type { SourceContext } from './context.ts';
import type { Dealt, DealtRange } from './dealt.ts';
import type { FilePart, PlainFile } from './file-part.ts';
import type { Framer, Progress } from './framer.ts';
import type { Bound, Parameters } from './parameters.ts';
import type { Position, Split } from './position.ts';
import type { SessionEvent } from './session-event.ts';
import type { Described } from './word.ts';

/** One of several places that a source reads to their ends. */
export interface Whole {
  readonly origin: Origin;
  /** Reads it. Called once. @param piece how much to read at a time, bytes; as much as is fast unless given. */
  read(piece?: number): Promise<void>;
}

/**
 * A source at work.
 *
 * **Delivered in order, once.** What `deliver` takes up to the end of a chunk, and what a source that is opened from the position behind that
 * chunk delivers, is together what one source would have delivered: nothing twice, nothing lost, the lines of each origin numbered on. A
 * record is in the position once it was delivered whole; what a source holds of one whose end has not come is read again.
 */
export interface Source {
  /**
   * Reads until its end or until `signal` aborts, then resolves; what it had read by then has been delivered. Rejects with a
   * RunFailure of exit 3 if it cannot be opened or failed for good. Called once.
   */
  run(): Promise<void>;
  /** Where it reads several places one after the other: all of them, so that they may be read at the same time. Used instead of `run`; rejects as that does. */
  readonly wholes?: () => Promise<readonly Whole[]>;
  /** Set where what it gives is `dealt` in ranges. Used instead of `run` where others read these. */
  readonly ranges?: Ranges;
  /** Set where the definition says `received`: cuts what comes from one of its origins. What came in an earlier run is given to it before `run` is called. */
  framer?(origin: Origin, progress?: Progress): Framer;
  /** Set where the definition says `shared`. Used instead of `run`, by readers that each take some parts. What it delivers has no positions. */
  readonly shared?: {
    /** The files, in order; undefined where they must be read as a whole: one is packed, or it goes on from a position. Rejects as `run` does. */
    files(): Promise<readonly PlainFile[] | undefined>;
    /**
     * Reads a part of one as what comes from `origin`. What is delivered belongs to the source again after the call. `between` is called after
     * each piece; what it returns is waited for.
     */
    read(part: FilePart, origin: Origin, between: () => Promise<void> | undefined): Promise<void>;
  };
}

/** What there is of places that others read, in numbered ranges. */
export interface Ranges {
  /** What is read, in words for the user, once something was found. */
  readonly about: string;
  /**
   * Of each place what stands behind that which was passed, up to its end by now, perhaps nothing; places that have come begin with it. Nothing at the end of
   * the run. Rejects as `run` does.
   */
  find(): Promise<readonly DealtRange[]>;
  /** Whether there is still the place that a range was found in, perhaps by an earlier run. */
  has(range: DealtRange): boolean;
  /** Where the records of a range come from, of a place that is there. */
  origin(range: DealtRange): Origin;
  /** A range has been read. */
  passed(range: DealtRange): void;
  /** Lets go of what is open. */
  close(): void;
}

/** The records of one batch, and what of the position is different behind them. */
export interface ListBatch {
  readonly values: readonly Value[];
  readonly behind?: Split | undefined;
}

/** An event of a session, and what of the position is different behind it. A record's split is that of its origin, by its number. */
export interface PlayedEvent {
  readonly event: SessionEvent;
  readonly behind?: Split;
}

/** Opens a source. Nothing is read before it is `run`. */
type Open<A> = (args: A, context: SourceContext, from?: Position) => Source;

/** What all sources say of where they stand. */
interface Replaying {
  /**
   * Whether it can go on, in a later run too, behind any chunk that it delivered: then `open` takes the position behind that chunk, written as
   * JSON and read again, and each chunk says what of the position is different behind it. A position that does not fit any more (the file is
   * shorter, another one, gone) ends the run with exit 3 or, where a source goes on whatever becomes of its files, is a note: what, where, and
   * what to do; it is never taken for another place. Where it cannot, `from` is never given, and chunks have no position.
   */
  readonly replayable?: boolean;
  /**
   * What it reads comes only once, and is bytes: where the run is kept, it is written to a log before it is worked on, and a later run goes on with
   * what is there, then with what comes anew. It opens each of its places with `SourceContext.receive` where that is there. When it has ended
   * by itself, later runs do not start it again.
   */
  readonly received?: true;
  /**
   * Of what it receives, what comes from a place can be read from its start only: a framer that goes on is given all of it, and passes over what was delivered
   * (`Progress.skip`). Splits of its position that it tells of by chunks of its own, with other keys than `received …`, are given to `open` again.
   */
  readonly readsFromStart?: true;
}

interface LiveBehaviour<A> extends Replaying {
  readonly kind: 'live';
  /** Why it cannot tell when it has all that is there, so that with `--once` it would not end. */
  readonly endless?: string;
  /** Set where others may say what belongs to each batch. Files and ranges are then read by what the source is where it is `given` them. */
  readonly dealt?: (args: A) => Dealt;
  readonly open: Open<A>;
}

/** Ends by itself and is read as one batch, as fast as the machine goes. */
interface BoundedBehaviour<A> extends Replaying {
  readonly kind: 'bounded';
  /** It is not there yet when the run starts: records come when they come, and their time is that of their arrival. */
  readonly arrives?: true;
  /** Its input can be read in parts, by others as well: plain files of lines, by ranges of bytes. */
  readonly shared?: boolean;
  /** What it opens has `wholes`, and others can read each of these as well. */
  readonly wholes?: boolean;
  readonly open: Open<A>;
}

/** Lists of records, one a batch. The clock is virtual if all sources are so. */
interface ListsBehaviour<A> extends Replaying {
  readonly kind: 'batches';
  /** Gives the list of batch `index`, counted from 0 where it begins, or undefined when there are no more. */
  readonly open: (args: A, from?: Position) => (index: number) => ListBatch | undefined;
}

/** A session that was kept: what came, and when its batches were closed. The clock is virtual, and begins at `start`. */
interface RecordedBehaviour<A> extends Replaying {
  readonly kind: 'recorded';
  /** Whether its records came in real time, and whether all of them were one batch. */
  readonly live: boolean;
  readonly whole: boolean;
  /** Whether it is of a run that was kept, see `RunContext.isRepeatable`. */
  readonly kept?: boolean;
  /** The start of its first batch, ms. */
  readonly start: number;
  /** Fails with a RunFailure of exit 3 where it cannot be read. */
  readonly open: (args: A, from?: Position) => AsyncIterable<PlayedEvent>;
}

export type SourceBehaviour<A> = LiveBehaviour<A> | BoundedBehaviour<A> | ListsBehaviour<A> | RecordedBehaviour<A>;

/**
 * How standard input is taken: a regular `file`, a pipe as a `filter` (one batch until it ends), or a pipe or terminal as a `stream`
 * (batches by the clock).
 */
export type StdinManner = 'file' | 'filter' | 'stream';

/** What a source may look at to say how it behaves. */
export interface SourceEnvironment {
  readonly stdin: StdinManner;
  /** Where somebody else has found what is to be read: paths of files, or ranges as JSON. Then it is bounded, if it takes them. */
  readonly given?: readonly string[];
}

export interface SourceDefinition<P extends Parameters = Parameters> extends Described {
  readonly kind: 'source';
  readonly parameters: P;
  /** The type of its records. */
  readonly gives: (args: Bound<P>) => Type;
  /** What the places are called that its data comes from, where there may be several: `client`, `file`. */
  readonly origins?: string;
  /** Its first argument names the files, or the directory, that its data comes from, so that its origins are files. */
  readonly opensFiles?: true;
  /** What to write where a stream begins with the sink of its name and has more behind it, which is a mistake then: it was to read what it writes to. */
  readonly behindIt?: string;
  /** How far it has come in a split of its position, in words; where it says nothing, the split's key. */
  readonly splitInWords?: (split: Split) => string;
  /** What a program reads that names no source: one input, which is the same wherever it is named. */
  readonly isDefault?: true;
  readonly behaviour: (args: Bound<P>, environment: SourceEnvironment) => SourceBehaviour<Bound<P>>;
}

export function defineSource<const P extends Parameters>(
  definition: Omit<SourceDefinition<P>, 'kind'>,
): SourceDefinition {
  return { kind: 'source', ...definition } as unknown as SourceDefinition;
}
