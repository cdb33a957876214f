import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { keysOf } from '../../base/fields.ts';
import { toJson } from '../../base/json.ts';
import { common, NULL, objectOf, type Type } from '../../base/type.ts';
import { type Fields, field, type NewFields, setField, setFieldAt, type Value } from '../../base/value.ts';
import { renamingRows } from '../columns/renamed-rows.ts';
import type { NamedPath } from '../define/named-fields.ts';
import { namedPaths } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { fieldTypesOf, objectFor, typeWithout, without } from '../records/objects.ts';

/** Those that are fields of the record itself, and those of an object in it. */
function byDepth(names: readonly NamedPath[]) {
  const isOwn = ({ path }: NamedPath) => path.names.length === 1;
  return { own: names.filter(isOwn), inner: names.filter((named) => !isOwn(named)) };
}

/** Whether a field is named anew, or is another one's name from then on. */
function has({ name, path }: NamedPath, field: string): boolean {
  return name === field || (path.names.length === 1 && path.names[0] === field);
}

function nameTwice(names: readonly NamedPath[]): string | undefined {
  const news = names.map(({ name }) => name);
  const olds = names.map(({ path }) => toJson(path.names));
  const twice = news.find((name, i) => news.indexOf(name) < i);
  if (twice !== undefined) return `two fields would be named \`${twice}\``;
  return olds.some((old, i) => olds.indexOf(old) < i) ? 'a field would get two names' : undefined;
}

function renamedType(input: Type, names: readonly NamedPath[]): Type {
  const rest = fieldTypesOf(names.reduce((type, { path }) => typeWithout(type, path.names), input));
  // A field that is null gives way to one that has the name.
  const news = new Map(names.map(({ name, path }) => [name, common(rest.get(name) ?? NULL, path.of.result)]));
  return objectOf([...[...rest].filter(([name]) => !news.has(name)), ...news]);
}

export const rename = defineStage({
  name: 'rename',
  group: 'record',
  summary: 'Objects with other names of some fields',
  synonyms: ['alias', 'withColumnRenamed'],
  docs: 'The new name stands first: `rename({new: .old})`. A field stays where it is, and takes the place of another one that has the name already; one of an inner object, `rename({c: .b.c})`, leaves that and stands behind all others. A field that a record does not have changes nothing. One that is null gives way to another one that has the name; in an inner object it stays where it is. Two fields may exchange their names. What is no object is bad.',
  examples: [
    {
      program: 'json | rename({time: .ts, ms: .request.ms})',
      in: '{"ts":1,"request":{"ms":12,"ok":true},"path":"/a"}',
      out: '{"time":1,"request":{"ok":true},"path":"/a","ms":12}',
    },
  ],
  parameters: {
    names: namedPaths('the new names, each with the field that gets it: `{new: .old}`').checked(nameTwice),
  },
  surplus: 'the names stand in braces: `rename({new: .old})`',
  needs: 'objects',
  gives: (input, { names }) => renamedType(input, names),
  givesEach: true,
  faster: {
    uses: {
      before: (name, { names }) => (names.some((one) => has(one, name)) ? undefined : name),
      // One that has the name already stays where there is nothing to be named so.
      besides: ({ names }) => names.map(({ name }) => name),
    },
    rows(offer, { args: { names }, down }) {
      const areOwn = names.every(({ path }) => path.names.length === 1);
      const newName = (old: string) => names.find(({ path }) => path.names[0] === old)?.name ?? old;
      return areOwn ? renamingRows(offer, newName, renaming(names), down) : undefined;
    },
  },
  behaviour: {
    kind: 'record',
    create({ names }) {
      const renamed = renaming(names);
      return (record, emit) => emit(renamed(record));
    },
  },
});

/** What becomes of a record. */
function renaming(names: readonly NamedPath[]): (record: Value) => Value {
  const { own, inner } = byDepth(names);
  const newOf = new Map(own.map(({ name, path }) => [keyOf(path.names[0]!), keyOf(name)]));
  const moved = inner.map(({ name, path }) => ({ name, way: path.names }));
  return (record) => {
    let object: Fields = objectFor('rename', record);
    const news: NewFields = {};
    for (const { name, way } of moved) object = takenOut(object, way, name, news);
    return withNames(object, newOf, news);
  };
}

/** An object without the field at the end of a way, which `into` has then under its new name; the same object where it has none. */
function takenOut(object: Fields, way: readonly string[], name: string, into: NewFields): Fields {
  const value = way.reduce<Value>(field, object);
  if (value === null) return object;
  setField(into, name, value);
  return without(object, way);
}

/** The fields under their new names, in their places, and then those that were in inner objects. */
function withNames(object: Fields, newOf: ReadonlyMap<FieldKey, FieldKey>, moved: Fields): NewFields {
  const keys = keysOf(object);
  const gets = (key: FieldKey) => object[key] !== null && newOf.get(key);
  const taken = new Set([...keys.map(gets), ...keysOf(moved)]);
  const result: NewFields = {};
  for (const key of keys) {
    const become = newOf.get(key);
    if (become === undefined) {
      if (!taken.has(key)) setFieldAt(result, key, object[key]!);
    } else if (taken.has(become) ? object[key] !== null : !Object.hasOwn(object, become) || newOf.has(become)) {
      setFieldAt(result, become, object[key]!);
    }
  }
  for (const key of keysOf(moved)) setFieldAt(result, key, moved[key]!);
  return result;
}
