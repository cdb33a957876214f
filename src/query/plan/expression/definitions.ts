import { type Type, UNKNOWN } from '../../../base/type.ts';
import type { FunctionDefinition, FunctionParameter, Receiver } from '../../../flow/define/function.ts';
import { parameterAt } from './placeholders.ts';
import type { Variants } from './scope.ts';

/** `upper(text)`, `list.slice(start?, end?)`: how a function is written. */
export function signatureOf(definition: FunctionDefinition): string {
  const parameters = definition.parameters.map(({ name, optional, rest }) =>
    rest ? `…${name}` : optional ? `${name}?` : name,
  );
  const receiver = definition.receiver === undefined ? '' : `${definition.receiver}.`;
  return `${receiver}${definition.name}(${parameters.join(', ')})`;
}

/** The kind of methods that values of a type have; undefined where it has none, or is unknown. */
export function receiverOf(type: Type): Receiver | undefined {
  switch (type.kind) {
    case 'string':
    case 'number':
    case 'list':
      return type.kind;
    case 'pair':
      return 'list';
    default:
      return undefined;
  }
}

/** The methods of one name that values have. */
export function valueVariants(variants: Variants): FunctionDefinition[] {
  return [variants.string, variants.list, variants.number].filter((variant) => variant !== undefined);
}

/** @param types those of the arguments, for methods behind the receiver's; of a lambda what it gives. */
export function resultType(definition: FunctionDefinition, types: readonly Type[]): Type {
  return typeof definition.gives === 'function' ? definition.gives(types) : definition.gives;
}

export function leastArguments({ parameters }: FunctionDefinition): number {
  return parameters.filter(({ optional }) => !optional).length;
}

export function mostArguments({ parameters }: FunctionDefinition): number {
  return parameters.at(-1)?.rest ? Number.POSITIVE_INFINITY : parameters.length;
}

/** How many arguments it takes: `1 argument`, `at least 1 argument`, `1 to 2 arguments`. */
export function argumentCounts(definition: FunctionDefinition): string {
  const least = leastArguments(definition);
  const most = mostArguments(definition);
  if (most === Number.POSITIVE_INFINITY) return `at least ${plural(least)}`;
  return least === most ? plural(most) : `${least} to ${plural(most)}`;
}

function plural(count: number): string {
  return count === 0 ? 'no arguments' : count === 1 ? '1 argument' : `${count} arguments`;
}

/**
 * A definition that suits every method of a name, for where the kind of the receiver is known only at run time: what one of them takes
 * as anything, or does without, is fine ahead of the run.
 */
export function suitingAll(candidates: readonly [FunctionDefinition, ...FunctionDefinition[]]): FunctionDefinition {
  const widest = candidates.reduce((a, b) => (mostArguments(b) > mostArguments(a) ? b : a));
  const least = Math.min(...candidates.map(leastArguments));
  const parameters = widest.parameters.map((parameter, position): FunctionParameter => {
    const others = candidates.map((candidate) => parameterAt(candidate.parameters, position));
    const isSame = others.every((other) => other?.type.kind === parameter.type.kind);
    return { ...parameter, type: isSame ? parameter.type : UNKNOWN, optional: position >= least };
  });
  return { ...widest, parameters };
}
