/**
 * What is known about values ahead of the run. `unknown` is any value; an object type is open, and may have more
 * fields than the ones named, unless it is said to be whole. Null is a member of every type, since a missing field is null anywhere.
 */
export type Type =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  /** `time`: ms since the epoch, whatever its size. `end`: the end of the batch, window or session that the record is, or is of. */
  | { readonly kind: 'number'; readonly is?: 'time' | 'end' }
  | { readonly kind: 'string' }
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'pair'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Type>; readonly whole?: true };

export const UNKNOWN: Type = { kind: 'unknown' };
export const NULL: Type = { kind: 'null' };
export const BOOLEAN: Type = { kind: 'boolean' };
export const NUMBER: Type = { kind: 'number' };
export const TIME: Type = { kind: 'number', is: 'time' };
export const END: Type = { kind: 'number', is: 'end' };
export const STRING: Type = { kind: 'string' };

interface TypesOfFields {
  readonly [name: string]: Type;
  readonly [number: `${number}`]: never;
}

export function listOf(item: Type): Type {
  return { kind: 'list', item };
}

export function pairOf(key: Type, value: Type): Type {
  return { kind: 'pair', key, value };
}

/** An object with these fields, in their order: names with their types, or a literal, of which no name may be a number. */
export function objectOf(fields: Iterable<readonly [name: string, type: Type]> | TypesOfFields): Type {
  const entries = Symbol.iterator in fields ? (fields as Iterable<readonly [string, Type]>) : Object.entries(fields);
  return { kind: 'object', fields: new Map(entries) };
}

/** An object with these fields and no others. */
export function wholeObject(fields: Iterable<readonly [name: string, type: Type]> | TypesOfFields): Type {
  return { ...objectOf(fields), whole: true } as Type;
}

/** Whether an object of this type has no other fields than those that are named. */
export function isWhole(type: Type): boolean {
  return type.kind === 'object' && type.whole === true;
}

/** The key of a pair; unknown where that is all that is known. */
export function keyType(type: Type): Type {
  return type.kind === 'pair' ? type.key : type.kind === 'list' ? type.item : UNKNOWN;
}

/** The value of a pair; unknown where that is all that is known. */
export function valueType(type: Type): Type {
  return type.kind === 'pair' ? type.value : type.kind === 'list' ? type.item : UNKNOWN;
}

/** What a list's items are; unknown for anything that may be a list. */
export function itemType(type: Type): Type {
  if (type.kind === 'list') return type.item;
  if (type.kind === 'pair') return common(type.key, type.value);
  return UNKNOWN;
}

/** Whether a value of this type can be a pair. */
export function mayBePair(type: Type): boolean {
  return type.kind === 'pair' || type.kind === 'unknown' || type.kind === 'list' || type.kind === 'null';
}

/** The narrowest type that both are. */
export function common(a: Type, b: Type): Type {
  if (a.kind === 'null') return b;
  if (b.kind === 'null') return a;
  if (a.kind === 'pair' && b.kind === 'pair') return pairOf(common(a.key, b.key), common(a.value, b.value));
  if ((a.kind === 'list' || a.kind === 'pair') && (b.kind === 'list' || b.kind === 'pair')) {
    return listOf(common(itemType(a), itemType(b)));
  }
  if (a.kind === 'object' && b.kind === 'object') {
    const shared = [...a.fields].filter(([name]) => b.fields.has(name));
    const fields = shared.map(([name, type]) => [name, common(type, b.fields.get(name)!)] as const);
    const areSame = shared.length === a.fields.size && shared.length === b.fields.size;
    return isWhole(a) && isWhole(b) && areSame ? wholeObject(fields) : objectOf(fields);
  }
  if (a.kind === 'number' && b.kind === 'number') {
    if (a.is === b.is) return a;
    return a.is === undefined || b.is === undefined ? NUMBER : TIME;
  }
  return a.kind === b.kind ? a : UNKNOWN;
}

/** Whether values are known to be times in ms. */
export function isTime(type: Type): boolean {
  return type.kind === 'number' && type.is !== undefined;
}

/** The type of records within another window or session: what was the end of their own is a time like others there. */
export function within(type: Type): Type {
  if (type.kind === 'number') return type.is === 'end' ? TIME : type;
  return throughout(type, within, isWhole(type));
}

/** The type of values that may have more fields than those of this one: what a function is given that takes its own results as well. */
export function opened(type: Type): Type {
  return throughout(type, opened, false);
}

/** The type with those of its members changed. */
function throughout(type: Type, change: (member: Type) => Type, whole: boolean): Type {
  switch (type.kind) {
    case 'list':
      return listOf(change(type.item));
    case 'pair':
      return pairOf(change(type.key), change(type.value));
    case 'object': {
      const fields = [...type.fields].map(([name, field]) => [name, change(field)] as const);
      return whole ? wholeObject(fields) : objectOf(fields);
    }
    default:
      return type;
  }
}

/** How a type is spelt in messages and plans: `string`, `[string, number]`, `{status, ms}`, `list of number`. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list of ${formatType(type.item)}`;
    case 'pair':
      return `[${formatType(type.key)}, ${formatType(type.value)}]`;
    case 'object': {
      const names = [...type.fields.keys()];
      return names.length === 0 ? 'object' : `{${names.join(', ')}}`;
    }
    case 'unknown':
      return 'any value';
    default:
      return type.kind;
  }
}

/** The plural for "gives …" and "needs …": `strings`, `pairs`, `any values`. */
export function formatTypes(type: Type): string {
  return type.kind === 'unknown' ? 'values of any kind' : `${type.kind}s`;
}
