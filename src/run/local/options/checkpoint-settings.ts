import type { Store } from '../../durable/store.ts';

/** What --checkpoint asks for. */
export interface CheckpointSettings {
  readonly store: Store;
  /** The text of the program, and the version of leat, to be told of. */
  readonly program: string;
  readonly version: string;
  /** What the program has not in common with the one that was kept is begun anew, or dropped. */
  readonly mayChange: boolean;
  /** The end of the run closes all that is open, and nothing goes on from it. */
  readonly isFinal: boolean;
}
