import type { Value } from '../../base/value.ts';

/** A function of the program with one parameter. Throws BadRecord. */
export type OfRecord = (record: Value) => Value;

/** Is told what a comparison of the program meets, see `Comparison`. */
interface MetValues {
  /** It has met two values of one type. */
  hasSame: boolean;
  /** All that it needs to be told of two types is that it was so {@link again}. */
  readonly isSettled: boolean;
  again(): void;
  /** Two values that are not obviously of one type. */
  meet(left: Value, right: Value): void;
}

export type ComparisonOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/**
 * What a function of the program does with a record, as far as it can be done to columns. `f` is always the function itself, which is its
 * meaning, and `name` the name of a field or the path to it (base/field-path).
 */
export type ColumnForm = {
  readonly f: OfRecord;
} & (
  | { readonly kind: 'field'; readonly name: string }
  /** Whether there is something other than null, or nothing else, at a path, which may be the record itself. */
  | { readonly kind: 'presence'; readonly name: string; readonly isThere: boolean }
  /** Compares a field with a number. */
  | {
      readonly kind: 'comparison';
      readonly name: string;
      readonly operator: ComparisonOperator;
      readonly number: number;
      /** Is told of other values than numbers. */
      readonly met: MetValues | undefined;
      /** Whether the field stands on the left in the program. */
      readonly isFieldLeft: boolean;
    }
  /** Looks at one field only, and gives the same for the same value of it. */
  | { readonly kind: 'ofField'; readonly name: string }
  /** `a && b`, `a || b`, `!a`, where it matters only whether it is true. */
  | { readonly kind: 'every' | 'some'; readonly parts: readonly ColumnForm[] }
  | { readonly kind: 'not'; readonly part: ColumnForm }
  /** A value that is made of what these give, and is the same where that is: several keys. */
  | { readonly kind: 'joined'; readonly parts: readonly ColumnForm[] }
  /** Anything else. */
  | { readonly kind: 'record' }
);
