import { keyOf } from '../../base/field-key.ts';
import type { Value } from '../../base/value.ts';
import { renamingRows } from '../columns/renamed-rows.ts';
import type { FieldPath } from '../define/named-fields.ts';
import { path } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { objectFor, typeWithout, without, withoutKeys } from '../records/objects.ts';

/** Whether a field of the record itself is left out. */
function isDropped(name: string, fields: readonly FieldPath[]): boolean {
  return fields.some(({ names }) => names.length === 1 && names[0] === name);
}

/** What is left of a record. */
function dropping(fields: readonly FieldPath[]): (record: Value) => Value {
  const own = new Set(fields.flatMap(({ names: [name, ...inner] }) => (inner.length === 0 ? keyOf(name!) : [])));
  const ways = fields.map(({ names }) => names).filter(({ length }) => length > 1);
  return (record) => ways.reduce(without, withoutKeys(objectFor('drop', record), own));
}

export const drop = defineStage({
  name: 'drop',
  group: 'record',
  summary: 'Objects without some fields',
  synonyms: ['omit', 'del', 'delete', 'remove', 'exclude'],
  docs: '`drop(.a, .b.c)` takes `a` away, and `c` of the object `b`. The others keep their order. A field that a record does not have changes nothing. What is no object is bad.',
  examples: [
    {
      program: 'json | drop(.ts, .user.email)',
      in: '{"ts":1,"user":{"id":7,"email":"a@b.c"},"ms":12}',
      out: '{"user":{"id":7},"ms":12}',
    },
  ],
  parameters: { fields: path('the fields to leave out').many() },
  needs: 'objects',
  gives: (input, { fields }) => fields.reduce((type, { names }) => typeWithout(type, names), input),
  givesEach: true,
  faster: {
    uses: { before: (name, { fields }) => (isDropped(name, fields) ? undefined : name) },
    rows(offer, { args: { fields }, down }) {
      const areOwn = fields.every(({ names }) => names.length === 1);
      const kept = (name: string) => (isDropped(name, fields) ? undefined : name);
      return areOwn ? renamingRows(offer, kept, dropping(fields), down) : undefined;
    },
  },
  behaviour: {
    kind: 'record',
    create({ fields }) {
      const dropFrom = dropping(fields);
      return (record, emit) => emit(dropFrom(record));
    },
  },
});
