import type { Position } from '../../flow/define/position.ts';
import type { State } from '../../flow/define/snapshot.ts';
import { decodeState } from '../../flow/state/encoding/decode.ts';
import { encodeState } from '../../flow/state/encoding/encode.ts';
import type { Fitting } from '../../query/plan/plan-text.ts';

/** Which segments of the log of input are needed to go on. */
export type InputState = {
  /** The sources that receive, by what they are called. */
  readonly sources: readonly string[];
  /** Those in which something was not worked on; and the one under way, behind which there may be more. */
  readonly needed: readonly number[];
  readonly current: number;
};

/** What of the position of each source is different: the number of the source, and its splits. Those it need not know any more have `at` null. */
export type Moves = readonly (readonly [source: number, splits: Position])[];

/** Of the nodes that remember something, by their numbers in {@link Base.nodes}: what each of their steps does. */
export type StepStates = readonly (readonly [node: number, states: readonly State[]])[];

/** What a run was in, in front of what was said of each of its parts. All of it is plain data. */
export type Frozen = {
  /** How many batches were closed, and whether something of the next one was taken. */
  readonly batch: number;
  readonly isInside: boolean;
  /** The last tick and the next one, ms; when this was written, ms since the epoch by the clock of the wall. */
  readonly tick: number;
  readonly end: number;
  readonly written: number;
  /** What the batches are in, what was told as bad or late, and what else the run counts. */
  readonly run: State;
  /** What the steps remember, or what of it has changed (see {@link StepStates}), written when it was asked for. */
  readonly steps: Uint8Array;
  /** Of the sinks and other outputs that have one, by their names. */
  readonly marks: ReadonlyMap<string, State>;
  /** What the sinks are given, by their names: another text where it may be something else. */
  readonly inputs: ReadonlyMap<string, string>;
  /** The log of what came from outside, where the program receives something. */
  readonly input?: InputState;
  /** All sources had ended, and all was given out: there is nothing to go on with. */
  readonly isFinished: boolean;
};

/** What a node is in the words of the program, whether it keeps nothing from one batch to the next, and what it is beside its aggregates where these may be others. */
type NodeWords = {
  readonly words: string;
  readonly isOfBatch: boolean;
  readonly fitting?: Fitting;
};

/** All that a run is taken up from. */
export type Base = {
  readonly kind: 'base';
  /** The text of the program, and its batch interval, ms. */
  readonly program: string;
  readonly interval: number;
  /** Which leat has written it. */
  readonly version: string;
  /** What each source is, and each node that remembers something (see `planTexts`), with a number behind those that are so several times. */
  readonly sources: readonly string[];
  readonly nodes: readonly string[];
  /** The same in the words of the program. */
  readonly words: {
    readonly sources: readonly string[];
    readonly nodes: readonly NodeWords[];
  };
  readonly positions: Moves;
  readonly frozen: Frozen;
};

/** What stands behind a base in its file, where that was written part by part: what of it was known behind so many changes of its log, and what stands last. */
export type Part = { readonly kind: 'part'; readonly behind: number; readonly steps: Uint8Array };
type End = { readonly kind: 'end'; readonly parts: number };

/** What has changed since what was written before it. */
export type Change = { readonly kind: 'change'; readonly moves: Moves; readonly frozen: Frozen };

/** A batch is about to come out: how far each source had come at its tick (ms). */
export type Batch = {
  readonly kind: 'batch';
  /** Counted from 1, from the first run on. */
  readonly number: number;
  readonly end: number;
  readonly moves: Moves;
};

/** Something of a batch is about to come out though it is open: how far each source has come in it, since the change before. */
export type Begun = Omit<Batch, 'kind'> & { readonly kind: 'begun' };

/** What an output is about to do. */
type Intended = { readonly kind: 'intent'; readonly output: string; readonly intent: State };

/** Outputs are asked for the marks of the next change: what they are about to do from now on may be behind these. */
type Asked = { readonly kind: 'asked' };

/** The run was stopped, and nothing came out behind what was kept last. */
type Left = { readonly kind: 'left' };

/** The base of this log has its name for certain: without it the log says nothing. */
type Based = { readonly kind: 'based' };

export type LogRecord = Change | Batch | Begun | Intended | Asked | Left | Based;

/** What stands in the file of a base. */
export type BaseRecord = Base | Part | End;

export function writeRecord(record: BaseRecord | LogRecord): Buffer {
  return encodeState(record as unknown as State);
}

/** @throws StateError where it is none. */
export function readRecord(bytes: Uint8Array): BaseRecord | LogRecord {
  return decodeState(bytes) as unknown as BaseRecord | LogRecord;
}
