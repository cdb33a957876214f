import { type Type, UNKNOWN } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { ColumnForm } from './column-form.ts';
import type { TextForm } from './text-form.ts';

/** A function of values as it is called. Throws BadRecord where they cannot be worked on; never returns undefined. */
export type Lambda = (...values: Value[]) => Value;

/** Names of fields of a record, or `all` where it is not known that the others are not looked at. */
export type FieldSet = ReadonlySet<string> | 'all';

/** Whether a value is one that may be combined in any groups with others that are so too. */
export type MayRegroup = (value: Value) => boolean;

/**
 * A function of the program, made once when the program is bound, and all that is known of it. Words call `call`, which is its meaning;
 * the rest is there for faster ways and for those who write a plan down. A function around it is another one: it is made with
 * {@link opaque}, so that what is known of the one inside is not taken for what is known of it.
 */
export interface Compiled {
  readonly call: Lambda;
  /**
   * What it does as plain data, in lists. Functions that do the same in the same way have equal trees, whatever their spaces, comments, and
   * names of parameters, and whether they are written short (`_`) or long (`x => x`). Null where nobody says it.
   */
  readonly tree: Value;
  /** What is known of the values that it gives. */
  readonly result: Type;
  /** The fields of its first argument that it can look at: what it gives depends on no others. `all` for functions of more arguments. */
  readonly reads: FieldSet;
  /** What it does as far as it can be done to many records at once; `record` where nothing is known, and for functions of more than one argument. */
  readonly column: ColumnForm;
  /** What it does with a text, where it is given texts alone and that can be done to bytes. */
  readonly text: TextForm | undefined;
  /**
   * For a function that combines two values: tells of a value whether it gives the same however several of these are grouped, in their
   * order: f(f(x, y), z) is f(x, f(y, z)), to the last bit. All of the values, and what became of them, have to pass. Undefined where
   * nothing is known.
   */
  readonly regroups: MayRegroup | undefined;
}

/** A function of leat's own where one of the program may stand: nothing is known of it but what it does. @param tree what a function of the program that does the same has as its tree. */
export function opaque(call: Lambda, tree: Value = null): Compiled {
  return {
    call,
    tree,
    result: UNKNOWN,
    reads: 'all',
    column: { kind: 'record', f: call },
    text: undefined,
    regroups: undefined,
  };
}
