import { BadRecord } from '../../../base/problem.ts';
import { SpeltNumber } from '../../../base/spelt-number.ts';
import { isFields, isList, isNumber, kindOf, type Value } from '../../../base/value.ts';
import type { FunctionDefinition, FunctionParameter, RunQuestions } from '../../../flow/define/function.ts';
import type { Pattern } from '../../../flow/pattern/pattern.ts';
import { questions } from '../../../flow/records/questions.ts';
import { limited } from '../../../flow/texts/limits.ts';
import { type Code, constantOf, type Frame, folded } from './code.ts';
import { fromHost } from './from-host.ts';
import { finite, notA } from './operators.ts';
import { parameterAt } from './placeholders.ts';
import type { ImportedFunction, Scope, Variants } from './scope.ts';
import { toHost } from './to-host.ts';

/** An argument of a call, compiled: gives a value, or the function or regular expression that stands there. */
export interface CompiledArgument {
  readonly code: (x: Value, y: Value, frame: Frame) => unknown;
  readonly isValue: boolean;
  /** The regular expression, which is no value; undefined where there is none. */
  readonly fixed?: Pattern;
  /** What it is called in reasons. */
  readonly called: string;
}

/** Gives the value as the function wants it, null for a null that passes through. Throws BadRecord for values of another kind. */
type Guard = (value: Value) => Value;

/** A value where a text is needed; what has one way to be written can be made one. */
function notText(name: string, value: Value): BadRecord {
  const problem = notA('string', name, value);
  if (typeof value === 'object') return problem;
  return new BadRecord(problem.reason, `${problem.detail}; string(…) makes it one`);
}

/** Undefined where the parameter takes any value. */
function guard(parameter: FunctionParameter | undefined, name: string): Guard | undefined {
  switch (parameter?.type.kind) {
    case 'string':
      return (value) => {
        if (typeof value === 'string' || value === null) return value;
        throw notText(name, value);
      };
    case 'number':
      return (value) => {
        if (typeof value === 'number' || value === null) return value;
        if (value instanceof SpeltNumber) return value.valueOf();
        if (typeof value === 'bigint') return finite(Number(value));
        throw notA('number', name, value);
      };
    case 'boolean':
      return (value) => {
        if (typeof value === 'boolean' || value === null) return value;
        throw notA('boolean', name, value);
      };
    case 'list':
      return (value) => {
        if (value === null || isList(value)) return value;
        throw notA('list', name, value);
      };
    case 'pair':
      return (value) => {
        if (value === null || (isList(value) && value.length === 2)) return value;
        throw notA('pair', name, value);
      };
    case 'object':
      return (value) => {
        if (value === null || isFields(value)) return value;
        throw notA('object', name, value);
      };
    default:
      return undefined;
  }
}

/** What a function gave, held to what every value is: no NaN, no Infinity, no text over the limit. */
function settled(value: Value): Value {
  if (typeof value === 'number') return finite(value);
  return typeof value === 'string' ? limited(value) : value;
}

/** An argument as its function wants it. */
interface Wanted {
  /** Gives the value, null for a null that passes through. Throws BadRecord for values of another kind. */
  readonly code: CompiledArgument['code'];
  readonly passesNull: boolean;
  /** What it is for all records; undefined where they decide. */
  readonly fixed: unknown;
}

function wanted({ code, isValue, called, fixed }: CompiledArgument, parameter: FunctionParameter | undefined): Wanted {
  if (!isValue) return { code, passesNull: false, fixed };
  const value = code as Code;
  const check = guard(parameter, called);
  if (check === undefined) return { code, passesNull: false, fixed: constantOf(value) };
  const checked = folded((x, y, frame) => check(value(x, y, frame)), [value]);
  return { code: checked, passesNull: true, fixed: constantOf(checked) };
}

/** A function of the catalog with its arguments but for the first, or the receiver, which has been worked out. */
type Application = (first: unknown, x: Value, y: Value, frame: Frame) => Value;

/** A call by what is behind the first argument. What is the same for all records is worked out once, and few arguments need no list. */
function application(apply: (...values: unknown[]) => Value, others: readonly Wanted[]): Application {
  if (others.every(({ fixed }) => fixed !== undefined)) return fixedApplication(apply, others);
  const [one, two] = others;
  if (others.length === 1) {
    const { code, passesNull } = one!;
    return (first, x, y, frame) => {
      const value = code(x, y, frame);
      return value === null && passesNull ? null : settled(apply(first, value));
    };
  }
  if (others.length === 2) {
    return (first, x, y, frame) => {
      const a = one!.code(x, y, frame);
      if (a === null && one!.passesNull) return null;
      const b = two!.code(x, y, frame);
      return b === null && two!.passesNull ? null : settled(apply(first, a, b));
    };
  }
  return (first, x, y, frame) => {
    const values: unknown[] = [first];
    for (const { code, passesNull } of others) {
      const value = code(x, y, frame);
      if (value === null && passesNull) return null;
      values.push(value);
    }
    return settled(apply(...values));
  };
}

function fixedApplication(apply: (...values: unknown[]) => Value, others: readonly Wanted[]): Application {
  if (others.some(({ fixed, passesNull }) => fixed === null && passesNull)) return () => null;
  const values = others.map(({ fixed }) => fixed);
  const [one, two] = values;
  if (values.length === 0) return (first) => settled(apply(first));
  if (values.length === 1) return (first) => settled(apply(first, one));
  if (values.length === 2) return (first) => settled(apply(first, one, two));
  return (first) => settled(apply(first, ...values));
}

/** A call of a function of the catalog. */
export function compileCall(
  definition: FunctionDefinition,
  given: readonly CompiledArgument[],
  surroundings: Pick<Scope, 'now' | 'note'>,
): Code {
  const { needsTime, asks, parameters, receiver } = definition;
  const call: typeof definition.call = asks
    ? definition.call.bind(undefined, questionsTo(surroundings))
    : definition.call;
  // A regular expression before the dot is no parameter.
  const before = receiver === undefined ? 0 : 1;
  const arguments_ = given.map((argument, i) => wanted(argument, parameterAt(parameters, i - before)));
  if (needsTime) {
    const apply = application(call, arguments_);
    return (x, y, frame) => apply(surroundings.now(), x, y, frame);
  }
  const [first, ...others] = arguments_;
  if (first === undefined) return () => settled(call());
  const { code, passesNull } = first;
  const apply = application(call, others);
  return (x, y, frame) => {
    const value = code(x, y, frame);
    return value === null && passesNull ? null : apply(value, x, y, frame);
  };
}

function questionsTo({ now, note }: Pick<Scope, 'now' | 'note'>): RunQuestions {
  return {
    now() {
      questions.asked++;
      return now();
    },
    note(about, message) {
      questions.asked++;
      note?.(about, message);
    },
  };
}

/** A method call; which method it is depends on what stands before the dot. */
export function compileMethod(
  name: string,
  variants: Variants,
  object: { readonly code: Code; readonly called: string },
  given: readonly CompiledArgument[],
): Code {
  const onString = compileVariant(variants.string, given);
  const onList = compileVariant(variants.list, given);
  const onNumber = compileVariant(variants.number, given);
  const { code, called } = object;
  return (x, y, frame) => {
    const receiver = code(x, y, frame);
    if (receiver === null) return null;
    const apply =
      typeof receiver === 'string' ? onString : isNumber(receiver) ? onNumber : isList(receiver) ? onList : undefined;
    if (apply !== undefined) return apply(receiver, x, y, frame);
    const kind = kindOf(receiver);
    const way = kind === 'number' && onString !== undefined ? 'string(x) makes a text of a number' : undefined;
    throw new BadRecord(`${called} is ${kind === 'object' ? 'an' : 'a'} ${kind}, which has no method ${name}`, way);
  };
}

function compileVariant(
  definition: FunctionDefinition | undefined,
  given: readonly CompiledArgument[],
): Application | undefined {
  if (definition === undefined) return undefined;
  const others = given.map((argument, i) => wanted(argument, parameterAt(definition.parameters, i)));
  return application(definition.call, others);
}

/** What a function of the user's own has thrown, which may be anything, in words. */
function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'it threw what has no words';
  }
}

/** A call of a function of the user's own. Whatever it throws makes the record bad. */
export function compileImported(name: string, apply: ImportedFunction, given: readonly Code[]): Code {
  return (x, y, frame) => {
    const values = given.map((code) => toHost(code(x, y, frame)));
    try {
      // What it gives may be made of getters, which run when they are looked at.
      return fromHost(apply(...values), name);
    } catch (error) {
      if (error instanceof BadRecord) throw error;
      throw new BadRecord(`${name} failed`, reasonOf(error));
    }
  };
}
