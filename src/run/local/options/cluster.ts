import type { PlainData } from '../../../flow/define/position.ts';

/** What is to be worked on by many, to whom all of it is bytes. */
export interface ClusterWork {
  /** Tasks of pieces of the input. */
  readonly pieces: readonly Uint8Array[];
  /** What those are told who merge what was made of the pieces. */
  readonly merge: Uint8Array;
  /** In how many shares the keys are dealt out. */
  readonly shares: number;
}

/** What became of it, in any order. */
export interface ClusterResults {
  /** One for each piece. */
  readonly pieces: readonly Uint8Array[];
  /** One for each share that had groups. */
  readonly merged: readonly Uint8Array[];
}

/** What a stream is of, to whoever says what belongs to each of its batches. */
export interface StreamWish {
  /** The directories whose files it is of; none where time alone says what there is. */
  readonly directories: readonly string[];
  /** How far apart batches are, ms. */
  readonly interval: number;
  /** What is there now is all there is. */
  readonly once: boolean;
  /** Asked at each batch what else belongs to it, beside files; absent where nothing does. It gives undefined at the end of the run. */
  readonly find?: () => Promise<PlainData | undefined>;
}

/** What belongs to one batch of a stream; the same if it is told of again, by a later run too. */
export interface StreamBatch {
  /** From 0, without gaps. */
  readonly number: number;
  /** When it was begun, ms. */
  readonly time: number;
  /** Whether it was begun by an earlier run. */
  readonly isAgain: boolean;
  /** Of each directory, the paths of files that are new in it. */
  readonly files: readonly (readonly string[])[];
  /** What was found when it was asked for. */
  readonly found?: PlainData;
}

/** A stream that is dealt out by batches: the next one is begun when nothing of the one before can be lost any more. */
export interface ClusterStream {
  /** @returns undefined where there are no more, or the run is to end. @throws RunFailure where it fails. */
  next(signal: AbortSignal): Promise<StreamBatch | undefined>;
  /** The last one need never be told of again. */
  done(): void;
}

/** What became of one piece of which the records are wanted. */
export interface PieceRecords {
  /** The records, in their order. */
  readonly blocks: readonly Uint8Array[];
  readonly result: Uint8Array;
}

/** Other processes, on this machine or on many, which work on pieces of the input of a run. */
export interface Cluster {
  /** The text of the program, which each of them compiles again: functions cannot be sent. */
  readonly program: string;
  /** In how many pieces an input is cut that is not large, and in how many shares the keys are dealt out; from 1. */
  readonly tasks: number;
  /** No piece is larger, bytes. */
  readonly largestPiece: number;
  /**
   * Has work done, each task once or several times. One call of `work` or `records` at a time.
   *
   * @param signal aborted when the run is to end; then what it gives is of no use.
   * @throws RunFailure where it cannot.
   */
  work(work: ClusterWork, signal: AbortSignal): Promise<ClusterResults>;
  /**
   * Begins a stream; called once at most. Absent where nothing is dealt out by batches.
   *
   * @param done the number of the last batch that an earlier run has done, −1 if none.
   * @throws RunFailure where what was kept of earlier runs is not behind that.
   */
  stream?(wish: StreamWish, done: number): ClusterStream;
  /**
   * Has pieces worked on of which the records are wanted, and gives what became of each in the order of the tasks, no faster than it is taken; when no
   * more of it is taken, the rest is left. At the end of the run it gives nothing more.
   *
   * @throws RunFailure where it cannot.
   */
  records(pieces: readonly Uint8Array[], signal: AbortSignal): AsyncIterableIterator<PieceRecords>;
}
