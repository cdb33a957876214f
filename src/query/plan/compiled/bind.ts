/**
 * The way into expressions: an argument of the program goes in, a JavaScript function or a value comes out. Mistakes are problems, never
 * exceptions.
 *
 *     tree -> resolve (names, placeholders, types) -> compile (closures; text is never evaluated as code)
 */
import { BadRecord, type Problem } from '../../../base/problem.ts';
import { type Type, UNKNOWN } from '../../../base/type.ts';
import type { Value } from '../../../base/value.ts';
import { type Compiled, opaque } from '../../../flow/define/compiled.ts';
import type { Expression } from '../../tree/tree.ts';
import { expressionProblem } from '../expression/codes.ts';
import { compileLambda, evaluate } from '../expression/compile.ts';
import type { FunctionNode } from '../expression/node.ts';
import { Resolver } from '../expression/resolve.ts';
import type { Expected } from '../expression/resolving.ts';
import type { Scope } from '../expression/scope.ts';
import { typeOf } from '../expression/types.ts';
import { canonicalTree } from './canonical.ts';
import { columnFormOf } from './column-form.ts';
import { fieldsOf } from './fields-read.ts';
import { regroupingOf } from './regrouping.ts';
import { textFormOf } from './text-form.ts';

/** A function of the program, ready to be called. */
export interface BoundFunction {
  /** Gives null always if there are problems. */
  readonly compiled: Compiled;
  readonly problems: readonly Problem[];
}

/** A value of the program that depends on no record. */
interface BoundConstant {
  /** Null if there are problems. */
  readonly value: Value;
  readonly type: Type;
  readonly problems: readonly Problem[];
}

/** What stands for a function that could not be bound. @param result what is known of what it would give. */
function unbound(result: Type): Compiled {
  return { ...opaque(() => null), result };
}

/**
 * Binds an argument that has to be a function: a lambda, an expression with `_` or `.name` in it, or the name of a function.
 *
 * @param expected the types of what the function is given, and how many of them its short form must use.
 */
export function bindFunction(expression: Expression, expected: Expected, scope: Scope): BoundFunction {
  const resolver = new Resolver(scope);
  try {
    const resolved = resolver.outermost(expression, expected);
    const { problems } = resolver;
    if (resolved === undefined || problems.length > 0) {
      return { compiled: unbound(resolved?.result ?? UNKNOWN), problems };
    }
    const { node, result } = resolved;
    return { compiled: compiledOf(node, result, expected, scope), problems };
  } catch (error) {
    return { compiled: unbound(UNKNOWN), problems: [...resolver.problems, tooDeep(error, expression)] };
  }
}

function compiledOf(node: FunctionNode, result: Type, { takes }: Expected, scope: Scope): Compiled {
  const call = compileLambda(node, scope);
  return {
    call,
    tree: canonicalTree(node),
    result,
    reads: fieldsOf(node),
    column: columnFormOf(call, node, scope),
    text: textFormOf(node, takes),
    regroups: regroupingOf(node),
  };
}

/** Binds an argument that has to be the same for all records, and works it out. */
export function bindConstant(expression: Expression, scope: Scope): BoundConstant {
  const resolver = new Resolver(scope);
  try {
    const node = resolver.constant(expression);
    if (resolver.problems.length > 0) return { value: null, type: UNKNOWN, problems: resolver.problems };
    const value = evaluate(node, scope);
    return { value, type: typeOf(value), problems: [] };
  } catch (error) {
    const problem =
      error instanceof BadRecord
        ? expressionProblem('bad-constant', expression.place, {
            message: sentence(error),
            help: 'an argument like this is worked out before anything is read',
          })
        : tooDeep(error, expression);
    return { value: null, type: UNKNOWN, problems: [...resolver.problems, problem] };
  }
}

function sentence({ reason, detail }: BadRecord): string {
  return detail === undefined ? reason : `${reason}: ${detail}`;
}

/** Only the call stack can be to blame; anything else is a fault of ours. */
function tooDeep(error: unknown, expression: Expression): Problem {
  if (!(error instanceof RangeError)) throw error;
  return expressionProblem('too-deep', expression.place, {
    message: 'this expression is nested too deep',
    help: 'take it apart: `map(…) | map(…)`',
  });
}
