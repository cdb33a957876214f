import { entriesOf } from '../../base/fields.ts';
import {
  BOOLEAN,
  itemType,
  listOf,
  NULL,
  NUMBER,
  objectOf,
  pairOf,
  STRING,
  type Type,
  UNKNOWN,
} from '../../base/type.ts';
import { isFields, isNumber, isPair, type Value } from '../../base/value.ts';

/** The type of values that were seen: of objects it has every field that any of them has. */
export function seenType(values: readonly Value[]): Type {
  return values.map(typeOf).reduce(merged, NULL);
}

function typeOf(value: Value): Type {
  if (value === null) return NULL;
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOLEAN;
  if (isNumber(value)) return NUMBER;
  if (isPair(value)) return pairOf(typeOf(value[0]), typeOf(value[1]));
  if (isFields(value)) return objectOf(entriesOf(value).map(([name, of]) => [name, typeOf(of)]));
  return listOf(seenType(value));
}

function merged(a: Type, b: Type): Type {
  if (a.kind === 'null') return b;
  if (b.kind === 'null') return a;
  if (a.kind === 'object' && b.kind === 'object') {
    const fields = new Map(a.fields);
    for (const [name, type] of b.fields) fields.set(name, merged(fields.get(name) ?? NULL, type));
    return objectOf(fields);
  }
  if (a.kind === 'pair' && b.kind === 'pair') return pairOf(merged(a.key, b.key), merged(a.value, b.value));
  if (isList(a) && isList(b)) return listOf(merged(itemType(a), itemType(b)));
  return a.kind === b.kind ? a : UNKNOWN;
}

function isList({ kind }: Type): boolean {
  return kind === 'list' || kind === 'pair';
}
