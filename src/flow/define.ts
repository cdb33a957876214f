/**
 * The five contracts that a word of the language is defined by: source, stage, aggregate, function, sink. Help, reference,
 * completion, type check, plan and example tests are all read from these definitions; nothing else knows a word's name.
 */
import type { Type } from '../base/type.ts';
import type { Value } from '../base/value.ts';
import type { Cursor, Origin } from './batch/chunk.ts';
import type { LookedAt } from './batch/columns/projection-target.ts';
import type { Projection, TakeRows } from './batch/columns/take-rows.ts';
import type { PrintFormat, RunContext, SinkContext, SourceContext } from './batch/context.ts';
import type { Grouping, ReadingAggregate } from './batch/grouping.ts';
import type { ProjectionTarget } from './batch/kernel/projected-lines.ts';
import type { Meeting } from './batch/pairing.ts';
import type { Emit, Step } from './batch/step.ts';
import type { Cut, TakeTexts, TextForm } from './batch/text-form.ts';
import type { WindowSpec } from './batch/window-spec.ts';
import type { Bound, Parameters } from './parameters.ts';
import type { FilePart, PlainFile } from './sources/parts.ts';
import type { SessionEvent } from './sources/session.ts';

/** A pipeline, its input and what it gives; shown in help and run as a test. */
export interface Example {
  /** Without a source it reads `in` as lines of text. Without a sink, `out` is what `print` writes as text. */
  readonly program: string;
  readonly in?: string;
  /** The files that it reads, by the name it reads them by. */
  readonly files?: { readonly [name: string]: string };
  readonly out: string;
  /** The files that it writes, whole, by the name it writes them by. */
  readonly writes?: { readonly [name: string]: string };
  /** Why it cannot be run as a test: `it waits for a client`. */
  readonly notRun?: string;
}

/** How the word is said in Spark Structured Streaming; only data here. `$name` stands for an argument, `$input` for what flows in. */
export type SparkTranslation = { readonly template: string } | { readonly unsupported: string };

/** What every definition says of its word. */
export interface Described {
  readonly name: string;
  /** One line for lists, at most 80 characters, without a full stop. */
  readonly summary: string;
  /** A few sentences of Markdown for help and reference: what goes in, what comes out, what it costs, where it differs from Spark. */
  readonly docs: string;
  /** What else people call it, where neither name nor texts say so: `leat help` finds it by these. */
  readonly synonyms?: readonly string[];
  /** At least one. */
  readonly examples: readonly Example[];
  readonly parameters: Parameters;
  /** What to write where it is given more arguments than it takes, with what the others are probably meant for. */
  readonly surplus?: string;
  readonly spark: SparkTranslation;
}

/** What a stage must be given. A wrong one is a problem of the program, told before anything is read. */
export type Needs = 'anything' | 'pairs' | 'text' | 'objects';

/**
 * How a stage behaves in one process; this is its meaning. `A` are its bound arguments. Each `create` is called once a run.
 */
export type Behaviour<A> =
  /** One record at a time, without memory of others. Throwing BadRecord drops the record as bad; anything else is a fault of ours. */
  | {
      readonly kind: 'record';
      readonly create: (args: A, run: RunContext) => (record: Value, emit: Emit) => void;
      /** The same for texts that are still bytes, where it can be said so: only a faster way to the same answer. */
      readonly texts?: (cut: Cut, down: Step, form: TextForm | undefined, run: RunContext) => TakeTexts | undefined;
      /** The same for rows of a kernel, which have all the fields that its functions look at; only for stages that pass records on. */
      readonly rows?: (args: A, projection: Projection, down: Step) => TakeRows;
    }
  /** Records into groups, once a batch; a window behind it or before it aggregates the same way. */
  | { readonly kind: 'group'; readonly create: (args: A, run: RunContext) => Grouping }
  /** Anything else with one input: it sees pushes and closes. */
  | {
      readonly kind: 'step';
      readonly create: (args: A, run: RunContext, down: Step) => Step;
      /** Its steps are of the kind `OriginStep`. */
      readonly isByOrigin?: true;
      /** For parsers, see {@link StageDefinition.projects}: the same step, which may take lines as bytes and then gives out only the fields that are looked at. */
      readonly projecting?: (lookedAt: LookedAt, args: A, run: RunContext, down: Step) => Step;
    }
  /** Two streams into one; the second is the argument of kind `stream`. */
  | {
      readonly kind: 'streams';
      readonly create: (
        args: A,
        run: RunContext,
        down: Step,
        meeting: Meeting,
      ) => { readonly left: Step; readonly right: Step };
    }
  /** No step of its own: sets the flag `argument` of the stage directly before it, which must be `of`; anything else there is a problem. */
  | { readonly kind: 'mode'; readonly of: string; readonly argument: string }
  /** A window over batches or over event time; what it aggregates is decided by the plan. */
  | { readonly kind: 'window'; readonly window: (args: A) => WindowSpec }
  /** Said in the language itself: `$name` stands for the argument's text. */
  | { readonly kind: 'derived'; readonly text: string };

export interface StageDefinition<P extends Parameters = Parameters> extends Described {
  readonly kind: 'stage';
  readonly parameters: P;
  /** Where it stands in help. */
  readonly group: 'parser' | 'record' | 'batch' | 'streams' | 'window' | 'state';
  readonly needs: Needs;
  /** What to write instead, or before it, where it is given something else than it needs. */
  readonly instead?: string;
  /**
   * The type of what comes out. `results` has, by name, the result type of each lambda argument and the record type of each argument
   * that is a stream of its own. Not called for derived stages.
   */
  readonly gives: (input: Type, args: Bound<P>, results: { readonly [name: string]: Type }) => Type;
  /** It takes the first line of each file or connection for something else than the others: only stages that keep the origin may stand before it. */
  readonly needsOrigin?: (args: Bound<P>) => boolean;
  /** Records leave it as they come, still known by the file or connection they are from. Stages of kind `record` do so anyway. */
  readonly keepsOrigin?: true;
  readonly behaviour: Behaviour<Bound<P>>;
  /**
   * What it does with a record, at once, besides giving it to the functions among its arguments: nothing (`read`), or it gives it on as
   * it is (`passed`). Absent where it may look at all of a record, or keep it for a time when what is bad is shown as the record itself.
   * Where all that follows a parser says so, the parser may give out objects of only those fields that the functions look at.
   */
  readonly uses?: 'read' | 'passed';
  /**
   * For parsers: takes lines as bytes and gives out objects of only the fields `names`, null where there is none. What it is not sure of,
   * bad lines too, it leaves to the behaviour.
   */
  readonly projects?: (names: readonly string[], cursor: Cursor, target: ProjectionTarget, args: Bound<P>) => TakeTexts;
  /** Its function `f` combines records two by two in the order of arrival, or the values of pairs. */
  readonly combines?: 'records' | 'values';
  /** It gives one record for each that it is given, or finds that bad. */
  readonly givesEach?: true;
  /** It gives the records that it was given, fewer or in another order (`sort`), rather than what they amount to. */
  readonly keeps?: true;
  /** What it gives depends on when records arrive, so that a pipe in a program with it is a stream. Windows need not say so. */
  readonly byClock?: (args: Bound<P>) => boolean;
}

/** A word that may stand in `groupBy`, `aggregate` and `session`: `avg(.ms)`. */
export interface AggregateDefinition<P extends Parameters = Parameters> extends Described {
  readonly kind: 'aggregate';
  readonly parameters: P;
  readonly gives: (args: Bound<P>, results: { readonly [name: string]: Type }) => Type;
  readonly create: (args: Bound<P>) => ReadingAggregate;
}

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

/** A sink at work. Writes are buffered by the sink; it never blocks and never throws, it reports by `context.fail`. */
export interface Sink {
  /** One record of the open batch. */
  push(record: Value): void;
  /** The same for texts that are whole lines of valid UTF-8, see `TakeTexts`; only where the definition says `takesLines`. */
  lines?(lines: Buffer): void;
  /** The batch is whole: what was pushed goes out at once. */
  close(span: import('./batch/span.ts').Span): void;
  /** The batch goes on, and what was pushed goes out now as far as the look of it allows. Absent where all of it waits for the close. */
  flush?(): void;
  /** Whether something that was pushed waits for the close. */
  readonly isHolding?: boolean;
  /** A promise while it cannot take more without growing; the run reads nothing until it resolves. Undefined when it can. */
  blocked(): Promise<void> | undefined;
  /** No more will come. Resolves when everything is out (files renamed, sockets closed). Called once, also after a failure. */
  finish(): Promise<void>;
}

export interface SinkDefinition<P extends Parameters = Parameters> extends Described {
  readonly kind: 'sink';
  readonly parameters: P;
  /** What it writes to and shares with no other sink of the program: two with the same are a mistake. Undefined for others. */
  readonly claims?: (args: Bound<P>) => string;
  readonly create: (args: Bound<P>, context: SinkContext) => Sink;
  /** Whether texts may be given to it as lines that are still bytes. `format` is the look of the run. */
  readonly takesLines?: (args: Bound<P>, format: PrintFormat) => boolean;
  /** It writes to standard output, which several such sinks take in turns. */
  readonly prints?: true;
  /** What it writes is a picture: where people look on, each takes the place of the one before, whatever the records are. */
  readonly draws?: true;
  /** It is there to be looked at while records come, so that a pipe in a program with it is a stream. */
  readonly byClock?: (args: Bound<P>) => boolean;
}

/** What an argument of a function must be: a kind of value, or a function of so many values. */
export interface FunctionParameter {
  readonly name: string;
  readonly type: Type;
  readonly optional?: boolean;
  readonly rest?: boolean;
  /** Set where a lambda is expected: the types it is given, from the type of the receiver or first argument. */
  readonly lambda?: (subject: Type) => readonly Type[];
  /** How many of the lambda's parameters its short form `_` must use; all unless said. `map` gives the index too, `_` is the item. */
  readonly placeholders?: number;
  /** A regular expression may stand here beside a value (`also`), or has to (`only`). It comes as a Pattern. */
  readonly pattern?: 'also' | 'only';
}

/** What functions may ask of the run. */
export interface RunQuestions {
  /** The time of the batch, ms. */
  now(): number;
  /** Tells the user something about a value that came of the records, once for all that is about the same. */
  note(about: string, message: () => string): void;
}

/** The kinds of value that have methods. A `pattern` is a regular expression, which is no value and stands in the program only. */
export type Receiver = 'string' | 'list' | 'number' | 'pattern';

/**
 * A function of expressions, `upper(x)`, or a method of values, `x.trim()`.
 *
 * Null passes through: where a parameter wants a certain kind of value and is given null, the result is null and `call` is not called.
 * A parameter of type unknown is given null as any other value. NaN and Infinity as results become null, a string of more than 16 MB makes
 * the record bad, and a bigint or a number with a spelling given as a number has become a double. The receiver of a method and a parameter
 * of type unknown have it as it is: `isNumber` tells all kinds of numbers.
 */
export interface FunctionDefinition {
  readonly kind: 'function';
  readonly name: string;
  /** For methods: the kind of value before the dot. */
  readonly receiver?: Receiver;
  /** Where it stands in help: `text`, `number`, `list`, `time`, `value`. */
  readonly group: string;
  readonly summary: string;
  /** More than the summary can say, as Markdown. */
  readonly docs?: string;
  /** What else people call it. */
  readonly synonyms?: readonly string[];
  /** `upper("abc")` and its value as JSON; run as a test. */
  readonly examples: readonly { readonly expression: string; readonly gives: string }[];
  readonly parameters: readonly FunctionParameter[];
  readonly gives: Type | ((types: readonly Type[]) => Type);
  /** The receiver of a method comes first. Lambda arguments come as functions. Throws BadRecord for values it cannot work on. */
  // biome-ignore lint/suspicious/noExplicitAny: the binder checks arguments against `parameters`
  readonly call: (...args: any[]) => Value;
  /** For lists that need not be made where only this is asked of them: what stands behind the call is `.length`, or `[index]`, from 0. */
  readonly only?: {
    // biome-ignore-start lint/suspicious/noExplicitAny: as for `call`
    readonly length: (...args: any[]) => number;
    readonly item: (index: number, ...args: any[]) => Value;
    // biome-ignore-end lint/suspicious/noExplicitAny: as for `call`
  };
  /** The function is given the time of the batch (ms) before its arguments: `now()`. */
  readonly needsTime?: boolean;
  /** The function is given what it may ask of the run before its arguments. Where it asks nothing, it gives the same for the same arguments. */
  readonly asks?: boolean;
  /**
   * Of two values it gives the same however several are grouped, in their order: of any values, or of `counts`, which are nulls and whole
   * numbers from 0 on.
   */
  readonly regroups?: 'any' | 'counts';
  /** It is this operator under another name, so that arguments whose values are not needed are not worked out: `if`, `coalesce`. */
  readonly operator?: 'conditional' | 'coalesce';
  readonly spark: SparkTranslation;
}

// The define functions infer the arguments' types from the parameters and forget them, so that lists can hold any definition.

export function defineSource<const P extends Parameters>(
  definition: Omit<SourceDefinition<P>, 'kind'>,
): SourceDefinition {
  return { kind: 'source', ...definition } as unknown as SourceDefinition;
}

export function defineStage<const P extends Parameters>(definition: Omit<StageDefinition<P>, 'kind'>): StageDefinition {
  return { kind: 'stage', ...definition } as unknown as StageDefinition;
}

export function defineAggregate<const P extends Parameters>(
  definition: Omit<AggregateDefinition<P>, 'kind'>,
): AggregateDefinition {
  return { kind: 'aggregate', ...definition } as unknown as AggregateDefinition;
}

export function defineSink<const P extends Parameters>(definition: Omit<SinkDefinition<P>, 'kind'>): SinkDefinition {
  return { kind: 'sink', ...definition } as unknown as SinkDefinition;
}

export function defineFunction(definition: Omit<FunctionDefinition, 'kind'>): FunctionDefinition {
  return { kind: 'function', ...definition };
}
