import { entriesOf, fieldsOf } from '../../base/fields.ts';
import { isFields, isList, type Value } from '../../base/value.ts';
import { quoted } from '../databases/names.ts';

/** What values are in SQL: `null` where there are none. */
export type SqlType =
  | 'null'
  | 'boolean'
  | 'bigint'
  | 'hugeint'
  | 'double'
  | 'varchar'
  | 'json'
  | { readonly list: SqlType }
  | { readonly struct: ReadonlyMap<string, SqlType> };

/** From narrow to wide: each holds those before it. */
const NUMBERS: readonly SqlType[] = ['bigint', 'hugeint', 'double'];

/** An object with more fields than these is one of keys rather than of columns. */
const MOST_FIELDS = 200;

/** The type that all values fit in. */
export function sqlTypeOf(values: Iterable<Value>): SqlType {
  let type: SqlType = 'null';
  for (const value of values) {
    type = both(type, typeOfValue(value));
    if (type === 'json') break;
  }
  return type;
}

function typeOfValue(value: Value): SqlType {
  if (value === null) return 'null';
  if (isList(value)) return { list: sqlTypeOf(value) };
  if (isFields(value)) return structOf(entriesOf(value).map(([name, each]) => [name, typeOfValue(each)]));
  if (typeof value === 'string') return 'varchar';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'bigint') return Number.isSafeInteger(Number(value)) ? 'bigint' : 'double';
  if (BigInt.asIntN(64, value) === value) return 'bigint';
  return BigInt.asIntN(127, value) === value ? 'hugeint' : 'double';
}

/** What names may not be in one object of SQL stays JSON: those that differ in upper and lower case alone, empty ones, one that the package loses, those with a null character, or too many. */
function structOf(fields: readonly (readonly [name: string, type: SqlType])[]): SqlType {
  const names = new Set(fields.map(([name]) => name.toLowerCase()));
  const isNamed = names.size === fields.length && !names.has('') && !names.has('__proto__');
  const isWritten = !fields.some(([name]) => name.includes('\0'));
  const fits = isNamed && isWritten && fields.length > 0 && fields.length <= MOST_FIELDS;
  return fits ? { struct: new Map(fields) } : 'json';
}

/** The type that holds the values of both: texts where scalars of several kinds meet, JSON where these meet lists or objects. */
function both(a: SqlType, b: SqlType): SqlType {
  if (a === b || b === 'null') return a;
  if (a === 'null') return b;
  const [x, y] = [NUMBERS.indexOf(a), NUMBERS.indexOf(b)];
  if (x >= 0 && y >= 0) return NUMBERS[Math.max(x, y)]!;
  if (typeof a === 'string' && typeof b === 'string') return a === 'json' || b === 'json' ? 'json' : 'varchar';
  if (typeof a === 'string' || typeof b === 'string') return 'json';
  if ('list' in a) return 'list' in b ? { list: both(a.list, b.list) } : 'json';
  if (!('struct' in b)) return 'json';
  const fields = new Map(a.struct);
  for (const [name, type] of b.struct) fields.set(name, both(fields.get(name) ?? 'null', type));
  return structOf([...fields]);
}

/** A type as SQL says it. Where there are no values, any would do. */
export function sqlText(type: SqlType): string {
  if (type === 'null') return 'integer';
  if (typeof type === 'string') return type;
  if ('list' in type) return `${sqlText(type.list)}[]`;
  return `struct(${[...type.struct].map(([name, each]) => `${quoted(name)} ${sqlText(each)}`).join(', ')})`;
}

/** A type as `json_transform` reads it, as JSON. */
export function structureOf(type: SqlType): Value {
  if (typeof type === 'string') return sqlText(type);
  if ('list' in type) return [structureOf(type.list)];
  return fieldsOf([...type.struct].map(([name, each]) => [name, structureOf(each)]));
}
