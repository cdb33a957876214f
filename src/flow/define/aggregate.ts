import type { Type } from '../../base/type.ts';
import type { ReadingAggregate } from './grouping.ts';
import type { Bound, Parameters } from './parameters.ts';
import type { Described } from './word.ts';

/** A word that may stand in `groupBy`, `aggregate` and `session`: `avg(.ms)`. */
export interface AggregateDefinition<P extends Parameters = Parameters> extends Described {
  readonly kind: 'aggregate';
  readonly parameters: P;
  readonly gives: (args: Bound<P>, results: { readonly [name: string]: Type }) => Type;
  readonly create: (args: Bound<P>) => ReadingAggregate;
}

export function defineAggregate<const P extends Parameters>(
  definition: Omit<AggregateDefinition<P>, 'kind'>,
): AggregateDefinition {
  return { kind: 'aggregate', ...definition } as unknown as AggregateDefinition;
}
