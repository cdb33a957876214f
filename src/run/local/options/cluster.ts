import type { Merged, MergeTask, PieceResult, PieceTask } from '../parts/pieces.ts';

/** What is to be worked on by many: pieces of the input, and how what was made of them is merged. Plain data. */
export interface ClusterWork {
  readonly pieces: readonly PieceTask[];
  readonly merge: MergeTask;
  /** In how many shares the keys are dealt out. */
  readonly shares: number;
}

/** What became of it; the results in any order. */
export interface ClusterResults {
  /** One for each piece. */
  readonly pieces: readonly PieceResult[];
  /** One for each share that had groups. */
  readonly merged: readonly Merged[];
}

/** Other processes, on this machine or on many, which work on pieces of the input of a run. */
export interface Cluster {
  /** The text of the program, which each of them compiles again: functions cannot be sent. */
  readonly program: string;
  /** In how many pieces a small input is cut, and in how many shares the keys are dealt out; from 1. */
  readonly tasks: number;
  /** No piece is larger, bytes. */
  readonly largestPiece: number;
  /**
   * Has work done, each task once or several times. One call at a time.
   *
   * @param signal aborted when the run is to end; then what it gives is of no use.
   * @throws RunFailure where it cannot.
   */
  work(work: ClusterWork, signal: AbortSignal): Promise<ClusterResults>;
}
