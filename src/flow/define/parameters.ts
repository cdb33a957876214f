import type { TextFault } from '../../base/problem.ts';
import type { Type } from '../../base/type.ts';
import { UNKNOWN } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { Pattern } from '../pattern/pattern.ts';
import type { Analysis } from './analysis.ts';
import type { Compiled } from './compiled.ts';
import type { RunContext } from './context.ts';
import type { ReadingAggregate } from './grouping.ts';
import type { Initial } from './initial.ts';
import type { FieldPath, Key, MadeFields, NamedPath } from './named-fields.ts';

/** One entry of `{n: count(), mean: avg(.ms), rate: sum(.errors) / count()}`. */
export interface Column {
  readonly name: string;
  readonly type: Type;
  readonly value: ColumnValue;
}

/** What a column holds. Those that are worked out of the same have it in common: it is one object, and worked out once. */
export type ColumnValue =
  | AggregateCall
  | AnalyticCall
  /** A function of what others hold, in its order of parameters. */
  | { readonly kind: 'function'; readonly f: Compiled; readonly of: readonly ColumnValue[] };

/** An aggregate: its word, and what the arguments of that became. */
export interface AggregateCall {
  readonly kind: 'aggregate';
  readonly word: { readonly name: string; readonly parameters: Parameters };
  readonly arguments: BoundArguments;
  readonly aggregate: ReadingAggregate;
  /** As it was written. */
  readonly text: string;
}

/** A word that is worked out of the results of aggregates, `lag(n, 1h)`. */
export interface AnalyticCall {
  readonly kind: 'analytic';
  readonly word: { readonly name: string; readonly parameters: Parameters };
  readonly arguments: BoundArguments;
  /** What it is worked out of: one of its arguments, or what stands for it where that is left out. */
  readonly value: ColumnValue;
  readonly among: 'groups' | 'past';
  /** How far back it looks, ms. */
  readonly back: number | undefined;
  readonly create: (run: RunContext) => Analysis;
}

/** A number with the unit that it was written with: ms, or bytes. */
export interface Measured {
  readonly unit: 'duration' | 'size';
  readonly value: number;
}

/** Which addresses may stand where files of this machine are named. */
interface Elsewhere {
  /** Their schemes, in small letters: `hdfs`. */
  readonly schemes: readonly string[];
  /** The arguments that go with these addresses alone, of all that go with addresses. */
  readonly only: readonly string[];
}

/** What the text of an argument must be. */
export type ParameterKind =
  /**
   * `isPath`: it names files or a directory, and `~/` is the user's home. `elsewhere`: it may be an address instead. `isSecret`: it is shown
   * nowhere as it is. Where it is a path and secret, it may be a URL as well.
   */
  | {
      readonly kind: 'text';
      readonly isPath?: true;
      readonly elsewhere?: readonly Elsewhere[];
      readonly isSecret?: true;
    }
  | { readonly kind: 'number'; readonly whole: boolean; readonly least: number; readonly most: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'duration'; readonly orZero?: boolean }
  | { readonly kind: 'size' }
  /** Either, which has to be written with its unit. */
  | { readonly kind: 'durationOrSize' }
  | { readonly kind: 'pattern' }
  | { readonly kind: 'textOrPattern' }
  | { readonly kind: 'list' }
  /** A list of pairs, or `checkpoint(…)` with the parameters `kept`. */
  | { readonly kind: 'states'; readonly kept: Parameters }
  /** `isSecret`: it is an object of texts each of which is shown nowhere as it is. */
  | { readonly kind: 'constant'; readonly isSecret?: true }
  /**
   * `takes` gives the types of the parameters; a placeholder lambda must use exactly the first `placeholders` of them. `orText`: a text stands
   * for the function that gives it each time.
   */
  | {
      readonly kind: 'lambda';
      readonly takes: (input: Type) => readonly Type[];
      readonly placeholders: number;
      readonly orText?: true;
    }
  /** Several of them are one list where `asList` says so, else one object of all columns. */
  | { readonly kind: 'key'; readonly asList: boolean }
  | { readonly kind: 'path' }
  | { readonly kind: 'namedPaths' }
  | { readonly kind: 'fields' }
  /** `.a`, `"a"`, or a list of these. */
  | { readonly kind: 'columnNames' }
  /** `compares`: words that look at other results may be among them (`lag`). `besides`: columns that the stage has beside those of its key and these. */
  | { readonly kind: 'aggregates'; readonly compares: boolean; readonly besides: readonly string[] }
  /** An expression over aggregates, as a column holds one. */
  | { readonly kind: 'result' }
  /** `flowing`: stages on what flows in (`transform`); otherwise a stream of its own (`union`, joins). */
  | { readonly kind: 'stream'; readonly flowing: boolean };

/** One parameter of a word. `T` is what its argument becomes. Parameters are positional in their order unless `named`. */
export interface Parameter<T> {
  readonly accepts: ParameterKind;
  /** One sentence for help and the reference, without a full stop. */
  readonly docs: string;
  readonly required: boolean;
  /** Given by its name only: `host: "0.0.0.0"`. */
  readonly named: boolean;
  /** Takes all positional arguments that no required parameter behind it needs, as a list; those of a key are one key. */
  readonly rest: boolean;
  /** Shown in the signature; the value itself where the argument is left out. */
  readonly fallback?: T;
  /** The words that the argument must be one of. */
  readonly choices?: readonly string[];
  /** The name of another argument without which this one means nothing: giving it alone is a mistake of the program. */
  readonly with?: string;
  /**
   * It says how input is reached or from when on, or where is written what comes too late, and not what is read or made of it: what was kept of
   * a run goes on where it is another one (`planTexts`).
   */
  readonly apart?: true;
  /** What a value of the right kind must be besides, as a sentence without a full stop, where it is not: a mistake of the program. */
  check?(value: T): string | TextFault | undefined;
  /** The same of each value of a parameter that takes many. */
  checkEach?(value: unknown): string | TextFault | undefined;
}

interface Settings {
  readonly named?: boolean;
  readonly choices?: readonly string[];
  readonly with?: string;
  readonly apart?: true;
}

/** A parameter before it is said whether it may be left out. */
class Shape<T> implements Parameter<T> {
  readonly accepts: ParameterKind;
  readonly docs: string;
  readonly required = true;
  readonly rest = false;
  readonly named: boolean;
  declare readonly fallback?: T;
  declare readonly choices?: readonly string[];
  declare readonly with?: string;
  declare readonly apart?: true;
  declare check?: (value: T) => string | TextFault | undefined;

  constructor(accepts: ParameterKind, docs: string, settings: Settings) {
    this.accepts = accepts;
    this.docs = docs;
    this.named = settings.named ?? false;
    if (settings.choices !== undefined) this.choices = settings.choices;
    if (settings.with !== undefined) this.with = settings.with;
    if (settings.apart !== undefined) this.apart = settings.apart;
  }

  /** With one more condition: what is wrong with a value, or undefined. */
  checked(check: (value: T) => string | TextFault | undefined): Shape<T> {
    const shape = new Shape<T>(this.accepts, this.docs, this);
    shape.check = check;
    return shape;
  }

  /** May be left out; then it is undefined. */
  optional(): Parameter<T | undefined> {
    return { ...this, required: false };
  }

  /** May be left out; then it is `fallback`. */
  or(fallback: T): Parameter<T> {
    return { ...this, required: false, fallback };
  }

  /**
   * All remaining positional arguments; at least one unless made `required: false`.
   *
   * @param check what is wrong with them together, or undefined.
   */
  many(check?: (values: readonly T[]) => string | undefined): Parameter<readonly T[]> {
    const { accepts, docs, check: checkEach } = this;
    return {
      ...{ accepts, docs, named: false, required: true, rest: true },
      ...(check && { check }),
      ...(checkEach && { checkEach: checkEach as (value: unknown) => string | TextFault | undefined }),
    };
  }
}

const ANY = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

/** A text: `"a"`. */
export const text = (docs: string, { isSecret, ...settings }: Settings & { isSecret?: true } = {}) =>
  new Shape<string>({ kind: 'text', ...(isSecret && { isSecret }) }, docs, settings);

/** A text that names files or a directory. */
export const filePath = (
  docs: string,
  { elsewhere, ...settings }: Settings & { elsewhere?: readonly Elsewhere[] } = {},
) => new Shape<string>({ kind: 'text', isPath: true, ...(elsewhere && { elsewhere }) }, docs, settings);

/** A text that names a file, or is a URL, in which there may be a password. */
export const fileOrUrl = (docs: string, settings: Settings = {}) =>
  new Shape<string>({ kind: 'text', isPath: true, isSecret: true }, docs, settings);

/** A number in a range, both ends included. */
export const number = (docs: string, settings: Settings & { least?: number; most?: number } = {}) =>
  new Shape<number>({ kind: 'number', whole: false, ...ANY, ...settings }, docs, settings);

/** A whole number in a range, from 0 unless `least` says otherwise. */
export const whole = (docs: string, settings: Settings & { least?: number; most?: number } = {}) =>
  new Shape<number>({ kind: 'number', whole: true, ...ANY, least: 0, ...settings }, docs, settings);

/** `true` or `false`. */
export const flag = (docs: string, fallback = false, settings: Settings = {}) =>
  new Shape<boolean>({ kind: 'boolean' }, docs, { ...settings, named: true }).or(fallback);

/** `true` or `false`, where leaving it out means something else than either. */
export const optionalFlag = (docs: string) => new Shape<boolean>({ kind: 'boolean' }, docs, { named: true }).optional();

/** A duration, in ms: `30s`, or a number of ms. Above 0 ms, or 0 as well where `orZero` says so. */
export const duration = (docs: string, settings: Settings & { orZero?: boolean } = {}) =>
  new Shape<number>({ kind: 'duration', orZero: settings.orZero ?? false }, docs, settings);

/** A size, in bytes: `64kb`, or a number of bytes. Above 0. */
export const size = (docs: string, settings: Settings = {}) => new Shape<number>({ kind: 'size' }, docs, settings);

/** A duration or a size, as `1h` or `100mb`. */
export const durationOrSize = (docs: string, settings: Settings = {}) =>
  new Shape<Measured>({ kind: 'durationOrSize' }, docs, settings);

/** A regular expression: `/…/`. */
export const pattern = (docs: string, settings: Settings = {}) =>
  new Shape<Pattern>({ kind: 'pattern' }, docs, settings);

/** A text or a regular expression. */
export const textOrPattern = (docs: string, settings: Settings = {}) =>
  new Shape<string | Pattern>({ kind: 'textOrPattern' }, docs, settings);

/** A list of values: `[1, 2]`. */
export const list = (docs: string, settings: Settings = {}) =>
  new Shape<readonly Value[]>({ kind: 'list' }, docs, settings);

/** States to begin with: `[["a", 1]]`, or `checkpoint("state/", "name")`, whose parameters are `kept`. */
export const states = (docs: string, kept: Parameters, settings: Settings = {}) =>
  new Shape<Initial>({ kind: 'states', kept }, docs, settings);

/** Any value that does not depend on a record. */
export const constant = (docs: string, { isSecret, ...settings }: Settings & { isSecret?: true } = {}) =>
  new Shape<Value>({ kind: 'constant', ...(isSecret && { isSecret }) }, docs, settings);

/**
 * A function of the program.
 *
 * @param takes the types of its parameters, given what flows into the stage.
 * @param placeholders how many of them the short form `_` must use; all unless said.
 */
export const lambda = (
  docs: string,
  takes: (input: Type) => readonly Type[] = (input) => [input],
  settings: Settings & { placeholders?: number } = {},
) =>
  new Shape<Compiled>(
    { kind: 'lambda', takes, placeholders: settings.placeholders ?? takes(UNKNOWN).length },
    docs,
    settings,
  );

/** A function of a record, or a text that is the same for all of them. */
export const lambdaOrText = (docs: string, settings: Settings = {}) =>
  new Shape<Compiled>({ kind: 'lambda', takes: (input) => [input], placeholders: 1, orText: true }, docs, settings);

/**
 * What records are grouped by: a function, or an object of expressions, one a column; or several of these, which are one key.
 *
 * @param asList whether the value of several is a list of theirs, rather than an object of their columns.
 */
export const keys = (docs: string, { asList = false } = {}): Parameter<Key> => ({
  ...new Shape<Key>({ kind: 'key', asList }, docs, {}),
  rest: true,
});

/** The same of one: where another argument stands behind it. */
export const key = (docs: string) => new Shape<Key>({ kind: 'key', asList: false }, docs, {});

/** A field: `.a`, or `.b.c`. */
export const path = (docs: string) => new Shape<FieldPath>({ kind: 'path' }, docs, {});

/** Columns of a table, by their names or the fields that are called so: `.a`, `"a"`, `[.a, .b]`. */
export const columnNames = (docs: string, settings: Settings = {}) =>
  new Shape<readonly string[]>({ kind: 'columnNames' }, docs, settings);

/** Fields with other names: `{new: .old}`. */
export const namedPaths = (docs: string) => new Shape<readonly NamedPath[]>({ kind: 'namedPaths' }, docs, {});

/** Fields with what they are worked out by: `{x: .ms * 2}`. */
export const fields = (docs: string) => new Shape<MadeFields>({ kind: 'fields' }, docs, {});

/**
 * `{name: aggregate, …}`, where expressions over aggregates may stand as well.
 *
 * @param compares whether words may that look at other results; the stage has to have another one `behind` it then.
 * @param besides the names of columns that the stage has beside those of its key and these.
 */
export const aggregates = (docs: string, { compares = false, besides = [] as readonly string[] } = {}) =>
  new Shape<readonly Column[]>({ kind: 'aggregates', compares, besides }, docs, {});

/** An expression over aggregates and columns: `sum(.bytes)`, `n`. */
export const result = (docs: string) => new Shape<ColumnValue>({ kind: 'result' }, docs, {});

/** Stages on what flows in: `transform(sort | take(3))`. The binder puts them in place; nothing is bound. */
export const flowingStream = (docs: string) => new Shape<never>({ kind: 'stream', flowing: true }, docs, {});

/** Another stream: `union(other)`. It becomes the second input of the stage; nothing is bound. */
export const otherStream = (docs: string) => new Shape<never>({ kind: 'stream', flowing: false }, docs, {});

export type Parameters = { readonly [name: string]: Parameter<unknown> };

/** What the arguments of any word become, by the names of its parameters. */
export type BoundArguments = { readonly [name: string]: unknown };

/** The same of a word with the parameters `P`. */
export type Bound<P> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };
