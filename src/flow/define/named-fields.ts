/** What arguments become that name fields of records, or make some. */
import type { Type } from '../../base/type.ts';
import type { Compiled } from './compiled.ts';

/** What a `key` parameter becomes: the function, and the columns that its value stands for in an object. */
export interface Key {
  readonly of: Compiled;
  /** `service` for `.service`, `a` and `b` for `{a: .a, b: .b}`, else `key`. */
  readonly columns: readonly { readonly name: string; readonly type: Type }[];
  /** Whether the value is an object of the columns (`{a: .a, b: .b}`) rather than the one column's value. */
  readonly isObject: boolean;
}

/** What a `path` parameter becomes: `.a`, or `.b.c`, a field of the object that another one is. */
export interface FieldPath {
  /** Gives the field of a record, null where there is none. */
  readonly of: Compiled;
  /** The way to it, from the outside; at least one name. */
  readonly names: readonly string[];
}

/** One entry of `{new: .old}`. */
export interface NamedPath {
  readonly name: string;
  readonly path: FieldPath;
}

/** What `{a: .x, b: .y * 2}` becomes where it says which fields are made. */
export interface MadeFields {
  /** Gives an object of them. */
  readonly of: Compiled;
  readonly names: readonly string[];
}
