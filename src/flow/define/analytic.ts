import type { Type } from '../../base/type.ts';
import type { AggregateDefinition } from './aggregate.ts';
import type { Analysis } from './analysis.ts';
import type { RunContext } from './context.ts';
import type { Bound, Parameters } from './parameters.ts';
import type { Described } from './word.ts';

/**
 * A word that may stand among the columns of `groupBy` and `aggregate`, and is worked out of the results of aggregates rather than of records:
 * `share()`, `lag(n, 1h)`. Its first parameter is called `value` and is of the kind `result`.
 */
export interface AnalyticDefinition<P extends Parameters = Parameters> extends Described {
  readonly kind: 'analytic';
  readonly parameters: P;
  /** The aggregate that it is of where `value` is left out. */
  readonly fallback?: string;
  /** Whether it looks at the groups of one emission, or at earlier results of each key by itself. */
  readonly among: 'groups' | 'past';
  /** How far back it looks, ms: that has to be a number of batches or slides. */
  readonly back?: (args: Bound<P>) => number;
  readonly gives: (args: Bound<P>, results: { readonly [name: string]: Type }) => Type;
  readonly create: (args: Bound<P>, run: RunContext) => Analysis;
}

/** A word that may stand among columns. */
export type ColumnWord = AggregateDefinition | AnalyticDefinition;

export function defineAnalytic<const P extends Parameters>(
  definition: Omit<AnalyticDefinition<P>, 'kind'>,
): AnalyticDefinition {
  return { kind: 'analytic', ...definition } as unknown as AnalyticDefinition;
}
