import type { RunFailure } from '../../base/problem.ts';
import type { LocalResult } from './options/local-options.ts';
import type { RunState } from './run-state.ts';

/** A run, as who started it sees it. */
export interface Running {
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  /** Runs to the end. Called once. A failure of the run is part of the result; a fault of ours rejects. */
  run(): Promise<LocalResult>;
  /** Ends the run: what is open is closed and printed. Returns at once; {@link run} resolves when it is done. */
  stop(): void;
  /** Ends the run with this failure, at the next safe moment; returns at once. */
  fail(failure: RunFailure): void;
  /** Nobody reads what is printed any more: the run ends without printing. */
  closeOutput(): void;
  /** How far the run is, now. */
  state(): RunState;
}
