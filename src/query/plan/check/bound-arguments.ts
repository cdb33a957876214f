import type { Problem } from '../../../base/problem.ts';
import type { Type } from '../../../base/type.ts';
import type { AggregateDefinition } from '../../../flow/define/aggregate.ts';
import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { Argument } from '../../tree/tree.ts';
import type { Scope } from '../expression/scope.ts';

/** The arguments of a call, checked against the parameters of its word. */
export interface ArgumentsResult {
  readonly values: BoundArguments;
  /** The result type of each lambda argument, by parameter. */
  readonly results: { readonly [name: string]: Type };
  /** Arguments that are streams, by parameter; the caller binds them. */
  readonly streams: { readonly [name: string]: Argument };
  readonly problems: readonly Problem[];
}

/** What is needed to bind arguments: the names in scope, and the aggregates there are. */
export interface ArgumentScope {
  readonly expressions: Scope;
  readonly aggregates: ReadonlyMap<string, AggregateDefinition>;
}
