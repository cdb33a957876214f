import type { FunctionParameter } from '../../../flow/define/function.ts';
import type { Argument, Expression } from '../../tree/tree.ts';
import type { Scope } from './scope.ts';

/** `_` or `.name`. */
export type Placeholder = Extract<Expression, { kind: 'placeholder' | 'field' }>;

/**
 * The placeholders that an argument which expects a lambda owns, in the order of the text: all in it but those that stand in an
 * argument further in that expects a lambda itself.
 */
export function ownedPlaceholders(expression: Expression, scope: Scope): readonly Placeholder[] {
  const found: Placeholder[] = [];
  collect(expression, scope, found);
  return found;
}

function collect(expression: Expression, scope: Scope, found: Placeholder[]): void {
  const walk = (inner: Expression) => collect(inner, scope, found);
  const walkArguments = (given: readonly Argument[], expectsLambda: (position: number) => boolean) =>
    given.forEach(({ value }, position) => {
      if (value.kind !== 'stream' && !expectsLambda(position)) walk(value);
    });
  switch (expression.kind) {
    case 'placeholder':
    case 'field':
      found.push(expression);
      return;
    case 'template':
      expression.parts.forEach(walk);
      return;
    case 'list':
      for (const item of expression.items) walk(item.kind === 'spread' ? item.value : item);
      return;
    case 'object':
      for (const entry of expression.entries) {
        if (entry.kind === 'entry' && typeof entry.key !== 'string') walk(entry.key);
        walk(entry.value);
      }
      return;
    case 'member':
      walk(expression.object);
      return;
    case 'index':
      walk(expression.object);
      walk(expression.index);
      return;
    case 'call': {
      const parameters = scope.functions.get(expression.name)?.parameters ?? [];
      walkArguments(expression.arguments, (position) => parameterAt(parameters, position)?.lambda !== undefined);
      return;
    }
    case 'method': {
      walk(expression.object);
      walkArguments(expression.arguments, (position) => methodExpectsLambda(scope, expression.name, position));
      return;
    }
    case 'unary':
      walk(expression.operand);
      return;
    case 'binary':
    case 'logical':
      walk(expression.left);
      walk(expression.right);
      return;
    case 'conditional':
      walk(expression.condition);
      walk(expression.yes);
      walk(expression.no);
      return;
    case 'literal':
    case 'regex':
    case 'name':
    case 'lambda':
      return;
  }
}

/** The parameter that takes the argument at a position; the last where it takes the rest. */
export function parameterAt(parameters: readonly FunctionParameter[], position: number): FunctionParameter | undefined {
  const last = parameters.at(-1);
  return parameters[position] ?? (last?.rest ? last : undefined);
}

/** Whether the methods of a name expect a lambda at a position. It is so for all kinds of receiver or for none, which a test holds to. */
function methodExpectsLambda(scope: Scope, name: string, position: number): boolean {
  const variants = Object.values(scope.methods.get(name) ?? {});
  return variants.some(({ parameters }) => parameterAt(parameters, position)?.lambda !== undefined);
}
