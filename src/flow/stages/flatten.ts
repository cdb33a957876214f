import { nameOf } from '../../base/field-key.ts';
import { keysOf } from '../../base/fields.ts';
import { objectOf, type Type } from '../../base/type.ts';
import { type Fields, isFields, type NewFields, setField } from '../../base/value.ts';
import { text } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { fieldTypesOf, objectFor } from '../records/objects.ts';

/** Puts the fields of an object, and of those in it, into another one, under the names of the way to them. */
function flattenInto(target: NewFields, fields: Fields, before: string, separator: string): void {
  for (const key of keysOf(fields)) {
    const value = fields[key]!;
    const name = before + nameOf(key);
    if (isFields(value) && keysOf(value).length > 0) flattenInto(target, value, name + separator, separator);
    else setField(target, name, value);
  }
}

function flatFields(type: Type, before: string, separator: string): readonly (readonly [string, Type])[] {
  return [...fieldTypesOf(type)].flatMap(([name, field]) =>
    fieldTypesOf(field).size > 0
      ? flatFields(field, before + name + separator, separator)
      : [[before + name, field] as const],
  );
}

export const flatten = defineStage({
  name: 'flatten',
  group: 'record',
  summary: 'Objects without objects in them: what is nested becomes `a.b`',
  synonyms: ['json_normalize', 'unnest'],
  docs: 'The fields of an inner object stand in its place, each named by the way to it: `{a: {b: 1}}` becomes `{"a.b": 1}`, which is read as `_["a.b"]`. So nested records fit into csv and tables. Lists stay lists (`explode` makes records of them), and so does an object without fields. Of two fields that get one name the last one counts. What is no object is bad.',
  examples: [
    {
      program: 'json | flatten',
      in: '{"a":{"b":{"c":1},"d":2},"e":[{"f":3}]}',
      out: '{"a.b.c":1,"a.d":2,"e":[{"f":3}]}',
    },
    { program: 'json | flatten(separator: "_")', in: '{"a":{"b":1}}', out: '{"a_b":1}' },
  ],
  parameters: { separator: text('what stands between the names', { named: true }).or('.') },
  surplus: 'it takes all fields; `flatten(separator: "_")` has another sign between their names',
  needs: 'objects',
  instead: '`flatMap(_)` for a list of lists; `json` or `csv` before it for objects',
  gives: (input, { separator }) => objectOf(flatFields(input, '', separator)),
  givesEach: true,
  behaviour: {
    kind: 'record',
    create:
      ({ separator }) =>
      (record, emit) => {
        const flat: NewFields = {};
        flattenInto(flat, objectFor('flatten', record), '', separator);
        emit(flat);
      },
  },
});
