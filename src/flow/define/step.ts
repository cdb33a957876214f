import type { Value } from '../../base/value.ts';
import type { Origin } from './chunk.ts';
import type { Form, Offer, Takes } from './faster.ts';
import type { Remembering } from './snapshot.ts';
import type { Span } from './span.ts';

/**
 * A stage at work. Records are pushed as they arrive; the tick closes what was pushed.
 *
 *     push* close(span)  push* close(span)  …  finish()
 *     └── an emission ─┘ └── an emission ─┘
 *
 * A step that gives nothing at a tick (a window that does not fire) does not close what is behind it, which is how a tick
 * without an emission differs from an empty emission.
 */
export interface Step extends Partial<Remembering> {
  /** One record of the open emission. Never throws for a bad record: the step reports it itself. */
  push(record: Value): void;
  /** The same for many records at once, in a form that is cheaper than they are: what takes them, or undefined where they have to be pushed. See {@link Offers}. */
  faster?<F extends Form>(offer: Offer<F>): Takes[F] | undefined;
  /** The emission is whole. Called in order of time. */
  close(span: Span): void;
  /**
   * A border between two partitions of the open emission: `repartition(3)` calls it twice before it closes. Without one the emission
   * is one partition. Steps that give records on as they come pass it on; where a step does not have it, borders end there.
   */
  partition?(): void;
  /**
   * What event time has passed comes out, though the batch goes on: called every now and then where all of a pipe is one batch. Passed on by
   * steps that give each record on at once.
   */
  release?(): void;
  /**
   * No emission with `end` at or before `through` will follow (ms since the epoch). Called at the head of every stream after the close
   * of each batch, with its tick, and passed on by every step but event-time windows: they call it instead with their watermark, after
   * the emissions of a tick. So a join knows that a window is over on a side that had no records for it.
   */
  advance(through: number): void;
  /**
   * Data comes from this place from now on: it holds event time back until its first record. Called before that, and passed on by steps
   * that give each record on while it is the one under way, so that it is still known by its origin. Behind others all is of one origin.
   */
  opened?(origin: Origin): void;
  /** Nothing more comes from this place. Called behind its last record, and passed on as {@link opened} is. */
  ended?(origin: Origin): void;
  /**
   * How far event time has come in what is given: called by stages that give event-time results, once with nothing reached when steps
   * are put together, then behind the emissions of each tick. Passed on by steps that give at a tick what came since the one before, and
   * by no others: behind those, event time is that of the records alone.
   */
  passed?(reached: Reached): void;
  /**
   * The first tick at or behind `tick` (ms) at which something comes out of it, or has to be told apart from what comes later, though nothing
   * comes in: asked where a run goes on after a pause, of whose ticks only those count. Absent, or undefined, where there is none.
   */
  due?(tick: number): number | undefined;
  /** What it remembers as records, in order, where that is not what it would give out if the run ended: asked of a step that was restored, for who looks at a run that is kept. */
  remembered?(): Iterable<Value>;
  /**
   * The run is over; nothing is called afterwards. Called after the last `close`. What is still held (open windows) is emitted
   * first, with `partial` spans where the run cut it short, then `finish` is passed on.
   */
  finish(end: RunEnd): void;
}

/** What a stage in event time says of all that it has not given out yet. Times in ms since the epoch, −Infinity before it knows. */
export interface Reached {
  /** Windows and sessions that follow have an end behind this. */
  readonly ends: number;
  /** No time within the windows and sessions that follow is before this. Asked where it is needed only, since it may mean to look at all that is open. */
  times(): number;
}

export const NOTHING_REACHED: Reached = { ends: Number.NEGATIVE_INFINITY, times: () => Number.NEGATIVE_INFINITY };

/** How a run ended, for windows that are still open. */
export interface RunEnd {
  /** The tick of the last batch, ms. */
  readonly time: number;
  /** Behind stages that give event-time results: how far they had come. */
  readonly reached?: Reached;
  /** It is for who looks at a run that is kept: what is held for what comes later is given as well, though all of it was given before. */
  readonly isLook?: true;
}

/**
 * A step that remembers something of each file or connection and nothing else: a header, a row that is not over. So a file can be cut
 * among threads that each know what the step remembers where their part begins.
 */
export interface OriginStep extends Step {
  /**
   * What it remembers of an origin. Where two memories are equal, it goes on in the same way. Of one whose end it has been told last: what it has not
   * given out by then.
   */
  recall(origin: Origin): Value;
  /** Goes on in an origin as if it had read what led to this memory, and nothing else of it. @param linesBefore is how many lines of the origin came before those that the memory counts. */
  resume(origin: Origin, memory: Value, linesBefore: number): void;
  /**
   * Of lines that follow each other somewhere in an origin with that first line: the number of one at which something new begins, and what
   * the step remembers there, most likely. Undefined where it does not know. A guess that is wrong costs time, and nothing else.
   */
  guess(firstLine: string, lines: readonly string[]): { readonly before: number; readonly memory: Value } | undefined;
}

/** For steps that give each record on while it is the one under way. */
export function keepingOrigin(down: Step): Pick<Step, 'opened' | 'ended' | 'release'> {
  return {
    opened: (origin) => down.opened?.(origin),
    ended: (origin) => down.ended?.(origin),
    release: () => down.release?.(),
  };
}

export type Emit = (record: Value) => void;

/** A step that does what `own` says and passes everything else on to `down`. */
export function passingOn(down: Step, own: Pick<Step, 'push'> & Partial<Step>): Step {
  return {
    close: (span) => down.close(span),
    partition: () => down.partition?.(),
    advance: (through) => down.advance(through),
    passed: (reached) => down.passed?.(reached),
    finish: (end) => down.finish(end),
    ...own,
  };
}
