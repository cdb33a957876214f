import type { Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';

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
}

export function defineFunction(definition: Omit<FunctionDefinition, 'kind'>): FunctionDefinition {
  return { kind: 'function', ...definition };
}
