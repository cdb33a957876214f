import type { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Split } from './position.ts';

/** Where data came from: one file, one connection, one pipe. Line numbers are counted in it. */
export interface Origin {
  /** Counted from 0 in the order in which the run opened them: plain data by which it is found again (see `snapshot.ts`). */
  readonly id: number;
  /** What a user calls it: `app.log`, `127.0.0.1:50312`, `stdin`. */
  readonly name: string;
  /** The number of the source in the program, from 0. */
  readonly source: number;
  /** Lines handed on so far; the reader counts them up. */
  lines: number;
  /** How many of its lines could not be read so far, and why not the first of them; the reader says so. */
  lost?: { count: number; readonly reason: string };
  /** The first line of the file, where what comes from it begins behind that: a header is there. Without its line end. */
  readonly firstLine?: string | undefined;
  /** It is merged with others by event time: what has come of those has not gone past what comes from it. */
  readonly isMerged?: boolean;
  /** Called once when nothing more comes from it: the client has left, the file was read. @param behind what of the position that changes. */
  over?(behind?: Split): void;
}

/** What a source delivers says where it stands behind it. */
interface Delivered {
  readonly origin: Origin;
  /**
   * What of the source's position is different behind it. Always there where the source is `replayable`, but for a record that the end of the
   * run has cut off: who goes on later leaves that out, since it comes again, whole.
   */
  readonly behind?: Split | undefined;
}

/**
 * Whole records as bytes, each ended by the delimiter but for the last of an origin. `bytes` are lent: they are the source's again when it
 * has delivered them, so a receiver that keeps them copies them.
 */
export interface TextChunk extends Delivered {
  readonly kind: 'text';
  readonly bytes: Uint8Array;
}

/** Records that never were text, or that were framed by a regular expression. */
export interface ValueChunk extends Delivered {
  readonly kind: 'values';
  readonly values: readonly Value[];
}

/** A record that could not be framed, in its place among the others. It counts as a line. */
export interface BadChunk extends Delivered {
  readonly kind: 'bad';
  readonly problem: BadRecord;
  /** The start of its text. */
  readonly text: string;
}

/** Nothing more comes from an origin: what was delivered of it stands before this. */
interface EndChunk extends Delivered {
  readonly kind: 'end';
}

/**
 * No data: only the source's position is another, such as where a file that is there need not be read. What is different in several splits
 * stands in one chunk where one of them alone would be wrong: a file is now known by another key.
 */
interface PositionChunk {
  readonly kind: 'position';
  /** Whose lines so far stand behind the splits; without it they are those of places of which nothing came. */
  readonly origin?: Origin;
  readonly behind: readonly Split[];
  /** Called when it was taken, and so all that was delivered before it. */
  taken?(): void;
}

/** What comes from an origin. */
export type OriginChunk = TextChunk | ValueChunk | BadChunk | EndChunk;

export type Chunk = OriginChunk | PositionChunk;

/**
 * The place of the record under way. One for a run, moved by the reader before each record, so that a step far behind can say
 * where a bad value came from without every record carrying it.
 */
export interface Cursor {
  /** Null while no record of the input is under way (at a tick). */
  origin: Origin | null;
  /** Counted from 1. */
  line: number;
  /** The record's text; called only when a bad record is reported. */
  text(): string;
  /** Nothing behind the record under way is wanted any more of its source: whoever cuts records leaves off, and nothing of them is told. */
  isPastEnd?: boolean;
  /** Any record may turn out to be the last that is wanted, so that nobody looks at one before those in front of it have gone their way. */
  mayEnd?: boolean;
}
