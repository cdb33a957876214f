import type { Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { FilePart, PlainFile } from '../files/parts.ts';
import type { SessionEvent } from '../input/session.ts';
import type { Origin } from './chunk.ts';
import type { SourceContext } from './context.ts';
import type { Bound, Parameters } from './parameters.ts';
import type { Described } from './word.ts';

/** One of several places that a source reads to their ends. */
export interface Whole {
  readonly origin: Origin;
  /** Reads it. Called once. @param piece how much to read at a time, bytes; as much as is fast unless given. */
  read(piece?: number): Promise<void>;
}

/** A source at work. */
export interface Source {
  /**
   * Reads until its end or until `signal` aborts, then resolves; what it had read by then has been delivered. Rejects with a
   * RunFailure of exit 3 if it cannot be opened or failed for good. Called once.
   */
  run(): Promise<void>;
  /** Where it reads several places one after the other: all of them, so that they may be read at the same time. Used instead of `run`; rejects as that does. */
  readonly wholes?: () => Promise<readonly Whole[]>;
  /** Set where it may read plain files of lines, which several threads can share. Used instead of `run`. */
  readonly inParts?: {
    /** The files, in order; undefined where they must be read as a whole. Rejects as `run` does. */
    files(): Promise<readonly PlainFile[] | undefined>;
    /**
     * Reads a part of one as what comes from `origin`. What is delivered belongs to the source again after the call. `between` is called after
     * each piece; what it returns is waited for.
     */
    read(part: FilePart, origin: Origin, between: () => Promise<void> | undefined): Promise<void>;
  };
}

export type SourceBehaviour<A> =
  | { readonly kind: 'live'; readonly open: (args: A, context: SourceContext) => Source }
  /** Ends by itself and is read as one batch, as fast as the machine goes. */
  | {
      readonly kind: 'bounded';
      /** It is not there yet when the run starts: records come when they come, and their time is that of their arrival. */
      readonly arrives?: true;
      readonly open: (args: A, context: SourceContext) => Source;
    }
  /** Lists of records, one a batch: batch `index` (from 0), or undefined when there are no more. The clock is virtual if all sources are so. */
  | { readonly kind: 'batches'; readonly open: (args: A) => (index: number) => readonly Value[] | undefined }
  /** A session that was kept: what came, and when its batches were closed. The clock is virtual, and begins at `start`. */
  | {
      readonly kind: 'recorded';
      /** Whether its records came in real time, and whether all of them were one batch. */
      readonly live: boolean;
      readonly whole: boolean;
      /** The start of its first batch, ms. */
      readonly start: number;
      /** Fails with a RunFailure of exit 3 where it cannot be read. */
      readonly open: (args: A) => AsyncIterable<SessionEvent>;
    };

/**
 * How standard input is taken: a regular `file`, a pipe as a `filter` (one batch until it ends), or a pipe or terminal as a `stream`
 * (batches by the clock).
 */
export type StdinManner = 'file' | 'filter' | 'stream';

/** What a source may look at to say how it behaves. */
export interface SourceEnvironment {
  readonly stdin: StdinManner;
}

export interface SourceDefinition<P extends Parameters = Parameters> extends Described {
  readonly kind: 'source';
  readonly parameters: P;
  /** The type of its records. */
  readonly gives: (args: Bound<P>) => Type;
  /** What the places are called that its data comes from, where there may be several: `client`, `file`. */
  readonly origins?: string;
  readonly behaviour: (args: Bound<P>, environment: SourceEnvironment) => SourceBehaviour<Bound<P>>;
}

export function defineSource<const P extends Parameters>(
  definition: Omit<SourceDefinition<P>, 'kind'>,
): SourceDefinition {
  return { kind: 'source', ...definition } as unknown as SourceDefinition;
}
