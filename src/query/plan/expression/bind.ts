/**
 * The way into expressions: an argument of the program goes in, a JavaScript function or a value comes out. Mistakes are problems, never
 * exceptions.
 *
 *     tree -> resolve (names, placeholders, types) -> compile (closures; text is never evaluated as code)
 */
import { BadRecord, type Problem } from '../../../base/problem.ts';
import { type Type, UNKNOWN } from '../../../base/type.ts';
import type { Value } from '../../../base/value.ts';
import { type Lambda, rememberResult } from '../../../flow/define/parameters.ts';
import type { Expression } from '../../tree/tree.ts';
import { rememberColumns } from '../faster/column-form.ts';
import { rememberFields } from '../faster/fields-read.ts';
import { rememberRegrouping } from '../faster/regrouping.ts';
import { expressionProblem } from './codes.ts';
import { compileLambda, evaluate } from './compile.ts';
import { Resolver } from './resolve.ts';
import type { Expected } from './resolving.ts';
import type { Scope } from './scope.ts';
import { typeOf } from './types.ts';

/** A lambda of the program, ready to be called. */
export interface BoundLambda {
  /** Throws BadRecord where the values cannot be worked on. Gives null always if there are problems. */
  readonly lambda: Lambda;
  /** The type of what it gives. */
  readonly result: Type;
  readonly problems: readonly Problem[];
}

/** A value of the program that depends on no record. */
export interface BoundConstant {
  /** Null if there are problems. */
  readonly value: Value;
  readonly type: Type;
  readonly problems: readonly Problem[];
}

const toNull: Lambda = () => null;

/**
 * Binds an argument that has to be a function: a lambda, an expression with `_` or `.name` in it, or the name of a function.
 *
 * @param expected the types of what the function is given, and how many of them its short form must use.
 */
export function bindLambda(expression: Expression, expected: Expected, scope: Scope): BoundLambda {
  const resolver = new Resolver(scope);
  try {
    const resolved = resolver.outermost(expression, expected);
    const { problems } = resolver;
    if (resolved === undefined || problems.length > 0) {
      return { lambda: toNull, result: resolved?.result ?? UNKNOWN, problems };
    }
    const lambda = compileLambda(resolved.node, scope);
    rememberFields(lambda, resolved.node);
    rememberColumns(lambda, resolved.node, scope);
    rememberRegrouping(lambda, resolved.node);
    rememberResult(lambda, resolved.result);
    return { lambda, result: resolved.result, problems };
  } catch (error) {
    return { lambda: toNull, result: UNKNOWN, problems: [...resolver.problems, tooDeep(error, expression)] };
  }
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
