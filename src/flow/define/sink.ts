import type { Value } from '../../base/value.ts';
import type { PrintFormat, SinkContext } from './context.ts';
import type { Bound, Parameters } from './parameters.ts';
import type { Span } from './span.ts';
import type { Described } from './word.ts';

/**
 * What becomes of a batch that a sink is given a second time, since the run was killed before it was known to be out and goes on from
 * the last mark that was kept:
 *
 * - `exact`: it is there once, however often it is given.
 * - `byKey`: what it writes the second time changes nothing.
 * - `again`: it may be there twice.
 */
export type SinkPromise = 'exact' | 'byKey' | 'again';

/** How users are told of them. */
export const PROMISE_NAMES: { readonly [promise in SinkPromise]: string } = {
  exact: 'exact',
  byKey: 'by key',
  again: 'again',
};

/** What a sink goes on from. */
export interface SinkStart {
  /** The last mark of it that was kept. */
  readonly mark: Value;
  /**
   * What it has written down since it was asked for that mark, in order, those of earlier runs that went back to it first. Not all of it may
   * have come about; what it was about to do before the mark is passed over.
   */
  readonly intents: readonly Value[];
  /**
   * What is given behind the mark may be other records than those that an earlier run was given there, under the same numbers: who knows by these
   * what it has written goes on under another name. Who takes back what it has written behind the mark need not care.
   */
  readonly isOther?: boolean;
}

/** A sink at work. Writes are buffered by the sink; it never blocks and never throws, it reports by `context.fail`. */
export interface Sink {
  /** One record of the open batch. */
  push(record: Value): void;
  /** The same for texts that are whole lines of valid UTF-8, see `TakeTexts`; only where the definition says `faster`. */
  lines?(lines: Buffer): void;
  /** The batch is whole: what was pushed goes out at once. */
  close(span: Span): void;
  /** The batch goes on, and what was pushed goes out now as far as the look of it allows. Absent where all of it waits for the close. */
  flush?(): void;
  /** Whether something that was pushed waits for the close. */
  readonly isHolding?: boolean;
  /** Whether nothing of the open batch has to be known to go on from here: what was pushed is out, or on its way. */
  readonly isClear?: boolean;
  /** A promise while it cannot take more without growing; the run reads nothing until it resolves. Undefined when it can. */
  blocked(): Promise<void> | undefined;
  /**
   * Where it is, as plain data, for `create` to go on from. Called before the first record, directly behind a close, or where it {@link isClear}, and only where the
   * context has `intents`. What is pushed later does not count, also where it comes before this has resolved. Resolves when all that counts
   * is safe from a power cut; with undefined where the sink has failed. One that is `again` says no more than what its look goes on from, or null, and resolves when all that counts is out: what waits in
   * it is gone with the process, and would come neither the first time nor again.
   */
  mark?(): Promise<Value | undefined>;
  /**
   * The run ends, and another goes on from the last mark: what was pushed behind that is not to come out, as far as it is not out already. Called
   * instead of {@link finish}, which does where it is absent.
   */
  leave?(): Promise<void>;
  /** Nothing comes, since an earlier run has read all: what is kept is shown until the run is ended. Resolves then, and {@link leave} follows. Absent where nothing is shown. */
  linger?(): Promise<void>;
  /** There where the definition has `parts` and they are wanted. */
  readonly parts?: SinkParts;
  /** No more will come. Resolves when everything is out (files renamed, sockets closed). Called once, also after a failure. */
  finish(): Promise<void>;
}

/** Takes for a sink what others have written for it: parts of the open batch, which come out with it, or not at all. */
export interface SinkParts {
  /** The number of the next part of the open batch, from 0. */
  readonly next: number;
  /** One is of the batch. Each number once in a batch, in ascending order; what the sink is given itself is a part of its own behind them. @param part as {@link PartWriter} gives it. */
  take(part: Value, number: number): void;
  /** One is not wanted after all. */
  drop(part: Value): void;
}

/** Writes one part of a batch of a sink that stands elsewhere. It is given one batch. */
export interface PartWriter extends Sink {
  /** What was written, once it has finished: plain data; undefined where it was given nothing, or has failed. */
  readonly written: Value | undefined;
}

export interface SinkDefinition<P extends Parameters = Parameters> extends Described {
  readonly kind: 'sink';
  readonly parameters: P;
  /** What it promises of batches that come a second time. */
  readonly promise: SinkPromise;
  /** The same with some arguments, where it is another one. */
  readonly promiseWith?: (args: Bound<P>) => SinkPromise | undefined;
  /** What it writes to and shares with no other sink of the program: two with the same are a mistake. Undefined for others. */
  readonly claims?: (args: Bound<P>) => string;
  /**
   * Begins a sink, at a mark where `from` is given: what was written behind that is taken back, and only that. Where it cannot tell what
   * is its own, it takes nothing back and fails with exit 4. It writes down what it is about to do where the context has `intents`, and
   * does it when that is kept.
   */
  readonly create: (args: Bound<P>, context: SinkContext, from?: SinkStart) => Sink;
  /** All that it can do in the fast lane, see `Offers`. */
  readonly faster?: {
    /** Whether texts may be given to it as lines that are still bytes. `format` is the look of the run. */
    readonly lines: (args: Bound<P>, format: PrintFormat) => boolean;
  };
  /** What the user may do about a failure, by its code, where the failure itself says nothing of that. */
  readonly failureHelp?: { readonly [code: string]: string };
  /** It writes to standard output, which several such sinks take in turns. */
  readonly prints?: true;
  /** What it writes is a picture: where people look on, each takes the place of the one before, whatever the records are. */
  readonly draws?: true;
  /** What it is given is served to who looks at it. */
  readonly serves?: true;
  /** Where a batch may be in several parts: each can be written by another process, and nobody sees it before the sink itself has taken it. */
  readonly parts?: {
    /** Whether that is asked for. */
    readonly wanted: (args: Bound<P>) => boolean;
    /** @param number of the part in its batch. */
    readonly write: (args: Bound<P>, context: SinkContext, number: number) => PartWriter;
  };
  /** It is there to be looked at while records come, so that a pipe in a program with it is a stream. */
  readonly byClock?: (args: Bound<P>) => boolean;
}

export function defineSink<const P extends Parameters>(definition: Omit<SinkDefinition<P>, 'kind'>): SinkDefinition {
  return { kind: 'sink', ...definition } as unknown as SinkDefinition;
}
