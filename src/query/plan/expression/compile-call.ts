import { BadRecord } from '../../../base/problem.ts';
import { isFields, isList, kindOf, type Value } from '../../../base/value.ts';
import type { FunctionDefinition, FunctionParameter } from '../../../flow/define.ts';
import { limited } from '../../../flow/functions/limits.ts';
import type { Code, Frame } from './code.ts';
import { fromHost } from './from-host.ts';
import { finite, notA } from './operators.ts';
import { parameterAt } from './placeholders.ts';
import type { ImportedFunction, Variants } from './scope.ts';

/** An argument of a call, compiled: gives a value, or the function or regular expression that stands there. */
export interface CompiledArgument {
  readonly code: (x: Value, y: Value, frame: Frame) => unknown;
  readonly isValue: boolean;
  /** What it is called in reasons. */
  readonly called: string;
}

/** Gives the value as the function wants it, null for a null that passes through. Throws BadRecord for values of another kind. */
type Guard = (value: Value) => Value;

/** Undefined where the parameter takes any value. */
function guard(parameter: FunctionParameter | undefined, name: string): Guard | undefined {
  switch (parameter?.type.kind) {
    case 'string':
      return (value) => {
        if (typeof value === 'string' || value === null) return value;
        throw notA('string', name, value);
      };
    case 'number':
      return (value) => {
        if (typeof value === 'number' || value === null) return value;
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

type Gather = (x: Value, y: Value, frame: Frame, values: unknown[]) => boolean;

/** Works out the arguments into `values`; false if a null passes through. */
function gather(definition: FunctionDefinition, given: readonly CompiledArgument[]): Gather {
  const codes = given.map(({ code }) => code);
  const guards = given.map(({ isValue, called }, i) =>
    isValue ? guard(parameterAt(definition.parameters, i), called) : undefined,
  );
  return (x, y, frame, values) => {
    for (let i = 0; i < codes.length; i++) {
      let value = codes[i]!(x, y, frame);
      const check = guards[i];
      if (check !== undefined) {
        value = check(value as Value);
        if (value === null) return false;
      }
      values.push(value);
    }
    return true;
  };
}

/** A call of a function of the catalog. */
export function compileCall(
  definition: FunctionDefinition,
  given: readonly CompiledArgument[],
  now: () => number,
): Code {
  const { needsTime } = definition;
  const apply: (...values: unknown[]) => Value = definition.call;
  const [only] = given;
  if (given.length === 1 && only !== undefined && !needsTime) {
    const { code } = only;
    const check = only.isValue ? guard(parameterAt(definition.parameters, 0), only.called) : undefined;
    if (check === undefined) return (x, y, frame) => settled(apply(code(x, y, frame)));
    return (x, y, frame) => {
      const value = check(code(x, y, frame) as Value);
      return value === null ? null : settled(apply(value));
    };
  }
  const collect = gather(definition, given);
  return (x, y, frame) => {
    const values: unknown[] = needsTime ? [now()] : [];
    return collect(x, y, frame, values) ? settled(apply(...values)) : null;
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
      typeof receiver === 'string'
        ? onString
        : typeof receiver === 'number' || typeof receiver === 'bigint'
          ? onNumber
          : isList(receiver)
            ? onList
            : undefined;
    if (apply !== undefined) return apply(receiver, x, y, frame);
    const kind = kindOf(receiver);
    throw new BadRecord(`${called} is ${kind === 'object' ? 'an' : 'a'} ${kind}, which has no method ${name}`);
  };
}

type MethodCode = (receiver: Value, x: Value, y: Value, frame: Frame) => Value;

function compileVariant(
  definition: FunctionDefinition | undefined,
  given: readonly CompiledArgument[],
): MethodCode | undefined {
  if (definition === undefined) return undefined;
  const apply: (...values: unknown[]) => Value = definition.call;
  if (given.length === 0) return (receiver) => settled(apply(receiver));
  const [only] = given;
  if (given.length === 1 && only !== undefined) {
    const { code } = only;
    const check = only.isValue ? guard(parameterAt(definition.parameters, 0), only.called) : undefined;
    if (check === undefined) return (receiver, x, y, frame) => settled(apply(receiver, code(x, y, frame)));
    return (receiver, x, y, frame) => {
      const value = check(code(x, y, frame) as Value);
      return value === null ? null : settled(apply(receiver, value));
    };
  }
  const collect = gather(definition, given);
  return (receiver, x, y, frame) => {
    const values: unknown[] = [receiver];
    return collect(x, y, frame, values) ? settled(apply(...values)) : null;
  };
}

/** A function of the user's own may change what it is given, which other stages and streams still have. */
function copied(value: Value): Value {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value;
}

/** A call of a function of the user's own. Whatever it throws makes the record bad. */
export function compileImported(name: string, apply: ImportedFunction, given: readonly Code[]): Code {
  return (x, y, frame) => {
    const values = given.map((code) => copied(code(x, y, frame)));
    let result: unknown;
    try {
      result = apply(...values);
    } catch (error) {
      throw new BadRecord(`${name} failed`, error instanceof Error ? error.message : String(error));
    }
    return fromHost(result, name);
  };
}
