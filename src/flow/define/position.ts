/** Data that is the same after it was written as JSON and read again. Names of objects are no numbers, and what is undefined is not written. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | readonly PlainData[]
  | { readonly [name: string]: PlainData | undefined };

/** One of the things that a source goes through by themselves, such as a file, a partition or a session, and how far it has come in it. */
export interface Split {
  /** Tells it from the others of its source, also in a later run: a path, a device with an inode, a number. */
  readonly key: string;
  /** How far it has come, in the source's own terms; null where the source need not know of it any more. */
  readonly at: PlainData;
  /** How far what comes from it has been read, as an origin (see `Origin`); set by the run, which counts its lines. */
  readonly origin?: SplitOrigin;
}

/** What goes on with an origin in a later run. */
interface SplitOrigin {
  /** By which steps know it, see `snapshot.ts`. */
  readonly id: number;
  readonly lines: number;
  readonly lost?: { readonly count: number; readonly reason: string };
  /** Nothing more comes from it. */
  readonly isOver?: true;
}

/**
 * How far a source has come: its splits, in the order in which it first told of them. Each chunk says what of it is different behind it
 * (`behind`), so that to follow it costs the same however many splits there are, and what did not change need not be written again.
 *
 *     chunks      a.log ─┬─ a.log ─┬─ a.log over ─┬─ b.log ─┬─
 *     behind         a: 65 kB   a: 131 kB      a: done    b: 65 kB
 *     position    [a: 65 kB] [a: 131 kB]     [a: done]  [a: done, b: 65 kB]
 */
export type Position = readonly Split[];
