import { keyOf } from '../../base/field-key.ts';
import { wholeObject } from '../../base/type.ts';
import { type NewFields, setFieldAt, type Value } from '../../base/value.ts';
import { renamingRows } from '../columns/renamed-rows.ts';
import type { FieldPath } from '../define/named-fields.ts';
import { path } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { objectFor } from '../records/objects.ts';

/** Fields are named by the last name of their way. */
const nameOf = ({ names }: FieldPath) => names.at(-1)!;

function sameName(fields: readonly FieldPath[]): string | undefined {
  const names = fields.map(nameOf);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice === undefined ? undefined : `two of them would be named \`${twice}\``;
}

/** What is picked of a record. */
function picking(fields: readonly FieldPath[]): (record: Value) => Value {
  const keys = fields.map((field) => keyOf(nameOf(field)));
  const values = fields.map(({ of }) => of.call);
  return (record) => {
    objectFor('pick', record);
    const object: NewFields = {};
    for (let i = 0; i < keys.length; i++) setFieldAt(object, keys[i]!, values[i]!(record));
    return object;
  };
}

export const pick = defineStage({
  name: 'pick',
  group: 'record',
  summary: 'Objects of some fields, in the order that they are named in',
  synonyms: ['cut', 'project', 'columns', 'fields', 'keep', 'select'],
  docs: '`pick(.a, .b.c)` gives `{a, c}`: a field of an inner object is named by its last name. A field that a record does not have is null, so that all have the same columns. `map({.a, .b.c})` is the same, and gives other names: `map({.a, x: .b.c})`. What is no object is bad.',
  examples: [
    {
      program: 'json | pick(.path, .request.ms)',
      in: '{"ts":1,"path":"/a","request":{"ms":12}}\n{"ts":2,"path":"/b"}',
      out: '{"path":"/a","ms":12}\n{"path":"/b","ms":null}',
    },
  ],
  parameters: {
    fields: path('the fields to keep, each under its last name; `map({other: .b.c})` gives another').many(sameName),
  },
  needs: 'objects',
  gives: (_input, { fields }) => wholeObject(fields.map((field) => [nameOf(field), field.of.result])),
  givesEach: true,
  faster: {
    uses: 'read',
    rows(offer, { args: { fields }, down }) {
      if (fields.some(({ names }) => names.length > 1)) return undefined;
      const own = fields.map(nameOf);
      return renamingRows(offer, (name) => (own.includes(name) ? name : undefined), picking(fields), down);
    },
  },
  behaviour: {
    kind: 'record',
    create({ fields }) {
      const pickFrom = picking(fields);
      return (record, emit) => emit(pickFrom(record));
    },
  },
});
