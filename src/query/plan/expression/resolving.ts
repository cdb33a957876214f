import type { Place, Problem } from '../../../base/problem.ts';
import { type Type, UNKNOWN } from '../../../base/type.ts';
import type { Value } from '../../../base/value.ts';
import type { Expression } from '../../tree/tree.ts';
import { type ExpressionProblemCode, expressionProblem } from './codes.ts';
import type { FunctionNode, Node } from './node.ts';
import type { Placeholder } from './placeholders.ts';
import type { Scope } from './scope.ts';
import { type Mistake, typeOf } from './types.ts';
import { called } from './words.ts';

/** A parameter of a lambda around an expression. */
export interface Variable {
  readonly slot: number;
  readonly type: Type;
}

/** What an expression can see. */
export interface Sight {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly placeholders: ReadonlyMap<Placeholder, Variable>;
  /** Whether the innermost lambda names its parameters, for a better word about a stray `_`. */
  readonly named: boolean;
}

export const NOTHING: Sight = { variables: new Map(), placeholders: new Map(), named: false };

/** Where the outermost lambda stands: its first two parameters have the slots 0 and 1, which no other lambda has. */
export const OUTERMOST: Sight = { ...NOTHING };

/** What a lambda is given, and how many of that its short form `_` must use. */
export interface Expected {
  readonly takes: readonly Type[];
  readonly placeholders: number;
  /** A text stands for the function that gives it each time. */
  readonly orText?: true | undefined;
}

/** A lambda, and the type of what it gives. */
export interface ResolvedLambda {
  readonly node: FunctionNode;
  readonly result: Type;
}

/** What all parts of the resolver share: the scope, the slots that are given out, and the problems found so far. */
export abstract class Resolving {
  readonly problems: Problem[] = [];
  /** Whether the value is needed before the run. */
  protected isConstant = false;
  protected readonly scope: Scope;
  private slots = 2;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** An expression that stands for a value. */
  protected abstract value(expression: Expression, sight: Sight): Node;

  /** An expression where a lambda is expected; undefined after a problem that leaves nothing to look into. */
  protected abstract lambda(expression: Expression, expected: Expected, sight: Sight): ResolvedLambda | undefined;

  protected slot(position: number, sight: Sight): number {
    return sight === OUTERMOST && position < 2 ? position : this.slots++;
  }
  protected constantNode(value: Value, expression: Expression): Node {
    return { kind: 'constant', value, type: typeOf(value), called: called(expression) };
  }
  protected mistaken(expression: Expression, code: ExpressionProblemCode, place: Place, mistake: Mistake): Node {
    this.problem(code, place, mistake);
    return { kind: 'constant', value: null, type: UNKNOWN, called: called(expression) };
  }

  protected problem(code: ExpressionProblemCode, place: Place, mistake: Mistake): void {
    this.problems.push(expressionProblem(code, place, mistake));
  }
}
