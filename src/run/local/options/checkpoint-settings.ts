import type { Store } from '../../durable/store.ts';

/** What --checkpoint asks for, of a program that was not refused (`refusalOf`, `refuseChange`). */
export interface CheckpointSettings {
  readonly store: Store;
  /** The text of the program, and the version of leat, to be told of. */
  readonly program: string;
  readonly version: string;
  /** The end of the run closes all that is open, and nothing goes on from it. */
  readonly isFinal: boolean;
}
