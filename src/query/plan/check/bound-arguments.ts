import type { Problem } from '../../../base/problem.ts';
import type { Type } from '../../../base/type.ts';
import type { ColumnWord } from '../../../flow/define/analytic.ts';
import type { BoundArguments, ColumnValue } from '../../../flow/define/parameters.ts';
import type { WordList } from '../../../flow/define/word-list.ts';
import type { Argument, Expression } from '../../tree/tree.ts';
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

/** What a column, or a part of one, holds. */
export interface Held {
  readonly value: ColumnValue;
  readonly type: Type;
}

/** What is needed to bind arguments: the names in scope, and the aggregates there are. */
export interface ArgumentScope {
  readonly expressions: Scope;
  readonly aggregates: WordList<ColumnWord>;
  /** For words among columns: binds an expression over aggregates; undefined after a problem, which has been told. */
  readonly column?: (expression: Expression) => Held | undefined;
}
