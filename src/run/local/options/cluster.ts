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
