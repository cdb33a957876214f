/** Who may work beside the main thread, and what they need to know. */
export interface Workers {
  /** How many threads work in all, the main one too. */
  readonly count: number;
  /** Whether the user asked for so many, so that small inputs are shared as well. */
  readonly isAsked: boolean;
  /** What a worker runs: the built `part-worker`. */
  readonly script: URL;
  /** The text of the program, which each worker compiles again: functions cannot be sent. */
  readonly program: string;
}
