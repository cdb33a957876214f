import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { isNested, isWhat, itemOf, pathFrom, whole } from '../../base/field-path.ts';
import { fieldsOf } from '../../base/fields.ts';
import type { NewFields, Value } from '../../base/value.ts';

/** How the object of a row is made of its slots. */
export interface RecordShape {
  /** The object, which is filled anew for each row. */
  readonly fields: NewFields;
  /** The fields whose values slots have, and the numbers of these slots. */
  readonly keys: readonly FieldKey[];
  readonly slots: readonly number[];
  /** The fields that may be objects of which slots have fields: where the slot of this number says that it is one. */
  readonly inner: readonly InnerShape[];
}

interface InnerShape {
  readonly key: FieldKey;
  readonly slot: number;
  readonly shape: RecordShape;
}

/** How the list of a row is made of its slots. */
export interface ListShape {
  /** The list, which is filled anew for each row; null where nobody looks. */
  readonly list: Value[];
  /** The numbers of the items that slots have, in the order of these. */
  readonly items: readonly number[];
}

/** @returns undefined where the slots are of fields. */
export function listShape(paths: readonly string[]): ListShape | undefined {
  const items = paths.flatMap((path) => itemOf(path) ?? []);
  return items.length === 0 ? undefined : { list: Array(Math.max(...items) + 1).fill(null), items };
}

/** @param paths those of the slots, in their order; the objects that they go through are among them. @param numbers of the slots. */
export function recordShape(paths: readonly string[], numbers = paths.map((_, slot) => slot)): RecordShape {
  const own = paths.flatMap((path, i) => (isNested(path) ? [] : [{ path, slot: numbers[i]! }]));
  const objects = paths.flatMap((path, i) =>
    isWhat(path) && !isNested(whole(path)) ? [{ path, slot: numbers[i]! }] : [],
  );
  const inner = objects.map(({ path, slot }) => {
    const name = whole(path);
    const within = paths.flatMap((other, i) => {
      const rest = pathFrom(name, other);
      return rest === undefined ? [] : [{ rest, number: numbers[i]! }];
    });
    const shape = recordShape(
      within.map(({ rest }) => rest),
      within.map(({ number }) => number),
    );
    return { key: keyOf(name), slot, shape };
  });
  const names = [...own.map(({ path }) => path), ...objects.map(({ path }) => whole(path))];
  return {
    fields: fieldsOf(names.map((name) => [name, null])),
    keys: own.map(({ path }) => keyOf(path)),
    slots: own.map(({ slot }) => slot),
    inner,
  };
}
