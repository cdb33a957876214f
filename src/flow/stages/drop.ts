import { path } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { objectFor, typeWithout, without } from '../records/objects.ts';

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
    uses: {
      before: (name, { fields }) =>
        fields.some(({ names }) => names.length === 1 && names[0] === name) ? undefined : name,
    },
  },
  behaviour: {
    kind: 'record',
    create({ fields }) {
      const ways = fields.map(({ names }) => names);
      return (record, emit) => emit(ways.reduce(without, objectFor('drop', record)));
    },
  },
});
